"""Tolerance classes: how far a value may lie from its golden, and which one-sided items count as flips."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Annotated, Any

from parity import reading
from parity.typed import Amount, Closed, Must, Text, is_number, is_object
from parity.verdict import ContractError

#: Budgets are shares; this much of an item is rounding of the share, not an item.
_ROUNDING = 1e-9
_EPSILON = sys.float_info.epsilon
_OBJECT = Must("be an object", is_object)
Share = Annotated[Amount, Must("be a share from 0 to 2", lambda value: not is_number(value) or value <= 2)]


@dataclass(frozen=True)
class Apart(Closed):
    """What a class allows for another encoding."""

    keys_said = "must have the keys"
    abs: Amount
    rel: Amount


@dataclass(frozen=True)
class Tolerance(Closed):
    """``allowed = max(abs, rel · |expected|)``, in ``unit``; ``provenance`` says where the numbers come from.

    ``encodings`` is what stands in the file for another encoding of the same video, as in a flip rule.
    """

    keys_said = "must have the keys"
    abs: Amount
    rel: Amount
    unit: Text
    provenance: Text
    encodings: Annotated[Apart | None, _OBJECT] = field(default=None, repr=False)

    def allowed(self, expected: float) -> float:
        """The largest distance from ``expected`` that passes."""
        try:
            return max(self.abs, self.rel * abs(expected))
        except OverflowError:  # an integer beyond the doubles, whose distances are whole
            return max(self.abs, int(Fraction(self.rel) * abs(expected)))


@dataclass(frozen=True)
class Near(Closed):
    """What a flip rule allows for another encoding."""

    keys_said = "must have the keys"
    margin: Amount
    budget: Share


@dataclass(frozen=True)
class FlipRule(Closed):
    """When an item that one side lacks is a flip: its score lies within ``margin`` of ``threshold`` (same unit).

    ``budget``: how many flips there may be, as a share of the longer list's items; 2 where every item of both lists may
    be one. A score below its detector's threshold does not occur, so the margin matters on one side only.
    """

    keys_said = "must have the keys"
    threshold: Amount
    margin: Amount
    budget: Share
    provenance: Text
    encodings: Annotated[Near | None, _OBJECT] = field(default=None, repr=False)

    def near(self, score: float) -> bool:
        """Whether an item with ``score`` may have fallen on the other side of the threshold."""
        return passes(self.threshold, score, self.margin)

    def most(self, items: int) -> int:
        """How many of ``items`` (length of the longer list) may be flips; any budget above 0 allows one."""
        return math.ceil(self.budget * items - _ROUNDING)


@dataclass(frozen=True)
class Tolerances(Mapping[str, Tolerance]):
    """Tolerance classes by name, as a mapping, and with them the flip rules (``flips``) by name.

    Those of this object hold for the same media; ``encodings`` are those for another encoding of the same video.
    """

    classes: Mapping[str, Tolerance]
    flips: Mapping[str, FlipRule] = field(default_factory=dict)
    _encodings: Tolerances | None = None

    def __getitem__(self, name: str) -> Tolerance:
        return self.classes[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.classes)

    def __len__(self) -> int:
        return len(self.classes)

    @property
    def encodings(self) -> Tolerances:
        """The classes and flip rules for another encoding of the same video; these where the file has none."""
        return self._encodings or self


#: Units of tolerance classes that measure texts.
UNITS = frozenset({"cer", "wer"})
EXACT = Tolerance(abs=0.0, rel=0.0, unit="any", provenance="by definition")


def passes(expected: float, actual: float, allowed: float) -> bool:
    """Whether the distance is at most ``allowed``; the subtraction's own rounding does not decide the edge."""
    if expected == actual:
        return True
    try:
        distance = abs(actual - expected)
    except OverflowError:
        return False  # an integer beyond the doubles is near no real
    if isinstance(distance, int):
        # Integers are subtracted without rounding: only ``allowed`` may be rounded.
        return distance <= allowed or (isinstance(allowed, float) and distance <= allowed * (1 + 2 * _EPSILON))
    return allowed > 0 and distance <= allowed + 2 * _EPSILON * max(abs(expected), abs(actual))


def error_rate(expected: str, actual: str, unit: str) -> float:
    """Edits per character (``cer``) or per word (``wer``) of ``expected``; 1 for each edit where it is empty."""
    from rapidfuzz.distance import Levenshtein

    if unit.lower() == "cer":
        return Levenshtein.distance(expected, actual) / max(1, len(expected))
    words = expected.split()
    return Levenshtein.distance(words, actual.split()) / max(1, len(words))


def agree(expected: str, actual: str, tolerance: Tolerance) -> bool:
    """Whether two texts lie no further apart than ``tolerance``, which measures texts, allows."""
    return passes(0.0, error_rate(expected, actual, tolerance.unit), tolerance.abs)


def distance(expected: str, actual: str) -> float:
    """0 for equal texts to 1 for texts that have nothing in common."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_distance(expected, actual)


def load(file: Path) -> Tolerances:
    """The classes and flip rules in ``file`` (schemas/tolerances.schema.json); ``exact`` must be zero."""
    try:
        document = reading.json_file(file)
        table, rules = dict(document["classes"]), dict(document.get("flips", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, reading.Unfit) as error:
        raise ContractError(
            f"{file}: cannot be read as tolerance classes: {error}; mend it, or take it back from git"
        ) from error
    try:
        classes = {name: reading.model(Tolerance, entry, place=f"class {name!r}") for name, entry in table.items()}
        flips = {name: reading.model(FlipRule, entry, place=f"flip rule {name!r}") for name, entry in rules.items()}
    except reading.Unfit as unfit:
        raise ContractError(f"{file}: {unfit}; mend it, or take it back from git") from unfit
    here, elsewhere = (
        Tolerances(_of(classes, encodings=other), _of(flips, encodings=other)) for other in (False, True)
    )
    for exact in (here.get("exact"), elsewhere.get("exact")):
        if exact is None or exact.abs or exact.rel:
            raise ContractError(f"{file}: class 'exact' must stand there with abs 0 and rel 0, got {exact}")
    return replace(here, _encodings=elsewhere)


def _of(entries: Mapping[str, Any], *, encodings: bool) -> dict[str, Any]:
    """What each entry allows, for the same media or for another encoding."""
    others = {name: vars(each.encodings) for name, each in entries.items() if encodings and each.encodings is not None}
    return {name: replace(each, encodings=None, **others.get(name, {})) for name, each in entries.items()}
