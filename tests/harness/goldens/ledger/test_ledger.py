"""The ledger on disk: one record per line, appended to, and an edited or broken line has a name and a place."""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator

from parity.goldens import ledger
from parity.goldens.ledger import append, digest, from_line, line_of, load, tips, to_json
from parity.verdict import ContractError
from tests.harness.conftest import ROOT
from tests.harness.goldens.ledger.records import KEY, record, state

FIRST = record(None, "a")
SECOND = record("a", "b", FIRST, by="Bob")
SCHEMA = Draft202012Validator(json.loads((ROOT / "harness/parity/schemas/acceptance.schema.json").read_text()))


@pytest.fixture
def file(tmp_path):
    return tmp_path / "ledger" / "acceptances.jsonl"


def test_no_file_is_no_record(file):
    assert load(file) == []


def test_records_come_back_in_order(file):
    append(file, FIRST)
    append(file, SECOND)
    assert load(file) == [FIRST, SECOND]


def test_an_id_is_the_hash_of_the_rest_of_the_record_and_survives_the_way_through_the_file(file):
    append(file, FIRST)
    written = json.loads(file.read_text())
    assert re.fullmatch(r"[0-9a-f]{12}", written["id"])
    assert written["id"] == FIRST.id != record(None, "a", by="Bob").id
    assert next(iter(written)) == "id"


def test_a_digest_is_sixteen_digits_of_the_sha256_and_none_of_no_file():
    assert digest(b"abc") == "ba7816bf8f01cfea"
    assert digest(None) is None


def test_appending_what_stands_there_already_does_nothing(file):
    append(file, FIRST)
    append(file, FIRST)
    append(file, from_line(line_of(FIRST), "a journal"))
    assert len(file.read_text().splitlines()) == 1


def test_a_line_that_is_no_record_is_named_by_where_it_stands():
    with pytest.raises(ContractError, match=r"^a journal: is not JSON"):
        from_line(line_of(FIRST)[:-1], "a journal")


def test_appending_to_a_ledger_whose_last_line_has_no_end_keeps_both_records(file):
    file.parent.mkdir()
    file.write_text(line_of(FIRST))
    append(file, SECOND)
    assert load(file) == [FIRST, SECOND]


def test_nothing_is_appended_to_a_broken_ledger(file):
    file.parent.mkdir()
    file.write_text(line_of(FIRST)[:40])
    with pytest.raises(ContractError, match=r"acceptances\.jsonl, line 1: is not JSON.*cut off or edited"):
        append(file, SECOND)
    assert file.read_text() == line_of(FIRST)[:40]


def test_the_same_line_twice_as_a_merge_may_leave_it_is_one_record(file):
    append(file, FIRST)
    file.write_text(file.read_text() * 2)
    assert load(file) == [FIRST]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("reason", "another reason"),
        ("author", "Mallory"),
        ("commit", None),
        ("fingerprints", []),
        ("date", "2026-03-02T12:00:00+00:00"),
    ],
)
def test_an_edited_record_is_named_by_file_and_line(file, field, value):
    append(file, FIRST)
    append(file, SECOND)
    lines = file.read_text().splitlines()
    lines[1] = json.dumps({**json.loads(lines[1]), field: value})
    file.write_text("\n".join(lines) + "\n")
    with pytest.raises(ContractError, match=rf"acceptances\.jsonl, line 2: record {SECOND.id} was edited: .*from git"):
        load(file)


def test_an_edited_digest_is_an_edited_record(file):
    append(file, FIRST)
    file.write_text(file.read_text().replace(str(state("a")), str(state("z"))))
    with pytest.raises(ContractError, match=f"line 1: record {FIRST.id} was edited"):
        load(file)


def test_one_id_with_two_contents_is_refused(file, monkeypatch):
    append(file, FIRST)
    # Two contents with one hash cannot be had: so the hash is made to be one.
    monkeypatch.setattr(ledger, "_id", lambda document: document["id"])
    other = {**to_json(SECOND), "id": FIRST.id}
    file.write_text(file.read_text() + json.dumps(other) + "\n")
    with pytest.raises(ContractError, match=f"line 2: record {FIRST.id} stands in line 1 too, with other content"):
        load(file)


def without(name: str) -> dict:
    return {key: value for key, value in to_json(FIRST).items() if key != name}


def changed(**change: object) -> dict:
    return {**to_json(FIRST), "changes": {KEY: {**to_json(FIRST)["changes"][KEY], **change}}}


