"""From spread to tolerance: ``max(floor, factor × spread)`` per class, margins and budgets of flips the same way."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, Decimal
from typing import Literal

from parity.compare.tolerance import EXACT, FlipRule, Tolerance, Tolerances
from parity.tools.calibrate.plan import FlipFloor, Floor, Media, Settings
from parity.tools.calibrate.spread import Flipped, Observed, Spread


@dataclass(frozen=True)
class Flag:
    """One tolerance that does not suit what was seen: of a class, or of a field that its class does not fit.

    ``allowed`` and ``needed`` are in the class' unit (shares for a class that grows relatively).
    """

    verdict: Literal["too tight", "too loose"]
    media: Media
    what: str
    allowed: float
    needed: float
    text: str


def propose(observed: Mapping[Media, Observed], settings: Settings, provenance: str) -> Tolerances:
    """The tolerances that follow from what was seen on the same media and on other encodings.

    Those for encodings are at least those for the same media.
    """
    same = _proposed(observed["same"], settings, "same", provenance, None)
    other = _proposed(observed["encodings"], settings, "encodings", provenance, same)
    return Tolerances(same.classes, same.flips, other)


def _proposed(
    seen: Observed, settings: Settings, media: Media, provenance: str, least: Tolerances | None
) -> Tolerances:
    spreads, factor = seen.classes(), settings.factor[media]
    classes = {"exact": EXACT}
    for name, floor in settings.classes.items():
        tolerance = _tolerance(spreads.get(name, Spread()), floor, floor.factor.get(media, factor), provenance)
        if least is not None:
            least_abs, least_rel = least[name].abs, least[name].rel
            tolerance = Tolerance(max(tolerance.abs, least_abs), max(tolerance.rel, least_rel), floor.unit, provenance)
        classes[name] = tolerance
    flips = {}
    for name, detector in settings.flips.items():
        rule = _flip_rule(seen.flips.get(name, Flipped()), detector, classes[detector.score], factor, provenance)
        if least is not None:
            other = least.flips[name]
            rule = FlipRule(rule.threshold, max(rule.margin, other.margin), max(rule.budget, other.budget), provenance)
        flips[name] = rule
    return Tolerances(classes, flips)


def _tolerance(spread: Spread, floor: Floor, factor: float, provenance: str) -> Tolerance:
    if floor.by == "rel":
        return Tolerance(floor.abs, max(floor.rel, rounded_up(factor * spread.rel)), floor.unit, provenance)
    return Tolerance(max(floor.abs, rounded_up(factor * spread.abs)), floor.rel, floor.unit, provenance)


def _flip_rule(flipped: Flipped, floor: FlipFloor, score: Tolerance, factor: float, provenance: str) -> FlipRule:
    """The margin is at least what scores may differ by: an item as far below the threshold is not reported."""
    margin = max(score.allowed(floor.threshold), rounded_up(factor * flipped.farthest))
    return FlipRule(
        floor.threshold, margin, min(2.0, max(floor.budget, rounded_up(factor * flipped.share))), provenance
    )


def rounded_up(value: float, digits: int = 2) -> float:
    """``value`` rounded up to ``digits`` significant digits; what its binary form adds beyond 12 digits is nothing."""
    if value <= 0 or not math.isfinite(value):
        return value
    exact = Decimal(f"{value:.12g}")
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - digits + 1), rounding=ROUND_CEILING))


def flags(tolerances: Tolerances, observed: Mapping[Media, Observed], settings: Settings) -> Sequence[Flag]:
    """Which tolerances are too loose or too tight for what was seen, classes first, then fields."""
    found: list[Flag] = []
    for media, seen in observed.items():
        present = tolerances if media == "same" else tolerances.encodings
        spreads = seen.classes()
        for name in settings.classes:
            spread = spreads.get(name, Spread())
            found += _tight(name, name, spread, present, settings, media)
            found += _loose(name, name, spread, present, settings, media)
        for field, (name, spread) in seen.fields.items():
            if media == "encodings":
                continue  # how wild a field is there depends on the clip: only its class is held to account
            found += _loose(field, name, spread, present, settings, media)
            if name not in settings.classes:
                found += _tight(field, name, spread, present, settings, media)
    return sorted(
        found, key=lambda flag: (flag.verdict != "too tight", flag.media != "same", ":" in flag.what, flag.what)
    )


def _by(floor: Floor | None, numbers: Tolerance | Spread | Floor) -> float:
    """The one of ``numbers`` that grows with the spread in the class of ``floor``."""
    return numbers.rel if floor is not None and floor.by == "rel" else numbers.abs


def _tight(
    what: str, name: str, spread: Spread, present: Tolerances, settings: Settings, media: Media
) -> Iterable[Flag]:
    floor = settings.classes.get(name)
    allowed, seen = _by(floor, present.get(name, EXACT)), _by(floor, spread)
    if seen > allowed:
        text = f"class {name} allows {allowed:g}, but values lay {seen:g} apart ({spread.where})"
        yield Flag("too tight", media, what, allowed, seen, text)


def _loose(
    what: str, name: str, spread: Spread, present: Tolerances, settings: Settings, media: Media
) -> Iterable[Flag]:
    floor = settings.classes.get(name)
    if floor is None or name not in present:
        return
    factor = floor.factor.get(media, settings.factor[media])
    allowed, needed = _by(floor, present[name]), max(_by(floor, floor), factor * _by(floor, spread))
    if needed > 0 and allowed > settings.loose * needed:
        text = f"{what}: class {name} allows {allowed:g}, {allowed / needed:.0f} times what is needed ({needed:g})"
        yield Flag("too loose", media, what, allowed, needed, text)
