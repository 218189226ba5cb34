"""Renamed fields, texts by error rate, and the words of a report."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.compare.difference import apart, enough
from parity.compare.tolerance import Tolerance, Tolerances, error_rate, passes
from parity.compare.walk import Policy
from parity.report import words
from tests.harness.compare.kit import CLASSES, EXACT, GOLDEN, document, find, places


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


@pytest.mark.parametrize(
    "said", ["take  a short break", "take\ta short\nbreak", " take a short\u00a0break\r\n", "take a\u3000short break"]
)
@pytest.mark.parametrize("allowed", [0.0, 0.5])
def test_words_are_parted_at_white_space_of_any_kind(said, allowed):
    policy = Policy(actual_by="disk", tolerances=Tolerances({**CLASSES, "heard": Tolerance(allowed, 0, "WER", "test")}))
    left, right = document(), document()
    right["entries"][0]["said"] = said
    found = find(left, right, policy)
    assert (found.differences, found.within_tolerance) == ([], 1)
    assert places(find(left, right, EXACT)) == [("value", "entries[0].said")]
    right["entries"][0]["said"] = said.replace("short", "long")
    assert [each.magnitude for each in find(left, right, policy).differences] == ([0.25] if allowed == 0 else [])


#: How far a tolerance reaches, and values that lie just beyond it or far.
EDGES = st.sampled_from([0.0, 1e-9, 1e-05, 0.001, 0.003, 0.1, 1 / 3, 0.38, 7.5, 240.0, 1e16])
STEPS = st.sampled_from([1e-15, 1e-12, 1e-9, 1e-7, 4e-7, 1e-6, 1e-3, 0.4, 1.0, 3.0])


@settings(max_examples=300, deadline=None, derandomize=True)
@given(st.sampled_from([0.0, 1.0, -2.5, 1 / 3, 1e6, 123456.7, 1e-7]), EDGES, st.sampled_from([0.0, 1e-05, 0.4]), STEPS)
def test_no_message_says_that_what_is_allowed_differs_or_that_too_little_would_pass(value, edge, rel, step):
    """As a difference, and as a cause, for numbers and for texts."""
    tolerance = Tolerance(edge, rel, "ratio", "test")
    policy = Policy(actual_by="disk", tolerances=Tolerances({**CLASSES, "ratio": tolerance}))
    actual = value + tolerance.allowed(value) * (1 + step) + step * 1e-6
    found = find(document(maybe=value), document(maybe=actual), policy)
    for each in found.differences:
        told = re.search(
            r"differs by (\S+) ratio, allowed (\S+); an absolute tolerance of (\S+) would pass", each.text()
        )
        differs, allowed, enough = map(float, told.groups())
        assert differs > allowed
        assert passes(value, actual, enough)
        cause = {
            "largest": {"magnitude": each.magnitude, "allowed": each.allowed, "unit": "s"},
            "would_pass": {"s": each.would_pass},
        }
        differs, allowed = map(float, re.fullmatch(r"(\S+) s, allowed (\S+)", words.largest(cause)).groups())
        assert differs > allowed
        assert passes(value, actual, float(words.would_pass(cause).split()[3]))


@pytest.mark.parametrize(
    ("magnitude", "allowed", "texts", "passes_with"),
    [
        (0.5, 0.25, ("0.5", "0.25"), "0.5"),
        (0.0010000004, 0.001, ("0.0010000004", "0.001"), "0.00100001"),
        (1 / 3, 1 / 3 - 1e-16, ("0.33333333333333331", "0.33333333333333320"), "0.333334"),
        (1234567, 1234566.5, ("1234567", "1234566.5"), "1.23457e+06"),
        (10**300 + 1, 0.0, ("1e+300", "0"), "1.00001e+300"),
    ],
)
def test_figures_are_as_many_as_tell_the_truth(magnitude, allowed, texts, passes_with):
    shown = apart(magnitude, allowed)
    assert tuple(map(Decimal, shown)) == tuple(map(Decimal, texts))
    assert Decimal(enough(magnitude)) == Decimal(passes_with)


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
