"""A schema compiled into nodes that a walk follows: per leaf its unit, class and whether it is ignored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from parity.contract.meaning import Pattern
from parity.paths import INSIDE

#: Types of what holds other values.
CONTAINERS = frozenset({"object", "array"})
#: The Python types of each type of JSON Schema, in which integers and reals are told apart (1.0 is no integer).
PYTHON: Mapping[str, tuple[type, ...]] = {
    "null": (type(None),), "boolean": (bool,), "integer": (int,), "number": (float, int), "string": (str,),
    "array": (list,), "object": (dict,),
}  # fmt: skip
#: Python types of the numbers in a document: a bool is none.
NUMBERS = frozenset({int, float})


@dataclass(frozen=True)
class Rule:
    """How one leaf is compared. ``volatile`` and ``environment`` hold the reason when they apply."""

    unit: str | None = None
    kind: str = "exact"
    volatile: str | None = None
    environment: str | None = None


@dataclass(frozen=True)
class Align:
    """How items of a list find their partner: ``by`` orders them, partners are at most ``within`` apart in its unit.

    ``then``: what decides between several, the heaviest first; ``iou:FIELD`` is the overlap of boxes.
    """

    by: str
    within: float = 0.0
    then: tuple[str, ...] = ()


@dataclass(frozen=True)
class FlipAt:
    """Whose noise decides whether an item is in its list: the item's field ``score``, by the flip rule ``kind``.

    ``score`` is None where items have none: any of them may be a flip.
    """

    score: str | None
    kind: str


@dataclass(eq=False)
class Node:
    """One place of a schema. ``branches`` are the alternatives of oneOf/anyOf; ``content`` the schema of a JSON text.

    ``types`` is empty where any type is allowed, ``values`` where no value is (the schema false), ``closed`` true where
    unnamed keys are forbidden. ``series`` is true for a list that is a curve; ``length`` is (minItems, maxItems);
    ``is_plain_list`` is true where a list's validity is that of its items and its least length. ``made`` holds what a
    walk compiled from the node.
    """

    where: str
    rule: Rule = Rule()
    types: frozenset[str] = frozenset()
    properties: dict[str, Node] = field(default_factory=dict)
    patterns: tuple[tuple[Pattern, Node], ...] = ()
    additional: Node | None = None
    closed: bool = False
    required: frozenset[str] = frozenset()
    prefix: tuple[Node, ...] = ()
    items: Node | None = None
    branches: tuple[Node, ...] = ()
    values: tuple[Any, ...] | None = None
    content: Node | None = None
    validator: Any = None
    align: Align | None = None
    flip: FlipAt | None = None
    series: bool = False
    box: str | None = None
    #: What the annotation says for reports, as it stands there: series, box, media_time.
    drawn: Mapping[str, Any] = field(default_factory=dict)
    length: tuple[int, int | None] = (0, None)
    is_plain_list: bool = False
    made: dict[Any, Any] = field(default_factory=dict, repr=False)

    def child(self, key: str) -> Node | None:
        """The node of property ``key``; None when no schema covers it."""
        if (node := self.properties.get(key)) is not None:
            return node
        for each, node in self.patterns:
            if each.search(key):
                return node
        return self.additional

    def item(self, index: int) -> Node | None:
        """The node of list item ``index``; None when no schema covers it."""
        return self.prefix[index] if index < len(self.prefix) else self.items

    def below(self, step: str | int) -> Node | None:
        """The node one step further; None when no schema covers it."""
        if step is INSIDE:
            return self.content
        return self.item(step) if isinstance(step, int) else self.child(step)

    def choose(self, value: object) -> Node | None:
        """This node with the alternative that fits ``value``; None when no alternative does."""
        if not self.branches:
            return self
        fitting = self.alternative(value)
        if fitting is None:
            return None
        chosen = fitting.choose(value)
        if chosen is None or not self._has_own_places:
            return chosen
        if chosen not in self.made:
            self.made[chosen] = overlay(chosen, self)
        overlaid: Node = self.made[chosen]
        return overlaid

    @property
    def covers(self) -> bool:
        """Whether it says what stands here; a node without type or values does not."""
        return bool(self.types or self.values is not None)

    @property
    def inside(self) -> list[Node]:
        """The nodes right below this one, of whatever kind."""
        singles = [node for node in (self.additional, self.items, self.content) if node is not None]
        return [*self.properties.values(), *(node for _, node in self.patterns), *self.prefix, *self.branches, *singles]

    @cached_property
    def kinds(self) -> frozenset[type]:
        """The Python types of the values whose types the schema names."""
        return frozenset(kind for name in self.types for kind in PYTHON[name])

    def admits(self, value: object) -> bool:
        """Whether the schema allows the type of ``value``; any where it names none."""
        return not self.types or type(value) in self.kinds

    @cached_property
    def scalars(self) -> frozenset[type] | None:
        """Python types of the values of a leaf that is always compared; None for any other node."""
        rule = self.rule
        if self.branches or self.content is not None or rule.volatile is not None or rule.environment is not None:
            return None
        if not self.types or self.types & CONTAINERS:
            return None
        return self.kinds

    @cached_property
    def optional(self) -> tuple[Node, Node] | None:
        """The alternatives "null" and "something", where these are all and the something has a type."""
        null = [branch for branch in self.branches if branch.types == {"null"}]
        other = [branch for branch in self.branches if branch.types and branch.types != {"null"}]
        return (null[0], other[0]) if len(null) == len(other) == 1 and len(self.branches) == 2 else None

    @cached_property
    def tags(self) -> tuple[str, Mapping[Any, Node]] | None:
        """The key whose constant tells all alternatives apart, and the alternative of each constant."""
        if len(self.branches) < 2:
            return None
        for key in self.branches[0].properties:
            found = [branch.properties.get(key) for branch in self.branches]
            values = [node.values[0] for node in found if node is not None and node.values and len(node.values) == 1]
            if len({v for v in values if isinstance(v, str)}) == len(self.branches):
                return key, dict(zip(values, self.branches, strict=True))
        return None

    def alternative(self, value: object) -> Node | None:
        """The one of ``branches`` that fits ``value``; None when none does. A tag decides alone."""
        if self.tags is not None and isinstance(value, dict):
            tag = value.get(self.tags[0])
            return self.tags[1].get(tag) if isinstance(tag, str) else None
        if self.optional is not None:
            null, other = self.optional
            return null if value is None else other if other.admits(value) else None
        # What says nothing, like the schema true, is the last choice.
        candidates = sorted(
            filter(lambda branch: branch._looks_like(value), self.branches), key=lambda branch: branch.says_nothing
        )
        if len(candidates) > 1:
            candidates = [branch for branch in candidates if branch.validator.is_valid(value)] or candidates
        return candidates[0] if candidates else None

    @property
    def _has_own_places(self) -> bool:
        return bool(self.properties or self.patterns or self.items or self.rule != Rule())

    @property
    def says_nothing(self) -> bool:
        """Whether any value is allowed here, and nothing is said of it: the schema true, or one without a word."""
        inside = self.branches or self.prefix or self.additional or self.content
        return not (self.types or inside or self._has_own_places or self.values is not None)

    def _looks_like(self, value: object) -> bool:
        """Cheap test by type, named keys and constants: enough to tell tagged alternatives apart."""
        if self.branches and not self.types:
            return any(branch._looks_like(value) for branch in self.branches)
        if not self.admits(value):
            return False
        if self.values is not None and value not in self.values:
            return False
        if not isinstance(value, dict):
            return True
        if not self.required <= value.keys():
            return False
        if self.closed and any(self.child(key) is None for key in value.keys() - self.properties.keys()):
            return False
        tagged = ((key, node.values) for key, node in self.properties.items() if node.values is not None)
        return all(key not in value or value[key] in values for key, values in tagged)


def overlay(base: Node, own: Node) -> Node:
    """``base`` with everything ``own`` says added; ``own`` wins."""
    return replace(
        base,
        where=own.where,
        rule=own.rule if own.rule != Rule() else base.rule,
        types=own.types or base.types,
        properties={**base.properties, **own.properties},
        patterns=(*own.patterns, *base.patterns),
        additional=own.additional or base.additional,
        closed=own.closed or base.closed,
        required=own.required | base.required,
        prefix=own.prefix or base.prefix,
        items=own.items or base.items,
        values=own.values if own.values is not None else base.values,
        content=own.content or base.content,
        validator=own.validator or base.validator,
        align=own.align or base.align,
        flip=own.flip or base.flip,
        series=own.series or base.series,
        box=own.box or base.box,
        drawn={**base.drawn, **own.drawn},
        length=own.length if own.length != (0, None) else base.length,
        is_plain_list=False,
        made={},
    )
