"""Both configurations of the pipeline under test, on every case: run, contract, each other, goldens."""

from __future__ import annotations

import pytest

from harness import cases, goldens

pytestmark = pytest.mark.parity


def test_pipeline_runs(case, configuration, parity_suite, judged):
    judged(parity_suite.run(case, configuration))


def test_artifact_keeps_its_schema(case, artifact, configuration, parity_suite, judged):
    judged(parity_suite.contract(case, configuration, artifact))


def test_configurations_agree_exactly(case, artifact, parity_suite, judged):
    judged(parity_suite.configurations(case, artifact))


def test_artifact_meets_its_golden(case, artifact, configuration, parity_suite, judged, snapshot, pytestconfig):
    records = configuration == parity_suite.pipeline.reference and artifact.golden
    fit = parity_suite.contract(case, configuration, artifact).passed
    # A golden is recorded only from a run that keeps its schema and on which the configurations agree.
    recording = pytestconfig.option.update_snapshots
    comparable = parity_suite.golden(case, configuration, artifact).comparison is not None
    if records and fit and comparable and (not recording or parity_suite.configurations(case, artifact).passed):
        file = goldens.path_of(parity_suite.config, case.name, artifact.golden)
        kept = goldens.extension(file, agrees=lambda golden: parity_suite.agrees(case, artifact, golden))
        if parity_suite.golden_text(case, artifact) == snapshot(extension_class=kept):
            parity_suite.forget_golden(case, artifact)
    judged(parity_suite.golden(case, configuration, artifact))


def test_run_repeated_from_its_recording_is_the_same(case, repeated_artifact, parity_suite, judged):
    judged(parity_suite.repeated(case, repeated_artifact))


def test_run_finds_what_is_known_to_be_in_the_case(case, configuration, parity_suite, judged):
    judged(parity_suite.expectations(case, configuration))


def test_no_golden_is_stale(parity_suite, judged):
    judged(parity_suite.stale(cases.discover(parity_suite.config)))
