"""Both configurations of the pipeline under test, on every case: run, contract, each other, goldens.

One test per case, artifact and check, in an order that suits recording. ``parity run`` runs this file; under pytest alone it is
``pytest --pyargs parity.session.checks``, or a file of the project's own tests with ``from parity.session.checks import *``.
"""

from __future__ import annotations

from typing import Any

import pytest

from parity.check import keys
from parity.check.keys import Key
from parity.check.suite import Suite
from parity.decide import pending as waiting
from parity.goldens import store
from parity.pipeline import cases
from parity.pipeline.artifacts import known_artifacts
from parity.pipeline.case import Case
from parity.pipeline.load import load_pipeline
from parity.session.pytest_plugin import Judged, settings_of
from parity.verdict import ParityError

pytestmark = pytest.mark.parity

_CHECKS = {
    "test_pipeline_runs": "run",
    "test_artifact_keeps_its_schema": "contract",
    "test_configurations_agree_exactly": "configurations",
    "test_artifact_meets_its_golden": "golden",
    "test_run_repeated_from_its_recording_is_the_same": "repeated",
    "test_run_finds_what_is_known_to_be_in_the_case": "expectations",
}
#: Checks whose tests are called without the configuration that they are about: there is but one of each artifact.
_OF_NO_CONFIGURATION = ("configurations", "repeated")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "key" not in metafunc.fixturenames:
        return
    try:
        config = settings_of(metafunc.config)
        pipeline = load_pipeline(config)
        selected = cases.select(config, metafunc.config.getoption("--parity-case"))
    except ParityError as error:
        raise pytest.UsageError(str(error)) from error
    derived = {artifact.name for artifact in known_artifacts(pipeline) if artifact.golden is None}
    rows = []
    for case in selected:
        # Goldens first: what is derived from them must see the recorded ones when they are being recorded. With
        # `--dist loadgroup`: they must be on disk before that.
        together = pytest.mark.xdist_group(case.name)
        every = [*keys.of_runs(pipeline, case), *keys.of_case(pipeline, case)]
        found = [key for key in every if key.check == _CHECKS[metafunc.function.__name__]]
        for key in sorted(found, key=lambda key: key.artifact in derived):
            configuration = None if key.check in _OF_NO_CONFIGURATION else key.configuration
            label = ":".join(part for part in (case.name, configuration, key.artifact) if part)
            rows.append(pytest.param(case, key, id=label, marks=together))
    metafunc.parametrize(("case", "key"), rows)


def test_pipeline_runs(case: Case, key: Key, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.outcome(key, case))


def test_artifact_keeps_its_schema(case: Case, key: Key, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.outcome(key, case))


def test_configurations_agree_exactly(case: Case, key: Key, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.outcome(key, case))


def test_artifact_meets_its_golden(
    case: Case, key: Key, parity_suite: Suite, judged: Judged, snapshot: Any, pytestconfig: pytest.Config
) -> None:
    artifact = parity_suite.rules.artifacts[str(key.artifact)]
    records = key.configuration == parity_suite.pipeline.reference
    outcome = parity_suite.outcome(key, case)
    # The comparison judges; asked for an update, syrupy keeps what differs beside the other pending changes.
    if pytestconfig.option.update_snapshots and records and artifact.golden and outcome.comparison is not None:
        config = parity_suite.config
        kept = store.extension(
            config.golden(case.name, artifact.golden),
            pending=waiting.folder_of(config) / "candidate" / case.name / artifact.golden,
            agrees=lambda golden: parity_suite.agrees(case, artifact, golden),
        )
        assert parity_suite.golden_text(case, artifact) == snapshot(extension_class=kept)
    judged(outcome)


def test_run_repeated_from_its_recording_is_the_same(case: Case, key: Key, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.outcome(key, case))


def test_run_finds_what_is_known_to_be_in_the_case(case: Case, key: Key, parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.outcome(key, case))


def test_no_golden_is_stale(parity_suite: Suite, judged: Judged) -> None:
    judged(parity_suite.stale(cases.discover(parity_suite.config)))


def test_every_golden_is_what_the_ledger_says(parity_suite: Suite, judged: Judged, pytestconfig: pytest.Config) -> None:
    chosen = pytestconfig.getoption("--parity-case")
    judged(parity_suite.ledger(cases.select(parity_suite.config, chosen), complete=not chosen))
