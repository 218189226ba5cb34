"""Which item of one list is which of the other, where the schema says how to tell (``x-parity.align``).

Three steps, each for what the one before left over: partners that are near in every field; items paired in order of time
where every such pair is plainly the same thing; the cheapest pairing of all items less than a window apart.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from parity.compare.matching import assigned, greedy
from parity.compare.tolerance import distance
from parity.contract.nodes import NUMBERS, Align, Node

#: Most candidates that are looked at for one item: those nearest in time.
_CANDIDATES = 64
#: Largest group in which the pairing of least total cost is sought; in larger ones the cheapest pairs go first.
_ASSIGNED = 64
#: Items that are less unlike in every field that decides are plainly the same thing.
_PLAIN = 0.6
#: Boxes that overlap less show different places.
_APART = 0.1
#: How much the fields that the annotation does not name count: enough to decide between equals.
_REST = 0.1

#: Numbers from here on are no moments and no places on a picture; integers among them may be more than any real can hold.
_FARTHEST = 1e100
#: Types of what tells moments apart by itself.
_MOMENTS = NUMBERS | {str}
#: What a box that is none on one side says about two items.
_UNKNOWN = 0.5

Near = Callable[[Any, Any], int]
Items = Sequence[Any]


@dataclass
class Partners:
    """``pairs`` of places (expected, actual), and the places without partner on either side."""

    pairs: list[tuple[int, int]] = field(default_factory=list)
    missing: list[int] = field(default_factory=list)
    extra: list[int] = field(default_factory=list)


def partners(
    left: Items,
    right: Items,
    rows: Iterable[int],
    columns: Iterable[int],
    *,
    node: Node,
    near: Near,
    slack: float = 0.0,
) -> Partners:
    """Pair ``rows`` of ``left`` with ``columns`` of ``right`` along the annotation of the list ``node``.

    ``near(a, b)`` is -1 unless two items agree within tolerance; ``slack`` widens the window of time by its tolerance.
    """
    search = search_in(left, right, node=node, slack=slack)
    search.rows = sorted(rows, key=lambda i: (search.time(left[i]), i))
    search.columns = sorted(columns, key=lambda j: (search.time(right[j]), j))
    search.agreeing(near)
    if len(left) == len(right):
        search.in_place()
    search.plainly()
    search.cheapest()
    return Partners(sorted(search.pairs), sorted(search.rows), sorted(search.columns))


def search_in(left: Items, right: Items, *, node: Node, slack: float) -> Search:
    """The search for partners along the annotation of the list ``node``; ``slack`` as for ``partners``."""
    assert node.align is not None
    return Search(left, right, node.align, node.items, node.align.within + slack, slack, _Clock(node.align.by))


def moment(item: Any, by: str) -> Hashable:
    """What tells the moments of items apart."""
    value = item.get(by) if isinstance(item, dict) else None
    return value if type(value) in _MOMENTS else repr(value)


class _Clock:
    """Value of the ordering field as a number; what is no number stands far off, equal only to itself."""

    def __init__(self, by: str) -> None:
        self.by = by
        self.ranks: dict[str, float] = {}

    def __call__(self, item: Any) -> float:
        value = item.get(self.by) if isinstance(item, dict) else item
        if isinstance(value, int | float) and type(value) in NUMBERS and -_FARTHEST < value < _FARTHEST:
            return value
        return 1e15 + 1e6 * self.ranks.setdefault(repr(value), len(self.ranks))


@dataclass
class Search:
    """How like items of two lists are, and who is whose partner; ``rows`` and ``columns`` have none yet."""

    left: Items
    right: Items
    align: Align
    item: Node | None
    window: float
    slack: float
    time: _Clock
    rows: list[int] = field(default_factory=list)
    columns: list[int] = field(default_factory=list)
    pairs: list[tuple[int, int]] = field(default_factory=list)

    def _pair(self, pairs: list[tuple[int, int]]) -> None:
        self.pairs += pairs
        taken, given = {i for i, _ in pairs}, {j for _, j in pairs}
        self.rows = [i for i in self.rows if i not in taken]
        self.columns = [j for j in self.columns if j not in given]

    def agreeing(self, near: Near) -> None:
        """Pair what agrees within tolerance; an item tries first the place beside its neighbour's partner."""
        times = [self.time(self.right[j]) for j in self.columns]
        free = [True] * len(self.columns)
        pairs, last = [], -1
        for i in self.rows:
            at = self.time(self.left[i])
            low, high = bisect_left(times, at - self.window), bisect_right(times, at + self.window)
            middle = min(max(last + 1, low), high)
            order = [*range(middle, min(high, middle + _CANDIDATES)), *range(max(low, middle - _CANDIDATES), middle)]
            tried = (k for k in order if free[k] and near(self.left[i], self.right[self.columns[k]]) >= 0)
            if (partner := next(tried, None)) is not None:
                free[partner], last = False, partner
                pairs.append((i, self.columns[partner]))
        self._pair(pairs)

    def in_place(self) -> None:
        """Pair items of one index that are plainly the same thing, the only ones left of their moment, and that stand at one
        moment or between paired neighbours."""
        unpaired = set(self.rows)
        if unpaired != set(self.columns):
            return
        crowd = Counter(self.time(self.left[i]) for i in self.rows)
        stay = []
        for i in self.rows:
            at = self.time(self.left[i])
            is_alone = i - 1 not in unpaired and i + 1 not in unpaired
            stands = is_alone or abs(at - self.time(self.right[i])) <= self.slack
            if stands and crowd[at] == 1 and self.is_plain(i, i):
                stay.append((i, i))
        self._pair(stay)

    def plainly(self) -> None:
        """Pair in order of time where as many are left on both sides and every such pair is plainly the same thing."""
        pairs = list(zip(self.rows, self.columns, strict=False))
        if len(self.rows) == len(self.columns) and all(self.is_plain(i, j) for i, j in pairs):
            self._pair(pairs)

    def is_plain(self, i: int, j: int) -> bool:
        """Whether two items are plainly the same thing."""
        parts = self._unlike(self.left[i], self.right[j])
        return parts is not None and all(part < _PLAIN for part in parts)

    def cheapest(self) -> None:
        """Pair by least cost inside each group of items that could be one another's partner."""
        costs = self._edges()
        paired: list[tuple[int, int]] = []
        for members, others in _groups(costs):
            if len(members) == 1 and len(others) == 1:
                paired.append((members[0], others[0]))
            elif len(members) <= _ASSIGNED and len(others) <= _ASSIGNED:
                paired += assigned(members, others, costs)
            else:
                paired += greedy(members, costs)
        self._pair(paired)

    def _edges(self) -> dict[int, dict[int, float]]:
        times = [self.time(self.right[j]) for j in self.columns]
        costs: dict[int, dict[int, float]] = {}
        for i in self.rows:
            at = self.time(self.left[i])
            near: Sequence[int] = range(bisect_left(times, at - self.window), bisect_right(times, at + self.window))
            if len(near) > _CANDIDATES:
                near = sorted(near, key=lambda k: abs(times[k] - at))[:_CANDIDATES]
            for k in near:
                j = self.columns[k]
                cost = self.cost(self.left[i], self.right[j])
                if cost is not None:
                    costs.setdefault(i, {})[j] = cost + _REST * _unlike(self.left[i], self.right[j])
        return costs

    def cost(self, a: Any, b: Any) -> float | None:
        """How unlike two items are, 0 to 1.5; None when they cannot be the same thing."""
        if (parts := self._unlike(a, b)) is None:
            return None
        total = weights = 0.0
        weight = 1.0
        for part in parts:
            total, weights, weight = total + weight * part, weights + weight, weight / 2
        apart = abs(self.time(a) - self.time(b))
        return 0.5 * apart / (self.window or 1.0) + (total / weights if weights else 0.0)

    def _unlike(self, a: Any, b: Any) -> list[float] | None:
        """How unlike two items are in each field that decides, 0 to 1; None when they cannot be the same thing."""
        if not isinstance(a, dict) or not isinstance(b, dict) or self.item is None:
            return None
        item = self.item.choose(b)
        if item is None or item is not self.item.choose(a) or abs(self.time(a) - self.time(b)) > self.window:
            return None
        parts, boxes, named = [], [], 0.0
        for name in self.align.then:
            kind, _, key = name.rpartition(":")
            one, other = a.get(key), b.get(key)
            parts.append(0.0 if one == other else _field_cost(one, other, item.child(key), is_box=kind == "iou"))
            if kind == "iou":
                boxes.append(parts[-1])
            elif parts[-1] > named:
                named = parts[-1]
        if boxes and min(boxes) > 1 - _APART and (named > 0.5 or len(parts) == 1):
            return None
        return parts


