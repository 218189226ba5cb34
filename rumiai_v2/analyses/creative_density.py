"""How many creative elements each second shows, which, and how that changes (long: an analysis is one file)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import combinations, pairwise
from typing import Any

from rumiai_v2.analyses import series
from rumiai_v2.analyses.base import Analysis, Missing, Reason
from rumiai_v2.analyses.events import Event, VideoEvents

#: The kinds of elements and the service that finds each.
SERVICE_OF = {
    "text": "ocr",
    "sticker": "ocr",
    "transition": "scene_detection",
    "object": "yolo",
    "gesture": "mediapipe",
    "expression": "emotion_detection",
}
SERVICES = ("yolo", "mediapipe", "ocr", "scene_detection", "emotion_detection")
#: Kinds that can be active together in a second.
ACTIVE = ("text", "object", "gesture", "expression", "transition")
PAIRS = tuple("_".join(pair) for pair in combinations(sorted(ACTIVE), 2))
#: Kinds that can be a second's primary element, with their labels, in the order of ties.
PRIMARY = {"text": "text", "object": "object", "gesture": "gesture", "transition": "scene_change"}
#: Names of the kinds in Quality.detectionReliability, and why one is null when nothing was found.
RELIABILITY: dict[str, tuple[str, Reason]] = {
    "textOverlay": ("text", "no_text"),
    "sticker": ("sticker", "not_measurable"),
    "transition": ("transition", "no_cuts"),
    "sceneChange": ("transition", "no_cuts"),
    "object": ("object", "not_measurable"),
    "gesture": ("gesture", "not_measurable"),
    "expression": ("expression", "no_face"),
}


@dataclass(frozen=True)
class Density:
    """What is visible, per kind and second; kinds whose service did not run are absent from ``seen``."""

    events: VideoEvents
    seen: Mapping[str, list[list[Event]]]

    @classmethod
    def of(cls, events: VideoEvents) -> Density:
        found = {
            "text": events.texts,
            "sticker": events.stickers,
            "transition": events.changes,
            "object": events.objects,
            "gesture": events.gestures,
            "expression": events.expressions,
        }
        return cls(events, {k: events.per_bin(v) for k, v in found.items() if not events.unavailable(SERVICE_OF[k])})

    def count(self, kind: str, second: int) -> int:
        """Elements of one kind in a second: a track once, an expression once however often it was sampled."""
        visible = self.seen[kind][second]
        if kind == "object":
            return len({e.data["track_id"] for e in visible})
        return min(1, len(visible)) if kind == "expression" else len(visible)

    @cached_property
    def counts(self) -> dict[str, list[int]]:
        return {k: [self.count(k, b.index) for b in self.events.bins] for k in self.seen}

    @cached_property
    def totals(self) -> list[int]:
        """c(s): elements of all kinds per second."""
        return [sum(column) for column in zip(*self.counts.values(), strict=True)]

    @cached_property
    def average(self) -> float:
        parts = zip(self.totals, self.events.bins, strict=True)
        return float(sum(c * b.length for c, b in parts) / self.events.duration)

    @cached_property
    def sigma(self) -> float:
        return series.spread(self.totals)

    @cached_property
    def active(self) -> list[list[str]]:
        """The active kinds of each second."""
        return [[k for k in ACTIVE if k in self.seen and self.counts[k][b.index]] for b in self.events.bins]

    def distinct(self, kind: str) -> list[Event]:
        """Every event of a kind that is visible in some second, once."""
        return list({id(e): e for visible in self.seen[kind] for e in visible}.values())

    def confidence(self, kinds: Iterable[str]) -> float | None:
        return series.mean(e.confidence for k in kinds if k in self.seen for e in self.distinct(k))

    def lacking(self, kinds: Iterable[str], needed: int) -> Reason | None:
        """Why a figure that needs ``needed`` of the kinds has too few: the first service that gave none."""
        kinds = list(kinds)
        if sum(k in self.seen for k in kinds) >= needed:
            return None
        return self.events.unavailable(*(SERVICE_OF[k] for k in kinds))


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    density = Density.of(VideoEvents.of(unified))
    missing = Missing()
    return {
        "CoreMetrics": _core(density, missing),
        "Dynamics": _dynamics(density, missing),
        "Interactions": _interactions(density, missing),
        "KeyEvents": _key_events(density, missing),
        "Patterns": _patterns(density, missing),
        "Quality": _quality(density, missing),
    }


def _core(d: Density, missing: Missing) -> dict[str, Any]:
    none = d.lacking(SERVICE_OF, 1)

    def value(name: str, of: Callable[[], Any]) -> Any:
        return missing.unless(none, f"CoreMetrics.{name}", of)

    def per_kind(name: str, of: Callable[[str], int]) -> dict[str, int | None]:
        return {
            k: missing.unless(d.events.unavailable(s), f"CoreMetrics.{name}.{k}", partial(of, k))
            for k, s in SERVICE_OF.items()
        }

    filled = [b for b, kinds in zip(d.events.bins, d.totals or [0] * len(d.events.bins), strict=True) if kinds]
    return {
        "avgDensity": value("avgDensity", lambda: d.average),
        "maxDensity": value("maxDensity", lambda: float(max(d.totals))),
        "minDensity": value("minDensity", lambda: float(min(d.totals))),
        "stdDeviation": value("stdDeviation", lambda: d.sigma),
        "totalElements": value("totalElements", lambda: sum(d.totals)),
        "elementsPerSecond": value("elementsPerSecond", lambda: d.average),
        "elementCounts": per_kind("elementCounts", lambda k: sum(d.counts[k])),
        "distinctElements": per_kind("distinctElements", lambda k: len(d.distinct(k))),
        "sceneChangeCount": missing.unless(
            d.events.unavailable("scene_detection"), "CoreMetrics.sceneChangeCount", lambda: sum(d.counts["transition"])
        ),
        "timelineCoverage": value("timelineCoverage", lambda: series.ratio(series.time_of(filled), d.events.duration)),
        "confidence": _confidence(d, missing, "CoreMetrics", SERVICE_OF),
    }


def _dynamics(d: Density, missing: Missing) -> dict[str, Any]:
    none = d.lacking(SERVICE_OF, 1)
    if none:
        for name in ("densityCurve", "emptySeconds"):
            missing(f"Dynamics.{name}", none)
    short: Reason | None = none or ("too_short" if len(d.totals) < 3 else None)
    empty: Reason | None = short or ("not_measurable" if not any(d.totals) else None)
    return {
        "densityCurve": [
            {"second": s, "density": c, "primaryElement": _primary(d, s)} for s, c in enumerate(d.totals[:100])
        ],
        "volatility": missing.unless(none, "Dynamics.volatility", lambda: d.sigma / (d.average + 0.001)),
        "accelerationPattern": missing.unless(short, "Dynamics.accelerationPattern", lambda: _acceleration(d)),
        "densityProgression": missing.unless(empty, "Dynamics.densityProgression", lambda: series.trend(d.totals)),
        "emptySeconds": [s for s, c in enumerate(d.totals) if c == 0][:50],
        "confidence": _confidence(d, missing, "Dynamics", SERVICE_OF),
    }


def _interactions(d: Density, missing: Missing) -> dict[str, Any]:
    if reason := d.lacking(ACTIVE, 3):
        missing("Interactions.multiModalPeaks", reason)
    together = {
        pair: [b.index for b in d.events.bins if set(pair.split("_")) <= set(d.active[b.index])] for pair in PAIRS
    }
    strong = [b for b in d.events.bins if len(d.active[b.index]) >= 3]
    peaks = sorted(strong, key=lambda b: (-len(d.active[b.index]), -d.totals[b.index], b.index))[:10]
    return {
        "multiModalPeaks": [
            {
                "timestamp": series.range_label(b.index, b.index + 1),
                "elements": d.active[b.index],
                "syncType": "reinforcing" if len(d.active[b.index]) >= 4 else "complementary",
            }
            for b in sorted(peaks, key=lambda b: b.index)
        ],
        "elementCooccurrence": {
            pair: missing.unless(
                d.events.unavailable(*(SERVICE_OF[k] for k in pair.split("_"))),
                f"Interactions.elementCooccurrence.{pair}",
                partial(len, seconds),
            )
            for pair, seconds in together.items()
        },
        "dominantCombination": missing.unless(
            d.lacking(ACTIVE, 2), "Interactions.dominantCombination", lambda: _dominant(d, together)
        ),
        "coordinationScore": missing.unless(
            d.lacking(ACTIVE, 3),
            "Interactions.coordinationScore",
            lambda: series.ratio(series.time_of(strong), d.events.duration),
        ),
        "confidence": _confidence(d, missing, "Interactions", ACTIVE),
    }


def _key_events(d: Density, missing: Missing) -> dict[str, Any]:
    if none := d.lacking(SERVICE_OF, 1):
        for name in ("peakMoments", "deadZones", "densityShifts"):
            missing(f"KeyEvents.{name}", none)
    # A constant series has no peak, whatever the last bits of its mean say.
    peaks = [s for s, c in enumerate(d.totals) if d.sigma > 0 and series.above(c, d.average + d.sigma)][:10]
    if peaks:
        for kind, service in SERVICE_OF.items():
            if reason := d.events.unavailable(service):
                missing(f"KeyEvents.peakMoments.elementBreakdown.{kind}", reason)
        if reason := d.events.unavailable("scene_detection"):
            missing("KeyEvents.peakMoments.elementBreakdown.scene_change", reason)
    return {
        "peakMoments": [
            {
                "timestamp": series.range_label(s, s + 1),
                "totalElements": d.totals[s],
                "surpriseScore": (d.totals[s] - d.average) / (d.sigma + 0.001),
                "elementBreakdown": _breakdown(d, s),
            }
            for s in peaks
        ],
        "deadZones": [
            {"start": a, "end": b, "duration": b - a} for a, b in series.runs([c == 0 for c in d.totals]) if b - a >= 2
        ][:5],
        "densityShifts": _shifts(d.totals),
        "confidence": _confidence(d, missing, "KeyEvents", SERVICE_OF),
    }


def _patterns(d: Density, missing: Missing) -> dict[str, Any]:
    none = d.lacking(SERVICE_OF, 1)
    short: Reason | None = none or ("too_short" if len(d.totals) < 3 else None)

    def flag(name: str, reason: Reason | None, of: Callable[[], bool]) -> bool | None:
        return missing.unless(reason, f"Patterns.structuralFlags.{name}", of)

    def value(name: str, reason: Reason | None, of: Callable[[], Any]) -> Any:
        return missing.unless(reason, f"Patterns.{name}", of)

    if none:
        missing("Patterns.mlTags", none)
    first, last = _thirds(d.totals) if short is None else (0.0, 0.0)
    return {
        "structuralFlags": {
            "strongOpeningHook": flag("strongOpeningHook", short, lambda: series.above(first, 1.2 * d.average)),
            "crescendoPattern": flag("crescendoPattern", short, lambda: series.above(last, first)),
            "frontLoaded": flag("frontLoaded", short, lambda: _acceleration(d) == "front_loaded"),
            "consistentPacing": flag("consistentPacing", none, lambda: series.above(0.3 * d.average, d.sigma)),
            "finalCallToAction": flag(
                "finalCallToAction",
                none,
                # A constant series never rises, whatever the last bits of its mean say.
                lambda: d.sigma > 0 and len(d.totals) >= 5 and series.above(sum(d.totals[-5:]) / 5, d.average),
            ),
            "rhythmicPattern": flag("rhythmicPattern", none, lambda: series.above(0.2 * d.average, d.sigma)),
        },
        "densityClassification": value(
            "densityClassification", none, lambda: _class(d.average, (1, "sparse"), (5, "moderate"), "dense")
        ),
        "pacingStyle": value("pacingStyle", short, lambda: _acceleration(d)),
        "cognitiveLoadCategory": value(
            "cognitiveLoadCategory", none, lambda: _class(d.average, (2, "minimal"), (4, "optimal"), "challenging")
        ),
        "mlTags": [] if none else ["density_computed", f"avg_{d.average:.1f}"],
        "confidence": _confidence(d, missing, "Patterns", SERVICE_OF),
    }


def _quality(d: Density, missing: Missing) -> dict[str, Any]:
    completeness = sum(d.events.unavailable(s) is None for s in SERVICES) / len(SERVICES)
    reliability = {}
    for name, (kind, nothing) in RELIABILITY.items():
        path = f"Quality.detectionReliability.{name}"
        reliability[name] = value = d.confidence([kind])
        if value is None:
            found = kind in d.seen and d.distinct(kind)
            missing(path, d.events.unavailable(SERVICE_OF[kind]) or ("not_measurable" if found else nothing))
    confidence = d.confidence(SERVICE_OF)
    overall = None if confidence is None else completeness * confidence
    if overall is None:
        missing("Quality.overallConfidence", d.lacking(SERVICE_OF, 1) or "not_measurable")
    return {
        "dataCompleteness": completeness,
        "detectionReliability": reliability,
        "overallConfidence": overall,
        "missingDataPoints": missing.points,
    }


def _confidence(d: Density, missing: Missing, block: str, kinds: Iterable[str]) -> float | None:
    """Mean detector confidence of the elements a block was made from."""
    value = d.confidence(kinds)
    if value is None:
        missing(f"{block}.confidence", d.lacking(kinds, 1) or "not_measurable")
    return value


def _primary(d: Density, second: int) -> str:
    counts = {label: d.counts[kind][second] for kind, label in PRIMARY.items() if kind in d.seen}
    best = max(counts, key=counts.__getitem__, default="none")
    return best if counts.get(best) else "none"


def _thirds(totals: Sequence[int]) -> tuple[float, float]:
    """Mean count of the first ⌊n/3⌋ and of the last ⌈n/3⌉ seconds."""
    n = len(totals)
    last = -(-n // 3)
    return sum(totals[: n // 3]) / (n // 3), sum(totals[-last:]) / last


def _acceleration(d: Density) -> str:
    first, last = _thirds(d.totals)
    if series.above(first, 1.5 * last):
        return "front_loaded"
    if series.above(last, 1.5 * first):
        return "back_loaded"
    return "oscillating" if series.above(d.sigma, 0.5 * d.average) else "even"


def _dominant(d: Density, together: Mapping[str, list[int]]) -> str:
    votes = []
    for pair, seconds in together.items():
        for s in seconds:
            confidences = [e.confidence or 0.0 for kind in pair.split("_") for e in d.seen[kind][s]]
            votes.append((pair, sum(confidences)))
    return series.most_common(votes) or "none"


def _breakdown(d: Density, second: int) -> dict[str, int | None]:
    counts = {k: d.counts[k][second] if k in d.seen else None for k in SERVICE_OF}
    return {**counts, "scene_change": counts["transition"]}


def _shifts(totals: Sequence[int]) -> list[dict[str, Any]]:
    """Seconds in which the level of density changes by more than half of its maximum, the ten largest first."""
    top = max(totals, default=0)
    shifts: list[dict[str, Any]] = [
        {"timestamp": s, "from": _level(a), "to": _level(b), "magnitude": abs(b - a) / (top + 0.001)}
        for s, (a, b) in enumerate(pairwise(totals), 1)
        if _level(a) != _level(b)
    ]
    return sorted((x for x in shifts if x["magnitude"] > 0.5), key=lambda x: (-x["magnitude"], x["timestamp"]))[:10]


def _level(count: int) -> str:
    return "none" if count == 0 else _class(count, (2, "low"), (5, "medium"), "high", inclusive=True)


def _class(value: float, low: tuple[int, str], middle: tuple[int, str], high: str, *, inclusive: bool = False) -> str:
    """Name of the range a value is in; the middle range holds its upper limit, the low one only if ``inclusive``."""
    if value < low[0] or (inclusive and value == low[0]):
        return low[1]
    return middle[1] if value <= middle[0] else high


ANALYSIS = Analysis(name="creative_density", prefix="density", compute=compute)
