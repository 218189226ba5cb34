"""Renamed fields, texts by error rate, and the words of a report."""

from __future__ import annotations

import pytest

from harness.compare.text import error_rate
from tests.harness.compare.kit import EXACT, GOLDEN, document, find, places


def test_a_field_under_another_name_is_renamed_and_named_as_unknown_to_the_schema():
    left, right = document(), document()
    right["headline"] = right.pop("title")
    found = find(left, right)
    (difference,) = found.differences
    assert (difference.kind, difference.path, difference.expected_path) == ("renamed", "headline", "title")
    assert difference.text(expected="web") == (
        "headline: called title by web, the same value; no schema covers the new name"
    )
    assert found.leaves == find(left, left).leaves


def test_a_small_number_that_two_fields_share_is_no_new_name():
    left, right = document(maybe=3), document()
    del left["count"], right["maybe"]
    assert sorted(places(find(left, right))) == [("extra", "count"), ("missing", "maybe")]


def test_a_text_within_its_error_rate_is_tolerated_and_beyond_says_how_far():
    left = document(title="a red cup")
    assert find(left, document(title="a rod cup"), GOLDEN).within_tolerance == 1
    (difference,) = find(left, document(title="a blue cap"), GOLDEN).differences
    assert (difference.kind, difference.path, difference.unit) == ("value", "title", "CER")
    assert difference.magnitude == difference.would_pass == pytest.approx(5 / 9)
    assert (difference.allowed, difference.tolerance_class) == (0.25, "read")


def test_words_are_counted_where_the_class_counts_words():
    left, right = document(), document()
    right["entries"][0]["said"] = "take a long break"
    assert find(left, right, GOLDEN).within_tolerance == 1
    right["entries"][0]["said"] = "take along brake"
    (difference,) = find(left, right, GOLDEN).differences
    assert (difference.magnitude, difference.unit) == (0.75, "WER")


def test_between_configurations_no_text_is_tolerated():
    left, right = document(), document(title="a rod cup")
    assert places(find(left, right, EXACT)) == [("value", "title")]


@pytest.mark.parametrize(
    ("expected", "actual", "unit", "rate"),
    [("", "", "WER", 0), ("", "a b", "wer", 2), ("a b", "", "wer", 1), ("", "ab", "cer", 2), ("ab", "", "CER", 1)],
)
def test_the_error_rate_of_an_empty_text(expected, actual, unit, rate):
    assert error_rate(expected, actual, unit) == rate


def test_a_value_of_a_forbidden_type_on_both_sides_is_a_schema_difference():
    left = document(count="three")
    (difference,) = find(left, document(count="three")).differences
    assert (difference.kind, difference.path, difference.note) == ("schema", "count", "expected integer")
