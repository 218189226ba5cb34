"""A place is written so that it can be read again, whatever the keys on the way are called."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.documents import Nowhere, at
from parity.paths import ANY, INSIDE, is_item, matcher, parent, pattern, steps, without_indices, written

_ODD = st.sampled_from(["", "(json)", "[*]", "a[3]", "7s", "5-10s", "a.b", 'say "x"', "\\", "-", "٣"])
_WAYS = st.lists(st.one_of(st.text(), _ODD, st.integers(0, 10**6), st.just(INSIDE)))


@given(_WAYS)
def test_what_is_written_is_read_again(way):
    assert steps(written(way)) == way


@given(st.lists(st.one_of(st.text(), _ODD, st.integers(0, 9), st.just(INSIDE), st.just(ANY))))
def test_a_declared_path_is_read_again_too(way):
    assert steps(written(way)) == way


@given(_WAYS)
def test_a_pattern_has_no_index_and_keeps_quoted_keys(way):
    found = pattern(written(way))
    assert pattern(found) == found
    kept = [ANY if isinstance(step, int) else step for step in way]
    assert steps(without_indices(written(way))) == kept
    assert not any(isinstance(step, int) for step in steps(found))


@given(_WAYS)
def test_a_declared_path_matches_itself_with_any_index(way):
    path = written(way)
    assert matcher(without_indices(path)).fullmatch(path)
    assert matcher(path).fullmatch(path)


@given(_WAYS, _WAYS)
def test_a_declared_path_matches_no_other_keys(way, other):
    def free(each):
        return [ANY if isinstance(step, int) else step for step in each]

    assert bool(matcher(written(free(way))).fullmatch(written(other))) == (free(way) == free(other))


@given(_WAYS.filter(bool))
def test_the_last_step_is_what_the_parent_lacks(way):
    above, last = parent(written(way))
    assert (steps(above), steps(last)) == (way[:-1], way[-1:])
    assert is_item(written(way)) == isinstance(way[-1], int)


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ('x["a[3]"].b', 'x["a[3]"].b'),
        ('x["a.7s"][2].b', 'x["a.7s"][*].b'),
        ("timeline.5-10s.x[3]", "timeline.*.x[*]"),
        ("7s", "*"),
        ("r(json).7s", "r(json).*"),
        ("a[*].b", "a[*].b"),
    ],
)
def test_pattern(path, found):
    assert pattern(path) == found


def test_a_key_that_reads_like_the_opening_of_a_text_is_a_key():
    document = {"(json)": {"a": 1}, "text": json.dumps({"(json)": 2})}
    assert at(document, '["(json)"].a') == 1
    assert at(document, 'text(json)["(json)"]') == 2
    with pytest.raises(Nowhere):
        at(document, "(json).a")


def test_a_key_that_reads_like_any_index_is_not_any_index():
    assert matcher('a["[*]"]').fullmatch('a["[*]"]')
    assert not matcher('a["[*]"]').fullmatch('a["[3]"]')
