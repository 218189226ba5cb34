"""Tolerance classes: how far a value may lie from its golden, and which one-sided items count as flips."""

from __future__ import annotations

import math
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from parity import reading
from parity.verdict import ContractError

#: Budgets are shares; this much of an item is rounding of the share, not an item.
_ROUNDING = 1e-9
_EPSILON = sys.float_info.epsilon


@dataclass(frozen=True)
class Tolerance:
    """``allowed = max(abs, rel · |expected|)``, in ``unit``; ``provenance`` says where the numbers come from."""

    abs: float
    rel: float
    unit: str
    provenance: str

    def allowed(self, expected: float) -> float:
        """The largest distance from ``expected`` that passes."""
        try:
            return max(self.abs, self.rel * abs(expected))
        except OverflowError:  # an integer beyond the doubles, whose distances are whole
            return max(self.abs, int(Fraction(self.rel) * abs(expected)))


@dataclass(frozen=True)
class FlipRule:
    """When an item that one side lacks is a flip: its score lies within ``margin`` of ``threshold`` (same unit).

    ``budget``: how many flips there may be, as a share of the longer list's items; 2 where every item of both lists may
    be one. A score below its detector's threshold does not occur, so the margin matters on one side only.
    """

    threshold: float
    margin: float
    budget: float
    provenance: str

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


def load(file: Path) -> Tolerances:
    """The classes and flip rules in ``file`` (schemas/tolerances.schema.json); ``exact`` must be zero."""
    try:
        document = reading.json_file(file)
        table, rules = dict(document["classes"]), dict(document.get("flips", {}))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, reading.Unfit) as error:
        raise ContractError(
            f"{file}: cannot be read as tolerance classes: {error}; mend it, or take it back from git"
        ) from error
    classes, elsewhere = {}, {}
    for name, entry in table.items():
        place = f"{file}: class {name!r}"
        own, other = _numbers(entry, ("abs", "rel"), ("unit", "provenance"), place)
        classes[name] = Tolerance(**own)
        elsewhere[name] = replace(classes[name], **other)
    flips, flips_elsewhere = {}, {}
    for name, entry in rules.items():
        place = f"{file}: flip rule {name!r}"
        own, other = _numbers(entry, ("margin", "budget"), ("threshold", "provenance"), place)
        flips[name] = FlipRule(**{**own, "threshold": _number(entry, "threshold", place)})
        flips_elsewhere[name] = replace(flips[name], **other)
        for rule in (flips[name], flips_elsewhere[name]):
            if rule.budget > 2:
                raise ContractError(f"{place}: budget must be a share from 0 to 2, got {rule.budget!r}")
    for exact in (classes.get("exact"), elsewhere.get("exact")):
        if exact is None or exact.abs or exact.rel:
            raise ContractError(f"{file}: class 'exact' must stand there with abs 0 and rel 0, got {exact}")
    return Tolerances(classes, flips, Tolerances(elsewhere, flips_elsewhere))


def _numbers(
    entry: Any, numbers: tuple[str, ...], others: tuple[str, ...], place: str
) -> tuple[dict[str, Any], dict[str, Any]]:
    """The entry for the same media, and what it says of other encodings; every number checked."""
    keys = {*numbers, *others}
    if not isinstance(entry, dict) or set(entry) - {"encodings"} != keys:
        raise ContractError(f"{place} must have the keys {sorted(keys)} (and may have encodings), got {entry!r}")
    own = {key: value for key, value in entry.items() if key != "encodings"}
    if odd := [key for key in others if key != "threshold" and not isinstance(own[key], str)]:
        raise ContractError(f"{place}: {odd[0]} must be a text, got {own[odd[0]]!r:.120}")
    own.update({key: _number(own, key, place) for key in numbers})
    if "encodings" not in entry:
        return own, {}
    other = entry["encodings"]
    if not isinstance(other, dict) or set(other) != set(numbers):
        raise ContractError(f"{place}: encodings must have the keys {sorted(numbers)}, got {other!r}")
    return own, {key: _number(other, key, f"{place}, encodings") for key in numbers}


def _number(entry: Mapping[str, Any], key: str, place: str) -> float:
    value = entry[key]
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= sys.float_info.max:
        raise ContractError(f"{place}: {key} must be a number from 0, got {value!r}")
    return value
