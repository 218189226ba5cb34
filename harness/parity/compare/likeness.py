"""What it costs to take one item of a list for one of another, by what they hold, and the least cost of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from parity.compare.matching import each_once

#: What a step from a list to one of its items is called: at which place an item stands says nothing of what it is.
_ITEM = "[]"


def costs(
    left: Sequence[Any],
    right: Sequence[Any],
    keys: tuple[Sequence[str], Sequence[str]],
    near: Callable[[Any, Any], int] | None,
    *,
    alone: int,
) -> np.ndarray:
    """What each item of ``left`` (row) costs as partner of each of ``right`` (column), where one ``alone`` costs that.

    Nothing where both agree: their ``keys`` are equal, or ``near`` of both is not -1. Else the share of it that they do not
    share. An object or list that stands once on either side is nobody else's partner.
    """
    numbers: dict[str, int] = {}
    ids = [np.array([numbers.setdefault(key, len(numbers)) for key in side]) for side in keys]
    agree = ids[0][:, None] == ids[1][None, :]
    if near is not None:
        for i, j in np.argwhere(~agree):
            agree[i, j] = near(left[i], right[j]) >= 0
    found = np.full(agree.shape, alone, dtype=np.int64)
    if all(any(isinstance(item, dict | list) for item in side) for side in (left, right)):
        found = np.maximum(1, np.rint(alone * _unlike(left, right)).astype(np.int64))
        counts = [Counter(side) for side in keys]
        single = {key for key, count in counts[0].items() if count == 1 == counts[1][key] and key[0] in "{["}
        found[[key in single for key in keys[0]], :] = 2 * alone + 1
        found[:, [key in single for key in keys[1]]] = 2 * alone + 1
    found[agree] = 0
    return found


def least(costs: np.ndarray, *, alone: int) -> np.ndarray:
    """The least cost of all that begins at each pair, where partners keep their order and the rest stands ``alone``."""
    n, m = costs.shape
    slope = alone * np.arange(m + 1)
    best = np.empty((n + 1, m + 1), dtype=np.int64)
    best[n] = slope[::-1]
    for i in range(n - 1, -1, -1):
        reached = best[i + 1] + alone
        np.minimum(reached[:-1], best[i + 1, 1:] + costs[i], out=reached[:-1])
        best[i] = np.minimum.accumulate((reached + slope)[::-1])[::-1] - slope
    return best


def _unlike(left: Sequence[Any], right: Sequence[Any]) -> np.ndarray:
    """The share of their leaves, 0 to 1, that an item of ``left`` (row) and one of ``right`` (column) do not share.

    What is neither object nor list is like nothing else.
    """
    from scipy.sparse import csr_matrix

    held = [[_leaves(item) for item in items] for items in (left, right)]
    counts = [Counter(leaf for leaves in side for leaf in leaves) for side in held]
    both = counts[0].keys() & counts[1].keys()
    # What every item holds tells none from another.
    common = {leaf for leaf in both if counts[0][leaf] == len(left) and counts[1][leaf] == len(right)}
    telling = {leaf: number for number, leaf in enumerate(both - common)}
    tables = []
    for side in held:
        places = [(row, telling[leaf]) for row, leaves in enumerate(side) for leaf in leaves if leaf in telling]
        rows, columns = [row for row, _ in places], [column for _, column in places]
        ones = np.ones(len(places), dtype=np.float32)
        tables.append(csr_matrix((ones, (rows, columns)), shape=(len(side), max(1, len(telling)))))
    shared = (tables[0] @ tables[1].T).toarray() + len(common)
    sizes = [np.array([len(leaves) for leaves in side], dtype=np.float32) for side in held]
    most = np.maximum(np.maximum(sizes[0][:, None], sizes[1][None, :]), 1)
    unlike: np.ndarray = 1 - shared / most
    return unlike


def landmarks(left: Sequence[Any], right: Sequence[Any]) -> list[tuple[int, int]]:
    """Pairs of items, by their place in ``left``, that share most of what only one item on either side holds."""
    owners: list[dict[Any, int]] = []
    for side in (left, right):
        held = [(leaf, place) for place, item in enumerate(side) for leaf in _leaves(item)]
        counts = Counter(leaf for leaf, _ in held)
        owners.append({leaf: place for leaf, place in held if counts[leaf] == 1})
    votes = Counter((place, owners[1][leaf]) for leaf, place in owners[0].items() if leaf in owners[1])
    return sorted(each_once(pair for pair, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))))


def _leaves(value: Any) -> set[Any]:
    return set(_walk(value, "")) if isinstance(value, dict | list) else set()


def _walk(value: Any, path: str) -> Iterator[Any]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _walk(item, f"{path}.{key}")
    elif isinstance(value, list):
        for item in value:
            yield from _walk(item, path + _ITEM)
    else:
        yield path, type(value), value
