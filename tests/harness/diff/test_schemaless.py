"""Documents without a schema: DeepDiff's answer, in our terms, with types told apart."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.compare.walk import leaf_count
from harness.diff import schemaless

values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.0, -0.0, 1.0, 2.5])
    | st.sampled_from(["", "1", "a b"]),
    lambda inside: (
        st.lists(inside, max_size=4) | st.dictionaries(st.sampled_from(["a", "b c", "1"]), inside, max_size=3)
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
