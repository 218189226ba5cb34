"""Texts that share most lines: parsed as one they are the same documents, and what they share is one object."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.compare import shared

ITEMS = [{"at": i / 4, "name": f"thing {i % 7}", "box": [i, 0.5, i + 1.0, 80.5], "in": {"n": None}} for i in range(200)]
OTHERS = [{"at": float(i), "words": [{"t": "a"}, {"t": "},\n{"}], "n": i} for i in range(120)]


def document(**more):
    return {"title": "a", "seen": copy.deepcopy(ITEMS), "heard": copy.deepcopy(OTHERS), "end": {"n": 1}, **more}


def parsed(left, right, indent=2):
    texts = [json.dumps(each, indent=indent).encode() for each in (left, right)]
    return shared.parse(*texts)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["seen", "heard"]),
            st.integers(0, 119),
            st.sampled_from(["set", "cut", "add", "swap", "type"]),
        ),
        max_size=12,
    ),
    st.sampled_from([1, 2, 4]),
)
def test_the_documents_are_the_same_as_when_parsed_alone(changes, indent):
    left, right = document(), document()
    for name, at, what in changes:
        items = right[name]
        match what:
            case "set":
                items[at]["at"] = 0.125
            case "cut":
                del items[at]
            case "add":
                items.insert(at, {"odd": "\n},\n{\n"})
            case "swap":
                items[at], items[0] = items[0], items[at]
            case "type":
                items[at] = {**items[at], "at": 1}
        if len(items) < 120:
            items.append({"at": 9.5})
    # Two lists that were both cut are parsed in the plain way.
    found = parsed(left, right, indent) or (left, right)
    assert [json.dumps(each) for each in found] == [json.dumps(each) for each in (left, right)]


def test_what_stands_in_both_is_one_object_and_what_differs_is_not():
    right = document()
    right["seen"][100]["name"] = "another"
    ours, theirs = parsed(document(), right)
    same = [a is b for a, b in zip(ours["seen"], theirs["seen"], strict=True)]
    assert sum(same) > 150
    assert not same[100]


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (b'{"seen":[{"a":1},{"a":2}]}', b'{"seen":[{"a":1},{"a":3}]}'),
        (json.dumps(document()).encode(), json.dumps(document(title="b")).encode()),
        (json.dumps(document(), indent=2).encode(), json.dumps({"seen": []}, indent=2).encode()),
        (b"{", b"{}"),
    ],
    ids=["short", "on one line", "nothing in common", "no JSON"],
)
def test_texts_that_share_nothing_that_shows_are_left_to_others(left, right):
    assert shared.parse(left, right) is None


def test_a_text_that_is_torn_or_holds_nan_is_left_to_others():
    left = json.dumps(document(), indent=2).encode()
    assert shared.parse(left, left[:-40]) is None
    assert shared.parse(left, left.replace(b'"n": 1\n', b'"n": NaN\n')) is None


def test_items_that_share_a_line_are_not_taken_for_one():
    """The break between two items is the same everywhere here, but some lines hold more than one item."""
    items = ",\n  ".join(
        "{\n    " + f'"a": {i}' + ("}, {" if i % 5 == 0 else ",") + f' "b": {i}' + "\n  }" for i in range(400)
    )
    left = ("[\n  " + items + "\n]").encode()
    right = left.replace(b'"a": 7,', b'"a": 70,').replace(b'"a": 390}', b'"a": 391}')
    found = shared.parse(left, right)
    assert found is not None
    assert list(found) == [json.loads(left), json.loads(right)]
