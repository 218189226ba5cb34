"""The ledger's records: one per line, owned by a role, with a last day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from parity.goldens.declared import Declared, load
from parity.pipeline import settings
from parity.pipeline.artifacts import known_artifacts
from parity.pipeline.cases import discover
from parity.pipeline.load import load_pipeline
from parity.verdict import ContractError
from tests.harness.conftest import ROOT

LEDGER = ROOT / "golden/ledger/runner-differences.jsonl"
RECORD = {
    "artifact": "return",
    "path": "outputs.video",
    "reason": "one downloads it",
    "owner": "platform integration",
    "expires": "2027-01-31",
    "patterns": {"web": "temp/.+", "disk": ".+"},
}


def written(folder: Path, *records: object) -> Path:
    file = folder / "declared.jsonl"
    file.write_text("".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in records))
    return file


def loaded(folder: Path, *records: object) -> list[Declared]:
    return load(written(folder, *records), configurations=("web", "disk"), artifacts=["return", "run"])


def test_a_record_has_an_owner_a_last_day_and_a_line(tmp_path):
    _, record = loaded(tmp_path, {**RECORD, "path": "a"}, RECORD)
    assert (record.owner, record.expires, record.line) == ("platform integration", date(2027, 1, 31), 2)
    assert record.name == "return outputs.video"
    assert record.holds_in("any case")


def test_a_record_may_hold_in_some_cases_only(tmp_path):
    (record,) = loaded(tmp_path, {**RECORD, "cases": ["one", "two"]})
    assert [record.holds_in(name) for name in ("one", "two", "three")] == [True, True, False]
    assert record.name == "return outputs.video (in one, two)"


def test_an_expired_record_still_loads_so_that_it_can_be_named(tmp_path):
    assert loaded(tmp_path, {**RECORD, "expires": "2001-01-01"})


@pytest.mark.parametrize("missing", ["owner", "expires", "reason", "patterns"])
def test_a_record_without_one_of_its_keys_is_named_by_line(tmp_path, missing):
    with pytest.raises(
        ContractError, match=rf"declared\.jsonl, line 1: expected an object with the keys .*'{missing}'"
    ):
        loaded(tmp_path, {key: value for key, value in RECORD.items() if key != missing})


@pytest.mark.parametrize("owner", ["Ada Lovelace", "ada@example.com", "@ada", " "])
def test_an_owner_that_is_no_role_is_refused(tmp_path, owner):
    with pytest.raises(ContractError, match=r"line 1: owner must be a (role in small letters, as in 'platform|text)"):
        loaded(tmp_path, {**RECORD, "owner": owner})


@pytest.mark.parametrize("expires", ["2026-02-30", "20260131", "31.1.2026", "never", None, 2027, "2026-W05-6"])
def test_a_last_day_that_is_none_is_refused(tmp_path, expires):
    with pytest.raises(ContractError, match="line 1: expires must be a day as in 2026-01-31, got"):
        loaded(tmp_path, {**RECORD, "expires": expires})


@pytest.mark.parametrize("cases", ["one", [1], ["two", "one"], ["one", "one"]])
def test_cases_that_are_no_ordered_list_are_refused(tmp_path, cases):
    with pytest.raises(ContractError, match="line 1: cases must be a list of names in order, each once"):
        loaded(tmp_path, {**RECORD, "cases": cases})


@pytest.mark.parametrize(("one", "other"), [([], []), ([], ["a"]), (["a", "b"], ["b", "c"])])
def test_two_records_that_meet_in_a_case_are_refused(tmp_path, one, other):
    with pytest.raises(ContractError, match=r"line 2: return outputs\.video.* is declared twice, in line 1 too"):
        loaded(tmp_path, {**RECORD, "cases": one}, {**RECORD, "cases": other})


def test_two_records_of_one_place_in_different_cases_stand_side_by_side(tmp_path):
    assert len(loaded(tmp_path, {**RECORD, "cases": ["a"]}, {**RECORD, "cases": ["b"]})) == 2


def test_blank_lines_do_not_count_but_keep_their_number(tmp_path):
    assert loaded(tmp_path, "", RECORD)[0].line == 2


def test_a_record_over_two_lines_is_refused_so_that_merges_stay_line_by_line(tmp_path):
    with pytest.raises(ContractError, match="line 1: is not JSON"):
        loaded(tmp_path, *json.dumps(RECORD, indent=1).splitlines())


def test_records_that_two_branches_add_merge_as_lines(tmp_path):
    """What git makes of two branches that each add a record: the lines of both, in either order, mean the same."""
    ours, theirs = {**RECORD, "path": "a"}, {**RECORD, "path": "b"}
    one = loaded(tmp_path, RECORD, ours, theirs)
    other = loaded(tmp_path, RECORD, theirs, ours)
    assert {record.name for record in one} == {record.name for record in other}
    assert len(one) == 3


def test_the_ledger_of_the_project_is_one_record_per_line_that_ends_with_its_line():
    text = LEDGER.read_text(encoding="utf-8")
    lines = text.splitlines()
    assert text == "\n".join(lines) + "\n"
    assert [json.loads(line)["artifact"] for line in lines]
    pipeline = load_pipeline(settings.load(ROOT / "parity.toml"))
    names = [artifact.name for artifact in known_artifacts(pipeline)]
    assert len(load(LEDGER, configurations=pipeline.configurations, artifacts=names)) == len(lines)


def test_the_cases_that_the_ledger_of_the_project_names_exist():
    known = {case.name for case in discover(settings.load(ROOT / "parity.toml"))}
    named = {name for line in LEDGER.read_text().splitlines() for name in json.loads(line).get("cases", [])}
    assert named and named <= known
