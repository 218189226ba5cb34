"""Both configurations of the pipeline under test, on every case: run, contract, each other, goldens."""

from __future__ import annotations

import pytest

from parity.decide import pending as waiting
from parity.goldens import store
from parity.pipeline import cases

pytestmark = pytest.mark.parity


def test_pipeline_runs(case, configuration, parity_suite, judged):
    judged(parity_suite.run(case, configuration))


def test_artifact_keeps_its_schema(case, artifact, configuration, parity_suite, judged):
    judged(parity_suite.contract(case, configuration, artifact))


def test_configurations_agree_exactly(case, artifact, parity_suite, judged):
    judged(parity_suite.configurations(case, artifact))


def test_artifact_meets_its_golden(case, artifact, configuration, parity_suite, judged, snapshot, pytestconfig):
    records = configuration == parity_suite.pipeline.reference and artifact.golden
    comparable = parity_suite.golden(case, configuration, artifact).comparison is not None
    # The comparison judges; asked for an update, syrupy keeps what differs beside the other pending changes.
    if pytestconfig.option.update_snapshots and records and comparable:
        config = parity_suite.config
        kept = store.extension(
            store.path_of(config, case.name, artifact.golden),
            pending=waiting.folder_of(config) / "candidate" / case.name / artifact.golden,
            agrees=lambda golden: parity_suite.agrees(case, artifact, golden),
        )
        assert parity_suite.golden_text(case, artifact) == snapshot(extension_class=kept)
    judged(parity_suite.golden(case, configuration, artifact))


def test_run_repeated_from_its_recording_is_the_same(case, repeated_artifact, parity_suite, judged):
    judged(parity_suite.repeated(case, repeated_artifact))


def test_run_finds_what_is_known_to_be_in_the_case(case, configuration, parity_suite, judged):
    judged(parity_suite.expectations(case, configuration))


def test_no_golden_is_stale(parity_suite, judged):
    judged(parity_suite.stale(cases.discover(parity_suite.config)))


def test_every_golden_is_what_the_ledger_says(parity_suite, judged, pytestconfig):
    chosen = pytestconfig.getoption("--parity-case")
    judged(parity_suite.ledger(cases.select(parity_suite.config, chosen), complete=not chosen))
