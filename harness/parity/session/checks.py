"""Both configurations of the pipeline under test, on every case: run, contract, each other, goldens.

One test per case, artifact and check, in an order that suits recording. ``parity run`` runs this file; under pytest alone it is
``pytest --pyargs parity.session.checks``, or a file of the project's own tests with ``from parity.session.checks import *``.
"""

from __future__ import annotations

from typing import Any

import pytest

from parity.check.suite import Suite
from parity.decide import pending as waiting
from parity.goldens import store
from parity.pipeline import cases
from parity.pipeline.artifacts import artifacts_of, repeatable_of
from parity.pipeline.case import Case
from parity.pipeline.load import load_pipeline
from parity.pipeline.parts import Artifact
from parity.session.pytest_plugin import Judged, settings_of
from parity.verdict import ParityError

pytestmark = pytest.mark.parity


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "case" not in metafunc.fixturenames:
        return
    try:
        config = settings_of(metafunc.config)
        pipeline = load_pipeline(config)
        selected = cases.select(config, metafunc.config.getoption("--parity-case"))
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
                values: dict[str, object] = {"case": case, "configuration": configuration}
                values |= {"artifact": artifact, "repeated_artifact": artifact}
                label = ":".join(
                    part for part in (case.name, configuration, artifact.name if artifact else None) if part
                )
                # With `--dist loadgroup`: recorded goldens must be on disk before what is derived from them is compared.
                together = pytest.mark.xdist_group(case.name)
                rows.append(pytest.param(*(values[name] for name in names), id=label, marks=together))
    metafunc.parametrize(names, rows)


def test_pipeline_runs(case: Case, configuration: str, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.run(case, configuration))


def test_artifact_keeps_its_schema(
    case: Case, artifact: Artifact, configuration: str, parity_suite: Suite, judged: Judged
) -> None:
    judged(parity_suite.contract(case, configuration, artifact))


def test_configurations_agree_exactly(case: Case, artifact: Artifact, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.configurations(case, artifact))


def test_artifact_meets_its_golden(
    case: Case,
    artifact: Artifact,
    configuration: str,
    parity_suite: Suite,
    judged: Judged,
    snapshot: Any,
    pytestconfig: pytest.Config,
) -> None:
    records = configuration == parity_suite.pipeline.reference
    comparable = parity_suite.golden(case, configuration, artifact).comparison is not None
    # The comparison judges; asked for an update, syrupy keeps what differs beside the other pending changes.
    if pytestconfig.option.update_snapshots and records and artifact.golden and comparable:
        config = parity_suite.config
        kept = store.extension(
            config.golden(case.name, artifact.golden),
            pending=waiting.folder_of(config) / "candidate" / case.name / artifact.golden,
            agrees=lambda golden: parity_suite.agrees(case, artifact, golden),
        )
        assert parity_suite.golden_text(case, artifact) == snapshot(extension_class=kept)
    judged(parity_suite.golden(case, configuration, artifact))


def test_run_repeated_from_its_recording_is_the_same(
    case: Case, repeated_artifact: Artifact, parity_suite: Suite, judged: Judged
) -> None:
    judged(parity_suite.repeated(case, repeated_artifact))


def test_run_finds_what_is_known_to_be_in_the_case(
    case: Case, configuration: str, parity_suite: Suite, judged: Judged
) -> None:
    judged(parity_suite.expectations(case, configuration))


def test_no_golden_is_stale(parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.stale(cases.discover(parity_suite.config)))


def test_every_golden_is_what_the_ledger_says(parity_suite: Suite, judged: Judged, pytestconfig: pytest.Config) -> None:
    chosen = pytestconfig.getoption("--parity-case")
    judged(parity_suite.ledger(cases.select(parity_suite.config, chosen), complete=not chosen))
