"""From bytes: NaN is reported, both sides are validated though equal items are not looked at twice, known bytes cost a hash."""

from __future__ import annotations

import gc
import json

import pytest

from parity.compare.pair import Known, compare_bytes
from parity.contract import check, registry
from tests.harness.compare.kit import CONTRACT, EXACT, GOLDEN, detection, document, places, raw

LEAF = {"type": "integer", "x-parity": {"unit": "count"}}
VOLATILE = {"type": "integer", "x-parity": {"unit": "ms", "volatile": "wall clock"}}
INSIDE = {
    "type": "string",
    "contentMediaType": "application/json",
    "contentSchema": {"type": "object", "properties": {"n": LEAF}},
}
MANY = [detection(i % 9, at=float(i), frame=i) for i in range(50)]


def messages(violations):
    return [f"{v.path}: {v.message}" for v in violations]


@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
@pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity"])
def test_nan_is_reported_where_it_stands_also_in_equal_files(policy, value):
    text = json.dumps(document()).replace("0.3", value)
    for other in (json.dumps(document()), text):
        found = compare_bytes(other.encode(), text.encode(), CONTRACT, policy)
        assert places(found.comparison) == [("schema", "curve[2]")]
        assert any(line.startswith("curve[2]: ") for line in messages(found.actual))


@pytest.mark.parametrize("place", [0, 25, 49])
def test_an_invalid_item_among_equal_ones_is_a_violation_of_the_actual_side(place):
    left, right = document(seen=MANY), document(seen=MANY)
    right["seen"][place]["frame"] = "seven"
    found = compare_bytes(raw(left), raw(right), CONTRACT, EXACT)
    assert (places(found.comparison), found.expected) == ([("type", f"seen[{place}].frame")], ())
    assert messages(found.actual) == [f"seen[{place}].frame: 'seven' is not of type 'integer', 'null'"]


def test_an_invalid_item_on_both_sides_is_a_violation_of_both():
    left, right = document(seen=MANY), document(seen=MANY, title="a blue cup")
    for each in (left, right):
        each["seen"][3]["more"] = 1
    found = compare_bytes(raw(left), raw(right), CONTRACT, EXACT)
    assert places(found.comparison) == [("value", "title")]
    assert len(found.expected) == len(found.actual) == 1
    assert found.comparison.uncompared == ["seen[3].more"]


def test_a_real_number_for_a_whole_one_is_a_schema_difference_even_on_both_sides():
    left, right = document(seen=MANY, count=3.0), document(seen=MANY, count=3.0, flag=False)
    right["seen"][7]["frame"] = left["seen"][7]["frame"] = 7.0
    found = compare_bytes(raw(left), raw(right), CONTRACT, EXACT)
    assert {("schema", "count"), ("value", "flag")} <= set(places(found.comparison))


def test_a_change_of_type_that_python_takes_for_equal_is_found_among_equal_items():
    left, right = document(seen=MANY), document(seen=MANY)
    right["seen"][11]["score"], left["seen"][11]["score"] = 1, 1.0
    assert places(compare_bytes(raw(left), raw(right), CONTRACT, GOLDEN).comparison) == [("type", "seen[11].score")]


def test_documents_are_whole_again_after_validation():
    left, right = document(seen=MANY), document(seen=[*MANY, detection(3, at=77.0)])
    for _ in range(2):
        found = compare_bytes(raw(left), raw(right), CONTRACT, EXACT)
        assert (places(found.comparison), found.actual) == ([("extra", "seen[50]")], ())


def test_equal_bytes_are_walked_once_per_policy():
    known, text = Known(), raw(document())
    first = compare_bytes(text, text, CONTRACT, EXACT, known)
    again = compare_bytes(text, bytes(text), CONTRACT, EXACT, known)
    assert (first.known, again.known) == (False, True)
    assert again.comparison == first.comparison
    assert not compare_bytes(text, text, CONTRACT, GOLDEN, known).known
    again.comparison.differences.append(None)
    assert compare_bytes(text, text, CONTRACT, EXACT, known).comparison == first.comparison


def test_equal_bytes_that_break_the_schema_are_remembered_as_such():
    known, text = Known(), raw(document(count="three"))
    for is_known in (False, True):
        found = compare_bytes(text, text, CONTRACT, EXACT, known)
        assert (found.known, messages(found.actual)) == (is_known, ["count: 'three' is not of type 'integer'"])


def test_bytes_that_are_no_json_are_refused_and_the_collector_runs_again():
    gc.enable()  # a command that was tried in this process may have left it off
    with pytest.raises(ValueError, match="Expecting"):
        compare_bytes(b"{", b"{}", CONTRACT, EXACT)
    assert gc.isenabled()


@pytest.mark.parametrize(
    ("item", "value", "counts"),
    [
        ({"type": "object", "properties": {"took": VOLATILE, "n": LEAF}}, {"took": 1, "n": 2}, (4, 4, 0)),
        ({"type": "array", "prefixItems": [LEAF, LEAF], "items": False}, [12, 8], (8, 0, 0)),
        ({"type": "object", "properties": {"n": LEAF}}, {"n": 2, "m": [3, 4]}, (4, 0, 8)),
        ({"type": "object", "properties": {"t": INSIDE}, "required": ["t"]}, {"t": '{"n": 1}'}, (4, 0, 0)),
    ],
    ids=["ignored leaf", "places with a meaning each", "no schema", "JSON in a text"],
)
def test_equal_items_are_counted_leaf_by_leaf_also_where_only_the_walk_can(item, value, counts):
    schema = {
        "$id": "items.schema.json",
        "type": "object",
        "properties": {"note": {"type": "string"}, "items": {"type": "array", "items": item}},
    }
    contract = check.build(registry.collect([schema]), "items.schema.json")
    left, right = ({"note": note, "items": [value] * 4} for note in ("a", "b"))
    found = compare_bytes(raw(left), raw(right), contract, EXACT).comparison
    assert (found.exact, len(found.ignored), len(found.uncompared)) == counts
    assert (found.differing, found.leaves) == (1, sum(counts) + 1)
