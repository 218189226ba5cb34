"""Who is paired with whom: so that every pair agrees, in two lists of one length, or at the least cost.

Tolerances are no equivalence: one item may agree with several, and taking the first that comes may leave another without.
So who is taken already is asked to change, along paths of agreeing pairs, until all have a partner or one cannot.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import TypeVar

#: Most pairs that are asked whether they agree; with more there is no telling in time.
_ASKED = 200_000
#: Most re-paired items among which pairs that stand in another order are turned back.
_TURNED = 300

T = TypeVar("T")


class _TooMany(Exception):
    pass


def complete(
    settled: Iterable[int],
    rest: Sequence[int],
    candidates: Callable[[int], Iterable[int]],
    agree: Callable[[int, int], bool],
    are_apart: Callable[[int, int], bool],
) -> list[tuple[int, int]] | None:
    """Pairs (expected, actual) of all places, of which ``settled`` agree index by index and ``rest`` do not.

    ``candidates``: the places that may hold an item's partner, the likeliest first. ``are_apart`` says of two places
    whether their items must not change their order; pairs that did are turned back where that agrees as well.
    """
    search = _Search(candidates, agree, {i: i for i in settled}, {i: i for i in settled})
    try:
        if not all(search.found(row) for row in rest):
            return None
        search.turn_back(are_apart)
    except _TooMany:
        return None
    return sorted(search.partner.items())


class _Search:
    def __init__(
        self,
        candidates: Callable[[int], Iterable[int]],
        agree: Callable[[int, int], bool],
        partner: dict[int, int],
        owner: dict[int, int],
    ) -> None:
        self.candidates, self.agree, self.partner, self.owner = candidates, agree, partner, owner
        self.known: dict[tuple[int, int], bool] = {}

    def found(self, row: int) -> bool:
        """Find a partner for ``row``, and others for those that must give theirs away."""
        came_from: dict[int, int] = {}
        queue = deque([row])
        while queue:
            at = queue.popleft()
            for column in self.candidates(at):
                if column in came_from or not self._agree(at, column):
                    continue
                came_from[column] = at
                if column not in self.owner:
                    self._pass_on(row, column, came_from)
                    return True
                queue.append(self.owner[column])
        return False

    def _pass_on(self, row: int, column: int, came_from: dict[int, int]) -> None:
        while True:
            at = came_from[column]
            given = self.partner.get(at)
            self.partner[at], self.owner[column] = column, at
            if at == row or given is None:
                return
            column = given

    def turn_back(self, are_apart: Callable[[int, int], bool]) -> None:
        """Exchange the partners of two items that changed their order and must not, where both pairs agree then."""
        moved = sorted(i for i, j in self.partner.items() if i != j)
        if len(moved) > _TURNED:
            return
        is_done = False
        while not is_done:
            is_done = True
            for place, i in enumerate(moved):
                for k in moved[place + 1 :]:
                    one, other = self.partner[i], self.partner[k]
                    if one > other and are_apart(i, k) and self._agree(i, other) and self._agree(k, one):
                        self.partner[i], self.partner[k] = other, one
                        is_done = False

    def _agree(self, row: int, column: int) -> bool:
        if (row, column) not in self.known:
            if len(self.known) >= _ASKED:
                raise _TooMany
            self.known[row, column] = self.agree(row, column)
        return self.known[row, column]


def assigned(members: list[int], others: list[int], costs: dict[int, dict[int, float]]) -> list[tuple[int, int]]:
    """The pairing of least total cost; of equal ones the one that keeps the order."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    impossible = 1e6
    matrix = np.full((len(members), len(others)), impossible)
    places = {j: column for column, j in enumerate(sorted(others))}
    for row, i in enumerate(members):
        for j, cost in costs[i].items():
            matrix[row, places[j]] = cost + 1e-9 * abs(row - places[j])
    ordered = sorted(others)
    rows, columns = linear_sum_assignment(matrix)
    return [
        (members[row], ordered[column])
        for row, column in zip(rows, columns, strict=True)
        if matrix[row, column] < impossible
    ]


def greedy(members: list[int], costs: dict[int, dict[int, float]]) -> list[tuple[int, int]]:
    """The pairing that takes the cheapest pair first; of equal ones the one that keeps the order."""
    edges = sorted((cost, abs(i - j), i, j) for i in members for j, cost in costs[i].items())
    return each_once((i, j) for *_, i, j in edges)


def each_once(pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Those of ``pairs``, the best of which come first, that share no side with one before them."""
    found: dict[int, int] = {}
    taken: set[int] = set()
    for i, j in pairs:
        if i not in found and j not in taken:
            found[i] = j
            taken.add(j)
    return list(found.items())


def equals(left: Iterable[tuple[Hashable, T]], right: Iterable[tuple[Hashable, T]]) -> list[tuple[T, T]]:
    """Pairs of what stands under the same key on both sides, each once and in order; None is no key."""
    places: dict[Hashable, deque[T]] = defaultdict(deque)
    for key, place in right:
        places[key].append(place)
    return [(place, places[key].popleft()) for key, place in left if key is not None and places[key]]
