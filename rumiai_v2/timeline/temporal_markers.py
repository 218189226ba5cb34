"""The opening five seconds, the call to action, the peaks, the curve (long: one output is one file)."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rumiai_v2.analyses import series, spoken, words
from rumiai_v2.analyses.base import Missing, Reason
from rumiai_v2.analyses.events import Bin, Event, VideoEvents

NAME = "temporal_markers"

OPENING = 5
DENSITY_CAP = 10
#: Weight of what starts in a second, for the density of the opening and for peaks.
DENSITY_WEIGHTS = {"text": 3, "scene_change": 2, "speech": 2, "gesture": 1, "object": 1, "energy_peak": 1}
PEAK_WEIGHTS = {"text": 3.0, "scene_change": 2.0, "speech": 1.5, "gesture": 1.0, "object": 1.0, "energy_peak": 1.0}
#: A peak stands out of the mean by this factor.
PEAK_FACTOR = 1.5
CTA_SHARE = 0.15
CTA_KEYWORDS = (
    "follow", "like", "subscribe", "comment", "share", "link", "bio", "check out", "click", "tap", "swipe", "buy",
    "shop", "order",
)  # fmt: skip
ENGAGEMENT_STEP = 5.0
ENGAGEMENT_WEIGHTS = {"text": 2.0, "scene_change": 1.5, "speech": 1.0, "object": 0.5}
POSITIVE_EMOTIONS = frozenset({"joy", "surprise"})
WORDING = (
    ("positive", ("amazing", "love", "great", "awesome")),
    ("warning", ("warning", "careful", "don't", "avoid")),
    ("urgent", ("urgent", "now", "quick", "fast")),
)
#: What each service adds; a density needs at least one of them.
SOURCES = ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy")


def temporal_markers(unified: Mapping[str, Any], *, generated_at: str) -> dict[str, Any]:
    """The temporal markers of a unified document; ``generated_at`` is the moment of the run (UTC, ISO 8601).

    Seconds beyond the end of a short video are null. A pure function: it does not look at ``temporalMarkers``.
    """
    events = VideoEvents.of(unified)
    missing = Missing()
    starting = _starting(events)
    return {
        "first_5_seconds": _first_seconds(events, starting, missing),
        "cta_window": _cta_window(events, missing),
        "peak_moments": _peaks(events, starting, missing),
        "engagement_curve": _engagement(events, missing),
        "metadata": {
            "video_id": unified["video_id"],
            "duration": events.duration,
            "generated_at": generated_at,
            "ml_data_available": {
                label: events.status.get(service) == "run"
                for label, service in (
                    ("yolo", "yolo"),
                    ("whisper", "whisper"),
                    ("ocr", "ocr"),
                    ("mediapipe", "mediapipe"),
                    ("scene", "scene_detection"),
                    ("audio_energy", "audio_energy"),
                    ("emotion_detection", "emotion_detection"),
                )
            },
            "missingDataPoints": missing.points,
        },
    }


def energy_peaks(events: VideoEvents) -> list[Event]:
    """Seconds that are louder than their neighbours and than mean + σ of all seconds."""
    loudness = [v or 0.0 for v in series.rms(events)] if events.samples("audio_energy", "rms_per_second") else []
    limit = (series.mean(loudness) or 0.0) + series.spread(loudness)
    return [
        Event("energy_peak", events.bins[i].start, events.bins[i].start, {})
        for i in local_maxima(loudness)
        if series.above(loudness[i], limit)
    ]


def local_maxima(values: Sequence[float]) -> list[int]:
    """Where a series is higher than before and after; of a plateau its first index, first and last value included."""
    found = []
    first = 0
    while first < len(values):
        last = first
        while last + 1 < len(values) and values[last + 1] == values[first]:
            last += 1
        rises = first == 0 or values[first - 1] < values[first]
        falls = last == len(values) - 1 or values[last + 1] < values[first]
        if rises and falls:
            found.append(first)
        first = last + 1
    return found


def _starting(events: VideoEvents) -> list[list[Event]]:
    """For each second what starts in it, in time order: texts, cuts, speech, gestures, objects, energy peaks."""
    kinds = (
        *events.texts, *events.changes, *events.speech, *events.gestures, *events.objects, *energy_peaks(events)
    )  # fmt: skip
    out: list[list[Event]] = [[] for _ in events.bins]
    for event in sorted(kinds, key=lambda e: round(e.start, 6)):
        index = events.bin_of(event.start)
        if index is not None:
            out[index].append(event)
    return out


def _density_unknown(events: VideoEvents, path: str, missing: Missing) -> bool:
    """Is there no service at all that a density could be counted from?"""
    reasons = [events.unavailable(service) for service in SOURCES]
    if None in reasons:
        return False
    missing(path, "service_failed" if "service_failed" in reasons else "not_run")
    return True


def _first_seconds(events: VideoEvents, starting: Sequence[Sequence[Event]], missing: Missing) -> dict[str, Any]:
    path = "first_5_seconds"

    def opening(kind: Sequence[Event], field: str, service: str) -> list[Event]:
        if reason := events.unavailable(service):
            missing(f"{path}.{field}", reason)
        return [e for e in kind if e.in_range(0.0, float(OPENING))]

    bins: list[Bin | None] = [events.bins[i] if i < len(events.bins) else None for i in range(OPENING)]
    if None in bins:
        for field in ("density_progression", "emotion_sequence", "expression_sequence"):
            missing(f"{path}.{field}", "too_short")
    unknown = _density_unknown(events, f"{path}.density_progression", missing)
    gestures = opening(events.gestures, "gesture_moments", "mediapipe")
    expressions = [_expression(events, b) for b in bins]
    if any(b is not None and e is None for b, e in zip(bins, expressions, strict=True)):
        missing(f"{path}.expression_sequence", events.unavailable("emotion_detection") or "no_face")
    no_words = events.unavailable("whisper")
    moods = [None if b is None else _mood(events, b, e, no_words) for b, e in zip(bins, expressions, strict=True)]
    if any(b is not None and mood is None for b, mood in zip(bins, moods, strict=True)):
        missing(f"{path}.emotion_sequence", no_words or "not_measurable")
    texts = opening(events.texts, "text_moments", "ocr")[:10]
    _note_positions(texts, f"{path}.text_moments", missing)
    return {
        "density_progression": [
            None if unknown or b is None else min(DENSITY_CAP, sum(DENSITY_WEIGHTS[e.kind] for e in starting[b.index]))
            for b in bins
        ],
        "text_moments": [_text_moment(e) for e in texts],
        "emotion_sequence": moods,
        "expression_sequence": expressions,
        "gesture_moments": [
            {"timestamp": _second(g.start), "type": g.data["type"], "confidence": g.confidence} for g in gestures[:5]
        ],
        "object_appearances": _objects(opening(events.objects, "object_appearances", "yolo"))[:5],
        "speech_segments": [
            {"start": _second(e.start), "end": _second(e.end), "text": _shortened(e.data["text"], 50)}
            for e in opening(events.speech, "speech_segments", "whisper")[:5]
        ],
        "scene_changes": [e.start for e in opening(events.changes, "scene_changes", "scene_detection")],
    }


def _expression(events: VideoEvents, second: Bin | None) -> str | None:
    """The emotion of the second: the most frequent of its samples."""
    if second is None:
        return None
    return series.most_common(
        (e.data["emotion"], e.confidence) for e in events.expressions if e.in_range(second.start, second.end)
    )


def _mood(events: VideoEvents, second: Bin, expression: str | None, no_words: Reason | None) -> str | None:
    """The face decides; a neutral or absent one leaves it to the wording of what is said in the second.

    None when neither a face nor, for the reason given, the speech is known.
    """
    if expression is not None and expression != "neutral":
        return "positive" if expression in POSITIVE_EMOTIONS else "warning"
    if no_words:
        return expression
    for segment in events.speech:
        if segment.in_range(second.start, second.end):
            for mood, listed in WORDING:
                if words.contains(segment.data["text"], listed):
                    return mood
    return "neutral"


def _cta_window(events: VideoEvents, missing: Missing) -> dict[str, Any]:
    path = "cta_window"
    start, end = (1 - CTA_SHARE) * events.duration, events.duration

    def late(kind: Sequence[Event]) -> list[Event]:
        return [e for e in kind if e.in_range(start, end)]

    no_text, no_words = events.unavailable("ocr"), events.unavailable("whisper")
    no_objects = events.unavailable("yolo")
    for field, reason in (
        ("cta_appearances", no_text and no_words),
        ("object_focus", no_objects),
        ("text_overlays", no_text),
    ):
        if reason:
            missing(f"{path}.{field}", reason)
    speech, texts, gestures = late(events.speech), late(events.texts), late(events.gestures)
    _note_positions(texts[:10], f"{path}.text_overlays", missing)
    return {
        "time_range": series.range_label(int(start), int(end)),
        "cta_appearances": [
            {
                "timestamp": _second(e.start),
                "keyword": keyword,
                "context": e.data["text"].lower()[:100],
                "type": e.kind,
            }
            for e in sorted([*speech, *texts], key=lambda e: e.start)
            for keyword in CTA_KEYWORDS
            if words.contains(e.data["text"], [keyword])
        ],
        "gesture_sync": _gesture_sync(events, gestures, speech, missing),
        "object_focus": _objects(late(events.objects)),
        "speech_emphasis": _emphasis(events, speech, missing),
        "text_overlays": [_text_moment(e) for e in texts[:10]],
    }


def _gesture_sync(
    events: VideoEvents, gestures: Sequence[Event], speech: Sequence[Event], missing: Missing
) -> dict[str, Any]:
    path = "cta_window.gesture_sync"
    no_gestures, no_words = events.unavailable("mediapipe"), events.unavailable("whisper")
    if no_gestures:
        missing(f"{path}.gesture_count", no_gestures)
    if no_words:
        missing(f"{path}.speech_count", no_words)
    ratio = None
    if no_gestures or no_words or not gestures:
        missing(f"{path}.sync_ratio", no_gestures or no_words or "not_measurable")
    else:
        ratio = sum(any(s.start <= g.start < s.end for s in speech) for g in gestures) / len(gestures)
    return {
        "gesture_count": None if no_gestures else len(gestures),
        "speech_count": None if no_words else len(speech),
        "sync_ratio": ratio,
    }


def _emphasis(events: VideoEvents, speech: Sequence[Event], missing: Missing) -> dict[str, Any]:
    fields = ("speech_duration", "word_count", "words_per_second", "segment_count")
    if reason := events.unavailable("whisper"):
        return {field: missing(f"cta_window.speech_emphasis.{field}", reason) for field in fields}
    duration = math.fsum(e.duration for e in speech)
    count = sum(len(spoken.words_of(e)) for e in speech)
    return {
        "speech_duration": duration,
        "word_count": count,
        "words_per_second": count / duration if duration else 0.0,
        "segment_count": len(speech),
    }


def _peaks(events: VideoEvents, starting: Sequence[Sequence[Event]], missing: Missing) -> list[dict[str, Any]]:
    """The five strongest seconds, by intensity, then time."""
    if _density_unknown(events, "peak_moments", missing):
        return []
    density = [math.fsum(PEAK_WEIGHTS[e.kind] for e in second) for second in starting]
    usual = series.mean(density) or 0.0
    peaks = [i for i in local_maxima(density) if series.above(density[i], PEAK_FACTOR * usual)]
    return [
        {
            "timestamp": events.bins[i].start,
            "intensity": density[i],
            "events": [_described(e) for e in starting[i]],
        }
        for i in sorted(peaks, key=lambda i: (-density[i], i))[:5]
    ]


def _engagement(events: VideoEvents, missing: Missing) -> list[float]:
    """One value in [0, 1] per five seconds, from what is visible or audible in them; the last may be shorter."""
    kinds = ("ocr", "scene_detection", "whisper", "yolo")
    reasons = [events.unavailable(service) for service in kinds]
    if None not in reasons:
        missing("engagement_curve", "service_failed" if "service_failed" in reasons else "not_run")
        return []
    curve = []
    for index in range(math.ceil(events.duration / ENGAGEMENT_STEP)):
        start = index * ENGAGEMENT_STEP
        end = min(start + ENGAGEMENT_STEP, events.duration)
        everything = (*events.texts, *events.changes, *events.speech, *events.objects)
        score = math.fsum(ENGAGEMENT_WEIGHTS[e.kind] for e in everything if e.in_range(start, end))
        curve.append(round(min(score / 10, 1.0), 2))
    return curve


def _objects(objects: Sequence[Event]) -> list[dict[str, Any]]:
    """Per class the second it is first seen in and how many different ones there are; earliest first."""
    classes: dict[str, list[Event]] = {}
    for one in objects:
        classes.setdefault(one.data["class"], []).append(one)
    ordered = sorted(classes.items(), key=lambda item: (min(e.start for e in item[1]), item[0]))
    return [
        {
            "class": name,
            "first_appearance": _second(min(e.start for e in seen)),
            "count": len({e.data["track_id"] for e in seen}),
        }
        for name, seen in ordered
    ]


def _text_moment(text: Event) -> dict[str, Any]:
    return {
        "timestamp": _second(text.start),
        "text": text.data["text"],
        "duration": text.duration,
        "position": text.data["position"],
    }


def _note_positions(texts: Sequence[Event], path: str, missing: Missing) -> None:
    if any(text.data["position"] is None for text in texts):
        missing(f"{path}.position", "not_measurable")


def _described(event: Event) -> str:
    return f"text: {event.data['text'][:30]}" if event.kind == "text" else event.kind


def _shortened(text: str, letters: int) -> str:
    return text if len(text) <= letters else text[:letters] + "..."


def _second(t: float) -> str:
    return f"{int(t)}s"
