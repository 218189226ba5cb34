"""Documents without a schema: nothing is skipped, types are told apart, and the items of lists find their partners."""

from __future__ import annotations

import copy
import math
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.compare.walk import Policy, leaf_count
from parity.compare.walk import compare as along
from parity.contract import check, registry
from parity.tools.diff import schemaless

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.0, -0.0, 1.0, 2.5])
    | st.sampled_from(["", "1", "a b"]),
    lambda inside: (
        st.lists(inside, max_size=4)
        | st.dictionaries(st.sampled_from(["a", "b c", "1", "__a", "__"]), inside, max_size=3)
    ),
    max_leaves=12,
)


def equal(left, right) -> bool:
    """The oracle: JSON equality with types told apart; −0.0 is 0.0."""
    if type(left) is not type(right):
        return False
    if isinstance(left, dict):
        return left.keys() == right.keys() and all(equal(left[key], right[key]) for key in left)
    if isinstance(left, list):
        return len(left) == len(right) and all(map(equal, left, right))
    return left == right


@settings(max_examples=400, deadline=None)
@given(values, values)
def test_there_is_a_difference_exactly_where_documents_differ(left, right):
    found = schemaless.compare(left, right)
    assert bool(found.differences) == (not equal(left, right))
    assert found.exact + found.differing >= leaf_count(right) - 1


@settings(max_examples=100, deadline=None)
@given(values)
def test_a_document_equals_itself_leaf_by_leaf(value):
    found = schemaless.compare(value, value)
    assert (found.exact, found.differences, found.uncompared) == (leaf_count(value), [], [])


@pytest.mark.parametrize(
    ("left", "right", "path", "kind"),
    [
        ({"a": 1}, {"a": 2}, "a", "value"),
        ({"a": 1}, {"a": True}, "a", "type"),
        ({"a": [1, 2, 3]}, {"a": [1, 3]}, "a[1]", "missing"),
        ({"a": [1, 3]}, {"a": [1, 2, 3]}, "a[1]", "extra"),
        ({"a b": {"c": None}}, {"a b": {}}, '["a b"].c', "missing"),
        ({}, {"x": {"y": 1}}, "x", "extra"),
        ({"a": {"b": 1}}, {"a": [1]}, "a", "type"),
        ([1], {"0": 1}, "", "type"),
        ({"a": "1"}, {"a": 1}, "a", "type"),
        ({"__typename": "Video"}, {"__typename": "Image"}, "__typename", "value"),
        ({"__DEFAULT_SCOPE__": {"id": 1}}, {"__DEFAULT_SCOPE__": {"id": 2}}, "__DEFAULT_SCOPE__.id", "value"),
        ({"a": 1}, {"a": 1, "__typename": "Image"}, "__typename", "extra"),
        ({"a": [{"__x__": 1}]}, {"a": [{}]}, "a[0].__x__", "missing"),
        ({"__": None}, {"__": False}, "__", "type"),
        ([[0.0], 1], [[-0.0], 2], "[1]", "value"),
    ],
)
def test_a_difference_has_our_path_and_kind(left, right, path, kind):
    (found,) = schemaless.compare(left, right).differences
    assert (found.path, found.kind) == (path, kind)


def test_numbers_say_by_how_much_and_what_would_pass():
    (found,) = schemaless.compare({"a": 1.5}, {"a": 2.0}).differences
    assert (found.magnitude, found.allowed, found.would_pass) == (0.5, 0.0, 0.5)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_a_finding_even_where_both_have_it(number):
    (found,) = schemaless.compare({"a": number}, {"a": number}).differences
    assert (found.path, found.kind) == ("a", "schema")
    (found,) = schemaless.compare({"a": 1.0}, {"a": number}).differences
    assert (found.path, found.kind, found.magnitude) == ("a", "value", None)


def post(number: int) -> dict:
    return {"id": number, "text": f"post {number}", "tags": ["a", "b", number], "box": [number, 1.5], "kind": "video"}


POSTS = [post(number) for number in range(500)]
ROWS = [[float(row), row + 0.5, [row]] for row in range(40)]


