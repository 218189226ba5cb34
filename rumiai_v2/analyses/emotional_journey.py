"""Which emotions faces show by the second, and what goes with them (long: an analysis is one file)."""

from __future__ import annotations

import functools
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from rumiai_v2.analyses import series
from rumiai_v2.analyses.base import Analysis, Missing, Reason
from rumiai_v2.analyses.events import Bin, VideoEvents

POSITIVE = frozenset({"joy", "surprise"})
NEGATIVE = frozenset({"sadness", "anger", "fear", "disgust"})


@dataclass(frozen=True)
class Feeling:
    """The emotion of one second: the one shown longest in it; ``confidence`` is the mean of the samples showing it."""

    second: Bin
    emotion: str
    confidence: float

    @property
    def t(self) -> int:
        return self.second.index


@dataclass(frozen=True)
class Journey:
    """The emotions of the seconds that show one, in time order, and what the blocks share.

    ``nothing`` says why there is none, ``no_gestures`` why gestures cannot be set against them; None when they can.
    """

    events: VideoEvents
    feelings: tuple[Feeling, ...]
    nothing: Reason | None
    no_gestures: Reason | None

    @classmethod
    def of(cls, events: VideoEvents) -> Journey:
        feelings = []
        for second, seen in zip(events.bins, events.per_bin(events.expressions), strict=True):
            shown = series.heaviest(
                (e.data["emotion"], series.overlap(e, second.start, second.end), e.confidence) for e in seen
            )
            if shown is not None:
                confidence = series.mean(e.confidence for e in seen if e.data["emotion"] == shown)
                feelings.append(Feeling(second, shown, confidence or 0.0))
        nothing = events.unavailable("emotion_detection") or (None if feelings else "no_face")
        return cls(events, tuple(feelings), nothing, nothing or events.unavailable("mediapipe"))

    @property
    def changes(self) -> list[tuple[Feeling, Feeling]]:
        return [(a, b) for a, b in pairwise(self.feelings) if a.emotion != b.emotion]

    @property
    def emotions(self) -> set[str]:
        return {f.emotion for f in self.feelings}

    @property
    def mean_confidence(self) -> float:
        return series.mean(f.confidence for f in self.feelings) or 0.0

    @property
    def steadiness(self) -> float:
        """1 − changes per second with an emotion."""
        return round(1 - len(self.changes) / len(self.feelings), 2)

    @property
    def with_gesture(self) -> float:
        """Share of the seconds with an emotion that have a gesture in them or in a neighbouring second."""
        gestured = [s for s, seen in enumerate(self.events.per_bin(self.events.gestures)) if seen]
        near = sum(any(abs(f.t - g) <= 1 for g in gestured) for f in self.feelings)
        return near / len(self.feelings)

    @property
    def peaks(self) -> list[dict[str, Any]]:
        """Seconds whose confidence is above 1.2 times the mean, the first three."""
        limit = 1.2 * self.mean_confidence
        return [
            {"timestamp": f"{f.t}s", "emotion": f.emotion, "intensity": round(f.confidence, 2)}
            for f in self.feelings
            if series.above(f.confidence, limit)
        ][:3]

    def confidence(self, *, gestures: bool) -> float | None:
        """Mean detector confidence of the expressions, and of the gestures that were set against them."""
        used = [*self.events.expressions]
        if gestures and self.no_gestures is None:
            used += self.events.gestures
        return series.mean(e.confidence for e in used) if self.feelings else None


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    journey = Journey.of(VideoEvents.of(unified))
    missing = Missing()
    return {
        "CoreMetrics": _core(journey, missing, unified["metadata"].get("description") or ""),
        "Dynamics": _dynamics(journey, missing),
        "Interactions": _interactions(journey, missing),
        "KeyEvents": _key_events(journey, missing),
        "Patterns": _patterns(journey, missing),
        "Quality": _quality(journey, missing),
    }


