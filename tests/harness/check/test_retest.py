"""Every comparison tests the declared differences anew."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from parity.check.declared_again import retested
from parity.documents import all_at
from tests.harness.conftest import ROOT, SOURCE, fill
from tests.harness.goldens.test_declared import RECORD, loaded

DOCUMENT: Any = {
    "plain": 1,
    "items": [{"u": "a"}, {"u": "b"}, {}],
    "odd key": {"deep": True},
    "text": json.dumps({"inner": [10, 20]}),
    "grün": 2,
}


@pytest.mark.parametrize(
    ("path", "values"),
    [
        ("plain", [1]),
        ("grün", [2]),
        ("items[*].u", ["a", "b"]),
        ("items[1].u", ["b"]),
        ("items[7].u", []),
        ('["odd key"].deep', [True]),
        ("text(json).inner[1]", [20]),
        ("text(json).inner[*]", [10, 20]),
        ("plain(json).inner", []),
        ("gone.deeper", []),
        ("plain.deeper", []),
    ],
)
def test_the_values_at_a_path_are_found(path, values):
    assert all_at(DOCUMENT, path) == values


@pytest.mark.parametrize(
    ("first", "second", "places", "equal"),
    [
        ({"outputs": {"video": "a"}}, {"outputs": {"video": "b"}}, 1, False),
        ({"outputs": {"video": "a"}}, {"outputs": {"video": "a"}}, 1, True),
        ({"outputs": {"video": 1}}, {"outputs": {"video": 1.0}}, 1, False),
        ({"outputs": {"video": 1}}, {"outputs": {"video": True}}, 1, False),
        ({"outputs": {}}, {"outputs": {"video": None}}, 1, False),
        ({"outputs": {}}, {"outputs": {}}, 0, True),
    ],
)
def test_a_record_is_tested_on_the_documents_of_both_sides(tmp_path, first, second, places, equal):
    (row,) = retested(loaded(tmp_path, RECORD), first, second)
    assert row == {"record": "return outputs.video", "places": places, "equal": equal}


# ── in a whole comparison ────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="session")
def compared(tmp_path_factory):
    project = fill(tmp_path_factory.mktemp("ledger") / "project")
    assert project.parity("golden", "--reason", "as it is", "--jobs", "1").returncode == 0
    return project


@pytest.fixture
def project(compared, tmp_path):
    import shutil

    shutil.copytree(compared.root, tmp_path / "project", symlinks=True)
    return type(compared)(tmp_path / "project")


def add(project, **changes: Any) -> None:
    with open(project.root / "declared.jsonl", "a") as ledger:
        ledger.write(json.dumps({**SOURCE, **changes}) + "\n")


def stale(project) -> list[tuple[str, str]]:
    return [(record["path"], record["why"]) for record in project.report()["stale"]["declared"]]


def make_web_say_what_disk_says(project) -> None:
    """Let both saved runs name the same source, everywhere."""
    for file in (project.root / "reports/captures").rglob("*.json"):
        file.write_text(file.read_text(encoding="utf-8").replace("web:/input", "disk:/input"), encoding="utf-8")


def test_a_declared_difference_that_still_differs_is_parity(project):
    assert project.compare_saved().returncode == 0
    assert stale(project) == []


def test_on_its_last_day_a_record_still_holds(project):
    assert project.compare_saved(today=date(2099, 12, 31)).returncode == 0


def test_the_day_after_it_has_expired_and_fails_with_record_owner_date_and_what_to_do(project):
    done = project.compare_saved(today=date(2100, 1, 1))
    assert done.returncode == 6, done.stdout
    assert stale(project) == [
        ("Where.source", "expired"),
        ("parsed.Where.source", "expired"),
        ("result(json).toyWhere.source", "expired"),
    ]
    text = project.report()["stale"]["declared"][0]["message"]
    assert text == (
        "scores Where.source, line 1 of the ledger: expired on 2099-12-31; its owner (toy keeper) must decide: renew it "
        "with a later date and a reason that still holds, or remove it and what makes the configurations differ"
    )
    assert text in " ".join(done.stdout.split()) or text in done.stdout
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text())
    Draft202012Validator(schema).validate(project.report())


def test_an_expired_record_fails_a_comparison_of_one_case_too(project):
    lines = (project.root / "declared.jsonl").read_text().replace("2099-12-31", "2001-01-01")
    project.write("declared.jsonl", lines)
    done = project.parity("run", "--from", "reports/captures", "--case", "plain", "--jobs", "1")
    assert done.returncode == 6, done.stdout
    assert "expired on 2001-01-01; its owner (toy keeper) must decide" in done.stdout


def test_a_difference_that_no_longer_occurs_is_stale_and_said_apart_from_a_place_that_is_gone(project):
    make_web_say_what_disk_says(project)
    project.write("declared.jsonl", "")
    both = {"web": ".+", "disk": ".+"}
    add(project, patterns=both)
    for path in ("parsed.Where.source", "result(json).toyWhere.source"):
        add(project, artifact="wrapped", path=path, patterns=both)
    add(project, path="Where.gone")
    done = project.compare_saved()
    assert done.returncode == 6, done.stdout
    assert stale(project) == [
        ("Where.source", "equal"),
        ("parsed.Where.source", "equal"),
        ("result(json).toyWhere.source", "equal"),
        ("Where.gone", "no place"),
    ]
    assert (
        "scores Where.source, line 1 of the ledger: the configurations no longer differ there, in any of 1 case"
        in done.stdout
    )
    assert "scores Where.gone, line 4 of the ledger: stands nowhere any more; remove the record" in done.stdout


def test_a_record_of_a_case_that_is_not_there_is_stale(project):
    add(project, artifact="return", path="words", cases=["other"], patterns={"web": "x", "disk": "y"})
    done = project.compare_saved()
    assert done.returncode == 6, done.stdout
    assert stale(project) == [("words", "no place")]


def test_a_record_for_another_case_hides_nothing_in_this_one(project):
    project.write("declared.jsonl", "")
    add(project, cases=["other"])
    done = project.compare_saved()
    assert done.returncode == 1, done.stdout
    assert "Where.source: web 'web:/input', disk 'disk:/input'" in done.stdout


def test_nothing_is_called_stale_for_a_run_that_failed(project):
    manifest = project.root / "reports/captures/plain/web/capture.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "failure": "made to fail"}))
    assert project.compare_saved().returncode == 4
    assert stale(project) == []
