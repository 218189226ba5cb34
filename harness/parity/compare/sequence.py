"""Which item of one list is which of the other, where the order is all there is to tell by."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from parity.compare.align import Near, Partners
from parity.compare.matching import equals
from parity.contract.visit import mapped
from parity.reals import unsigned

#: Most pairs of items that are asked whether they agree; beyond, items are told apart by equality alone.
_TRIED = 40_000
#: Most pairs of items whose costs are laid out beside one another; beyond, only stretches between equal items are.
_LAID_OUT = 5_000_000
#: What an item without partner costs.
_ALONE = 1000

Step = tuple[int | None, int | None]
_Between = Callable[[int, int, int, int], list[Step]]


def partners(
    left: Sequence[Any], right: Sequence[Any], rows: Sequence[int], columns: Sequence[int], near: Near
) -> Partners:
    """Pair ``rows`` of ``left`` with ``columns`` of ``right`` by the fewest edits.

    Where both hold the same items, each is paired with its equal. ``near(a, b)`` is -1 unless two items agree.
    """
    keys = [identity(left[i]) for i in rows], [identity(right[j]) for j in columns]
    if len(rows) == len(columns) and Counter(keys[0]) == Counter(keys[1]):
        return Partners(equals(zip(keys[0], rows, strict=True), zip(keys[1], columns, strict=True)))
    found = Partners()
    for i, j in _Edits([left[i] for i in rows], [right[j] for j in columns], *keys, near).steps():
        if i is not None and j is not None:
            found.pairs.append((rows[i], columns[j]))
        elif i is not None:
            found.missing.append(rows[i])
        elif j is not None:
            found.extra.append(columns[j])
    return found


def is_shifted(left: Sequence[Any], right: Sequence[Any], near: Near, *, by_index: int) -> bool:
    """Whether fewer than ``by_index`` edits make ``right``, which is as long, of ``left``: its items stand elsewhere."""
    keys = [identity(item) for item in left], [identity(item) for item in right]
    equal = (Counter(keys[0]) & Counter(keys[1])).total()
    if len(left) - equal >= by_index and len(left) * len(right) > _TRIED:
        return False
    edits = 0
    for i, j in _Edits(left, right, *keys, near).steps():
        edits += i is None or j is None or (keys[0][i] != keys[1][j] and near(left[i], right[j]) < 0)
    return edits < by_index


def identity(value: Any) -> str:
    """A text that two values share when they are equal and of one type, whatever the order of keys and the sign of zero."""
    text = json.dumps(value, sort_keys=True)
    if "-0.0" in text:
        text = json.dumps(mapped(value, None, lambda leaf, node, path: unsigned(leaf)), sort_keys=True)
    return text


def same_elsewhere(
    found: Partners, left: Callable[[int], Hashable], right: Callable[[int], Hashable]
) -> list[tuple[int, int]]:
    """Take out of ``found`` each item that is missing at one place and extra at another; ``left`` and ``right`` say what
    an item is by its place, None where that is too little to know it again."""
    if not found.missing or not found.extra:
        return []
    moved = equals(((left(i), i) for i in found.missing), ((right(j), j) for j in found.extra))
    gone, come = {i for i, _ in moved}, {j for _, j in moved}
    found.missing = [i for i in found.missing if i not in gone]
    found.extra = [j for j in found.extra if j not in come]
    return moved


def displaced(pairs: Iterable[tuple[int, int]]) -> set[tuple[int, int]]:
    """The fewest pairs without which all others stand in the same order on both sides; ``pairs`` by expected place."""
    pairs = list(pairs)
    if all(before[1] < after[1] for before, after in pairwise(pairs)):
        return set()
    from bisect import bisect_left

    tails: list[int] = []
    ends: list[int] = []
    came_from: list[int | None] = []
    for number, (_, j) in enumerate(pairs):
        at = bisect_left(tails, j)
        came_from.append(ends[at - 1] if at else None)
        tails[at : at + 1] = [j]
        ends[at : at + 1] = [number]
    kept: set[int] = set()
    at_last: int | None = ends[-1]
    while at_last is not None:
        kept.add(at_last)
        at_last = came_from[at_last]
    return {pair for number, pair in enumerate(pairs) if number not in kept}


@dataclass(frozen=True)
class _Edits:
    """The fewest edits that make ``right`` of ``left``: what stands alone on either side, and who is whose partner."""

    left: Sequence[Any]
    right: Sequence[Any]
    left_keys: Sequence[str]
    right_keys: Sequence[str]
    near: Near

    def steps(self) -> list[Step]:
        """Every item once, in order: with its partner, or alone."""
        from rapidfuzz.distance import Postfix, Prefix

        n, m = len(self.left), len(self.right)
        front = Prefix.similarity(self.left_keys, self.right_keys)
        back = min(Postfix.similarity(self.left_keys, self.right_keys), min(n, m) - front)
        inner = self._between(front, n - back, front, m - back, self._by_equals)
        ends = [(n - k, m - k) for k in range(back, 0, -1)]
        return [*((k, k) for k in range(front)), *inner, *ends]

    def _between(self, top: int, bottom: int, first: int, last: int, otherwise: _Between) -> list[Step]:
        """Rows ``top`` to ``bottom`` with columns ``first`` to ``last``; ``otherwise``: how, where they are too many."""
        is_small = (bottom - top) * (last - first) <= _LAID_OUT
        return (self._laid_out if is_small else otherwise)(top, bottom, first, last)

    def _by_equals(self, top: int, bottom: int, first: int, last: int) -> list[Step]:
        """Parted where items are equal."""
        from rapidfuzz.distance import Levenshtein

        blocks = Levenshtein.editops(self.left_keys[top:bottom], self.right_keys[first:last]).as_matching_blocks()
        equal = [(top + block.a + k, first + block.b + k) for block in blocks for k in range(block.size)]
        return self._parted((top, bottom), (first, last), equal, self._by_landmarks)

    def _by_landmarks(self, top: int, bottom: int, first: int, last: int) -> list[Step]:
        """Parted where items alone hold the same."""
        from parity.compare import likeness

        marks = likeness.landmarks(self.left[top:bottom], self.right[first:last])
        apart = displaced(marks)
        kept = [(top + i, first + j) for i, j in marks if (i, j) not in apart]
        return self._parted((top, bottom), (first, last), kept, _in_order)

    def _parted(
        self,
        rows: tuple[int, int],
        columns: tuple[int, int],
        pairs: Sequence[tuple[int, int]],
        otherwise: _Between,
    ) -> list[Step]:
        """``pairs``, which are in order, and what lies between them."""
        steps: list[Step] = []
        i, j = rows[0], columns[0]
        for row, column in pairs:
            steps += [*self._between(i, row, j, column, otherwise), (row, column)]
            i, j = row + 1, column + 1
        return steps + self._between(i, rows[1], j, columns[1], otherwise)

    def _laid_out(self, top: int, bottom: int, first: int, last: int) -> list[Step]:
        if bottom - top <= 1 >= last - first or top == bottom or first == last:
            return _in_order(top, bottom, first, last)
        from parity.compare import likeness

        near = self.near if (bottom - top) * (last - first) <= _TRIED else None
        left, right = self.left[top:bottom], self.right[first:last]
        keys = self.left_keys[top:bottom], self.right_keys[first:last]
        costs = likeness.costs(left, right, keys, near, alone=_ALONE)
        best = likeness.least(costs, alone=_ALONE)
        steps: list[Step] = []
        i = j = 0
        n, m = costs.shape
        while i < n or j < m:
            if i < n and j < m and best[i, j] == best[i + 1, j + 1] + costs[i, j]:
                steps.append((top + i, first + j))
                i, j = i + 1, j + 1
            elif i < n and best[i, j] == best[i + 1, j] + _ALONE:
                steps.append((top + i, None))
                i += 1
            else:
                steps.append((None, first + j))
                j += 1
        return steps


def _in_order(top: int, bottom: int, first: int, last: int) -> list[Step]:
    """Partners one after the other, and what is left of the longer side."""
    common = min(bottom - top, last - first)
    alone: list[Step] = [(row, None) for row in range(top + common, bottom)]
    alone += [(None, column) for column in range(first + common, last)]
    return [*((top + k, first + k) for k in range(common)), *alone]
