"""person_framing: how large, where and how steadily people are in the picture, and whether they look at the camera."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from rumiai_v2.analyses import series
from rumiai_v2.analyses.base import Analysis, Missing, Reason
from rumiai_v2.analyses.events import SLIVER, VideoEvents
from rumiai_v2.analyses.people import People

#: Lower limits of the face's share of the frame (%), largest first.
SHOTS = ((25.0, "close"), (8.0, "medium"), (0.0, "wide"))
SIZES = ((45.0, "extreme_close"), (25.0, "close"), (8.0, "medium"), (0.0, "full"))
DISTANCES = ((25.0, "intimate"), (8.0, "personal"), (2.0, "social"))


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    events = VideoEvents.of(unified)
    people = People.of(events)
    missing = Missing()
    return {
        "CoreMetrics": _core(people, missing),
        "Dynamics": _dynamics(people, missing),
        "Interactions": _interactions(people, missing),
        "KeyEvents": _key_events(people, missing),
        "Patterns": _patterns(people, missing),
        "Quality": _quality(people, missing),
    }


def shot(area: float | None) -> str:
    """Shot type by the largest face's share of the frame (%)."""
    return _named(area, SHOTS) if area else "none"


def _core(p: People, missing: Missing) -> dict[str, Any]:
    count = p.persons_reason

    def value(name: str, reason: Reason | None, of: Callable[[], Any]) -> Any:
        return missing.unless(reason, f"CoreMetrics.{name}", of)

    return {
        "primarySubject": value(
            "primarySubject",
            count or ("no_face" if p.max_persons == 0 else None),
            lambda: "multiple" if p.max_persons > 1 else "single",
        ),
        "averageFaceSize": value("averageFaceSize", p.nothing, lambda: series.mean(p.known_areas)),
        "faceVisibilityRate": value("faceVisibilityRate", p.not_run, lambda: round(p.share_of_time(p.has_face), 2)),
        "framingConsistency": value(
            "framingConsistency",
            p.nothing or ("too_short" if len(p.known_areas) < 2 else None),
            lambda: 1 - len(_changes(p)) / (len(p.known_areas) - 1),
        ),
        "subjectCount": value("subjectCount", count, lambda: p.max_persons),
        "dominantFraming": value("dominantFraming", p.places_unknown, lambda: _dominant_framing(p)),
        "eyeContactRate": value(
            "eyeContactRate",
            p.gaze_unknown,
            lambda: round(p.share_of_time([g is not None and g > 0.5 for g in p.eye_contact]), 2),
        ),
    }


def _dynamics(p: People, missing: Missing) -> dict[str, Any]:
    movement = p.movement
    looks = [g for g in p.eye_contact if g is not None]
    if p.nothing:
        missing("Dynamics.framingProgression", p.nothing)

    def value(name: str, reason: Reason | None, of: Callable[[], Any]) -> Any:
        return missing.unless(reason, f"Dynamics.{name}", of)

    def moved() -> float:
        return series.mean(movement) or 0.0

    return {
        "gazeSteadiness": value(
            "gazeSteadiness", p.gaze_unknown or (None if looks else "no_face"), lambda: _steadiness(looks)
        ),
        "framingProgression": [] if p.nothing else _progression(p),
        "distanceVariation": value(
            "distanceVariation", p.nothing, lambda: series.spread(p.known_areas) / statistics.fmean(p.known_areas)
        ),
        "framingTransitions": value("framingTransitions", p.places_unknown, lambda: len(_changes(p))),
        "movementPattern": value(
            "movementPattern",
            p.movement_reason,
            lambda: "static" if moved() < 0.02 else "moderate" if moved() < 0.08 else "dynamic",
        ),
        "stabilityScore": value("stabilityScore", p.movement_reason, lambda: max(0.0, 1 - moved() / 0.2)),
    }


def _interactions(p: People, missing: Missing) -> dict[str, Any]:
    events = p.events
    speech = _speech_reason(p)
    zones = p.places_unknown or ("not_measurable" if events.size is None else None)
    if zones:
        missing("Interactions.interactionZones", zones)
    return {
        "multiPersonDynamics": {
            "maxPersons": missing.unless(
                p.persons_reason, "Interactions.multiPersonDynamics.maxPersons", lambda: p.max_persons
            ),
            "multipleRatio": missing.unless(
                p.persons_reason,
                "Interactions.multiPersonDynamics.multipleRatio",
                lambda: p.share_of_time([n > 1 for n in p.persons]),
            ),
        },
        "speakerFraming": {
            "speechWithFaceRatio": missing.unless(
                speech, "Interactions.speakerFraming.speechWithFaceRatio", lambda: _speech_with_face(p)
            ),
        },
        "interactionZones": [] if zones else [_range(p, a, b) for a, b in p.close_together()],
        "socialDistance": missing.unless(
            p.nothing,
            "Interactions.socialDistance",
            lambda: _named(statistics.fmean(p.known_areas), DISTANCES, "public"),
        ),
    }


def _key_events(p: People, missing: Missing) -> dict[str, Any]:
    lists: dict[str, Reason | None] = {
        "closeUpMoments": p.places_unknown,
        "groupShots": p.persons_reason,
        "framingChanges": p.places_unknown,
        "keySubjectMoments": p.places_unknown or p.events.unavailable("scene_detection"),
    }
    for name, reason in lists.items():
        if reason:
            missing(f"KeyEvents.{name}", reason)
    close = series.runs([shot(a) == "close" for a in p.areas])
    group = series.runs([n > 1 for n in p.persons]) if p.persons_reason is None else []
    return {
        "closeUpMoments": [_range(p, a, b) for a, b in close],
        "groupShots": [_range(p, a, b) for a, b in group],
        "framingChanges": [
            {"timestamp": float(second), "from": before, "to": after} for second, before, after in _changes(p)
        ],
        "keySubjectMoments": _largest_per_scene(p),
    }