def _core(j: Journey, missing: Missing, caption: str) -> dict[str, Any]:
    not_run = j.events.unavailable("emotion_detection")

    def value(name: str, reason: Reason | None, of: Callable[[], Any]) -> Any:
        return missing.unless(reason, f"CoreMetrics.{name}", of)

    return {
        "uniqueEmotions": value("uniqueEmotions", not_run, lambda: len(j.emotions)),
        "emotionTransitions": value("emotionTransitions", not_run, lambda: len(j.changes)),
        "dominantEmotion": value(
            "dominantEmotion", j.nothing, lambda: series.most_common((f.emotion, f.confidence) for f in j.feelings)
        ),
        "emotionalDiversity": value("emotionalDiversity", j.nothing, lambda: round((len(j.emotions) - 1) / 6, 2)),
        "gestureEmotionAlignment": value("gestureEmotionAlignment", j.no_gestures, lambda: round(j.with_gesture, 2)),
        "audioEmotionAlignment": _with_arousal(
            j, missing, "CoreMetrics.audioEmotionAlignment", "rms_per_second", lambda: series.rms(j.events)
        ),
        "captionSentiment": value(
            "captionSentiment", None if caption.strip() else "no_text", lambda: _sentiment(caption)
        ),
        "emotionalIntensity": value("emotionalIntensity", j.nothing, lambda: round(j.mean_confidence, 2)),
        "confidence": value("confidence", j.nothing, lambda: j.confidence(gestures=True)),
    }


def _dynamics(j: Journey, missing: Missing) -> dict[str, Any]:
    def value(name: str, of: Callable[[], Any]) -> Any:
        return missing.unless(j.nothing, f"Dynamics.{name}", of)

    if j.nothing:
        missing("Dynamics.peakEmotionMoments", j.nothing)
    return {
        "emotionProgression": _progression(j, missing),
        "transitionSmoothness": value("transitionSmoothness", lambda: j.steadiness),
        "emotionalArc": value("emotionalArc", lambda: _by_changes(j, 0.3, ("dynamic", "evolving", "stable"))),
        "peakEmotionMoments": j.peaks,
        "stabilityScore": value("stabilityScore", lambda: j.steadiness),
        "tempoEmotionSync": _with_arousal(
            j,
            missing,
            "Dynamics.tempoEmotionSync",
            "onset_times",
            lambda: series.per_second(j.events, j.events.ml["audio_energy"]["onset_times"]),
        ),
        "confidence": value("confidence", lambda: j.confidence(gestures=False)),
    }


def _interactions(j: Journey, missing: Missing) -> dict[str, Any]:
    if j.nothing:
        missing("Interactions.emotionalContrastMoments", j.nothing)

    def aligned(name: str) -> float | None:
        return missing.unless(j.no_gestures, f"Interactions.{name}", lambda: round(j.with_gesture, 2))

    return {
        "gestureReinforcement": aligned("gestureReinforcement"),
        "multimodalCoherence": aligned("multimodalCoherence"),
        "emotionalContrastMoments": [
            {"timestamp": series.range_label(a.t, b.t), "fromEmotion": a.emotion, "toEmotion": b.emotion}
            for a, b in j.changes
            if any(a.emotion in x and b.emotion in y for x, y in ((POSITIVE, NEGATIVE), (NEGATIVE, POSITIVE)))
        ][:2],
        "confidence": missing.unless(j.nothing, "Interactions.confidence", lambda: j.confidence(gestures=True)),
    }


def _key_events(j: Journey, missing: Missing) -> dict[str, Any]:
    if j.nothing:
        for name in ("emotionalPeaks", "transitionPoints"):
            missing(f"KeyEvents.{name}", j.nothing)
    resolution = None if j.nothing else _resolution(j)
    return {
        "emotionalPeaks": j.peaks[:2],
        "transitionPoints": [
            {"timestamp": f"{a.t}s", "fromEmotion": a.emotion, "toEmotion": b.emotion} for a, b in j.changes
        ][:3],
        "climaxMoment": missing.unless(j.nothing, "KeyEvents.climaxMoment", lambda: f"{_climax(j).t}s"),
        "resolutionMoment": (
            f"{resolution.t}s" if resolution else missing("KeyEvents.resolutionMoment", j.nothing or "not_measurable")
        ),
        "confidence": missing.unless(j.nothing, "KeyEvents.confidence", lambda: j.confidence(gestures=False)),
    }


def _patterns(j: Journey, missing: Missing) -> dict[str, Any]:
    def value(name: str, of: Callable[[], Any]) -> Any:
        return missing.unless(j.nothing, f"Patterns.{name}", of)

    def pacing() -> str:
        return _by_changes(j, 0.4, ("dynamic_pacing", "gradual_build", "steady_state"))

    techniques = []
    if j.nothing:
        for name in ("emotionalTechniques", "engagementHooks"):
            missing(f"Patterns.{name}", j.nothing)
    else:
        techniques += ["steady_state"] if not j.changes else []
        techniques += ["emotional_variety"] if len(j.changes) > 2 else []
        techniques += ["gesture_reinforcement"] if j.no_gestures is None and j.with_gesture > 0.5 else []
    return {
        "journeyArchetype": value("journeyArchetype", lambda: _archetype(j)),
        "emotionalTechniques": techniques,
        "pacingStrategy": value("pacingStrategy", pacing),
        "engagementHooks": j.peaks[:2],
        "viewerJourneyMap": value("viewerJourneyMap", pacing),
        "confidence": value("confidence", lambda: j.confidence(gestures=True)),
    }


