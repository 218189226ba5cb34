"""Where a comparison says nothing, the documents are equal but for what it counted; else there is no verdict."""

from __future__ import annotations

import pytest

from parity.compare import accounted
from parity.compare.difference import Comparison, Difference, Flip, Ignored
from parity.compare.walk import compare
from parity.verdict import HarnessError, Verdict
from tests.harness.compare.kit import CONTRACT, GOLDEN

NODE = CONTRACT.node


def test_documents_that_differ_with_nothing_found_are_an_error_of_the_harness_that_names_both_files():
    with pytest.raises(HarnessError) as caught, accounted.between("one/a.json", "other/b.json"):
        accounted.check({"a": 1, "__b": {"c": "x"}}, {"a": 1, "__b": {"c": "y"}}, None, Comparison(exact=2))
    assert caught.value.verdict is Verdict.CRASH
    for part in ("one/a.json", "other/b.json", "__b.c", "'x'", "'y'", "fault of this harness"):
        assert part in str(caught.value)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [(1, 1.0), (1, True), ({}, []), ("", None), ({"a": 1}, {"a": 1, "b": 2}), ([1, 2], [2, 1]), ([1], [1, 1]),
     ({"a": {}}, {"a": {"b": {}}}), (2**64, 2**64 + 1), (0.1, 0.2), ("1", 1)],
)  # fmt: skip
def test_every_inequality_counts(expected, actual):
    for pair in ((expected, actual), (actual, expected), ([expected], [actual]), ({"k": expected}, {"k": actual})):
        with pytest.raises(accounted.Unaccounted):
            accounted.check(*pair, None, Comparison())


@pytest.mark.parametrize(("expected", "actual"), [(0.0, -0.0), (0, -0), ({"a": 1, "b": 2}, {"b": 2, "a": 1}), ([], [])])
def test_what_is_equal_is_equal(expected, actual):
    accounted.check([expected], [actual], None, Comparison())


def test_what_was_tolerated_and_ignored_is_accounted_for_and_no_more():
    expected, actual = {"a": 1.0, "b": ["x"], "c": 1}, {"a": 1.1, "b": ["y"], "c": 1}
    ignored = [Ignored("b[0]", "volatile", "changes")]
    accounted.check(expected, actual, None, Comparison(within_tolerance=1, ignored=ignored))
    with pytest.raises(accounted.Unaccounted):
        accounted.check(expected, {**actual, "c": 2, "d": 0}, None, Comparison(within_tolerance=1, ignored=ignored))
    # A place that was ignored and is equal hides nothing else.
    with pytest.raises(accounted.Unaccounted):
        accounted.check({"a": 1, "b": 1}, {"a": 2, "b": 1}, None, Comparison())


def test_where_something_was_found_nothing_more_is_asked():
    accounted.check(1, 2, None, Comparison(differences=[Difference("", "value", 1, 2)]))
    accounted.check(1, 2, None, Comparison(uncompared=[""]))


def test_items_in_another_order_within_a_tolerated_moment_are_no_contradiction():
    one = {"at": 0.5, "name": "a", "score": 0.5, "box": [0.0, 0.0, 9.0, 9.0], "frame": 1}
    other = {"at": 0.5004, "name": "b", "score": 0.6, "box": [50.0, 50.0, 90.0, 90.0], "frame": 1}
    node = NODE.child("seen")
    left, right = [one, other], [{**other, "at": 0.5}, {**one, "at": 0.5}]
    found = compare(left, right, node, GOLDEN)
    assert not found.differences


def test_a_walk_that_skips_a_key_is_found_out(monkeypatch):
    """The fault of another library: keys that begin with two underscores were left out."""
    from parity.compare.walk import Walk

    objects = Walk._objects

    def forgetful(self, expected, actual, *rest, **more):
        kept = [{k: v for k, v in side.items() if not k.startswith("__")} for side in (expected, actual)]
        return objects(self, *kept, *rest, **more)

    from parity.tools.diff import schemaless

    with monkeypatch.context() as patch:
        patch.setattr(Walk, "_objects", forgetful)
        with pytest.raises(accounted.Unaccounted):
            schemaless.compare({"__typename": "Video"}, {"__typename": "Image"})
    assert [each.path for each in schemaless.compare({"__typename": "Video"}, {"__typename": "Image"}).differences]


def test_flips_are_accounted_for():
    flip = Flip("[1]", "extra", "", 0.2, 0.25, 0.02)
    accounted.check([1, 3], [1, 2, 3], None, Comparison(flipped=1, flips=[flip]))
    with pytest.raises(accounted.Unaccounted):
        accounted.check([1, 3], [1, 2, 4], None, Comparison(flipped=1, flips=[flip]))
