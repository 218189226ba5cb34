"""`parity` on a throw-away project: exit codes, texts, report."""

from __future__ import annotations

import json
import os
from pathlib import Path
from xml.etree import ElementTree as etree

import pytest
from jsonschema import Draft202012Validator

from parity.goldens.form import canonical
from tests.harness.conftest import IMPORTS
from tests.harness.toy.pipeline import Toy

ROOT = Path(__file__).parents[3]
SAVED = ("run", "--from", "reports/captures", "--jobs", "1")


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """One project with goldens and captures; tests work on copies of it."""
    from tests.harness.conftest import fill

    made = fill(tmp_path_factory.mktemp("template"))
    done = made.parity("golden", "--reason", "as it is", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def recorded(template, tmp_path):
    import shutil

    from tests.harness.conftest import Project

    shutil.copytree(template.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


def change(project, file, *path, value):
    document = project.read(file)
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    project.write(file, document)


def change_scores(project, configuration, *path, value):
    file = next((project.root / "reports/captures/plain" / configuration).rglob("scores_*.json"))
    change(project, str(file.relative_to(project.root)), *path, value=value)


def test_parity_is_zero_and_the_report_is_complete(recorded):
    done = recorded.parity("run")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.startswith("parity: parity (exit code 0)")
    report = recorded.report()
    assert (report["verdict"], report["exit_code"], report["complete"]) == ("parity", 0, True)
    assert report["configurations"] == ["web", "disk"]
    assert report["cases"] == ["plain"]
    assert {(f["configuration"], f["artifact"]) for f in report["files"]} == {
        (c, a) for c in ("web", "disk") for a in ("scores", "wrapped", "return", "run")
    }
    counts = report["counts"]["configurations"]
    assert counts["uncompared"] == counts["differing"] == 0
    assert counts["exact"] > 2000
    assert {(leaf["path"], leaf["by"]) for leaf in report["ignored"] if leaf["artifact"] == "scores"} == {
        ("Where.source", "declared"),
        ("Where.took", "volatile"),
        ("Where.host", "environment"),
    }
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
    Draft202012Validator(schema).validate(report)
    units = etree.parse(recorded.root / "reports/latest/junit.xml").iter("testcase")
    assert [unit.get("name") for unit in units if unit.get("classname") == "plain"] == [
        "return",
        "run",
        "scores",
        "wrapped",
    ]
    assert (recorded.root / "reports/latest/summary.md").read_text().startswith("## ✅ parity: parity (exit code 0)\n")


def test_what_else_is_installed_for_pytest_has_no_say(recorded):
    recorded.write("site/other-1.dist-info/entry_points.txt", "[pytest11]\nother = no_such_module\n")
    recorded.write("site/other-1.dist-info/METADATA", "Name: other\nVersion: 1\n")
    done = recorded.parity(*SAVED, PYTHONPATH=os.pathsep.join((IMPORTS, str(recorded.root / "site"))))
    assert done.returncode == 0, done.stdout + done.stderr


def test_ground_truth_that_is_not_met_is_drift_that_names_component_expected_and_got(recorded):
    (recorded.root / "corpus/plain/truth.json").write_text(json.dumps({"Core": "something else"}))
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "ground truth: 0 of 2 expectations met" in done.stdout
    assert "plain · disk" in done.stdout
    assert "Core: expected something else, got {" in done.stdout
    unmet = recorded.report()["expectations"]
    assert [(each["configuration"], each["passed"]) for each in unmet] == [("disk", False), ("web", False)]


def test_ground_truth_is_not_judged_on_what_breaks_its_schema(recorded):
    (recorded.root / "corpus/plain/truth.json").write_text(json.dumps({"Core": 1}))
    change_scores(recorded, "disk", "Core", "mean", value="half")
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert "scores breaks its schema: the ground truth cannot be held against it" in done.stdout


@pytest.mark.parametrize("arguments", [("run", "--jobs", "1"), SAVED])
def test_a_changed_golden_is_drift_that_names_file_field_and_both_values(recorded, arguments):
    change(recorded, "snapshots/plain/scores.json", "Core", "mean", value=0.75)
    done = recorded.parity(*arguments)
    assert done.returncode == 1
    assert "snapshots/plain/scores.json" in done.stdout
    assert "1 cause:\n 1. analysis scoring: Core.mean differs\n" in done.stdout
    assert "Core.mean: golden 0.75, disk 0.5\n" in done.stdout
    assert "disk and web ~ golden" in " ".join(done.stdout.split())
    assert "largest  0.25 ratio, allowed 0.001; a tolerance of 0.25 ratio would pass" in done.stdout
    assert "\nnext    mend the cause, then: parity run --case plain\n" in done.stdout
    cause = recorded.report()["causes"][0]["id"]
    run = recorded.report()["run_id"].partition("-")[2]
    assert f"on a page: parity review --run {run}\n" in done.stdout
    assert f'or here: parity accept --cause {cause} --run {run} --reason "…"\n' in done.stdout
    assert recorded.report()["verdict"] == "drift"
    # The derived form and the text inside it follow from the same golden.
    found = {d["path"] for r in recorded.report()["results"] for d in r["differences"]}
    assert found == {"Core.mean", "parsed.Core.mean", "result(json).toyCore.mean"}
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
    Draft202012Validator(schema).validate(recorded.report())


def test_on_github_the_job_has_a_summary_and_the_changed_golden_an_annotation(recorded, tmp_path):
    change(recorded, "snapshots/plain/scores.json", "Core", "mean", value=0.75)
    summary = tmp_path / "summary.md"
    summary.write_text("# of an earlier step\n")
    environ = {"CI": "true", "GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    done = recorded.parity(*SAVED, "-q", **environ)
    assert done.returncode == 1, done.stderr
    line = (recorded.root / "snapshots/plain/scores.json").read_text().splitlines().index('  "mean": 0.75,') + 1
    (command,) = [each for each in done.stdout.splitlines() if each.startswith("::")]
    assert command.startswith(f"::error file=snapshots/plain/scores.json,line={line},title=parity drift%3A analysis")
    assert summary.read_text().startswith("# of an earlier step\n## ❌ parity: drift (exit code 1)\n")
    assert (recorded.root / "reports/latest/summary.md").read_text() in summary.read_text()
    assert all(line.startswith("parity: ") for line in done.stderr.splitlines()), "no dots of pytest"
    assert not {"\x1b", "\r"} & set(done.stdout + done.stderr)
    assert done.stdout.startswith("parity: drift (exit code 1): ")
    assert " 1. analysis scoring: Core.mean differs\nnext    mend the cause" in done.stdout


def test_a_golden_within_tolerance_passes_is_counted_and_not_rewritten(recorded):
    change(recorded, "snapshots/plain/scores.json", "Core", "mean", value=0.5009)
    recorded.write("snapshots/plain/scores.json", canonical(recorded.read("snapshots/plain/scores.json")))
    before = (recorded.root / "snapshots/plain/scores.json").read_bytes()
    done = recorded.parity("golden", "--reason", "as it is", "--from", "reports/captures", "--jobs", "1")
    assert done.returncode == 0, done.stdout
    assert (recorded.root / "snapshots/plain/scores.json").read_bytes() == before
    assert recorded.report()["counts"]["golden"]["within_tolerance"] == 6


def test_golden_rewrites_what_lies_beyond_tolerance(recorded):
    original = (recorded.root / "snapshots/plain/scores.json").read_bytes()
    change(recorded, "snapshots/plain/scores.json", "Core", "mean", value=0.6)
    assert (
        recorded.parity("golden", "--reason", "as it is", "--from", "reports/captures", "--jobs", "2").returncode == 0
    )
    assert (recorded.root / "snapshots/plain/scores.json").read_bytes() == original


def test_golden_records_nothing_on_which_the_configurations_disagree(recorded):
    for configuration, label in (("web", "one"), ("disk", "other")):
        change_scores(recorded, configuration, "Core", "label", value=label)
    before = (recorded.root / "snapshots/plain/scores.json").read_bytes()
    assert (
        recorded.parity("golden", "--reason", "as it is", "--from", "reports/captures", "--jobs", "1").returncode == 1
    )
    assert (recorded.root / "snapshots/plain/scores.json").read_bytes() == before


def test_a_missing_golden_is_drift_that_names_the_command(recorded):
    (recorded.root / "snapshots/plain/return.json").unlink()
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "1 golden missing in snapshots/plain: return.json; run `make golden` to record it" in done.stdout


def test_a_golden_nothing_needs_is_stale_and_golden_removes_it(recorded):
    recorded.write("snapshots/plain/old.json", {})
    done = recorded.compare_saved()
    assert done.returncode == 6
    assert "snapshots/plain/old.json: no artifact of a case needs it; remove it" in done.stdout
    assert (
        recorded.parity("golden", "--reason", "as it is", "--from", "reports/captures", "--jobs", "1").returncode == 0
    )
    assert not (recorded.root / "snapshots/plain/old.json").exists()


def test_a_declared_difference_that_stands_nowhere_is_stale(recorded):
    with open(recorded.root / "declared.jsonl", "a") as ledger:
        known = json.loads((recorded.root / "declared.jsonl").read_text().splitlines()[0])
        record = {**known, "artifact": "return", "path": "gone"}
        ledger.write(json.dumps(record) + "\n")
    done = recorded.compare_saved()
    assert done.returncode == 6
    assert "return gone, line 4 of the ledger: stands nowhere any more; remove the record" in done.stdout


def test_a_declared_difference_is_none_where_both_replay_one_recording(recorded):
    recorded.write("corpus/plain/replayed", "")
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "Where.source: web 'web:/input', disk 'disk:/input'" in done.stdout


def test_a_run_that_is_not_the_same_when_repeated_is_drift(recorded):
    change_scores(recorded, "disk", "Items", 3, "at", value=99.0)
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "plain · scores · repeat = disk" in done.stdout
    assert "Items[3].at: disk 99.0, repeat 1.5" in done.stdout
    counts = recorded.report()["counts"]["repeated"]
    assert counts["differing"] == 1 and counts["exact"] > 500


def test_a_saved_run_that_cannot_be_had_again_need_not_be_the_programs_fault(recorded):
    for configuration in ("web", "disk"):
        change_scores(recorded, configuration, "Items", 3, "at", value=99.0)
    change(recorded, "snapshots/plain/scores.json", "Items", 3, "at", value=99.0)
    (recorded.root / "reports/captures").resolve().rename(recorded.root / "kept")
    assert recorded.parity("run", "--from", "kept", "--jobs", "1").returncode == 1
    cause = next(
        each for each in recorded.report()["causes"] if {one["check"] for one in each["comparisons"]} == {"repeated"}
    )
    assert cause["next"] == f"parity diff kept/plain/disk {recorded.run}/repeats/plain/repeat --field '*at'"
    assert cause["proof"][0].startswith(
        "repeated now from what it recorded, the saved run gives another result: it was edited or made"
    )


def test_what_is_not_repeatable_is_not_offered_to_be_accepted(recorded):
    late = {"set": {"Items/3/at": 99.0}}
    recorded.case("plain", mean=0.75, faults={"web": late, "disk": late})
    change(recorded, "snapshots/plain/scores.json", "Items", 3, "at", value=99.0)
    done = recorded.parity("run", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    cause = next(each["id"] for each in recorded.report()["causes"] if each["stage"] == "scoring")
    why = "repeated from what it recorded, the run gives another result"
    assert f"{cause} cannot be accepted: {why}; mend that first\n" in done.stdout
    assert "parity accept" not in done.stdout
    status = recorded.parity("status").stdout
    assert f"1 golden; {why}\n" in status and "parity accept" not in status
    assert recorded.parity("accept", "--cause", cause, "--reason", "meant").returncode == 3


def test_another_order_of_keys_is_a_difference_when_repeated(recorded):
    file = next((recorded.root / "reports/captures/plain/disk").rglob("scores_*.json"))
    scores = json.loads(file.read_text())
    file.write_text(json.dumps({**scores, "Core": dict(reversed(scores["Core"].items()))}))
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "the same values in another order of keys" in done.stdout


def test_a_run_that_cannot_be_repeated_is_a_failure_that_says_why(recorded):
    for configuration in ("web", "disk"):
        change_scores(recorded, configuration, "Items", value=[{}])
    done = recorded.compare_saved()
    assert done.returncode == 4
    assert "repeat failed, so there is nothing to compare" in done.stdout
    assert "could not be started: KeyError: 'kind'" in done.stdout


def test_an_undeclared_difference_between_configurations_is_drift(recorded):
    recorded.write("declared.jsonl", "")
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "Where.source: web 'web:/input', disk 'disk:/input'" in done.stdout


def test_a_declared_difference_that_fails_its_pattern_is_drift(recorded):
    change_scores(recorded, "web", "Where", "source", value="somewhere")
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "declared for web as 'web:/input', which its value does not meet" in done.stdout


def test_the_smallest_difference_between_configurations_is_drift_within_any_tolerance(recorded):
    change_scores(recorded, "disk", "Core", "mean", value=0.5000001)
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "Core.mean: web 0.5, disk 0.5000001; differs by 1e-07 ratio, allowed 0" in done.stdout
    golden = [r for r in recorded.report()["results"] if r["check"] == "golden" and r["artifact"] != "return"]
    assert all(r["verdicts"] == ["parity"] for r in golden)


def test_an_environment_leaf_that_differs_between_configurations_is_drift(recorded):
    change_scores(recorded, "disk", "Where", "host", value="elsewhere")
    assert recorded.compare_saved().returncode == 1


def test_a_leaf_no_schema_covers_breaks_the_contract(recorded):
    for configuration in ("web", "disk"):
        change_scores(recorded, configuration, "Core", "more", value={"deep": 1})
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert "Core.more.deep: compared by no schema" in done.stdout
    assert recorded.report()["counts"]["configurations"]["uncompared"] == 1


def test_a_value_that_violates_its_schema_breaks_the_contract(recorded):
    for configuration in ("web", "disk"):
        change_scores(recorded, configuration, "Core", "total", value=-1)
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert "Core.total: -1 is less than the minimum of 0 (schema scores.schema.json)" in done.stdout


def test_a_file_that_is_no_json_breaks_the_contract(recorded):
    file = next((recorded.root / "reports/captures/plain/web").rglob("scores_*.json"))
    file.write_text("{")
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert "of web is not JSON" in done.stdout


def test_too_many_ignored_leaves_break_the_contract(recorded):
    file = recorded.root / "parity.toml"
    file.write_text(file.read_text() + "max_ignored = 0.001\n")
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert "disk = web: 6 of 2565 leaves are ignored (0.23 %), allowed 0.1 %" in done.stdout


def test_a_broken_ledger_breaks_the_contract_and_is_said_once(recorded):
    recorded.write("declared.jsonl", "{\n")
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert done.stdout.count("declared.jsonl, line 1: is not JSON") == 1


def test_a_volatile_list_in_a_schema_breaks_the_contract(recorded):
    change(
        recorded,
        "schemas/scores.schema.json",
        "properties",
        "Items",
        "x-parity",
        value={"unit": "text", "volatile": "because"},
    )
    done = recorded.compare_saved()
    assert done.returncode == 3
    assert "scores.schema.json/properties/Items: volatile may stand on a single leaf only" in done.stdout


def test_a_pipeline_that_fails_in_one_configuration_is_said_first(recorded):
    recorded.case("plain", faults={"web": {"exit_code": 5}})
    done = recorded.parity("run", "--jobs", "1")
    assert done.returncode == 4
    assert "web: ended with exit code 5; last lines of stderr.log:\n     the toy was told to fail" in done.stdout
    assert "1 finding:" in done.stdout
    assert f"\nnext    read {recorded.run}/captures/plain/web/stderr.log\n" in done.stdout


def test_an_artifact_that_one_configuration_does_not_write_is_drift(recorded):
    recorded.case("plain", faults={"disk": {"no_wrapped": True}})
    done = recorded.parity("run", "--jobs", "1")
    assert done.returncode == 1
    assert "web writes it, disk does not" in " ".join(done.stdout.split())


@pytest.mark.parametrize("fault", [{"print": "chatter"}, {"extra_file": "left.tmp"}])
def test_an_extra_line_on_stdout_or_an_extra_file_is_drift(recorded, fault):
    recorded.case("plain", faults={"disk": fault})
    done = recorded.parity("run", "--jobs", "1")
    assert done.returncode == 1
    assert "plain · run · disk = web" in done.stdout


def test_a_field_that_repeats_another_artifact_is_compared_once(recorded):
    assert recorded.read("snapshots/plain/return.json")["sheet"] == "<the artifact scores>"


def test_a_field_that_no_longer_repeats_its_artifact_is_drift(recorded):
    change(recorded, "reports/captures/plain/web/return.json", "sheet", "Core", "label", value="else")
    done = recorded.compare_saved()
    assert done.returncode == 1
    assert "sheet: web object with 4 keys, disk text '<the artifact scores>'" in done.stdout


def test_a_golden_from_which_nothing_can_be_derived_is_a_contract_verdict_that_names_it(recorded, monkeypatch):
    monkeypatch.setattr(Toy, "expected", lambda self, artifact, golden: {"parsed": golden("scores")["Core"]})
    recorded.write("snapshots/plain/scores.json", {})
    done = recorded.compare_saved()
    assert done.returncode == 3
    said = " ".join(done.stdout.split())
    assert (
        "golden plain/scores.json: wrapped cannot be derived from it: KeyError('Core'); take it back from git" in said
    )


def test_what_stops_the_comparison_unawares_is_shown_and_not_only_kept_in_a_file(recorded, tmp_path):
    recorded.write(
        "site/sitecustomize.py",
        "from parity.report import write\n"
        "def broken(*_):\n    raise LookupError('no such row')\n"
        "write.save_differences = broken\n",
    )
    last = recorded.run
    done = recorded.parity(*SAVED, PYTHONPATH=f"{recorded.root / 'site'}:{IMPORTS}")
    assert done.returncode == 70
    assert "parity: crash: LookupError: no such row; this is no verdict: its traceback is in " in done.stderr
    assert recorded.run == last


def test_usage_errors_exit_2_and_name_the_known(recorded):
    done = recorded.parity("run", "--case", "nope")
    assert done.returncode == 2
    assert "unknown case 'nope' in corpus; known: plain" in done.stderr
    assert recorded.parity("run", "--from", "nowhere").returncode == 2
    assert recorded.parity("run", "--colour").returncode == 2


def test_a_capture_that_is_not_there_exits_2(recorded):
    import shutil

    shutil.rmtree(recorded.root / "reports/captures/plain/web")
    done = recorded.compare_saved()
    assert done.returncode == 2
    assert "run `parity run` to make it" in " ".join(done.stdout.split())


def test_pytest_alone_gives_the_same_comparison(recorded):
    import subprocess
    import sys

    change(recorded, "snapshots/plain/scores.json", "Core", "label", value="other")
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "tests/parity",
            "-q",
            "-p",
            "no:cacheprovider",
            f"--parity-config={recorded.root / 'parity.toml'}",
        ],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert "Core.label: golden 'other', disk 'grün'" in done.stdout
    assert f"parity: drift (exit code 1); report: {recorded.run}/parity.json" in done.stdout
    assert recorded.report()["verdict"] == "drift"


def test_a_selection_by_hand_is_reported_as_incomplete(recorded):
    import subprocess
    import sys

    subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "tests/parity",
            "-q",
            "-p",
            "no:cacheprovider",
            "-k",
            "schema",
            f"--parity-config={recorded.root / 'parity.toml'}",
        ],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
    )
    report = recorded.report()
    assert (report["complete"], report["verdict"]) == (False, "usage")


def test_help_teaches_with_an_example():
    from click.testing import CliRunner

    from parity.cli.main import main

    text = CliRunner().invoke(main, ["--help"]).output
    assert "Example, from a fresh checkout:" in text
    assert "Exit codes: 0 parity · 1 drift · 2 usage" in text


def test_corpus_list_names_the_cases(recorded):
    assert recorded.parity("corpus", "list").stdout == "plain: input.json\n"
