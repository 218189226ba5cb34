"""Captures, goldens and corpora of them, made by the toy pipeline: nothing here knows of any other."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.harness.conftest import Project, fill

CAPTURES = "reports/captures"


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> Project:
    """A project with two cases, their captures and goldens."""
    made = fill(tmp_path_factory.mktemp("template"))
    made.case("second", label="blau")
    done = made.parity("golden", "--reason", "as it is", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def recorded(template, tmp_path) -> Project:
    shutil.copytree(template.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


@pytest.fixture
def compare(diff, recorded):
    """``parity diff`` in the toy project, on paths below it."""

    def run(first: str, second: str, *options: str):
        return diff(
            recorded.root / first,
            recorded.root / second,
            *options,
            "--format",
            "json",
            "--limit",
            "0",
            config=recorded.root / "parity.toml",
        )

    return run


def change(recorded: Project, folder: str, *path, value) -> None:
    file = next((recorded.root / folder / "work/out").glob("scores_*.json"))
    document = json.loads(file.read_text())
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    file.write_text(json.dumps(document))


WEB, DISK, GOLDEN = f"{CAPTURES}/plain/web", f"{CAPTURES}/plain/disk", "snapshots/plain"


def test_two_configurations_agree_exactly_but_for_what_is_declared(compare):
    done = compare(WEB, DISK)
    assert (done.code, done.pair["compared"]["why"]) == (0, "two runs on one machine")
    assert {leaf["by"] for leaf in done.pair["ignored"]} == {"volatile", "declared"}


def test_the_smallest_difference_between_captures_is_drift(compare, recorded):
    change(recorded, DISK, "Core", "mean", value=0.5000001)
    done = compare(WEB, DISK)
    assert done.code == 1
    assert done.finding("Core.mean")["magnitude"] == pytest.approx(1e-7)


def test_two_captures_of_one_configuration_have_no_declared_difference(compare, recorded):
    shutil.copytree(recorded.root / WEB, recorded.root / "again")
    done = compare(WEB, "again")
    assert (done.code, {leaf["by"] for leaf in done.pair["ignored"]}) == (0, {"volatile"})


@pytest.mark.parametrize(("first", "second", "expected"), [(GOLDEN, DISK, "a"), (DISK, GOLDEN, "b")])
def test_a_golden_is_what_is_expected_on_either_side(compare, recorded, first, second, expected):
    change(recorded, DISK, "Core", "label", value="other")
    done = compare(first, second)
    assert (done.code, done.pair["expected"], done.pair["compared"]["mode"]) == (1, expected, "tolerances")
    found = done.finding("Core.label")
    assert (found["expected"], found["actual"]) == ("grün", "other")


def test_a_run_that_meets_its_golden_is_parity(compare):
    assert compare(GOLDEN, WEB).code == 0
    assert compare(GOLDEN, DISK).code == 0


def test_two_sets_of_goldens_are_compared_exactly(compare, recorded):
    assert compare(GOLDEN, GOLDEN).code == 0
    done = compare(GOLDEN, "snapshots/second")
    assert (done.code, done.pair["compared"]["mode"]) == (1, "exact")
    assert done.finding("Core.label")["actual"] == "blau"


def test_another_machine_is_said_and_compared_within_tolerance(compare, recorded):
    file = f"{DISK}/capture.json"
    manifest = recorded.read(file)
    manifest["provenance"]["packages"]["pytest"] = "1.0"
    recorded.write(file, manifest)
    done = compare(WEB, DISK)
    assert done.pair["compared"]["mode"] == "tolerances"
    assert "pytest" in done.pair["compared"]["why"]
    assert compare(WEB, DISK, "--exact").pair["compared"]["mode"] == "exact"


def test_an_artifact_that_one_capture_lacks_is_missing(compare, recorded):
    file = f"{DISK}/capture.json"
    manifest = recorded.read(file)
    del manifest["files"]["wrapped"]
    recorded.write(file, manifest)
    assert compare(WEB, DISK).part("wrapped")["state"] == "missing"
    assert compare(DISK, WEB).part("wrapped")["state"] == "extra"


def test_a_run_that_failed_is_said_with_its_reason(compare, recorded):
    file = f"{DISK}/capture.json"
    manifest = recorded.read(file)
    manifest["failure"], manifest["exit_code"] = "ended with exit code 5; the toy was told to fail", 5
    recorded.write(file, manifest)
    done = compare(WEB, DISK)
    assert done.code == 4
    assert done.pair["notes"][0] == "B: the run failed: ended with exit code 5; the toy was told to fail"


def test_two_runs_that_failed_alike_are_no_parity(compare, recorded):
    for name in (WEB, DISK):
        manifest = recorded.read(f"{name}/capture.json")
        recorded.write(f"{name}/capture.json", {**manifest, "failure": "ended with exit code 5", "exit_code": 5})
    assert compare(WEB, DISK).code == 4


def test_a_problem_of_a_capture_is_drift(compare, recorded):
    file = f"{DISK}/capture.json"
    recorded.write(file, {**recorded.read(file), "problems": ["two stamps in one run"]})
    done = compare(WEB, DISK)
    assert (done.code, "B: two stamps in one run" in done.pair["notes"]) == (1, True)


def test_a_broken_capture_is_a_usage_error(compare, recorded, diff):
    recorded.write(f"{DISK}/capture.json", "{")
    done = diff(recorded.root / WEB, recorded.root / DISK, config=recorded.root / "parity.toml")
    assert done.code == 2
    assert "cannot be read as a capture" in done.text


def test_what_next_of_two_corpora_is_of_the_same_cases(diff, recorded):
    shutil.copytree(recorded.root / CAPTURES, recorded.root / "other")
    change(recorded, "other/second/web", "Core", "label", value="rot")
    change(recorded, "other/second/web", "Core", "count", value=99)
    chosen = (recorded.root / CAPTURES, recorded.root / "other", "--case", "second")
    text = diff(*chosen, "--limit", "1", config=recorded.root / "parity.toml").text
    assert "/other --case second --limit 0    all of them" in text


def test_two_corpora_are_compared_case_by_case(compare, recorded):
    shutil.copytree(recorded.root / CAPTURES, recorded.root / "other")
    change(recorded, "other/second/web", "Core", "label", value="rot")
    done = compare(CAPTURES, "other")
    verdicts = {(pair["case"], pair["configuration"]): pair["verdict"] for pair in done.report["pairs"]}
    assert verdicts == {
        ("plain", "disk"): "parity",
        ("plain", "web"): "parity",
        ("second", "disk"): "parity",
        ("second", "web"): "drift",
    }
    assert (done.code, done.report["corpora"]) == (1, True)


def test_a_case_that_one_corpus_lacks_is_drift_unless_it_was_not_asked_for(compare, recorded):
    shutil.copytree(recorded.root / CAPTURES, recorded.root / "other")
    shutil.rmtree(recorded.root / "other/second/web")
    done = compare(CAPTURES, "other")
    assert done.code == 1
    assert done.report["only"] == [{"side": "A", "case": "second", "configuration": "web"}]
    assert compare("other", CAPTURES).report["only"][0]["side"] == "B"
    assert compare(CAPTURES, "other", "--case", "plain").code == 0


def test_goldens_of_all_cases_are_compared_with_every_configuration(compare):
    done = compare("snapshots", CAPTURES)
    assert done.code == 0
    assert len(done.report["pairs"]) == 4


def test_the_captures_of_one_case_are_a_corpus_of_its_configurations(compare, recorded):
    shutil.copytree(recorded.root / CAPTURES / "plain", recorded.root / "elsewhere")
    done = compare(f"{CAPTURES}/plain", "elsewhere")
    assert (done.code, [pair["configuration"] for pair in done.report["pairs"]]) == (0, ["disk", "web"])


def test_a_corpus_in_text_is_a_table_and_what_differs(diff, recorded):
    shutil.copytree(recorded.root / CAPTURES, recorded.root / "other")
    change(recorded, "other/second/web", "Core", "label", value="rot")
    for form in ("text", "markdown"):
        text = diff(
            recorded.root / CAPTURES, recorded.root / "other", "--format", form, config=recorded.root / "parity.toml"
        ).text
        assert "plain · disk" in text
        assert text.count("Core.label") >= 1
        assert "rot" in text


@pytest.mark.parametrize(
    ("first", "second", "options", "text"),
    [
        (CAPTURES, WEB, (), "is a corpus and"),
        (CAPTURES, "snapshots/plain", (), "is a corpus and"),
        (CAPTURES, f"{CAPTURES}/plain", (), "nothing in common"),
        (CAPTURES, CAPTURES, ("--case", "third"), "unknown case 'third'; known: plain, second"),
        (CAPTURES, CAPTURES, ("--stamp", "2026"), "--stamp chooses among the runs in a folder of outputs"),
        ("corpus", "corpus", (), "holds nothing to compare"),
    ],
)
def test_what_cannot_be_compared_is_a_usage_error(diff, recorded, first, second, options, text):
    done = diff(recorded.root / first, recorded.root / second, *options, config=recorded.root / "parity.toml")
    assert done.code == 2
    assert text in done.text


def test_a_file_without_its_own_reader_is_compared_without_a_schema(compare, recorded):
    done = compare("corpus/plain/input.json", "corpus/second/input.json")
    assert (done.code, done.finding("label")["actual"]) == (1, "blau")


@pytest.mark.parametrize(
    ("alternatives", "first", "second", "code"),
    [
        ([True, {"type": "integer", "minimum": 0}], 1, 1, 0),
        ([True, {"type": "integer", "minimum": 0}], 1, 2, 1),
        ([True, {"type": "integer", "minimum": 0}], "a", "a", 3),
        ([False], 1, 1, 3),
        ([False, {"type": "integer", "minimum": 0}], 1, 2, 1),
        ([False, {"type": "integer", "minimum": 0}], "a", "a", 3),
    ],
)
def test_true_and_false_are_schemas(compare, recorded, alternatives, first, second, code):
    schema = {"type": "object", "properties": {"a": {"anyOf": alternatives}}, "required": ["a"]}
    recorded.write("schemas/own.schema.json", json.dumps({"$id": "own.schema.json", **schema}))
    for name, value in (("one", first), ("two", second)):
        recorded.write(f"{name}.json", json.dumps({"a": value}))
    done = compare("one.json", "two.json", "--schema", "own.schema.json")
    assert done.code == code
    if first != second:
        assert done.finding("a")["actual"] == second


def test_broken_goldens_are_a_finding(compare, recorded):
    recorded.write("snapshots/plain/scores.json", "{")
    done = compare(GOLDEN, DISK)
    assert done.code == 3
    assert done.part("scores")["state"] == "unreadable"


def test_a_broken_schema_is_the_contracts_fault_and_no_wrong_option(compare, recorded):
    schema = recorded.root / "schemas/scores.schema.json"
    schema.write_text(schema.read_text().replace('"boolean"', '"boolaen"'))
    done = compare(WEB, DISK)
    assert done.code == 3
    assert "scores.schema.json: not a valid schema at $.properties.Core.properties.best.type" in done.text
    assert "--schema" not in done.text