def _patterns(p: People, missing: Missing) -> dict[str, Any]:
    faced = series.time_of(b for b, a in zip(p.events.bins, p.areas, strict=True) if a)

    def share(name: str) -> float:
        inside = (b for b, a in zip(p.events.bins, p.areas, strict=True) if a and _named(a, SIZES) == name)
        return series.ratio(series.time_of(inside), faced)

    return {
        "framingDistribution": {
            name: missing.unless(p.nothing, f"Patterns.framingDistribution.{name}", partial(share, name))
            for _, name in SIZES
        },
        "compositionRule": missing.unless(p.nothing, "Patterns.compositionRule", lambda: _composition_rule(p)),
        "cinematicStyle": missing("Patterns.cinematicStyle", "not_measurable"),
        "framingTechnique": missing("Patterns.framingTechnique", "not_measurable"),
    }


def _quality(p: People, missing: Missing) -> dict[str, Any]:
    unknown: Reason | None = p.nothing or ("not_measurable" if p.events.size is None else None)
    return {
        "compositionScore": missing.unless(unknown, "Quality.compositionScore", lambda: _composition_score(p)),
        **{
            name: missing(f"Quality.{name}", "not_measurable")
            for name in ("framingAppropriate", "visualEngagement", "professionalLevel", "overallScore")
        },
        "missingDataPoints": missing.points,
    }


def _named(value: float, limits: tuple[tuple[float, str], ...], otherwise: str = "") -> str:
    """Name of the first limit that the value is above."""
    return next((name for limit, name in limits if value > limit), otherwise)


def _range(p: People, start: float, end: float) -> dict[str, float]:
    return {"start": float(start), "end": float(min(end, p.events.duration))}


def _changes(p: People) -> list[tuple[int, str, str]]:
    """Changes of the shot type over the seconds with a face: (second of the new type, before, after)."""
    shots = [(b.index, shot(a)) for b, a in zip(p.events.bins, p.areas, strict=True) if a]
    return [(second, before, after) for (_, before), (second, after) in pairwise(shots) if before != after]


def _dominant_framing(p: People) -> str:
    votes = [(shot(a), b.length, c) for b, a, c in zip(p.events.bins, p.areas, p.face_confidence, strict=True) if a]
    return series.heaviest(votes) or "none"


def _progression(p: People) -> list[dict[str, Any]]:
    """Stretches of one shot type in whole seconds; the last one ends with the last second, however short that is."""
    out: list[dict[str, Any]] = []
    for second, kind in enumerate(map(shot, p.areas)):
        if not out or out[-1]["type"] != kind:
            out.append({"type": kind, "start": second, "end": second, "duration": 0})
        out[-1]["end"] = second + 1
        out[-1]["duration"] += 1
    return out


def _steadiness(looks: list[float]) -> str:
    """How little eye contact varies between seconds; looking away counts like any other value."""
    variance = series.sample_spread(looks) ** 2
    return "high" if variance < 0.05 else "medium" if variance < 0.15 else "low"


def _speech_reason(p: People) -> Reason | None:
    if reason := p.not_run or p.events.unavailable("whisper"):
        return reason
    track = p.events.ml["whisper"].get("metadata", {}).get("has_audio")
    if p.events.has_audio is False or track is False:
        return "no_audio"
    return None if any(e.duration > 0 for e in p.events.speech) else "no_speech"


def _speech_with_face(p: People) -> float:
    """Share of the speech time that lies in seconds with a face."""
    total = with_face = 0.0
    for start, end in series.union((e.start, e.end) for e in p.events.speech):
        for b, face in zip(p.events.bins, p.has_face, strict=True):
            spoken = max(0.0, min(end, b.end) - max(start, b.start))
            total += spoken
            with_face += spoken if face else 0.0
    return series.ratio(with_face, total) if total else 0.0


def _largest_per_scene(p: People) -> list[float]:
    """Per scene the moment of its largest face; of more than ten the ten largest, in time order."""
    moments = []
    for scene in p.events.scenes:
        inside = [
            (round(f.area, 6), -f.t) for f in p.faces if f.area and scene.start - SLIVER <= f.t < scene.end - SLIVER
        ]
        if inside:
            area, t = max(inside)
            moments.append((area, -t))
    largest = sorted(moments, key=lambda m: (-m[0], m[1]))[:10]
    return sorted(t for _, t in largest)


def _composition_rule(p: People) -> str:
    """Where the face's centre is: near a third line, in the middle third, or neither; the most frequent answer."""
    votes = []
    for centre, confidence in zip(p.centres, p.face_confidence, strict=True):
        if centre is None:
            continue
        thirds = any(abs(c - line) <= 1 / 12 for c in centre for line in (1 / 3, 2 / 3))
        middle = all(1 / 3 <= c <= 2 / 3 for c in centre)
        votes.append(("thirds" if thirds else "center" if middle else "off_center", confidence))
    return series.most_common(votes) or "off_center"


def _composition_score(p: People) -> float:
    """Mean over the seconds of 1 − distance to the nearest of centre and power points, in quarters of the diagonal."""
    width, height = p.events.size or (1, 1)
    points = [(1 / 2, 1 / 2), *((x, y) for x in (1 / 3, 2 / 3) for y in (1 / 3, 2 / 3))]
    reach = 0.25 * math.hypot(width, height)
    scores = [
        1 - min(1.0, min(math.hypot((x - a) * width, (y - b) * height) for a, b in points) / reach)
        for x, y in (c for c in p.centres if c is not None)
    ]
    return series.mean(scores) or 0.0


ANALYSIS = Analysis(name="person_framing", prefix="personFraming", compute=compute)
