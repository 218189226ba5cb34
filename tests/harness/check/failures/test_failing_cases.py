"""A case that must fail: its end, its return structure and what it leaves behind are compared like anything else."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from tests.harness.conftest import ROOT


def test_a_run_that_fails_as_it_must_is_parity(run, broken):
    done = run()
    assert done.returncode == 0, done.stdout
    assert "rumiai" not in done.stdout
    assert {r["artifact"] for r in broken.report()["results"] if r["check"] == "configurations"} == {"failure", "run"}


def test_the_golden_names_the_input_and_not_where_it_came_from(broken):
    assert broken.read("snapshots/broken/failure.json")["error"] == "cannot read <input>"
    assert broken.read("snapshots/broken/run.json") == {"exit_code": 3, "stdout": ["reading"], "tree": []}


def test_an_unexpected_success_is_drift_that_says_so(run):
    done = run(disk={"exit_code": 0})
    assert done.returncode == 1, done.stdout
    assert "broken · disk" in done.stdout
    assert "must fail with exit code 3, but ran to its end: what is broken in this case was not noticed" in done.stdout


def test_an_unexpected_success_of_both_is_drift_too(run):
    done = run(disk={"exit_code": 0}, web={"exit_code": 0})
    assert done.returncode == 1, done.stdout
    assert "must fail with exit code 3, but ran to its end" in done.stdout


def test_another_exit_code_is_drift_that_names_both(run):
    done = run(web={"exit_code": 4})
    assert done.returncode == 1, done.stdout
    assert "must fail with exit code 3, ended with 4; see reports/runs/" in done.stdout
    assert "/captures/broken/web/stderr.log" in done.stdout
    assert "exit_code: web 4, disk 3" in done.stdout


def test_a_failure_in_another_stage_is_drift_that_names_both(run):
    done = run(disk={"stage": "writing"})
    assert done.returncode == 1, done.stdout
    assert "failure stage: must be 'reading', got 'writing'" in done.stdout


def test_a_failure_without_a_return_structure_is_drift(run):
    done = run(disk={"silent": True})
    assert done.returncode == 1, done.stdout
    assert "must fail with exit code 3 and leave failure behind, but disk wrote no failure" in done.stdout
    assert "web writes it, disk does not" in done.stdout


def test_a_file_that_one_configuration_leaves_behind_is_found_and_named(run, broken):
    done = run(disk={"leaves": "half.tmp"})
    assert done.returncode == 1, done.stdout
    assert "half.tmp" in done.stdout
    found = [r for r in broken.report()["results"] if r["differences"]]
    assert {(r["artifact"], r["check"], r["configuration"]) for r in found} == {
        ("run", "configurations", "disk"),
        ("run", "golden", "disk"),
    }


def test_a_line_on_stdout_that_one_configuration_alone_prints_is_found(run):
    done = run(web={"prints": "chatter"})
    assert done.returncode == 1, done.stdout
    assert "chatter" in done.stdout


def test_an_input_that_a_run_overwrites_is_named(run):
    done = run(web={"overwrites": True})
    assert done.returncode == 1, done.stdout
    assert "the run changed its input input.json" in done.stdout


def test_a_configuration_that_names_the_others_input_differs(run):
    done = run(disk={"names": "web:/input"})
    assert done.returncode == 1, done.stdout
    assert "error: web 'cannot read <input>', disk 'cannot read web:/input'" in done.stdout


def test_a_failure_that_differs_on_purpose_is_declared_for_its_case_and_weighs_in_no_share_of_ignored_leaves(
    run, broken
):
    record = {
        "artifact": "failure",
        "path": "error",
        "cases": ["broken"],
        "reason": "each names its own",
        "owner": "toy keeper",
        "expires": "2099-12-31",
        "patterns": {"web": "cannot read the page", "disk": "cannot read the file"},
    }
    broken.declare(record)
    done = run(web={"names": "the page"}, disk={"names": "the file"})
    assert done.returncode == 0, done.stdout
    report = broken.report()
    assert report["ignored_share"] == {}
    assert [(leaf["path"], leaf["by"]) for leaf in report["ignored"]] == [("error", "declared")]
    broken.declare({**record, "cases": ["other"]})
    assert broken.compare_saved().returncode == 1


def test_a_run_that_a_signal_ends_is_drift_and_not_a_pipeline_that_failed(run):
    # An exit code above 128 stands for a shell's report of a signal; the harness sees the number as it is.
    done = run(disk={"exit_code": 139, "silent": True})
    assert done.returncode == 1, done.stdout
    assert "must fail with exit code 3, ended with 139" in done.stdout


def test_parity_run_itself_runs_failing_cases_beside_others(broken):
    broken.case("plain")
    source = {
        "artifact": "scores",
        "path": "Where.source",
        "reason": "each names its own",
        "owner": "toy keeper",
        "expires": "2099-12-31",
        "patterns": {"web": "web:/input", "disk": "disk:/input"},
    }
    wrapped = [
        {**source, "artifact": "wrapped", "path": path}
        for path in ("parsed.Where.source", "result(json).toyWhere.source")
    ]
    broken.declare(source, *wrapped)
    assert broken.parity("golden", "--reason", "as it is", "--case", "plain", "--jobs", "1").returncode == 0
    done = broken.parity("run", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    report = broken.report()
    assert (report["complete"], report["cases"]) == (True, ["broken", "plain"])
    # A failed run has recorded nothing that could be repeated.
    assert {r["case"] for r in report["results"] if r["check"] == "repeated"} == {"plain"}
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
    Draft202012Validator(schema).validate(report)


def test_a_golden_of_an_artifact_that_only_a_finished_run_writes_is_stale(run, broken):
    broken.write("snapshots/broken/scores.json", {})
    done = run()
    assert done.returncode == 6, done.stdout
    assert "snapshots/broken/scores.json: no artifact of a case needs it; remove it" in done.stdout


def test_expect_counts_failures_apart(broken):
    done = broken.parity("expect", "--format", "json")
    assert done.returncode == 0, done.stderr
    judged = json.loads(done.stdout)
    assert judged["components"] == {"failure": {"error text": {"met": 1, "of": 1}}}


def test_the_fields_of_failures_are_counted_among_the_leaves(broken):
    done = broken.parity("schema", "leaves")
    assert "failure stage" in done.stdout, done.stderr


@pytest.mark.parametrize("side", ["web", "disk"])
def test_what_no_schema_covers_in_a_failure_breaks_the_contract(run, broken, side):
    run()
    file = broken.root / f"reports/captures/broken/{side}/return.json"
    file.write_text(json.dumps({**json.loads(file.read_text()), "more": 1}))
    done = broken.compare_saved()
    assert done.returncode == 3
    assert "more: covered by no schema" in done.stdout
