"""Items of two lists that agree index by index, or that differ in a few leaves only: told without asking who is whose partner."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress, count
from operator import is_not
from typing import Any

from parity.compare import align, sequence
from parity.compare.compiled import Compiled, Spot
from parity.compare.difference import leaf_count
from parity.compare.leaf import compare_leaf
from parity.compare.tally import Equals, Place, Tally, below
from parity.contract.nodes import Node

#: Most leaves in which an item may differ to be taken for the same thing at once.
_FEW = 3
#: An item that comes and one that goes shift those between them; where no more differ, nothing was shifted.
_SHIFT = 2


@dataclass(frozen=True)
class _ByIndex:
    """Items of two lists of one length, compared index by index: ``unequal`` are looked at, ``unclear`` do not agree.

    ``within``: how many leaves of those that agree do so only within tolerance.
    """

    unequal: Sequence[int]
    unclear: list[int]
    within: int


def clear(
    tally: Tally, expected: list[Any], actual: list[Any], functions: Compiled, near: align.Near, node: Node | None
) -> Sequence[int]:
    """Count what agrees index by index in lists of one length; the indices of the rest."""
    found = _by_index(tally, expected, actual, functions, near)
    _count(tally, expected, actual, found, functions, near, node)
    return found.unclear


def _by_index(tally: Tally, expected: list[Any], actual: list[Any], functions: Compiled, near: align.Near) -> _ByIndex:
    unequal: Sequence[int] = range(len(expected))
    if _is_quick(tally, functions, near):
        unequal = _unequal(tally, expected, actual)
    unclear, within = [], 0
    for index in unequal:
        if (n := near(expected[index], actual[index])) < 0:
            unclear.append(index)
        else:
            within += n
    return _ByIndex(unequal, unclear, within)


def _count(
    tally: Tally,
    expected: list[Any],
    actual: list[Any],
    found: _ByIndex,
    functions: Compiled,
    near: align.Near,
    node: Node | None,
) -> None:
    """Count what agrees index by index."""
    if _is_quick(tally, functions, near) and node is not None and node.is_plain_list:
        tally.equals.append(Equals(actual, found.unequal, node.length[0]))
    tally.count(functions.leaves(_without(expected, found.unclear)), found.within)


def _is_quick(tally: Tally, functions: Compiled, near: align.Near) -> bool:
    """Whether items may first be asked whether Python takes them for equal."""
    return tally.quick and near is functions.near and functions.whole


def unclear(
    tally: Tally, expected: list[Any], actual: list[Any], node: Node, functions: Compiled, near: align.Near
) -> tuple[Sequence[int], Sequence[int]]:
    """Count what agrees index by index, in lists of unequal length from both ends; the places of the rest.

    From both ends too where the items of a list that has nothing but its order were shifted.
    """
    n, m = len(expected), len(actual)
    if n == m:
        found = _by_index(tally, expected, actual, functions, near)
        edits = len(found.unclear)
        if node.align is not None or edits <= _SHIFT or not sequence.is_shifted(expected, actual, near, by_index=edits):
            _count(tally, expected, actual, found, functions, near, node)
            return found.unclear, found.unclear
    quick = _is_quick(tally, functions, near)
    same = tally.same if quick else None
    front, within, unequal = _agreeing(expected, actual, near, same)
    back, more, behind = _agreeing(expected[front:][::-1], actual[front:][::-1], near, same)
    if quick and node.is_plain_list:
        rest = [*unequal, *range(front, m - back), *(m - 1 - k for k in behind)]
        tally.equals.append(Equals(actual, rest, node.length[0]))
    tally.count(functions.leaves(expected[:front] + expected[n - back :]), within + more)
    return range(front, n - back), range(front, m - back)


def spotted(
    tally: Tally,
    expected: list[Any],
    actual: list[Any],
    rows: Sequence[int],
    node: Node,
    functions: Compiled,
    place: Place,
) -> list[int]:
    """Report items of one index that are plainly the same thing but for a few leaves; the indices of the rest.

    They must be the only ones of their moment that are left, and equal in all that decides which item is which; one
    number of a box, alone, decides nothing.
    """
    assert node.align is not None
    by = node.align.by
    boxes = {name.removeprefix("iou:") for name in node.align.then if name.startswith("iou:")}
    deciding = {by, *node.align.then} - boxes
    crowd = Counter(align.moment(expected[i], by) for i in rows)
    search = align.search_in(expected, actual, node=node, slack=tally.policy.slack(node))
    left = set(rows)
    rest = []
    for i in rows:
        spots: list[Spot] = []
        near = functions.spots(expected[i], actual[i], spots) if crowd[align.moment(expected[i], by)] == 1 else -1
        fields = [spot[0][0] for spot in spots if spot[0]]
        if near < 0 or len(fields) < len(spots):
            rest.append(i)
            continue
        few = _FEW if boxes.isdisjoint(fields) else 1
        is_open = len(spots) > few or not deciding.isdisjoint(fields)
        if is_open and (i - 1 in left or i + 1 in left or not search.is_plain(i, i)):
            rest.append(i)
            continue
        tally.count(leaf_count(expected[i]) - len(spots), near)
        for steps, leaf, a, b in spots:
            here = below(place, i)
            for step in steps:
                here = below(here, step)
            compare_leaf(tally, a, b, leaf, here)
    return rest


def _unequal(tally: Tally, expected: list[Any], actual: list[Any]) -> list[int]:
    """The indices of items that Python does not take for equal; of the others the types are looked at in the end."""
    unequal = []
    for index in compress(count(), map(is_not, expected, actual)):
        if (a := expected[index]) != (b := actual[index]):
            unequal.append(index)
        else:
            tally.same[0].append(a)
            tally.same[1].append(b)
    return unequal


def _agreeing(
    left: list[Any], right: list[Any], near: align.Near, same: tuple[list[Any], list[Any]] | None
) -> tuple[int, int, list[int]]:
    """How many pairs agree from the start, how many of their leaves within tolerance only, which pairs are not equal.

    ``same`` takes the pairs that Python takes for equal; None where that is not to be asked.
    """
    within, unequal, index = 0, list[int](), -1
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if same is not None:
            if a is b:
                continue
            if a == b:
                same[0].append(a)
                same[1].append(b)
                continue
        if (n := near(a, b)) < 0:
            return index, within, unequal
        unequal.append(index)
        within += n
    return index + 1, within, unequal


def _without(items: list[Any], places: Sequence[int]) -> list[Any]:
    """``items`` without those at ``places``, which are in order."""
    if not places:
        return items
    kept: list[Any] = []
    start = 0
    for place in places:
        kept += items[start:place]
        start = place + 1
    return kept + items[start:]