def _quality(j: Journey, missing: Missing) -> dict[str, Any]:
    not_run = j.events.unavailable("emotion_detection")
    n = len(j.feelings)
    completeness = min(1.0, n / max(1, int(j.events.duration // 10)))
    coverage = series.ratio(series.time_of(f.second for f in j.feelings), j.events.duration)

    def value(name: str, reason: Reason | None, of: Callable[[], Any]) -> Any:
        return missing.unless(reason, f"Quality.{name}", of)

    return {
        "detectionConfidence": value("detectionConfidence", j.nothing, lambda: round(j.mean_confidence, 2)),
        "timelineCoverage": value("timelineCoverage", not_run, lambda: round(coverage, 2)),
        "emotionalDataCompleteness": value("emotionalDataCompleteness", not_run, lambda: round(completeness, 2)),
        "analysisReliability": value("analysisReliability", not_run, lambda: "high" if n else "low"),
        "overallConfidence": value(
            "overallConfidence",
            j.nothing,
            lambda: round(min(0.95, (j.mean_confidence + completeness + coverage) / 3), 2),
        ),
        "missingDataPoints": missing.points,
    }


def _progression(j: Journey, missing: Missing) -> list[dict[str, Any]]:
    """The prevailing emotion of about ten windows of whole seconds; the last one may be shorter."""
    if reason := j.events.unavailable("emotion_detection"):
        missing("Dynamics.emotionProgression", reason)
        return []
    seconds = len(j.events.bins)
    step = max(1, int(j.events.duration // 10))
    out = []
    for start in range(0, seconds, step):
        end = min(start + step, seconds)
        inside = [f for f in j.feelings if start <= f.t < end]
        if not inside:
            missing("Dynamics.emotionProgression.emotion", "no_face")
            missing("Dynamics.emotionProgression.intensity", "no_face")
        out.append(
            {
                "timestamp": series.range_label(start, end),
                "emotion": series.most_common((f.emotion, f.confidence) for f in inside),
                "intensity": round(statistics.fmean(f.confidence for f in inside), 2) if inside else None,
            }
        )
    return out


def _with_arousal(
    j: Journey, missing: Missing, path: str, audio: str, of: Callable[[], Sequence[float | None]]
) -> float | None:
    """Rank correlation of a sound series with the arousal of the expressions."""
    reason = j.nothing or series.audio_reason(j.events, audio)
    if reason:
        return missing(path, reason)
    sound, arousal = of(), series.arousal(j.events)
    return missing.unless(series.rho_undefined(sound, arousal), path, lambda: series.rho(sound, arousal))


def _by_changes(j: Journey, share: float, names: tuple[str, str, str]) -> str:
    """Names for many changes (more than ``share`` of the seconds), some, none."""
    changes = len(j.changes)
    return names[0] if changes > share * len(j.feelings) else names[1] if changes else names[2]


def _archetype(j: Journey) -> str:
    if not j.changes:
        return "steady_state"
    if len(j.emotions) > 3:
        return "complex_journey"
    return "positive_journey" if j.emotions & POSITIVE else "discovery"


def _climax(j: Journey) -> Feeling:
    """The surest second, the first of equals."""
    return max(j.feelings, key=lambda f: round(f.confidence, 9))


def _resolution(j: Journey) -> Feeling | None:
    """Start of the last stretch when it returns to the opening emotion and lasts to the end."""
    if not j.changes or j.feelings[-1].emotion != j.feelings[0].emotion:
        return None
    return j.changes[-1][1]


@functools.cache
def _analyzer() -> Any:
    # Reading its lexicon takes longer than everything else here, so only a caption makes it load.
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()


def _sentiment(caption: str) -> str:
    """Sign of VADER's compound score (Hutto and Gilbert 2014) with its customary limits of ±0.05."""
    compound = _analyzer().polarity_scores(caption)["compound"]
    return "positive" if compound >= 0.05 else "negative" if compound <= -0.05 else "neutral"


ANALYSIS = Analysis(name="emotional_journey", prefix="emotional", compute=compute)