@pytest.mark.parametrize(
    ("left", "right", "places"),
    [
        pytest.param(POSTS, [post(900), *POSTS], ["[0]"], id="one more in front"),
        pytest.param([post(900), *POSTS], POSTS, ["[0]"], id="the first gone"),
        pytest.param(POSTS, [*POSTS[:250], *POSTS[251:]], ["[250]"], id="one gone in the middle"),
        pytest.param(
            POSTS,
            [*POSTS[:9], post(900), *POSTS[9:300], post(901), post(902), *POSTS[300:]],
            ["[9]", "[301]", "[302]"],
            id="three more at two places",
        ),
        pytest.param(POSTS, [post(900), *POSTS[:-1]], ["[499]", "[0]"], id="as long, but shifted"),
        pytest.param(POSTS, [*POSTS[:100], *POSTS[101:300], POSTS[100], *POSTS[300:]], [""], id="one moved"),
        pytest.param([*POSTS, post(900)], [post(900), *POSTS, post(901)], ["[501]", "[0]"], id="one moved, one more"),
        pytest.param(list(range(500)), [-1, *range(500)], ["[0]"], id="scalars"),
        pytest.param([1, 2, 3, 1, 5], [0, 1, 2, 3, 1], ["[4]", "[0]"], id="shifted scalars, one equal by chance"),
        pytest.param([0, 1.0, True], [1, 0, 1.0, True], ["[0]"], id="1, 1.0 and true"),
        pytest.param(ROWS, [[0.25, 0.5, []], *ROWS], ["[0]"], id="lists of lists"),
        pytest.param({"a": [{"b": ROWS}]}, {"a": [{"b": ROWS[1:]}]}, ["a[0].b[0]"], id="inside of a list"),
        pytest.param(
            POSTS,
            [post(900), *({**each, "seen": True} for each in POSTS)],
            ["[0]", *(f"[{n}].seen" for n in range(1, 501))],
            id="one more in front, all others changed",
        ),
        pytest.param(ROWS, [[9.5, *row] for row in ROWS], [f"[{n}][0]" for n in range(40)], id="a column more"),
    ],
)
def test_the_items_of_a_list_find_their_partners(left, right, places):
    found = schemaless.compare(left, right)
    assert sorted(each.path for each in found.differences) == sorted(places)


@pytest.mark.parametrize("count", [2000, 6000])
def test_long_lists_in_which_every_item_changed_take_seconds(count):
    """Shorter than where costs are laid out as a whole, and longer."""
    left = [post(number) for number in range(count)]
    right = copy.deepcopy(left)
    for item in right:
        item["text"] += "!"
    right.insert(0, post(99_999))
    began = time.process_time()
    assert len(schemaless.compare(left, right).differences) == count + 1
    assert time.process_time() - began < 5


KNOWN = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}


@pytest.mark.parametrize(
    ("more", "left", "right", "kind", "path"),
    [
        ({}, {"a": 1, "posts": POSTS}, {"a": 1, "posts": [post(900), *POSTS]}, "extra", "posts[0]"),
        ({}, {"a": 1, "__typename": "x"}, {"a": 1, "__typename": "y"}, "value", "__typename"),
        ({}, {"a": 1, "posts": POSTS}, {"a": 1}, "missing", "posts"),
        ({}, {"a": POSTS}, {"a": POSTS[1:]}, "missing", "a[0]"),
        ({"properties": {"a": {"type": "array"}}}, {"a": POSTS}, {"a": POSTS[1:]}, "missing", "a[0]"),
        ({"properties": {"a": True}}, {"a": [POSTS]}, {"a": [POSTS[1:]]}, "missing", "a[0][0]"),
        (
            {"properties": {"a": {"type": "array", "items": {"type": "integer"}}}},
            {"a": POSTS},
            {"a": POSTS[1:]},
            "missing",
            "a[0]",
        ),
        ({}, {"a": 1.5}, {"a": 2.5}, "value", "a"),
        ({}, {"a": 1, "b": [1, 2.0]}, {"a": 1, "b": [1, 2]}, "type", "b[1]"),
    ],
)
def test_of_any_contract_what_no_schema_covers_is_compared_in_the_same_way(more, left, right, kind, path):
    node = check.build(registry.collect([{"$id": "x.schema.json", **KNOWN, **more}]), "x.schema.json").node
    found = along(left, right, node, Policy(expected_by="A", actual_by="B", uncovered=True))
    found = schemaless.without_todays_schema(found)
    assert [(each.kind, each.path) for each in found.differences] == [(kind, path)]
    assert found.uncompared == []
    assert found.leaves == max(leaf_count(left), leaf_count(right))
    same = schemaless.without_todays_schema(
        along(left, left, node, Policy(expected_by="A", actual_by="B", uncovered=True))
    )
    assert (same.differences, same.exact, same.uncompared) == ([], leaf_count(left), [])
