"""The same items in another order: one difference for all of them."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from parity.compare import sequence
from parity.compare.align import Partners
from parity.compare.difference import Comparison
from parity.compare.policy import Policy
from parity.compare.tally import Place, Tally, below
from parity.contract.nodes import NUMBERS, Node, Rule
from parity.reals import distance


def out_of_order(
    policy: Policy, expected: list[Any], actual: list[Any], partners: Partners, node: Node
) -> set[tuple[int, int]]:
    """Partners that stand in another order; among items of one moment a tolerance leaves the order open."""
    pairs = partners.pairs
    if len(expected) == len(actual) and any(i != j for i, j in pairs):
        low = min(min(pair) for pair in pairs)
        high = max(max(pair) for pair in pairs)
        paired = {i for i, _ in pairs} | {j for _, j in pairs}
        paired |= {*partners.missing, *partners.extra}
        pairs = sorted([*pairs, *((i, i) for i in range(low, high + 1) if i not in paired)])
    found = sequence.displaced(pairs)
    if found and node.align is not None and policy.tolerances is not None:
        apart = are_apart(policy, expected, node)
        if not _any_apart(pairs, apart):
            return set()
        moments: list[list[tuple[int, int]]] = []
        for pair in pairs:
            if moments and not apart(moments[-1][0][0], pair[0]):
                moments[-1].append(pair)
            else:
                moments.append([pair])
        found = sequence.displaced([pair for same in moments for pair in sorted(same, key=lambda p: p[1])])
    return found


def are_apart(policy: Policy, expected: list[Any], node: Node) -> Callable[[int, int], bool]:
    """Whether two items of ``expected``, by their places, are of different moments, so that their order counts."""
    assert node.align is not None
    by = node.align.by
    slack = policy.slack(node)
    return lambda i, k: _apart(expected[i], expected[k], by) > slack


def same_moment(policy: Policy, expected: list[Any], node: Node) -> Callable[[int], Iterator[int]]:
    """The places around one that are of its moment, the nearest first."""
    apart = are_apart(policy, expected, node)

    def around(at: int) -> Iterator[int]:
        yield at
        low = high = True
        for step in range(1, len(expected)):
            low = low and at - step >= 0 and not apart(at, at - step)
            high = high and at + step < len(expected) and not apart(at, at + step)
            if low:
                yield at - step
            if high:
                yield at + step
            if not low and not high:
                return

    return around


def _any_apart(pairs: Sequence[tuple[int, int]], apart: Callable[[int, int], bool]) -> bool:
    """Whether an item changed its order with the first one before it that it changed its order with, and must not have."""
    tops: list[int] = []
    first: list[int] = []
    for i, j in pairs:
        before = bisect_right(tops, j)
        if before < len(tops):
            if apart(first[before], i):
                return True
        else:
            tops.append(j)
            first.append(i)
    return False


def compare_out_of_order(
    walk: Tally,
    expected: list[Any],
    actual: list[Any],
    pairs: set[tuple[int, int]],
    item: Node | None,
    place: Place,
    *,
    watched: bool,
) -> None:
    """One difference for all items out of order; what else differs in them is said too, their leaves count once."""
    outer, walk.found = walk.found, Comparison()
    for i, j in sorted(pairs):
        walk.pair(expected[i], actual[j], item, below(place, j, i), watched=watched)
    inner, walk.found = walk.found, outer
    places = [", ".join(str(pair[side]) for pair in sorted(pairs)[:20]) for side in (0, 1)]
    leaves = inner.exact + inner.within_tolerance + inner.differing
    note = f"{len(pairs)} of {len(actual)} items stand elsewhere: items {places[0]} of the expected list are "
    note += f"items {places[1]} here"
    walk.differ("order", expected, actual, place, Rule(unit="items"), max(1, leaves), note=note)
    inner.exact = inner.within_tolerance = inner.differing = 0  # they count as out of order
    outer.add(inner)
    if not leaves:
        outer.differing -= 1


def _apart(one: Any, other: Any, by: str) -> float:
    left, right = (item.get(by) if isinstance(item, dict) else None for item in (one, other))
    if left is not None and right is not None and {type(left), type(right)} <= set(NUMBERS):
        apart = distance(left, right)
        return math.inf if apart is None else apart
    return 0.0 if left == right else math.inf
