"""What a walk has found so far, differences and how each leaf was counted, and where it stands.

A place is a chain of links to what the walk came from: it is written out only for what a report mentions.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from parity.compare.compiled import Way
from parity.compare.difference import Comparison, Difference, Kind, leaf_count
from parity.compare.policy import Policy
from parity.contract.nodes import Node, Rule
from parity.contract.visit import places
from parity.paths import written

#: A link to the place above, the step in the actual document, and the step in the expected one; None is the top.
Place = tuple[Any, "str | int", "str | int"] | None
NO_RULE = Rule()


@dataclass(frozen=True)
class Equals:
    """A list of the actual document, the places of its items that equal no partner, and how many it must have."""

    items: list[Any]
    rest: Sequence[int]
    least: int

    def without(self) -> list[Any]:
        """The list without what is as valid as its equal partner, but with enough items."""
        return [self.items[place] for place in self.rest] + self.items[: max(1, self.least)]


def rule_of(node: Node | None) -> Rule:
    """How the leaf at ``node`` is compared; the plain rule where there is no node."""
    return node.rule if node is not None else NO_RULE


@dataclass
class Tally(ABC):
    """The comparison under way, by ``policy`` and its ``way`` of comparing."""

    policy: Policy
    found: Comparison
    way: Way
    #: Whether equal items may be taken for equal in type until the end, and what was taken so.
    quick: bool = False
    equals: list[Equals] = field(default_factory=list)
    same: tuple[list[Any], list[Any]] = field(default_factory=lambda: ([], []))

    @abstractmethod
    def pair(self, expected: Any, actual: Any, node: Node | None, place: Place, *, watched: bool) -> None:
        """Compare two values at ``place`` along ``node``; ``watched``: whether something below may be declared."""

    def equal_in_type(self) -> bool:
        """Whether what was taken for equal has equal types too."""
        import orjson

        return orjson.dumps(self.same[0]) == orjson.dumps(self.same[1])

    def count(self, leaves: int, within: int) -> None:
        """Count ``leaves`` that agree, of which ``within`` only within tolerance."""
        self.found.exact += leaves - within
        self.found.within_tolerance += within

    def differ(
        self, kind: Kind, expected: Any, actual: Any, place: Place, rule: Rule, leaves: int = 1, **more: Any
    ) -> None:
        """Report one difference that covers ``leaves``; ``more``: further fields of it."""
        path = text(place, expected=kind == "missing")
        elsewhere = expected_elsewhere(place) if kind not in ("missing", "extra") else None
        self.found.differing += leaves
        fields = {"unit": rule.unit, "expected_path": elsewhere, **more}
        self.found.differences.append(Difference(path, kind, expected, actual, **fields))

    def one_sided(self, kind: Any, value: Any, node: Node | None, place: Place) -> None:
        """Report what one side alone has; without a schema it is uncompared."""
        if node is None:
            self.uncovered(value, place)
        else:
            expected, actual = (value, None) if kind == "missing" else (None, value)
            self.differ(kind, expected, actual, place, Rule(), leaf_count(value))

    def uncovered(self, value: Any, place: Place) -> None:
        """Note every leaf of a value that no schema covers."""
        self.found.uncompared += [path for path, *_ in places(value, None, text(place), holders=False)]


def below(place: Place, step: str | int, origin: str | int | None = None) -> Place:
    """``place`` one step further; ``origin`` is the step in the expected document where it is another."""
    return place, step, step if origin is None else origin


def text(place: Place, *, expected: bool = False) -> str:
    """The path in the actual document, or in the expected one."""
    steps = []
    while place is not None:
        steps.append(place[2] if expected else place[1])
        place = place[0]
    return written(reversed(steps))


def expected_elsewhere(place: Place) -> str | None:
    """The path in the expected document where that is another one."""
    step = place
    while step is not None:
        if step[1] != step[2]:
            return text(place, expected=True)
        step = step[0]
    return None
