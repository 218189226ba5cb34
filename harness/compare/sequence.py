"""Which item of one list is which of the other, where the order is all there is to tell by."""

from __future__ import annotations

import json
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from itertools import pairwise
from typing import Any

from harness.compare.align import Near, Partners

#: Most pairs that are tried for the alignment with fewest edits; beyond, items are told apart by equality alone.
_TRIED = 40_000


def partners(
    left: Sequence[Any], right: Sequence[Any], rows: Sequence[int], columns: Sequence[int], near: Near
) -> Partners:
    """Pair ``rows`` of ``left`` with ``columns`` of ``right`` by the fewest edits.

    Where both hold the same items, each is paired with its equal. ``near(a, b)`` is -1 unless two items agree.
    """
    keys = [identity(left[i]) for i in rows], [identity(right[j]) for j in columns]
    if len(rows) == len(columns) and Counter(keys[0]) == Counter(keys[1]):
        return Partners(pairs=_by_key(rows, columns, *keys))
    if len(rows) * len(columns) <= _TRIED:
        steps = _fewest_edits(len(rows), len(columns), lambda i, j: near(left[rows[i]], right[columns[j]]) >= 0)
    else:
        steps = _edits_of_equals(*keys)
    found = Partners()
    for i, j in steps:
        if i is not None and j is not None:
            found.pairs.append((rows[i], columns[j]))
        elif i is not None:
            found.missing.append(rows[i])
        elif j is not None:
            found.extra.append(columns[j])
    return found


def identity(value: Any) -> str:
    """A text that two values share when they are equal and of one type."""
    return json.dumps(value, sort_keys=True)


def same_elsewhere(
    found: Partners, left: Callable[[int], Hashable], right: Callable[[int], Hashable]
) -> list[tuple[int, int]]:
    """Take out of ``found`` each item that is missing at one place and extra at another; ``left`` and ``right`` say what
    an item is by its place, None where that is too little to know it again."""
    if not found.missing or not found.extra:
        return []
    places: dict[Hashable, deque[int]] = defaultdict(deque)
    for j in found.extra:
        places[right(j)].append(j)
    places.pop(None, None)
    moved = []
    for i in found.missing:
        if (key := left(i)) is not None and places.get(key):
            moved.append((i, places[key].popleft()))
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


def _by_key(
    rows: Sequence[int], columns: Sequence[int], left: Sequence[str], right: Sequence[str]
) -> list[tuple[int, int]]:
    places: dict[str, deque[int]] = defaultdict(deque)
    for j, key in zip(columns, right, strict=True):
        places[key].append(j)
    return [(i, places[key].popleft()) for i, key in zip(rows, left, strict=True)]


def _fewest_edits(n: int, m: int, agree: Callable[[int, int], bool]) -> list[tuple[int | None, int | None]]:
    """Alignment of 0..n-1 with 0..m-1: a pair that agrees is free, every other pair, and every item alone, is one edit."""
    best = [[0] * (m + 1) for _ in range(n + 1)]
    same = [[agree(i, j) for j in range(m)] for i in range(n)]
    for i in range(n, -1, -1):
        for j in range(m, -1, -1):
            if i == n or j == m:
                best[i][j] = n - i + m - j
            else:
                best[i][j] = min(best[i + 1][j + 1] + (not same[i][j]), best[i + 1][j] + 1, best[i][j + 1] + 1)
    steps: list[tuple[int | None, int | None]] = []
    i = j = 0
    while i < n or j < m:
        if i < n and j < m and best[i][j] == best[i + 1][j + 1] + (not same[i][j]):
            steps.append((i, j))
            i, j = i + 1, j + 1
        elif i < n and best[i][j] == best[i + 1][j] + 1:
            steps.append((i, None))
            i += 1
        else:
            steps.append((None, j))
            j += 1
    return steps


def _edits_of_equals(left: Sequence[str], right: Sequence[str]) -> list[tuple[int | None, int | None]]:
    from rapidfuzz.distance import Levenshtein

    steps: list[tuple[int | None, int | None]] = []
    for step in Levenshtein.opcodes(left, right):
        rows = range(step.src_start, step.src_end)
        columns = range(step.dest_start, step.dest_end)
        if step.tag == "delete":
            steps += [(i, None) for i in rows]
        elif step.tag == "insert":
            steps += [(None, j) for j in columns]
        else:
            steps += zip(rows, columns, strict=True)
    return steps
