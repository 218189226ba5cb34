"""One walk along a schema compares two documents and counts every leaf of either once.

Items of lists are compared by functions compiled from the schema (``harness.compare.compiled``); only where these find
something does the walk look field by field. Which item is which is told by ``align`` and ``sequence``.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import compress, count
from operator import ne
from typing import Any

from harness.compare import align, sequence
from harness.compare.align import Partners
from harness.compare.compiled import Compiled, Spot, Way, compiled
from harness.compare.declared import Declared
from harness.compare.difference import Comparison, Difference, Flip, Ignored, Kind
from harness.compare.place import INSIDE, Place, below, expected_elsewhere, text
from harness.compare.text import UNITS, error_rate
from harness.compare.tolerance import EXACT, FlipRule, Tolerance, passes
from harness.contract.nodes import Node, Rule, has_type
from harness.verdict import ContractError

_NO_RULE = Rule()
_EXACT_CLASS = "exact"
_INDEX = re.compile(r"\[(\d+|\*)\]")

#: Units of leaves that say where an item stands, not what it is.
_WHERE = frozenset({"s", "ms", "index"})

#: Most leaves in which an item may differ to be taken for the same thing at once.
_FEW = 3

#: Shortest text by which an item can be known again elsewhere.
_TELLING = 3


@dataclass(frozen=True)
class Policy:
    """How strictly a pair is compared.

    ``tolerances`` None: exactly, environment leaves included (one configuration against another). Else by class
    and without environment leaves (a run against its golden). ``expected_by`` and ``actual_by`` name the
    configurations; ``expected_by`` is None for a golden, whose declared leaves hold no value. ``flips``: flip rules by
    name; those that come with ``tolerances`` when None. Without tolerances nothing is a flip.
    """

    actual_by: str
    expected_by: str | None = None
    tolerances: Mapping[str, Tolerance] | None = None
    declared: Sequence[Declared] = field(default_factory=tuple)
    flips: Mapping[str, FlipRule] | None = None

    def declared_at(self, path: str) -> Declared | None:
        """The declared difference that stands at ``path``."""
        return next((entry for entry in self.declared if entry.matcher.fullmatch(path)), None)

    def tolerance(self, kind: str, where: str) -> Tolerance:
        """The tolerance of class ``kind``."""
        if self.tolerances is None:
            return EXACT
        try:
            return self.tolerances[kind]
        except KeyError:
            known = ", ".join(sorted(self.tolerances))
            raise ContractError(f"{where}: unknown tolerance class {kind!r}; known: {known}") from None

    def flip_rule(self, name: str, where: str) -> FlipRule | None:
        """The flip rule called ``name``; None where nothing may flip."""
        if self.tolerances is None:
            return None
        rules = self.flips if self.flips is not None else getattr(self.tolerances, "flips", {})
        if name not in rules and rules:
            raise ContractError(f"{where}: unknown flip rule {name!r}; known: {', '.join(sorted(rules))}")
        return rules.get(name)


def _stands_in(expected: Any, actual: Any) -> bool:
    """Whether both hold the short text that stands for another artifact, which is compared there."""
    return expected == actual and isinstance(actual, str) and actual.startswith("<the artifact ")


def compare(expected: Any, actual: Any, node: Node, policy: Policy) -> Comparison:
    """Compare two JSON documents along ``node``; every leaf of either is counted once."""
    walk = _Walk(policy, Comparison(), Way.of(policy.tolerances))
    walk.pair(expected, actual, node, None, watched=bool(policy.declared))
    return walk.found


@dataclass(frozen=True)
class Equals:
    """A list of the actual document, the places of its items that equal no partner, and how many it must have."""

    items: list[Any]
    rest: Sequence[int]
    least: int

    def without(self) -> list[Any]:
        """The list without what is as valid as its equal partner, but with enough items."""
        return [self.items[place] for place in self.rest] + self.items[: max(1, self.least)]


def compare_valid(expected: Any, actual: Any, node: Node, policy: Policy) -> tuple[Comparison, list[Equals]]:
    """The same for a valid ``expected`` and an ``actual``, both without NaN and infinity, in less time.

    Items of lists are first asked whether they are equal, which Python answers fast but blurs 1, 1.0 and True. In the
    end all equal items are written as JSON, where types show: if the texts are not the same, everything is compared
    again without this. Also returns the lists with equal items, which are as valid as their partners.
    """
    walk = _Walk(policy, Comparison(), Way.of(policy.tolerances), quick=True)
    walk.pair(expected, actual, node, None, watched=bool(policy.declared))
    if not walk.equal_in_type():
        return compare(expected, actual, node, policy), []
    return walk.found, walk.equals


def leaf_count(value: object) -> int:
    """Leaves of ``value``; an empty list or object is one."""
    if isinstance(value, dict) and value:
        return sum(leaf_count(item) for item in value.values())
    if isinstance(value, list) and value:
        return sum(leaf_count(item) for item in value)
    return 1


def is_covered(node: Node | None) -> bool:
    """Whether a schema says what stands here; a node without type or values says nothing."""
    return node is not None and bool(node.types or node.values is not None)


@dataclass
class _Walk:
    policy: Policy
    found: Comparison
    way: Way
    #: Whether equal items may be taken for equal in type until the end, and what was taken so.
    quick: bool = False
    equals: list[Equals] = field(default_factory=list)
    same: tuple[list[Any], list[Any]] = field(default_factory=lambda: ([], []))

    def equal_in_type(self) -> bool:
        """Whether what was taken for equal has equal types too."""
        import orjson

        if all(a is b for a, b in zip(*self.same, strict=True)):
            return True
        return orjson.dumps(self.same[0]) == orjson.dumps(self.same[1])

    def pair(self, expected: Any, actual: Any, node: Node | None, place: Place, *, watched: bool) -> None:
        """Compare what stands at ``place``; ``watched``: a declared difference may stand there or below."""
        if node is not None and node.branches:
            node = node.choose(actual) or node.choose(expected)
        if self._ignored(expected, actual, node, place, watched=watched):
            return
        kind = type(expected)
        if kind is dict and type(actual) is dict and (expected or actual):
            self._objects(expected, actual, node, place, watched=watched)
        elif kind is list and type(actual) is list and (expected or actual):
            self._lists(expected, actual, node, place, watched=watched)
        elif node is None or not is_covered(node):
            self._uncovered(actual, place)
        elif kind is not type(actual):
            self._differ("type", expected, actual, place, node.rule, max(leaf_count(expected), leaf_count(actual)))
        elif kind is str and node.content is not None:
            self._json_texts(expected, actual, node, place)
        else:
            self._leaves(expected, actual, node, place)

    # Objects

    def _objects(
        self, expected: dict[str, Any], actual: dict[str, Any], node: Node | None, place: Place, *, watched: bool
    ) -> None:
        gone = [key for key in expected if key not in actual]
        new = [key for key in actual if key not in expected]
        renamed = _renamed(expected, actual, gone, new, node) if gone and new else {}
        for key, value in expected.items():
            child = node.child(key) if node else None
            if key in actual:
                if child is not None and not watched and _same_leaf(value, actual[key], child):
                    self.found.exact += 1
                    continue
                here = below(place, key)
                self._member(value, actual[key], node, child, here, watched=watched and self._watched(here))
            elif key in renamed:
                here, other = below(place, renamed[key], key), node.child(renamed[key]) if node else None
                note = "" if other is not None else "no schema covers the new name"
                self._differ("renamed", value, actual[renamed[key]], here, _rule(child), leaf_count(value), note=note)
            else:
                self._one_sided("missing", value, child, below(place, key))
        for key in new:
            if key not in renamed.values():
                self._one_sided("extra", actual[key], node.child(key) if node else None, below(place, key))

    def _member(
        self, expected: Any, actual: Any, node: Node | None, child: Node | None, place: Place, *, watched: bool
    ) -> None:
        """One field. Objects whose keys are data have many alike, which the compiled functions go through faster."""
        if child is not None and node is not None and node.patterns and not watched:
            functions = compiled(child, self.way)
            if (near := functions.near(expected, actual)) >= 0:
                self._count(functions.size(expected), near)
                return
        self.pair(expected, actual, child, place, watched=watched)

    # Lists

    def _lists(self, expected: list[Any], actual: list[Any], node: Node | None, place: Place, *, watched: bool) -> None:
        if node is None or node.items is None or node.prefix:
            self._by_index(expected, actual, node, place, watched=watched)
            return
        watched = watched and self._watched(below(place, 0))
        if len(expected) == len(actual) == node.length[1] and node.align is None:
            self._in_place(expected, actual, node.items, place, watched=watched)
            return
        functions = compiled(node.items, self.way)
        near = _never if watched else functions.near
        if node.series and node.align is None:
            common = min(len(expected), len(actual))
            rows = columns = self._clear(expected[:common], actual[:common], functions, near, None)
            pairs = Partners(list(zip(rows, columns, strict=True)))
            self._length(expected, actual, common, place)
        else:
            rows, columns = self._unclear(expected, actual, node, functions, near)
            if rows is columns and node.align is not None and not watched:
                rows = columns = self._spotted(expected, actual, rows, node, functions, place)
            if not rows and not columns:
                return
            pairs = self._partners(expected, actual, rows, columns, node, functions.like)
        self._take(expected, actual, pairs, node, place, watched=watched)

    def _by_index(
        self, expected: list[Any], actual: list[Any], node: Node | None, place: Place, *, watched: bool
    ) -> None:
        common = min(len(expected), len(actual))
        for index in range(common):
            here = below(place, index)
            item = node.item(index) if node else None
            self.pair(expected[index], actual[index], item, here, watched=watched)
        if node is not None:
            self._length(expected, actual, common, place)
            return
        for index in range(common, max(len(expected), len(actual))):
            rest = expected if len(expected) > len(actual) else actual
            self._uncovered(rest[index], below(place, index))

    def _in_place(self, expected: list[Any], actual: list[Any], item: Node, place: Place, *, watched: bool) -> None:
        """Lists of a length that the schema fixes, like the numbers of a box: each place has its own meaning."""
        for index, (a, b) in enumerate(zip(expected, actual, strict=True)):
            if not watched and _same_leaf(a, b, item):
                self.found.exact += 1
            else:
                self.pair(a, b, item, below(place, index), watched=watched)

    def _length(self, expected: list[Any], actual: list[Any], common: int, place: Place) -> None:
        if len(expected) != len(actual):
            rest = (expected if len(expected) > len(actual) else actual)[common:]
            rule = Rule(unit="items")
            note = "compared item by item up to the shorter length"
            self._differ("length", len(expected), len(actual), place, rule, leaf_count(rest), note=note)

    def _clear(
        self, expected: list[Any], actual: list[Any], functions: Compiled, near: align.Near, node: Node | None
    ) -> list[int]:
        """Count what agrees index by index in lists of one length; the indices of the rest."""
        unequal: Sequence[int] = range(len(expected))
        if self.quick and near is functions.near and functions.whole:
            unequal = list(compress(count(), map(ne, expected, actual)))
            self._take_as_equal(expected, actual, unequal)
            if node is not None and node.is_plain_list:
                self.equals.append(Equals(actual, unequal, node.length[0]))
        unclear, within = [], 0
        for index in unequal:
            if (n := near(expected[index], actual[index])) < 0:
                unclear.append(index)
            else:
                within += n
        self._count(self._leaves_of(_without(expected, unclear), functions), within)
        return unclear

    def _take_as_equal(self, left: list[Any], right: list[Any], unequal: Sequence[int]) -> None:
        self.same[0].append(_without(left, unequal))
        self.same[1].append(_without(right, unequal))

    def _leaves_of(self, items: list[Any], functions: Compiled) -> int:
        return functions.fixed * len(items) if functions.fixed is not None else sum(map(functions.size, items))

    def _unclear(
        self, expected: list[Any], actual: list[Any], node: Node, functions: Compiled, near: align.Near
    ) -> tuple[Sequence[int], Sequence[int]]:
        """Count what agrees index by index, in lists of unequal length from both ends; the places of the rest."""
        n, m = len(expected), len(actual)
        if n == m:
            unclear = self._clear(expected, actual, functions, near, node)
            return unclear, unclear
        quick = self.quick and near is functions.near and functions.whole
        front, within, unequal = _agreeing(expected, actual, near, quick=quick)
        back, more, behind = _agreeing(expected[front:][::-1], actual[front:][::-1], near, quick=quick)
        if quick:
            self._take_as_equal(expected[:front], actual[:front], unequal)
            self._take_as_equal(expected[front:][::-1][:back], actual[front:][::-1][:back], behind)
            if node.is_plain_list:
                rest = [*unequal, *range(front, m - back), *(m - 1 - k for k in behind)]
                self.equals.append(Equals(actual, rest, node.length[0]))
        self._count(self._leaves_of(expected[:front] + expected[n - back :], functions), within + more)
        return range(front, n - back), range(front, m - back)

    def _spotted(
        self, expected: list[Any], actual: list[Any], rows: Sequence[int], node: Node, functions: Compiled, place: Place
    ) -> list[int]:
        """Report items of one index that are plainly the same thing but for a few leaves; the indices of the rest.

        They must be the only ones of their moment that are left, and equal in all that decides which item is which.
        """
        assert node.align is not None
        by = node.align.by
        deciding = {by, *(name.removeprefix("iou:") for name in node.align.then)}
        crowd = Counter(align.moment(expected[i], by) for i in rows)
        rest = []
        for i in rows:
            spots: list[Spot] = []
            near = functions.spots(expected[i], actual[i], spots) if crowd[align.moment(expected[i], by)] == 1 else -1
            if near < 0 or len(spots) > _FEW or any(not steps or steps[0] in deciding for steps, *_ in spots):
                rest.append(i)
                continue
            self._count(functions.size(expected[i]) - len(spots), near)
            for steps, leaf, a, b in spots:
                here = below(place, i)
                for step in steps:
                    here = below(here, step)
                self._leaves(a, b, leaf, here)
        return rest

    def _partners(
        self, expected: list[Any], actual: list[Any], rows: Sequence[int], columns: Sequence[int], node: Node,
        near: align.Near,
    ) -> Partners:  # fmt: skip
        if node.align is None:
            return sequence.partners(expected, actual, rows, columns, near)
        field_node = node.items.child(node.align.by) if node.items and not node.items.branches else None
        slack = 0.0
        if self.policy.tolerances is not None and field_node is not None:
            slack = self.policy.tolerance(field_node.rule.kind, field_node.where).abs
        return align.partners(expected, actual, rows, columns, node=node, near=near, slack=slack)

    def _take(
        self, expected: list[Any], actual: list[Any], partners: Partners, node: Node, place: Place, *, watched: bool
    ) -> None:
        """Compare the partners, and say what stands alone, was moved, or stands in another order."""
        item = node.items
        moved = sequence.same_elsewhere(
            partners,
            lambda i: self._known_by(expected[i], node),
            lambda j: self._known_by(actual[j], node),
        )
        out_of_order = self._out_of_order(expected, actual, partners, node)
        allowed = self._flips_left(expected, actual, node)
        for i, j in partners.pairs:
            if (i, j) in out_of_order:
                continue
            if allowed > 1 and self._relabelled(expected[i], actual[j], node):
                self._flip("missing", expected[i], node, below(place, i), place)
                self._flip("extra", actual[j], node, below(place, j), place)
                allowed -= 2
            else:
                self.pair(expected[i], actual[j], item, below(place, j, i), watched=watched)
        if out_of_order:
            self._order(expected, actual, out_of_order, item, place, watched=watched)
        for i, j in moved:
            leaves = max(leaf_count(expected[i]), leaf_count(actual[j]))
            self._differ("moved", expected[i], actual[j], below(place, j, i), _rule(item), leaves)
        for kind, items, places in (("missing", expected, partners.missing), ("extra", actual, partners.extra)):
            for index in places:
                here = below(place, index)
                if allowed > 0 and self._flip(kind, items[index], node, here, place):
                    allowed -= 1
                else:
                    child = item.choose(items[index]) or item if item is not None else None
                    self._one_sided(kind, items[index], child, here)

    def _known_by(self, value: Any, node: Node) -> str | None:
        """What an item is apart from where it stands; None where that is too little to know it again."""
        if node.align is None or node.items is None:
            return sequence.identity(value)
        kept, telling = _without_place(value, node.items)
        return sequence.identity(kept) if telling else None

    def _out_of_order(
        self, expected: list[Any], actual: list[Any], partners: Partners, node: Node
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
        if found and node.align is not None and self.policy.tolerances is not None:
            by = node.align.by
            child = node.items.child(by) if node.items and not node.items.branches else None
            slack = self.policy.tolerance(child.rule.kind, child.where).abs if child is not None else 0.0
            moments: list[list[tuple[int, int]]] = []
            for pair in pairs:
                if moments and _apart(expected[moments[-1][0][0]], expected[pair[0]], by) <= slack:
                    moments[-1].append(pair)
                else:
                    moments.append([pair])
            found = sequence.displaced([pair for same in moments for pair in sorted(same, key=lambda p: p[1])])
        return found

    def _order(
        self, expected: list[Any], actual: list[Any], pairs: set[tuple[int, int]], item: Node | None, place: Place,
        *, watched: bool,
    ) -> None:  # fmt: skip
        """One difference for all items out of order; what else differs in them is said too, their leaves count once."""
        outer, self.found = self.found, Comparison()
        for i, j in sorted(pairs):
            self.pair(expected[i], actual[j], item, below(place, j, i), watched=watched)
        inner, self.found = self.found, outer
        places = [", ".join(str(pair[side]) for pair in sorted(pairs)[:20]) for side in (0, 1)]
        leaves = inner.exact + inner.within_tolerance + inner.differing
        note = f"{len(pairs)} of {len(actual)} items stand elsewhere: items {places[0]} of the expected list are "
        note += f"items {places[1]} here"
        self._differ("order", expected, actual, place, Rule(unit="items"), max(1, leaves), note=note)
        outer.differences += inner.differences
        outer.ignored += inner.ignored
        outer.uncompared += inner.uncompared
        outer.flips += inner.flips
        outer.flipped += inner.flipped
        if not leaves:
            outer.differing -= 1

    # Flips

    def _flips_left(self, expected: list[Any], actual: list[Any], node: Node) -> int:
        if node.flip is None or (rule := self.policy.flip_rule(node.flip.kind, node.where)) is None:
            return 0
        return rule.most(max(len(expected), len(actual))) if rule.budget > 0 else 0

    def _relabelled(self, expected: Any, actual: Any, node: Node) -> bool:
        """Whether partners differ in name or place by what the schema says, and noise decides on both: they are two items."""
        if node.align is None or node.items is None or not (isinstance(expected, dict) and isinstance(actual, dict)):
            return False
        names = [(name, node.items.child(name)) for name in node.align.then if not name.startswith("iou:")]
        labels = [name for name, child in names if child is not None and child.rule.kind == _EXACT_CLASS]
        boxes = [name.removeprefix("iou:") for name in node.align.then if name.startswith("iou:")]
        is_apart = any(align.are_apart(expected.get(name), actual.get(name), node.items.child(name)) for name in boxes)
        if not is_apart and all(expected.get(name) == actual.get(name) for name in labels):
            return False
        return self._score(expected, node) is not None and self._score(actual, node) is not None

    def _score(self, value: Any, node: Node) -> float | None:
        """The item's score when it is so near the threshold that noise decides on the item; None when it does not."""
        if node.flip is None or (rule := self.policy.flip_rule(node.flip.kind, node.where)) is None:
            return None
        if node.flip.score is None:
            return rule.threshold
        score = value.get(node.flip.score) if isinstance(value, dict) else None
        if isinstance(score, bool) or not isinstance(score, int | float) or not rule.near(score):
            return None
        return score

    def _flip(self, kind: Any, value: Any, node: Node, here: Place, place: Place) -> bool:
        """Whether noise decides on this item; then it is counted as a flip."""
        if node.flip is None or (score := self._score(value, node)) is None:
            return False
        rule = self.policy.flip_rule(node.flip.kind, node.where)
        assert rule is not None
        path = text(here, expected=kind == "missing")
        self.found.flips.append(Flip(path, kind, text(place), score, rule.threshold, rule.margin, node.flip.kind))
        self.found.flipped += leaf_count(value)
        return True

    # Leaves

    def _json_texts(self, expected: str, actual: str, node: Node, place: Place) -> None:
        try:
            left, right = json.loads(expected), json.loads(actual)
        except ValueError:
            self._leaves(expected, actual, node, place)
            return
        # No validator looked into the text.
        outer, self.quick = self.quick, False
        self.pair(left, right, node.content, below(place, INSIDE), watched=bool(self.policy.declared))
        self.quick = outer

    def _leaves(self, expected: Any, actual: Any, node: Node, place: Place) -> None:
        rule = node.rule
        is_number = isinstance(expected, int | float) and not isinstance(expected, bool)
        if is_number and not (math.isfinite(expected) and math.isfinite(actual)):
            self._differ("schema", expected, actual, place, rule, note="NaN and infinity are no values")
        elif node.types and not any(has_type(actual, name) for name in node.types) and not _stands_in(expected, actual):
            self._differ("schema", expected, actual, place, rule, note=f"expected {' or '.join(sorted(node.types))}")
        elif expected == actual:
            self.found.exact += 1
        elif is_number or (isinstance(expected, str) and self._measures_text(node)):
            self._distance(expected, actual, node, place)
        else:
            self._differ("value", expected, actual, place, rule)

    def _measures_text(self, node: Node) -> bool:
        tolerance = self.policy.tolerance(node.rule.kind, node.where)
        return tolerance.unit.lower() in UNITS

    def _distance(self, expected: Any, actual: Any, node: Node, place: Place) -> None:
        rule, tolerance = node.rule, self.policy.tolerance(node.rule.kind, node.where)
        if isinstance(expected, str):
            magnitude, allowed, unit = error_rate(expected, actual, tolerance.unit), tolerance.abs, tolerance.unit
            is_near = allowed > 0 and passes(0.0, magnitude, allowed)
        else:
            magnitude, allowed, unit = abs(actual - expected), tolerance.allowed(expected), rule.unit
            is_near = passes(expected, actual, allowed)
        if is_near:
            self.found.within_tolerance += 1
            return
        kind = rule.kind if self.policy.tolerances is not None else None
        self.found.differing += 1
        self.found.differences.append(
            Difference(
                text(place), "value", expected, actual, magnitude=magnitude, unit=unit, allowed=allowed,
                would_pass=magnitude, note=f"class {kind}" if kind else "",
                expected_path=expected_elsewhere(place), tolerance_class=kind,
            )
        )  # fmt: skip

    def _ignored(self, expected: Any, actual: Any, node: Node | None, place: Place, *, watched: bool) -> bool:
        policy = self.policy
        path = text(place) if watched else ""
        entry = policy.declared_at(path) if watched else None
        if entry is not None:
            if isinstance(actual, dict | list):
                raise ContractError(
                    f"declared difference {entry.artifact} {entry.path}: stands on a "
                    f"{'list' if isinstance(actual, list) else 'object'}, may stand on a single leaf only"
                )
            sides = [(policy.expected_by, expected)] if policy.expected_by else []
            for configuration, value in [*sides, (policy.actual_by, actual)]:
                if not entry.fits(configuration, value):
                    pattern = entry.patterns[configuration].pattern
                    note = f"declared for {configuration} as {pattern!r}, which its value does not meet"
                    self._differ("value", expected, actual, place, _NO_RULE, note=note)
                    return True
            self.found.ignored.append(Ignored(path, "declared", entry.reason))
            return True
        rule = node.rule if node is not None else _NO_RULE
        if rule.volatile is not None:
            self.found.ignored.append(Ignored(text(place), "volatile", rule.volatile))
            return True
        if rule.environment is not None and policy.tolerances is not None:
            self.found.ignored.append(Ignored(text(place), "environment", rule.environment))
            return True
        return False

    def _watched(self, place: Place) -> bool:
        """Whether a declared difference may stand at ``place`` or below."""
        here = _INDEX.sub("[*]", text(place))
        return any(_INDEX.sub("[*]", entry.path).startswith(here) for entry in self.policy.declared)

    def _one_sided(self, kind: Any, value: Any, node: Node | None, place: Place) -> None:
        if node is None:
            self._uncovered(value, place)
        else:
            sides = (value, None) if kind == "missing" else (None, value)
            self._differ(kind, *sides, place, Rule(), leaf_count(value))

    def _uncovered(self, value: Any, place: Place) -> None:
        if isinstance(value, dict) and value:
            for key, item in value.items():
                self._uncovered(item, below(place, key))
        elif isinstance(value, list) and value:
            for index, item in enumerate(value):
                self._uncovered(item, below(place, index))
        else:
            self.found.uncompared.append(text(place))

    # Counting

    def _count(self, leaves: int, within: int) -> None:
        self.found.exact += leaves - within
        self.found.within_tolerance += within

    def _differ(
        self, kind: Kind, expected: Any, actual: Any, place: Place, rule: Rule, leaves: int = 1, *, note: str = ""
    ) -> None:
        path = text(place, expected=kind == "missing")
        elsewhere = expected_elsewhere(place) if kind not in ("missing", "extra") else None
        self.found.differing += leaves
        self.found.differences.append(
            Difference(path, kind, expected, actual, unit=rule.unit, note=note, expected_path=elsewhere)
        )