def _field_cost(a: Any, b: Any, node: Node | None, *, is_box: bool) -> float:
    """How unlike two values of one field are, 0 to 1, which are not equal."""
    if is_box:
        one, other = box_of(a, node), box_of(b, node)
        return 1 - overlap(one, other) if one and other else _UNKNOWN
    if isinstance(a, str) and isinstance(b, str) and node is not None and node.rule.kind != "exact":
        return distance(a, b)
    return 1.0


def _unlike(a: Any, b: Any) -> float:
    """Share of the fields in which two items are not equal, one level deep."""
    if isinstance(a, dict) and isinstance(b, dict):
        keys = a.keys() | b.keys()
        parts = [
            float(a.get(k) != b.get(k)) if not isinstance(a.get(k), dict) else _unlike(a[k], b.get(k)) for k in keys
        ]
        return sum(parts) / max(1, len(parts))
    return float(a != b)


def _groups(costs: dict[int, dict[int, float]]) -> list[tuple[list[int], list[int]]]:
    """Items that hang together by any chain of possible pairs, as (expected places, actual places)."""
    owner: dict[int, int] = {}
    parent = {i: i for i in costs}

    def root(i: int) -> int:
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    for i, row in costs.items():
        for j in row:
            if j in owner:
                parent[root(i)] = root(owner[j])
            else:
                owner[j] = i
    groups: dict[int, tuple[list[int], list[int]]] = {}
    for i in costs:
        groups.setdefault(root(i), ([], []))[0].append(i)
    for j, i in owner.items():
        groups[root(i)][1].append(j)
    return list(groups.values())


def are_apart(a: Any, b: Any, node: Node | None) -> bool:
    """Whether two boxes show different places; False where one is none."""
    one, other = box_of(a, node), box_of(b, node)
    return one is not None and other is not None and overlap(one, other) < _APART


def box_of(value: Any, node: Node | None) -> tuple[float, float, float, float] | None:
    """A box as x1, y1, x2, y2, from what the schema says of it; None where the value is none."""
    if node is not None and isinstance(value, list | dict):
        node = node.choose(value) or node
    form = node.box if node is not None else None
    if isinstance(value, dict):
        values: list[Any] = [value.get(key) for key in ("x", "y", "width", "height")]
    elif isinstance(value, list) and len(value) == 4:
        values = value
    else:
        return None
    if not all(type(each) in NUMBERS and -_FARTHEST < each < _FARTHEST for each in values):
        return None
    a, b, c, d = values
    return (a, b, c, d) if form == "corners" else (a, b, a + c, b + d)


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes given by their corners; 0 where both are empty."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (areas - shared) if areas > shared else float(tuple(one) == tuple(other))
