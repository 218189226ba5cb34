"""What accepting some of several differences makes of a golden."""

from __future__ import annotations

import pytest

from parity.decide.patch import Change, Entangled, patched

AT = {"at": 1.0}


def test_partners_of_one_moment_are_told_by_their_differences_and_not_by_their_places():
    golden = {"seen": [{**AT, "name": "A", "v": 1}, {**AT, "name": "other", "v": 2}]}
    run = {"seen": [{**AT, "name": "other", "v": 2}, {**AT, "name": "a", "v": 1}]}
    named = Change("value", "seen[1].name", "seen[0].name")
    assert patched(golden, run, [named]) == {"seen": [{**AT, "name": "a", "v": 1}, {**AT, "name": "other", "v": 2}]}


def test_one_of_two_crosswise_differences_leaves_the_other():
    golden = {"seen": [{**AT, "name": "A"}, {**AT, "name": "B"}]}
    run = {"seen": [{**AT, "name": "b"}, {**AT, "name": "a"}]}
    first, second = Change("value", "seen[1].name", "seen[0].name"), Change("value", "seen[0].name", "seen[1].name")
    assert patched(golden, run, [first], [second]) == {"seen": [{**AT, "name": "a"}, {**AT, "name": "B"}]}
    assert patched(golden, run, [second], [first]) == {"seen": [{**AT, "name": "A"}, {**AT, "name": "b"}]}
    assert patched(golden, run, [first, second]) == {"seen": [{**AT, "name": "a"}, {**AT, "name": "b"}]}


def test_beside_one_that_came_and_one_that_went_too():
    golden = {"seen": [{**AT, "name": "gone"}, {**AT, "name": "A"}, {**AT, "name": "same"}]}
    run = {"seen": [{**AT, "name": "same"}, {**AT, "name": "new"}, {**AT, "name": "a"}]}
    changes = [
        Change("missing", "seen[0]"),
        Change("extra", "seen[1]"),
        Change("value", "seen[2].name", "seen[1].name"),
    ]
    made = patched(golden, run, changes)
    assert sorted(item["name"] for item in made["seen"]) == ["a", "new", "same"]
    assert sorted(item["name"] for item in patched(golden, run, changes[2:], changes[:2])["seen"]) == [
        "a",
        "gone",
        "same",
    ]


def test_a_text_that_is_no_document_is_entangled_and_no_crash():
    with pytest.raises(Entangled):
        patched({"text": "A"}, {"text": "b"}, [Change("value", "text(json).a")])
