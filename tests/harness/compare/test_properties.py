"""What holds for any two documents of a schema: every leaf counts once, and DeepDiff sees the same differences."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from deepdiff import DeepDiff
from hypothesis import given, settings
from hypothesis import strategies as st

from parity.compare.pair import compare_bytes
from parity.compare.tally import below
from parity.compare.tally import text as written
from parity.compare.walk import leaf_count
from tests.harness.compare.kit import (
    CONTRACT,
    EXACT,
    GOLDEN,
    detection,
    documents,
    find,
    get,
    leaves,
    places,
    put,
    raw,
)

common = settings(max_examples=150, deadline=None, derandomize=True)

#: Values that Python or a careless comparison may take for one another.
ODD = st.sampled_from([0, 0.0, False, 1, 1.0, True, None, "", "1", 2.5, "a", [], {}])


@st.composite
def changed(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """A document and a copy in which some leaves hold something else, of an item of a list one at most: a detection with
    another name at another place is another detection."""
    left = draw(documents())
    right = copy.deepcopy(left)
    where = [path for path in leaves(left) if path[-1] not in ("at", "kind")]
    for path in draw(st.lists(st.sampled_from(where), unique_by=lambda path: path[:2], max_size=5)):
        right = put(right, path, draw(ODD))
    return left, right


def path_of(steps: Any) -> str:
    place = None
    for step in steps:
        place = below(place, step)
    return written(place)


@common
@given(documents())
@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
def test_a_document_equals_itself_in_every_leaf(policy, document):
    found = find(document, copy.deepcopy(document), policy)
    assert (found.exact, found.leaves, found.differences) == (leaf_count(document), leaf_count(document), [])


@common
@given(changed())
def test_deepdiff_sees_a_difference_at_the_same_places(pair):
    left, right = pair
    oracle = DeepDiff(left, right, view="tree", zip_ordered_iterables=True)
    expected = {path_of(found.path(output_format="list")) for kind in oracle.values() for found in kind}
    assert {difference.path for difference in find(left, right).differences} == expected


@common
@given(changed())
@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
def test_every_leaf_counts_once(policy, pair):
    left, right = pair
    found = find(left, right, policy)
    # A leaf that became an empty list or object is one leaf, so both documents have as many.
    assert (found.leaves, leaf_count(left)) == (leaf_count(right), leaf_count(right))
    assert found.differing == len(found.differences)


@common
@given(documents(), documents())
@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
def test_no_leaf_of_two_unlike_documents_is_lost(policy, left, right):
    found = find(left, right, policy)
    assert max(leaf_count(left), leaf_count(right)) <= found.leaves <= leaf_count(left) + leaf_count(right)
    assert not found.uncompared


@common
@given(changed())
@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
def test_what_is_missing_on_one_side_is_extra_on_the_other(policy, pair):
    left, right = pair
    left, right = copy.deepcopy(left), copy.deepcopy(right)
    left.pop("flag")
    right.pop("count")
    there, back = places(find(left, right, policy)), places(find(right, left, policy))
    swapped = {"missing": "extra", "extra": "missing"}
    assert {"flag", "count"} <= {path for _, path in there} or ("renamed", "flag") in there
    assert sorted((swapped[kind], path) for kind, path in there if kind in swapped) == sorted(
        (kind, path) for kind, path in back if kind in swapped
    )


@common
@given(documents(), st.data())
@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
def test_one_inserted_detection_is_one_difference(policy, document, data):
    at = data.draw(st.integers(0, len(document["seen"])))
    longer = copy.deepcopy(document)
    longer["seen"].insert(at, detection(at, at=at - 0.5, name="ink", score=0.9))
    added = find(document, longer, policy)
    assert places(added) == [("extra", f"seen[{at}]")]
    assert (added.differing, added.leaves) == (8, leaf_count(longer))
    assert places(find(longer, document, policy)) == [("missing", f"seen[{at}]")]


@common
@given(documents(), st.data())
def test_one_inserted_word_is_one_difference(document, data):
    at = data.draw(st.integers(0, len(document["words"])))
    longer = copy.deepcopy(document)
    longer["words"].insert(at, "inserted")
    assert places(find(document, longer)) == [("extra", f"words[{at}]")]


@common
@given(changed())
@pytest.mark.parametrize("policy", [EXACT, GOLDEN])
def test_from_bytes_the_outcome_is_the_same(policy, pair):
    left, right = pair
    slow = find(left, right, policy)
    fast = compare_bytes(raw(left), raw(right), CONTRACT, policy).comparison
    assert fast == slow


@common
@given(documents(), st.data())
def test_a_whole_number_and_a_real_one_are_told_apart_on_every_way(document, data):
    """``1`` and ``1.0`` are both valid where any number is, so that only the comparison can tell them apart."""
    paths = [p for p in leaves(document) if isinstance(get(document, p), float) and p[-1] != "at"]
    if not paths:
        return
    path = data.draw(st.sampled_from(paths))
    left, right = put(document, path, 1.0), put(document, path, 1)
    for policy in (EXACT, GOLDEN):
        assert places(find(left, right, policy)) == [("type", path_of(path))]
        assert places(compare_bytes(raw(left), raw(right), CONTRACT, policy).comparison) == [("type", path_of(path))]
