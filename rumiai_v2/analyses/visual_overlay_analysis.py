"""Texts and stickers on screen: how many, when, and what happens with them (long: an analysis is one file)."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rumiai_v2.analyses import series, spoken, words
from rumiai_v2.analyses.base import Analysis, Missing, Reason
from rumiai_v2.analyses.events import SHORTEST_BIN, SLIVER, Event, VideoEvents

WINDOWS = 10
#: A text goes with speech that starts, or a gesture that is held, within this time (s) of its own start.
REACH = 1.0
#: Texts that start within this time (s) of each other come in a burst.
BURST_GAP = 2.0
CTA_WORDS = ("buy", "shop", "click", "link", "follow", "subscribe", "comment", "share", "order", "get")
SHOWN_LETTERS = 50


@dataclass(frozen=True)
class Window:
    """A stretch of the video (s) and how many texts are visible in it."""

    start: float
    end: float
    count: int

    @property
    def label(self) -> str:
        return f"{_short(self.start)}-{_short(self.end)}s"


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    """The six blocks of visual_overlay_analysis. Windows are max(1 s, D/10) long, the last ends at D."""
    events = VideoEvents.of(unified)
    missing = Missing()
    texts = [text for text in events.texts if text.data["text"].strip()]
    reason = events.unavailable("ocr")
    windows = [] if reason else _windows(events.duration, texts)
    rhythm = _rhythm(texts, reason, missing)
    first = min((e.start for e in (*texts, *events.stickers)), default=None)
    dynamics = _dynamics(texts, windows, first, rhythm, events.duration, reason, missing)
    interactions, reinforced = _interactions(events, texts, reason, missing)
    ctas = [(text, word) for text in texts if (word := words.first_listed(text.data["text"], CTA_WORDS))]
    return {
        "CoreMetrics": _core(events, texts, reason, missing),
        "Dynamics": dynamics,
        "Interactions": interactions,
        "KeyEvents": _key_events(texts, windows, ctas, reason, missing),
        "Patterns": _patterns(events, texts, ctas, rhythm, dynamics, reinforced, reason, missing),
        "Quality": {
            **_quality(events, texts, reason, missing),
            "missingDataPoints": missing.points,
        },
    }


def _core(events: VideoEvents, texts: Sequence[Event], reason: Reason | None, missing: Missing) -> dict[str, Any]:
    fields = (
        "totalOverlays", "totalTextOverlays", "totalStickers", "uniqueOverlayCount", "overlayDensity",
        "uniqueOverlayRatio", "timeToFirstOverlay", "avgOverlayDuration", "overlayFrequency", "confidence",
    )  # fmt: skip
    if reason:
        return {field: missing(f"CoreMetrics.{field}", reason) for field in fields}
    overlays = [*texts, *events.stickers]
    unique = len({text.data["text"].strip().casefold() for text in texts})
    lasting = series.mean(e.duration for e in overlays)
    return {
        "totalOverlays": len(overlays),
        "totalTextOverlays": len(texts),
        "totalStickers": len(events.stickers),
        "uniqueOverlayCount": unique,
        "overlayDensity": round(len(overlays) / events.duration, 3),
        "uniqueOverlayRatio": round(unique / len(overlays), 3) if overlays else 0.0,
        "timeToFirstOverlay": (
            round(min(e.start for e in overlays), 2)
            if overlays
            else missing("CoreMetrics.timeToFirstOverlay", "no_text")
        ),
        "avgOverlayDuration": (
            round(lasting, 2) if lasting is not None else missing("CoreMetrics.avgOverlayDuration", "no_text")
        ),
        "overlayFrequency": round(len(overlays) / (events.duration / 60), 2),
        "confidence": _confidence("CoreMetrics", overlays, missing),
    }


def _dynamics(
    texts: Sequence[Event],
    windows: Sequence[Window],
    first: float | None,
    rhythm: float | None,
    duration: float,
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    if reason:
        missing("Dynamics.overlayProgression", reason)
    acceleration = _acceleration(windows)
    if acceleration is None:
        missing("Dynamics.overlayAcceleration", reason or "too_short")
    starts = [text.start for text in texts]
    return {
        "overlayProgression": [
            {
                "timestamp": w.label,
                "overlayCount": w.count,
                "density": round(w.count / (w.end - w.start), 3),
            }
            for w in windows
        ],
        "rhythmConsistency": None if rhythm is None else round(rhythm, 3),
        "overlayAcceleration": acceleration,
        "temporalDistribution": (
            missing("Dynamics.temporalDistribution", reason or "no_text")
            if reason or first is None
            else "front_loaded"
            if series.above(0.3 * duration, first)
            else "balanced"
        ),
        "burstPatterns": (
            missing("Dynamics.burstPatterns", reason)
            if reason
            else sum(b - a < BURST_GAP - SLIVER for a, b in pairwise(starts))
        ),
        "confidence": _confidence("Dynamics", texts, missing, reason),
    }


def _interactions(
    events: VideoEvents, texts: Sequence[Event], reason: Reason | None, missing: Missing
) -> tuple[dict[str, Any], int | None]:
    """The block, and how many texts come with speech or a gesture (None when unknown)."""
    without_speech = reason or events.unavailable("whisper")
    without_gestures = reason or events.unavailable("mediapipe")

    def spoken_to(text: Event) -> bool:
        return any(abs(s.start - text.start) <= REACH + SLIVER for s in events.speech)

    def shown_with(text: Event) -> bool:
        return any(g.start - REACH - SLIVER <= text.start <= g.end + REACH + SLIVER for g in events.gestures)

    with_speech = [not without_speech and spoken_to(text) for text in texts]
    with_gesture = [not without_gestures and shown_with(text) for text in texts]

    def share(field: str, flags: Sequence[bool], unavailable: Reason | None) -> float | None:
        if unavailable or not flags:
            return missing(f"Interactions.{field}", unavailable or "no_text")
        return sum(flags) / len(flags)

    speech = share("overlaySpeechAlignment", with_speech, without_speech)
    gesture = share("overlayGestureSync", with_gesture, without_gestures)
    coherence = series.mean((speech, gesture))
    if coherence is None:
        missing("Interactions.crossModalCoherence", reason or ("no_text" if not texts else without_speech or "no_text"))
    unknown = without_speech or without_gestures
    reinforced = None
    if unknown:
        missing("Interactions.multimodalReinforcementCount", unknown)
        missing("Interactions.multimodalMoments", unknown)
    else:
        reinforced = sum(a or b for a, b in zip(with_speech, with_gesture, strict=True))
    entered = [*texts, *events.speech, *events.gestures] if texts else []
    return {
        "overlaySpeechAlignment": None if speech is None else round(speech, 3),
        "overlayGestureSync": None if gesture is None else round(gesture, 3),
        "multimodalReinforcementCount": reinforced,
        "multimodalMoments": [
            {
                "timestamp": f"{int(text.start)}s",
                "textContent": _shortened(text),
                "hasSpeech": a,
                "hasGesture": b,
            }
            for text, a, b in zip(texts, with_speech, with_gesture, strict=True)
            if (a or b) and not unknown
        ][:5],
        "crossModalCoherence": None if coherence is None else round(coherence, 3),
        "confidence": _confidence("Interactions", entered, missing, reason),
    }, reinforced


def _key_events(
    texts: Sequence[Event],
    windows: Sequence[Window],
    ctas: Sequence[tuple[Event, str]],
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    if reason:
        for field in ("overlayPeaks", "ctaMoments", "quietMoments"):
            missing(f"KeyEvents.{field}", reason)
    most = max((w.count for w in windows), default=0)
    usual = series.mean(w.count for w in windows) or 0.0
    peaks = [w for w in windows if series.above(w.count, 1.5 * usual)]
    climax = max(peaks, key=lambda w: w.count, default=None)
    if climax is None:
        missing("KeyEvents.climaxMoment", reason or ("not_measurable" if texts else "no_text"))
    return {
        "overlayPeaks": [
            {"timestamp": w.label, "overlayCount": w.count, "intensity": round(w.count / most, 2)} for w in peaks
        ],
        "ctaMoments": [
            {"timestamp": f"{int(text.start)}s", "ctaType": word, "textContent": _shortened(text)}
            for text, word in ctas[:3]
        ],
        "climaxMoment": climax.label if climax else None,
        "quietMoments": [w.label for w in windows if w.count == 0],
        "confidence": _confidence("KeyEvents", texts, missing, reason),
    }


def _patterns(
    events: VideoEvents,
    texts: Sequence[Event],
    ctas: Sequence[tuple[Event, str]],
    rhythm: float | None,
    dynamics: Mapping[str, Any],
    reinforced: int | None,
    reason: Reason | None,
    missing: Missing,
) -> dict[str, Any]:
    acceleration = dynamics["overlayAcceleration"]
    if acceleration is None:
        missing("Patterns.pacingPattern", reason or "too_short")
    if reason:
        missing("Patterns.overlayTechniques", reason)
        kinds = ("overlayStrategy", "engagementArchetype", "contentFocus", "confidence")
        unknown = {field: missing(f"Patterns.{field}", reason) for field in kinds}
        return {**unknown, "overlayTechniques": [], "pacingPattern": None}
    density = (len(texts) + len(events.stickers)) / events.duration
    techniques = {
        "direct_cta": bool(ctas),
        "rhythmic_timing": (rhythm or 0.0) > 0.7,
        "dynamic_pacing": acceleration in ("accelerating", "decelerating"),
        "multimodal_reinforcement": bool(texts) and (reinforced or 0) > 0.3 * len(texts),
    }
    return {
        "overlayStrategy": "heavy" if density > 1.0 else "moderate" if density > 0.5 else "minimal",
        "overlayTechniques": [name for name, used in techniques.items() if used],
        "engagementArchetype": (
            "conversion_focused" if len(ctas) > 2 else "attention_grabbing" if density > 0.8 else "informational"
        ),
        "pacingPattern": acceleration,
        "contentFocus": "product_focused" if len(ctas) > 1 else "informational",
        "confidence": _confidence("Patterns", texts, missing),
    }


def _quality(events: VideoEvents, texts: Sequence[Event], reason: Reason | None, missing: Missing) -> dict[str, Any]:
    if reason:
        fields = (
            "dataCompleteness", "detectionConfidence", "analysisReliability", "timelineCoverage", "overallConfidence",
        )  # fmt: skip
        return {field: missing(f"Quality.{field}", reason) for field in fields}
    completeness = min(1.0, len(texts) / max(1, int(0.3 * events.duration)))
    detection = series.mean(text.confidence for text in texts)
    visible = spoken.union((text.start, text.end) for text in texts)
    if detection is None:
        missing("Quality.detectionConfidence", "no_text")
        missing("Quality.overallConfidence", "no_text")
    return {
        "dataCompleteness": round(completeness, 2),
        "detectionConfidence": detection,
        "analysisReliability": "high" if texts else "low",
        "timelineCoverage": round(series.ratio(spoken.covered(visible, 0.0, events.duration), events.duration), 2),
        "overallConfidence": None if detection is None else round(min(0.95, (detection + completeness) / 2), 2),
    }


def _windows(duration: float, texts: Sequence[Event]) -> list[Window]:
    """Windows of max(1, D/10) s; a last one too short to hold anything joins the one before it."""
    width = max(1.0, duration / WINDOWS)
    edges = [0.0]
    while duration - edges[-1] >= width + SHORTEST_BIN - SLIVER:
        edges.append(duration * len(edges) / WINDOWS if width > 1 else float(len(edges)))
    edges.append(duration)
    return [Window(start, end, sum(text.in_range(start, end) for text in texts)) for start, end in pairwise(edges)]


def _rhythm(texts: Sequence[Event], reason: Reason | None, missing: Missing) -> float | None:
    """1 − variation of the gaps between text starts, in [0, 1]: 1 is a steady beat."""
    gaps = [b.start - a.start for a, b in pairwise(texts)]
    usual = series.mean(gaps) if len(gaps) >= 2 else None
    if reason or not usual:
        return missing("Dynamics.rhythmConsistency", reason or ("no_text" if usual is None else "not_measurable"))
    return min(1.0, max(0.0, 1 - series.sample_spread(gaps) / usual))


def _acceleration(windows: Sequence[Window]) -> str | None:
    """Later half against earlier half of the windows, by mean count; None with fewer than two windows."""
    if len(windows) < 2:
        return None
    half = len(windows) // 2
    before, after = (statistics.fmean(w.count for w in part) for part in (windows[:half], windows[half:]))
    if series.above(after, 1.3 * before):
        return "accelerating"
    return "decelerating" if series.above(0.7 * before, after) else "stable"


def _confidence(block: str, entered: Sequence[Event], missing: Missing, reason: Reason | None = None) -> float | None:
    """Mean confidence of what entered a block; events of recordings without one do not count."""
    value = None if reason else series.mean(e.confidence for e in entered)
    if value is None:
        return missing(f"{block}.confidence", reason or ("not_measurable" if entered else "no_text"))
    return value


def _shortened(text: Event) -> str:
    content: str = text.data["text"]
    return content if len(content) <= SHOWN_LETTERS else content[:SHOWN_LETTERS] + "..."


def _short(seconds: float) -> str:
    return f"{round(seconds, 2):g}"


ANALYSIS = Analysis(name="visual_overlay_analysis", prefix="visualOverlay", compute=compute)
