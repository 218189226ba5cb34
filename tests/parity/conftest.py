"""One test per case, artifact and check, in an order that suits recording."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity.pipeline import cases, settings
from parity.pipeline.artifacts import artifacts_of, repeatable_of
from parity.session.schedule import SEPARATOR
from parity.verdict import ParityError


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    option = metafunc.config.getoption
    try:
        config = settings.load(Path(option("--parity-config") or settings.find()))
        pipeline = settings.load_pipeline(config)
        selected = cases.select(config, option("--parity-case"))
    except ParityError as error:
        raise pytest.UsageError(str(error)) from error
    wanted = ("case", "configuration", "artifact", "repeated_artifact")
    names = [name for name in wanted if name in metafunc.fixturenames]
    others = [name for name in pipeline.configurations if name != pipeline.reference]
    rows = []
    for case in selected:
        # Goldens first: what is derived from them must see the recorded ones when they are being recorded.
        artifacts = sorted(artifacts_of(pipeline, case), key=lambda artifact: artifact.golden is None)
        if "repeated_artifact" in names:
            artifacts = [artifact for artifact in artifacts if artifact.name in repeatable_of(pipeline, case)]
        for artifact in artifacts if names[-1].endswith("artifact") else (None,):
            for configuration in [pipeline.reference, *others] if "configuration" in names else (None,):
                values = {"case": case, "configuration": configuration}
                values |= dict.fromkeys(("artifact", "repeated_artifact"), artifact)
                label = SEPARATOR.join(
                    part for part in (case.name, configuration, artifact.name if artifact else None) if part
                )
                rows.append(pytest.param(*(values[name] for name in names), id=label))
    metafunc.parametrize(names, rows)
