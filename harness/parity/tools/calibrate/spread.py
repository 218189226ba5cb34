"""How far two runs lie apart, value by value: gathered per field, per class and per kind of flip."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from parity.compare.difference import Comparison, Difference, Flip
from parity.compare.tolerance import Tolerances
from parity.documents import Nowhere, at
from parity.paths import pattern
from parity.reals import nearest


def field_of(artifact: str, path: str) -> str:
    """The field that ``path`` belongs to: indices become ``[*]``, keys that begin with a digit ``*``."""
    return f"{artifact}:{pattern(path)}"


def nothing_passes(tolerances: Tolerances) -> Tolerances:
    """``tolerances`` in which every inequality is reported and every scored one-sided item is a flip."""
    classes = {name: replace(each, abs=0.0, rel=0.0) for name, each in tolerances.items()}
    flips = {name: replace(rule, margin=math.inf, budget=2.0) for name, rule in tolerances.flips.items()}
    return Tolerances(classes, flips)


@dataclass
class Spread:
    """Values of one field or class that were unequal under one condition.

    ``abs``: the largest distance; ``rel``: the largest share of the expected value among distances above the class'
    absolute floor. ``where``: case and path of the largest distance.
    """

    changed: int = 0
    abs: float = 0.0
    rel: float = 0.0
    where: str = ""

    def take(self, magnitude: float, expected: Any, *, floor: float, where: str) -> None:
        """One unequal value."""
        self.changed += 1
        if magnitude > self.abs or not self.where:
            self.abs, self.where = max(self.abs, magnitude), where
        size = abs(nearest(expected)) if isinstance(expected, int | float) else 1.0
        if magnitude > floor and size:
            self.rel = max(self.rel, magnitude / size)

    def merge(self, other: Spread) -> Spread:
        """Both together."""
        larger = self if self.abs >= other.abs else other
        return Spread(self.changed + other.changed, larger.abs, max(self.rel, other.rel), larger.where)


@dataclass
class Flipped:
    """Items of one flip rule that one side lacked. ``share``: the largest of all lists; ``farthest`` from the threshold."""

    items: int = 0
    share: float = 0.0
    farthest: float = 0.0
    where: str = ""

    def merge(self, other: Flipped) -> Flipped:
        """Both together."""
        larger = self if self.farthest >= other.farthest else other
        return Flipped(self.items + other.items, max(self.share, other.share), larger.farthest, larger.where)


@dataclass
class Discrete:
    """What changed in a field and is no distance: another text, flag or count, an item without partner."""

    count: int = 0
    example: str = ""


@dataclass
class Observed:
    """Everything seen under one condition. ``leaves`` were compared in ``pairs`` pairs of runs.

    ``follows`` are the fields that teach nothing, for what stands there is computed from others that do.
    """

    pairs: int = 0
    leaves: int = 0
    unequal: int = 0
    cases: set[str] = field(default_factory=set)
    fields: dict[str, tuple[str, Spread]] = field(default_factory=dict)
    flips: dict[str, Flipped] = field(default_factory=dict)
    discrete: dict[str, Discrete] = field(default_factory=dict)
    follows: dict[str, tuple[str, Spread]] = field(default_factory=dict)

    def classes(self) -> dict[str, Spread]:
        """The spread per tolerance class."""
        found: dict[str, Spread] = {}
        for name, spread in self.fields.values():
            found[name] = found.get(name, Spread()).merge(spread)
        return found

    def merge(self, other: Observed) -> Observed:
        """Both together; the fields of both keep their class."""
        made = Observed(self.pairs + other.pairs, self.leaves + other.leaves, self.unequal + other.unequal)
        made.cases, made.flips = self.cases | other.cases, dict(self.flips)
        made.fields, made.follows = _merged(self.fields, other.fields), _merged(self.follows, other.follows)
        for name, flipped in other.flips.items():
            made.flips[name] = made.flips.get(name, Flipped()).merge(flipped)
        for source in (self.discrete, other.discrete):
            for name, each in source.items():
                before = made.discrete.get(name, Discrete())
                made.discrete[name] = Discrete(before.count + each.count, before.example or each.example)
        return made


def _merged(
    one: Mapping[str, tuple[str, Spread]], two: Mapping[str, tuple[str, Spread]]
) -> dict[str, tuple[str, Spread]]:
    made = dict(one)
    for name, (kind, spread) in two.items():
        made[name] = (kind, made[name][1].merge(spread) if name in made else spread)
    return made


@dataclass(frozen=True)
class Where:
    """What is observed: an artifact of a case, and of every class the floor below which no share is taken."""

    case: str
    artifact: str
    floors: Mapping[str, float]

    def at(self, path: str) -> str:
        """A place in it, for people."""
        return f"{self.case} {self.artifact}:{path}"


def observe(
    comparison: Comparison,
    documents: tuple[Any, Any],
    where: Where,
    teaches: Callable[[str], bool] = lambda path: True,
) -> Observed:
    """What a comparison of ``documents`` under ``nothing_passes`` says.

    ``teaches`` says of a path whether tolerances are learnt from what stands there.
    """
    unequal = comparison.differing + comparison.flipped
    found = Observed(leaves=comparison.leaves, unequal=unequal, cases={where.case})
    for difference in comparison.differences:
        _take(found, found.fields if teaches(difference.path) else found.follows, difference, where)
    flips: dict[tuple[str, str], list[Flip]] = {}
    for flip in comparison.flips:
        flips.setdefault((flip.rule, flip.list_path), []).append(flip)
    for (rule, path), each in flips.items():
        items = max(_length(document, path) for document in documents)
        farthest = max(each, key=lambda flip: abs(flip.score - flip.threshold))
        distance = abs(farthest.score - farthest.threshold)
        flipped = Flipped(len(each), len(each) / items, distance, where.at(farthest.path))
        found.flips[rule] = found.flips.get(rule, Flipped()).merge(flipped)
    return found


def _take(found: Observed, fields: dict[str, tuple[str, Spread]], difference: Difference, where: Where) -> None:
    name, kind = field_of(where.artifact, difference.path), difference.tolerance_class
    counted = kind == "exact" and isinstance(difference.expected, int)  # a count moves by whole steps, or not at all
    if difference.kind != "value" or difference.magnitude is None or kind is None or counted:
        before = found.discrete.setdefault(name, Discrete())
        before.count += 1
        before.example = before.example or f"{where.case}: {difference.text(expected='before', actual='now')}"
        return
    spread, floor = fields.setdefault(name, (kind, Spread()))[1], where.floors.get(kind, 0.0)
    spread.take(difference.magnitude, difference.expected, floor=floor, where=where.at(difference.path))


def _length(document: Any, path: str) -> int:
    """Items of the list at ``path``; a flip may stand at another place on the other side."""
    try:
        found = at(document, path)
    except Nowhere:
        return 1
    return max(1, len(found)) if isinstance(found, list) else 1