def _agreeing(left: list[Any], right: list[Any], near: align.Near, *, quick: bool) -> tuple[int, int, list[int]]:
    """How many pairs agree from the start, how many of their leaves within tolerance only, which pairs are not equal."""
    within, unequal, index = 0, [], -1
    for index, (a, b) in enumerate(zip(left, right, strict=False)):
        if quick and a == b:
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


def _same_leaf(expected: Any, actual: Any, node: Node) -> bool:
    """Whether two values are leaves of which nothing is to be said."""
    kind, kinds = type(expected), node.scalars
    if kinds is None or kind not in kinds or kind is not type(actual) or expected != actual:
        return False
    return kind is not float or expected - expected == 0


def _never(expected: Any, actual: Any) -> int:
    return -1


def _rule(node: Node | None) -> Rule:
    return node.rule if node is not None else _NO_RULE


def _renamed(
    expected: Mapping[str, Any],
    actual: Mapping[str, Any],
    gone: Sequence[str],
    new: Sequence[str],
    node: Node | None,
) -> dict[str, str]:
    """Old key → new key, for keys of one side only whose values are equal; each is used once.

    Where the schema knows the new name too, the value must be one that two fields do not share by chance.
    """
    values: dict[str, list[str]] = {}
    for key in new:
        if node is not None and node.child(key) is not None and not _tells(actual[key]):
            continue
        values.setdefault(sequence.identity(actual[key]), []).append(key)
    found = {}
    for key in gone:
        if same := values.get(sequence.identity(expected[key])):
            found[key] = same.pop(0)
    return found


def _tells(value: Any) -> bool:
    """Whether two values of this kind are hardly equal by chance."""
    if isinstance(value, str):
        return len(value) >= _TELLING
    return leaf_count(value) > 1 or (isinstance(value, float) and value - value == 0 and not value.is_integer())


def _without_place(value: Any, node: Node | None) -> tuple[Any, bool]:
    """``value`` without the leaves that say where it stands, and whether what is left tells it from others."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        parts = {k: _without_place(v, node.child(k) if node else None) for k, v in value.items()}
        return {k: v for k, (v, _) in parts.items()}, any(telling for _, telling in parts.values())
    if isinstance(value, list):
        items = [_without_place(v, node.item(i) if node else None) for i, v in enumerate(value)]
        return [v for v, _ in items], any(telling for _, telling in items)
    if node is not None and node.rule.unit in _WHERE:
        return None, False
    return value, (node is None or node.values is None) and _tells(value)


def _apart(one: Any, other: Any, by: str) -> float:
    values = [item.get(by) if isinstance(item, dict) else None for item in (one, other)]
    if all(isinstance(value, int | float) and not isinstance(value, bool) for value in values):
        return abs(values[0] - values[1])
    return 0.0 if values[0] == values[1] else math.inf