BROKEN = {
    "no JSON": ("{", "is not JSON"),
    "no object": ([1], "expected an object with the keys"),
    "no reason": (without("reason"), r"expected an object with the keys .*'reason'"),
    "an empty reason": ({**to_json(FIRST), "reason": " \n"}, "reason must say why"),
    "a reason that is no text": ({**to_json(FIRST), "reason": 3}, "reason must be a text, got 3"),
    "a key too many": ({**to_json(FIRST), "more": 1}, "expected an object with the keys"),
    "no moment": ({**to_json(FIRST), "date": "yesterday"}, "date must be a moment with its zone"),
    "no zone": ({**to_json(FIRST), "date": "2026-03-01T12:00:00"}, "date must be a moment with its zone"),
    "nothing changed": ({**to_json(FIRST), "changes": {}}, "changes must be an object with at least one golden"),
    "a golden without a case": ({**to_json(FIRST), "changes": {"scores.json": {}}}, "named by case and file"),
    "a path that leaves": ({**to_json(FIRST), "changes": {"../../x.json": {}}}, "named by case and file"),
    "fingerprints": ({**to_json(FIRST), "fingerprints": "x"}, "fingerprints must be a list of texts"),
    "selection": ({**to_json(FIRST), "selection": "x"}, "selection must be an object"),
    "category": (changed(category="improve"), "category must be one of create, fix, update, trim"),
    "digest": (changed(after="abc"), "after must be a digest of 16 hexadecimal digits or null"),
    "previous": (changed(previous="x"), "previous must be a list of ids"),
    "previous twice": (changed(previous=["x", "x"]), "previous must be a list of ids, each once"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_line_is_named_by_file_line_and_what_is_wrong(file, name):
    document, message = BROKEN[name]
    file.parent.mkdir()
    text = document if isinstance(document, str) else json.dumps(document)
    file.write_text(f"{line_of(SECOND)}\n{text}\n")
    with pytest.raises(ContractError, match=rf"acceptances\.jsonl, line 2: .*{message}"):
        load(file)
    if not isinstance(document, str):
        assert not SCHEMA.is_valid(document), "the schema takes what the ledger refuses"


@pytest.mark.parametrize(("category", "after"), [("trim", state("a")), ("fix", None)])
def test_only_a_trim_ends_without_a_file(file, category, after):
    file.parent.mkdir()
    file.write_text(json.dumps(changed(category=category, after=after)) + "\n")
    with pytest.raises(ContractError, match=f"line 1: {KEY}: {category} cannot end at .*a trim ends at null"):
        load(file)


@pytest.mark.parametrize("made", [FIRST, SECOND, record("a", None, FIRST), record(None, "a", commit=None, run_id=None)])
def test_what_is_made_keeps_the_schema(made):
    SCHEMA.validate(json.loads(line_of(made)))


@pytest.mark.parametrize(
    "reason",
    [
        "two\nlines",
        "\x1b[31mred\x1b[0m",
        "next\x85line",
        "line\u2028separator",
        "\u202eright to left",
        "<script>alert(1)</script>",
        "lone \udc80 surrogate",
        "grün 🎉",
        "x" * 1_000_000,
    ],
)
def test_a_reason_may_hold_anything_and_stays_one_harmless_line(file, reason):
    made = record(None, "a", reason=reason)
    append(file, made)
    text = file.read_text(encoding="utf-8")
    assert text.count("\n") == 1 and len(text.splitlines()) == 1
    assert not re.search("[\x1b\x85\u2028\u202e\udc80]", text)
    (loaded,) = load(file)
    assert loaded.reason == reason and loaded == made
    assert loaded.name().isprintable() and len(loaded.name()) < 300


# ── tips ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_tip_is_the_record_that_none_follows_wherever_it_stands():
    assert tips([SECOND, FIRST], KEY) == (SECOND.id,)
    assert tips([FIRST, SECOND], "other/scores.json") == ()


def test_branches_that_decided_side_by_side_have_a_tip_each():
    theirs = record("a", "c", FIRST, by="Cy")
    assert set(tips([FIRST, SECOND, theirs], KEY)) == {SECOND.id, theirs.id}


def test_a_record_with_both_as_previous_is_the_one_tip_again():
    theirs = record("a", "c", FIRST, by="Cy")
    healing = record("x", "d", SECOND, theirs, by="Dee")
    assert tips([FIRST, SECOND, theirs, healing], KEY) == (healing.id,)


def test_who_follows_one_of_two_equal_decisions_follows_both():
    same = record("a", "b", FIRST, by="Cy")
    later = record("b", "c", SECOND)
    assert tips([FIRST, SECOND, same, later], KEY) == (later.id,)


def test_a_chain_of_thousands_of_records_has_one_tip():
    chain = [FIRST]
    for number in range(3000):
        chain.append(record("a", "a", chain[-1], reason=str(number)))
    assert tips(reversed(chain), KEY) == (chain[-1].id,)
