"""The outputs a second time, from the definitions alone: exact fractions, numpy and scipy, none of the analyses' code.

Nothing is rounded here; ``ROUNDED`` says which fields the outputs round, and to how many decimals. Notes on missing
data are not repeated: whether a null is explained is tested elsewhere.
"""

from __future__ import annotations

import datetime
import json
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

import numpy as np
from scipy import stats
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

Json = dict[str, Any]
Span = tuple[Fraction, Fraction]

ROUNDED = {
    "emotional_journey": {
        "CoreMetrics.emotionalDiversity": 2,
        "CoreMetrics.gestureEmotionAlignment": 2,
        "CoreMetrics.emotionalIntensity": 2,
        "Dynamics.emotionProgression.intensity": 2,
        "Dynamics.transitionSmoothness": 2,
        "Dynamics.stabilityScore": 2,
        "Dynamics.peakEmotionMoments.intensity": 2,
        "Interactions.gestureReinforcement": 2,
        "Interactions.multimodalCoherence": 2,
        "KeyEvents.emotionalPeaks.intensity": 2,
        "Patterns.engagementHooks.intensity": 2,
        "Quality.detectionConfidence": 2,
        "Quality.timelineCoverage": 2,
        "Quality.emotionalDataCompleteness": 2,
        "Quality.overallConfidence": 2,
    },
    "person_framing": {"CoreMetrics.faceVisibilityRate": 2, "CoreMetrics.eyeContactRate": 2},
    "scene_pacing": {"CoreMetrics.averageSceneDuration": 2, "CoreMetrics.scenesPerMinute": 2},
    "speech_analysis": {
        "CoreMetrics.speechDensity": 2,
        "CoreMetrics.wordsPerMinute": 1,
        "CoreMetrics.vocabularyDiversity": 2,
        "CoreMetrics.silenceRatio": 2,
        "CoreMetrics.speechCoverage": 2,
        "CoreMetrics.avgSegmentDuration": 2,
        "Dynamics.wpmProgression": 1,
        "Dynamics.pacingVariation": 2,
        "Dynamics.speechBursts.energy": 3,
        "Dynamics.temporalAlignment.body_language_congruence": 2,
        "KeyEvents.longestSegment.duration": 2,
    },
    "visual_overlay_analysis": {
        "CoreMetrics.overlayDensity": 3,
        "CoreMetrics.uniqueOverlayRatio": 3,
        "CoreMetrics.timeToFirstOverlay": 2,
        "CoreMetrics.avgOverlayDuration": 2,
        "CoreMetrics.overlayFrequency": 2,
        "Dynamics.overlayProgression.density": 3,
        "Dynamics.rhythmConsistency": 3,
        "Interactions.overlaySpeechAlignment": 3,
        "Interactions.overlayGestureSync": 3,
        "Interactions.crossModalCoherence": 3,
        "KeyEvents.overlayPeaks.intensity": 2,
        "Quality.dataCompleteness": 2,
        "Quality.timelineCoverage": 2,
        "Quality.overallConfidence": 2,
    },
    "metadata_analysis": {
        "CoreMetrics.engagementRate": 2,
        "Dynamics.emojiDensity": 2,
        "Dynamics.mentionDensity": 2,
        "Patterns.hashtagBreakdown.genericRatio": 2,
    },
    "temporal_markers": {"engagement_curve": 2},
}

AROUSAL = {"surprise": 9, "anger": 8, "fear": 8, "joy": 6, "disgust": 5, "sadness": 3, "neutral": 1}  # tenths


def exact(t: float) -> Fraction:
    """A time or a number without the last bits that sums of floats leave."""
    return Fraction(t).limit_denominator(1_000_000)


class Clip:
    """The unified document as exact facts."""

    def __init__(self, unified: Mapping[str, Any]) -> None:
        self.unified = unified
        self.D = exact(unified["timeline"]["duration"])
        self.media = unified["processing_metadata"]["media"] or {}
        whole = [(Fraction(s), min(Fraction(s + 1), self.D)) for s in range(math.ceil(self.D))]
        self.bins = [(a, b) for a, b in whole if a == 0 or b - a >= Fraction(1, 20)]
        self.lengths = [b - a for a, b in self.bins]

    def ran(self, *services: str) -> bool:
        states = self.unified["processing_metadata"]["services"]
        return all(states[s]["status"] == "run" for s in services)

    def document(self, service: str) -> Json:
        return self.unified["ml_data"].get(service) or {}

    def entries(self, kind: str) -> list[tuple[Fraction, Fraction, Json]]:
        found = [e for e in self.unified["timeline"]["entries"] if e["entry_type"] == kind]
        out = [(exact(e["start"]), exact(e.get("end", e["start"])), e["data"]) for e in found]

        # As one reads: time, top, left; what is still equal goes by its content, whatever the order it came in.
        def place(e):
            return (e[0], *((e[2].get("bbox") or (0, 0))[1::-1]), e[1], json.dumps(e[2], sort_keys=True))

        return sorted(out, key=place)

    @property
    def cuts(self) -> list[Fraction]:
        return sorted({t for t, _, _ in self.entries("scene_change") if 0 < t < self.D})

    def in_bins(self, entries: Iterable[tuple[Fraction, Fraction, Json]]) -> list[list[tuple]]:
        entries = list(entries)
        return [[e for e in entries if visible(e, a, b)] for a, b in self.bins]

    def second(self, t: float) -> int | None:
        return next((i for i, (a, b) in enumerate(self.bins) if a <= exact(t) < a + 1), None)

    def share(self, flags: Sequence[bool]) -> Fraction:
        return sum((n for n, f in zip(self.lengths, flags, strict=True) if f), Fraction(0)) / sum(self.lengths)

    @property
    def silent_track(self) -> bool:
        told = (self.media.get("has_audio"), self.document("audio_energy").get("has_audio"))
        return False in told

    def series(self, name: str) -> list | None:
        """A list of the audio service; None when there is no audio to have one."""
        if not self.ran("audio_energy") or self.silent_track:
            return None
        return self.document("audio_energy").get(name)

    def arousal(self) -> list[float | None]:
        return [
            average([sum(exact(e[2]["all_scores"][k]) * w for k, w in AROUSAL.items()) / 10 for e in seen])
            for seen in self.in_bins(self.entries("emotion"))
        ]

    def rate(self, moments: Iterable[float | Fraction]) -> list[Fraction]:
        n = Counter(self.second(t) for t in moments)
        return [n[i] / length for i, length in enumerate(self.lengths)]


def visible(entry: tuple[Fraction, Fraction, Json], a: Fraction, b: Fraction) -> bool:
    start, end, _ = entry
    return a <= start < b if start == end else start < b and end > a


def average(values: Iterable[Any]) -> Fraction | None:
    known = [exact(v) for v in values if v is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def spearman(x: Sequence[Any], y: Sequence[Any]) -> float | None:
    both = [(float(a), float(b)) for a, b in zip(x, y, strict=False) if a is not None and b is not None]
    if len(both) < 5 or any(len({round(v, 9) for v in side}) < 2 for side in zip(*both, strict=True)):
        return None
    a, b = (np.round(side, 9) for side in zip(*both, strict=True))
    return float(stats.spearmanr(a, b).statistic)


def trend(y: Sequence[Any]) -> str | None:
    if len(y) < 3 or sum(y) == 0:
        return None
    n = len(y)
    # Least squares by hand: exact where the numbers are.
    x_mean, y_mean = Fraction(n - 1, 2), sum(map(Fraction, y)) / n
    slope = sum((i - x_mean) * (Fraction(v) - y_mean) for i, v in enumerate(y)) / sum(
        (i - x_mean) ** 2 for i in range(n)
    )
    r = slope * (n - 1) / y_mean
    return "increasing" if r > Fraction(1, 4) else "decreasing" if r < -Fraction(1, 4) else "stable"


def mode(votes: Iterable[tuple[str, Any, Any]]) -> str | None:
    """(label, weight, confidence): the heaviest, then the most confident, then the first in the alphabet."""
    table: dict[str, list[Fraction]] = defaultdict(lambda: [Fraction(0), Fraction(0)])
    for label, weight, confidence in votes:
        table[label][0] += exact(weight)
        table[label][1] += exact(confidence or 0)
    return sorted(table, key=lambda k: (-table[k][0], -table[k][1], k))[0] if table else None


def confidences(entries: Iterable[tuple[Fraction, Fraction, Json]]) -> list[Any]:
    return [e[2].get("confidence") for e in entries]


def merged(spans: Iterable[Span]) -> list[Span]:
    """Disjoint stretches: edges on which the number of open spans leaves or reaches 0."""
    spans = [(a, b) for a, b in spans if b > a]
    edges = sorted([(a, 0, 1) for a, _ in spans] + [(b, 1, -1) for _, b in spans])
    out, depth, since = [], 0, Fraction(0)
    for t, _, step in edges:
        if depth == 0:
            since = t
        depth += step
        if depth == 0:
            out.append((since, t))
    joined: list[Span] = []
    for a, b in out:
        joined = [*joined[:-1], (joined[-1][0], b)] if joined and joined[-1][1] == a else [*joined, (a, b)]
    return joined


def measure(spans: Iterable[Span], a: Fraction, b: Fraction) -> Fraction:
    return sum((max(Fraction(0), min(y, b) - max(x, a)) for x, y in spans), Fraction(0))


def sd(values: Sequence[Any], ddof: int = 0) -> float:
    return float(np.std([float(v) for v in values], ddof=ddof)) if len(values) > ddof else 0.0


def label(a: Any, b: Any) -> str:
    return f"{a}-{b}s"


def says(text: str, phrase: str) -> list[int]:
    """Where the whole words of ``phrase`` stand in ``text`` (offsets)."""
    words = re.findall(r"\w+(?:'\w+)*", phrase)
    pattern = r"(?<!\w)(?<!\w')" + r"(?:(?!\w)[^\w]+)".join(map(re.escape, words)) + r"(?!\w)(?!'\w)"
    return [m.start() for m in re.finditer(pattern, plain(text))]


def plain(text: str) -> str:
    return text.replace("’", "'").casefold()


# ---------------------------------------------------------------------------------------------------------------------


def creative_density(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    kinds = {
        "text": ("ocr", c.entries("text")),
        "sticker": ("ocr", c.entries("sticker")),
        "transition": ("scene_detection", [e for e in c.entries("scene_change") if 0 < e[0] < c.D]),
        "object": ("yolo", c.entries("object")),
        "gesture": ("mediapipe", c.entries("gesture")),
        "expression": ("emotion_detection", c.entries("emotion")),
    }
    known = {k: e for k, (service, e) in kinds.items() if c.ran(service)}
    per = {k: c.in_bins(e) for k, e in known.items()}
    rows = {k: [len(seen) for seen in per[k]] for k in per}
    if "object" in rows:
        rows["object"] = [len({e[2]["track_id"] for e in seen}) for seen in per["object"]]
    if "expression" in rows:
        rows["expression"] = [1 if seen else 0 for seen in per["expression"]]
    n = len(c.bins)
    total = [sum(rows[k][i] for k in rows) for i in range(n)] if rows else None
    shown = {k: [e for e in known[k] if any(e in seen for seen in per[k])] for k in known}
    active_kinds = ["text", "object", "gesture", "expression", "transition"]
    active = [[k for k in active_kinds if k in rows and rows[k][i]] for i in range(n)]

    def certainty(of: Iterable[str]) -> Fraction | None:
        return average(x for k in of if k in shown for x in confidences(shown[k]))

    if total:
        avg = sum(x * w for x, w in zip(total, c.lengths, strict=True)) / c.D
        sigma = sd(total)
        thirds = (average(total[: n // 3]), average(total[-math.ceil(n / 3) :])) if n >= 3 else None
    else:
        avg = sigma = thirds = None

    def needs(value: Any, *, thirds_too: bool = False) -> Any:
        return None if total is None or (thirds_too and thirds is None) else value()

    def course() -> str:
        first, last = thirds
        if first > Fraction(3, 2) * last:
            return "front_loaded"
        if last > Fraction(3, 2) * first:
            return "back_loaded"
        return "oscillating" if sigma > avg / 2 else "even"

    def primary(i: int) -> str:
        table = [("text", "text"), ("object", "object"), ("gesture", "gesture"), ("transition", "scene_change")]
        counts = [(rows.get(k, [0] * n)[i], name) for k, name in table]
        top = max(count for count, _ in counts)
        return next(name for count, name in counts if count == top) if top else "none"

    def level(x: int) -> str:
        return "none" if x == 0 else "low" if x <= 2 else "medium" if x <= 5 else "high"

    pairs: dict[str, int | None] = {}
    weights: dict[str, Fraction] = {}
    for a, b in combinations(sorted(active_kinds), 2):
        if a not in rows or b not in rows:
            pairs[f"{a}_{b}"] = None
            continue
        both = [i for i in range(n) if rows[a][i] and rows[b][i]]
        pairs[f"{a}_{b}"] = len(both)
        weights[f"{a}_{b}"] = sum(
            (exact(x or 0) for i in both for k in (a, b) for x in confidences(per[k][i])), Fraction(0)
        )
    met = sorted((k for k in weights if pairs[k]), key=lambda k: (-pairs[k], -weights[k], k))
    three = [i for i in range(n) if len(active[i]) >= 3]
    ten = sorted(sorted(three, key=lambda i: (-len(active[i]), -total[i], i))[:10])
    dead, i = [], 0
    while total and i < n:
        j = i
        while j < n and total[j] == 0:
            j += 1
        if j - i >= 2:
            dead.append({"start": i, "end": j, "duration": j - i})
        i = max(j, i + 1)
    shifts = [
        {
            "timestamp": i,
            "from": level(total[i - 1]),
            "to": level(total[i]),
            "magnitude": abs(total[i] - total[i - 1]) / (max(total) + 0.001),
        }
        for i in range(1, n if total else 0)
        if level(total[i - 1]) != level(total[i])
    ]
    shifts = sorted((s for s in shifts if s["magnitude"] > 0.5), key=lambda s: (-s["magnitude"], s["timestamp"]))
    peaks = [i for i in range(n) if total and len(set(total)) > 1 and total[i] > float(avg) + sigma][:10]
    enough = sum(k in rows for k in active_kinds)
    everything = certainty(kinds)
    ran = sum(c.ran(s) for s in ("yolo", "mediapipe", "ocr", "scene_detection", "emotion_detection"))
    return {
        "CoreMetrics": {
            "avgDensity": avg,
            "maxDensity": needs(lambda: max(total)),
            "minDensity": needs(lambda: min(total)),
            "stdDeviation": sigma,
            "totalElements": needs(lambda: sum(total)),
            "elementsPerSecond": avg,
            "elementCounts": {k: sum(rows[k]) if k in rows else None for k in kinds},
            "distinctElements": {k: len(shown[k]) if k in rows else None for k in kinds},
            "sceneChangeCount": sum(rows["transition"]) if "transition" in rows else None,
            "timelineCoverage": needs(
                lambda: sum(w for w, x in zip(c.lengths, total, strict=True) if x) / c.D  # seconds with elements / D
            ),
            "confidence": everything,
        },
        "Dynamics": {
            "densityCurve": [
                {"second": i, "density": x, "primaryElement": primary(i)} for i, x in enumerate((total or [])[:100])
            ],
            "volatility": needs(lambda: sigma / (float(avg) + 0.001)),
            "accelerationPattern": needs(course, thirds_too=True),
            "densityProgression": needs(lambda: trend(total)),
            "emptySeconds": [i for i, x in enumerate(total or []) if x == 0][:50],
            "confidence": everything,
        },
        "Interactions": {
            "multiModalPeaks": [
                {
                    "timestamp": label(i, i + 1),
                    "elements": active[i],
                    "syncType": "reinforcing" if len(active[i]) > 3 else "complementary",
                }
                for i in ten
            ],
            "elementCooccurrence": pairs,
            "dominantCombination": None if enough < 2 else met[0] if met else "none",
            "coordinationScore": sum(c.lengths[i] for i in three) / c.D if enough >= 3 else None,
            "confidence": certainty(active_kinds),
        },
        "KeyEvents": {
            "peakMoments": [
                {
                    "timestamp": label(i, i + 1),
                    "totalElements": total[i],
                    "surpriseScore": (total[i] - float(avg)) / (sigma + 0.001),
                    "elementBreakdown": {
                        **{k: rows[k][i] if k in rows else None for k in kinds},
                        "scene_change": rows["transition"][i] if "transition" in rows else None,
                    },
                }
                for i in peaks
            ],
            "deadZones": dead[:5],
            "densityShifts": shifts[:10],
            "confidence": everything,
        },
        "Patterns": {
            "structuralFlags": {
                "strongOpeningHook": needs(lambda: thirds[0] > Fraction(6, 5) * avg, thirds_too=True),
                "crescendoPattern": needs(lambda: thirds[1] > thirds[0], thirds_too=True),
                "frontLoaded": needs(lambda: course() == "front_loaded", thirds_too=True),
                "consistentPacing": needs(lambda: sigma < 0.3 * float(avg)),
                "finalCallToAction": needs(
                    lambda: n >= 5 and len(set(total)) > 1 and Fraction(sum(total[-5:]), 5) > avg
                ),
                "rhythmicPattern": needs(lambda: sigma < 0.2 * float(avg)),
            },
            "densityClassification": needs(lambda: "sparse" if avg < 1 else "moderate" if avg <= 5 else "dense"),
            "pacingStyle": needs(course, thirds_too=True),
            "cognitiveLoadCategory": needs(lambda: "minimal" if avg < 2 else "optimal" if avg <= 4 else "challenging"),
            "mlTags": needs(lambda: ["density_computed", f"avg_{float(avg):.1f}"]) or [],
            "confidence": everything,
        },
        "Quality": {
            "dataCompleteness": Fraction(ran, 5),
            "detectionReliability": {
                "textOverlay": certainty(["text"]),
                "sticker": certainty(["sticker"]),
                "transition": certainty(["transition"]),
                "sceneChange": certainty(["transition"]),
                "object": certainty(["object"]),
                "gesture": certainty(["gesture"]),
                "expression": certainty(["expression"]),
            },
            "overallConfidence": None if everything is None else Fraction(ran, 5) * everything,
        },
    }


# ---------------------------------------------------------------------------------------------------------------------


def emotional_journey(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    ran = c.ran("emotion_detection")
    gestured = [i for i, seen in enumerate(c.in_bins(c.entries("gesture"))) if seen]
    steps = []  # (second, emotion, confidence)
    for i, ((a, b), seen) in enumerate(zip(c.bins, c.in_bins(c.entries("emotion")), strict=True)):
        name = mode((e[2]["emotion"], min(e[1], b) - max(e[0], a), e[2]["confidence"]) for e in seen)
        if name:
            steps.append((i, name, average(e[2]["confidence"] for e in seen if e[2]["emotion"] == name)))
    n = len(steps)
    changes = [(p, q) for p, q in pairwise(steps) if p[1] != q[1]]
    names = {e for _, e, _ in steps}
    usual = average(x for _, _, x in steps)
    emotions_all, gestures_all = c.entries("emotion"), c.entries("gesture")
    with_people = c.ran("mediapipe")
    alone = average(confidences(emotions_all)) if n else None
    joined = average(confidences(emotions_all) + (confidences(gestures_all) if with_people else [])) if n else None
    aligned = None
    if n and with_people:
        aligned = Fraction(sum(any(abs(i - g) <= 1 for g in gestured) for i, _, _ in steps), n)
    peaks = [{"timestamp": f"{i}s", "emotion": e, "intensity": x} for i, e, x in steps if x > Fraction(6, 5) * usual]
    step = max(1, math.floor(c.D / 10))
    windows = []
    for a in range(0, len(c.bins) if ran else 0, step):
        b = min(a + step, len(c.bins))
        inside = [(e, 1, x) for i, e, x in steps if a <= i < b]
        windows.append(
            {"timestamp": label(a, b), "emotion": mode(inside), "intensity": average(x for _, _, x in inside)}
        )
    calm = 1 - Fraction(len(changes), n) if n else None
    good, bad = {"joy", "surprise"}, {"sadness", "anger", "fear", "disgust"}
    contrasts = [
        {"timestamp": label(p[0], q[0]), "fromEmotion": p[1], "toEmotion": q[1]}
        for p, q in changes
        if (p[1] in good and q[1] in bad) or (p[1] in bad and q[1] in good)
    ]

    def by_changes(share: Fraction, many: str, some: str, none: str) -> str | None:
        return None if not n else many if len(changes) > share * n else some if changes else none

    caption = unified["metadata"].get("description") or ""
    compound = SentimentIntensityAnalyzer().polarity_scores(caption)["compound"]
    sentiment = "positive" if compound >= 0.05 else "negative" if compound <= -0.05 else "neutral"
    loudness, onsets = c.series("rms_per_second"), c.series("onset_times")
    arousal = c.arousal()
    pacing = by_changes(Fraction(4, 10), "dynamic_pacing", "gradual_build", "steady_state")
    techniques = []
    if n and not changes:
        techniques.append("steady_state")
    if len(changes) > 2:
        techniques.append("emotional_variety")
    if aligned is not None and aligned > Fraction(1, 2):
        techniques.append("gesture_reinforcement")
    archetype = None
    if n:
        archetype = (
            "steady_state" if not changes else "complex_journey" if len(names) > 3 else
            "positive_journey" if names & good else "discovery"
        )  # fmt: skip
    back = f"{changes[-1][1][0]}s" if changes and steps[-1][1] == steps[0][1] else None
    coverage = sum((c.lengths[i] for i, _, _ in steps), Fraction(0)) / c.D
    complete = min(Fraction(1), Fraction(n, max(1, math.floor(c.D / 10))))
    return {
        "CoreMetrics": {
            "uniqueEmotions": len(names) if ran else None,
            "emotionTransitions": len(changes) if ran else None,
            "dominantEmotion": mode((e, 1, x) for _, e, x in steps),
            "emotionalDiversity": Fraction(len(names) - 1, 6) if n else None,
            "gestureEmotionAlignment": aligned,
            "audioEmotionAlignment": None if loudness is None else spearman(loudness[: len(c.bins)], arousal),
            "captionSentiment": sentiment if caption.strip() else None,
            "emotionalIntensity": usual,
            "confidence": joined,
        },
        "Dynamics": {
            "emotionProgression": windows,
            "transitionSmoothness": calm,
            "emotionalArc": by_changes(Fraction(3, 10), "dynamic", "evolving", "stable"),
            "peakEmotionMoments": peaks[:3],
            "stabilityScore": calm,
            "tempoEmotionSync": None if onsets is None else spearman(c.rate(onsets), arousal),
            "confidence": alone,
        },
        "Interactions": {
            "gestureReinforcement": aligned,
            "multimodalCoherence": aligned,
            "emotionalContrastMoments": contrasts[:2],
            "confidence": joined,
        },
        "KeyEvents": {
            "emotionalPeaks": peaks[:2],
            "transitionPoints": [
                {"timestamp": f"{p[0]}s", "fromEmotion": p[1], "toEmotion": q[1]} for p, q in changes[:3]
            ],
            "climaxMoment": f"{sorted(steps, key=lambda s: (-round(s[2], 9), s[0]))[0][0]}s" if n else None,
            "resolutionMoment": back,
            "confidence": alone,
        },
        "Patterns": {
            "journeyArchetype": archetype,
            "emotionalTechniques": techniques,
            "pacingStrategy": pacing,
            "engagementHooks": peaks[:2],
            "viewerJourneyMap": pacing,
            "confidence": joined,
        },
        "Quality": {
            "detectionConfidence": usual,
            "timelineCoverage": coverage if ran else None,
            "emotionalDataCompleteness": complete if ran else None,
            "analysisReliability": ("high" if n else "low") if ran else None,
            "overallConfidence": min(Fraction(95, 100), (usual + complete + coverage) / 3) if n else None,
        },
    }


# ---------------------------------------------------------------------------------------------------------------------


def person_framing(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    n = len(c.bins)
    people, things = c.ran("mediapipe"), c.ran("yolo")
    width, height = c.media.get("width"), c.media.get("height")
    shape = None if not width or not height else height / width
    faces = []  # (t, boxes largest first, count, confidence)
    for f in c.document("mediapipe").get("faces", ()):
        raw = f.get("boxes") or ([f["bbox"]] if f.get("bbox") else [])
        boxes = []
        for b in raw:
            left, right = max(0, b["x"]), min(1, b["x"] + b["width"])
            top, bottom = max(0, b["y"]), min(1, b["y"] + b["height"])
            if right > left and bottom > top:
                boxes.append((left, top, right - left, bottom - top))
        boxes.sort(key=lambda b: -round(b[2] * b[3], 9))
        if (boxes or not raw) and c.second(f["timestamp"]) is not None:
            faces.append((exact(f["timestamp"]), boxes, f.get("count") or max(1, len(raw)), f.get("confidence")))
    faces.sort(key=lambda f: f[0])
    by_second = [[f for f in faces if c.second(f[0]) == i] for i in range(n)]
    area = [average(100 * f[1][0][2] * f[1][0][3] for f in seen if f[1]) for seen in by_second]
    seen_area = [(i, a) for i, a in enumerate(area) if a is not None]
    placed = people and (not faces or any(f[1] for f in faces))
    measured = placed and bool(faces)

    def middle(b: Sequence[float]) -> tuple[float, float]:
        return float(b[0] + b[2] / 2), float(b[1] + b[3] / 2)

    def far(p: Sequence[float], q: Sequence[float]) -> float:
        return math.hypot(p[0] - q[0], (p[1] - q[1]) * (shape or 1))

    def shot(a: Any) -> str:
        return "none" if not a else "close" if a > 25 else "medium" if a > 8 else "wide"

    def size(a: Any) -> str:
        return "extreme_close" if a > 45 else "close" if a > 25 else "medium" if a > 8 else "full"

    shots = [shot(a) for a in area]
    worn = [(i, shots[i]) for i, _ in seen_area]
    changes = [(q[0], p[1], q[1]) for p, q in pairwise(worn) if p[1] != q[1]]
    mean_area = average(a for _, a in seen_area)

    # Persons: the larger of the faces and the person boxes of one sample.
    crowd = [0] * n
    boxes_at = Counter(
        o["timestamp"] for o in c.document("yolo").get("objectAnnotations", ()) if o["className"] == "person"
    )
    for t, k in [*boxes_at.items(), *((f[0], f[2]) for f in faces)]:
        if (i := c.second(t)) is not None:
            crowd[i] = max(crowd[i], k)
    counted = people and things

    # Gaze.
    looks: list[Fraction | None] = [None] * n
    gazes = c.document("mediapipe").get("gaze", ())
    for i in range(n):
        looks[i] = average(g["eye_contact"] for g in gazes if c.second(g["timestamp"]) == i)
    known_looks = [float(x) for x in looks if x is not None]
    gaze_known = people and not (faces and not gazes)
    variance = sd(known_looks, 1) ** 2 if len(known_looks) > 1 else 0.0

    # Movement: straight from the last sighting before a second to its own last one, within one shot and one track.
    poses = {
        exact(p["timestamp"]): middle((p["bbox"]["x"], p["bbox"]["y"], p["bbox"]["width"], p["bbox"]["height"]))
        for p in c.document("mediapipe").get("poses", ())
        if p.get("bbox") and c.second(p["timestamp"]) is not None
    }
    boxed = {f[0]: f for f in faces if f[1]}
    sightings: list[tuple[Fraction, tuple[float, float], bool, int]] = []
    track = 0
    for t in sorted({*poses, *boxed}):
        is_face = t in boxed
        if sightings:
            t0, _, was_face, _ = sightings[-1]
            if t - t0 > Fraction(3, 2) or was_face != is_face or any(t0 < cut <= t for cut in c.cuts):
                track += 1
        if is_face:
            centres = [middle(b) for b in boxed[t][1]]
            same = sightings and sightings[-1][3] == track
            at = min(centres, key=lambda p: far(p, sightings[-1][1])) if same else centres[0]
        else:
            at = poses[t]
        sightings.append((t, at, is_face, track))
    speed: list[float | None] = [None] * n
    for i in range(n if shape else 0):
        way, time = 0.0, Fraction(0)
        for k in range(track + 1):
            mine = [s for s in sightings if s[3] == k]
            inside = [s for s in mine if c.second(s[0]) == i]
            before = [s for s in mine if s[0] < i]
            if inside:
                first = before[-1] if before else inside[0]
                way += far(first[1], inside[-1][1])
                time += inside[-1][0] - first[0]
        speed[i] = way / float(time) if time else None
    moved = [s for s in speed if s is not None]
    moves = c.ran("mediapipe", "scene_detection") and bool(moved)
    m = sum(moved) / len(moved) if moved else 0.0

    # Speech and faces.
    spoken = merged((a, b) for a, b, _ in c.entries("speech"))
    ratio = None
    if people and c.ran("whisper") and spoken:
        faced = sum((measure(spoken, *c.bins[i]) for i in range(n) if by_second[i]), Fraction(0))
        ratio = faced / measure(spoken, Fraction(0), c.bins[-1][1])

    spacing = exact((c.document("mediapipe").get("metadata") or {}).get("sample_spacing") or 0)
    near = [
        (f[0], f[0] + spacing)
        for f in faces
        if any(far(middle(a), middle(b)) < a[2] + b[2] for a, b in combinations(f[1], 2))
    ]
    zones: list[list[Fraction]] = []
    for a, b in near:
        if zones and a - zones[-1][1] <= spacing / 2:
            zones[-1][1] = max(zones[-1][1], b)
        else:
            zones.append([a, b])

    def stretches(flags: Sequence[bool]) -> list[Json]:
        out: list[Json] = []
        for i, flag in enumerate(flags):
            if flag and out and out[-1]["end"] == i:
                out[-1]["end"] = i + 1
            elif flag:
                out.append({"start": i, "end": i + 1})
        return [{"start": z["start"], "end": min(z["end"], c.D)} for z in out]

    progression: list[Json] = []
    for i, kind in enumerate(shots):
        if progression and progression[-1]["type"] == kind:
            progression[-1]["end"], progression[-1]["duration"] = i + 1, progression[-1]["duration"] + 1
        else:
            progression.append({"type": kind, "start": i, "end": i + 1, "duration": 1})

    best = []
    for a, b, _ in c.entries("scene"):
        inside = [(-round(100 * f[1][0][2] * f[1][0][3], 6), f[0]) for f in faces if f[1] and a <= f[0] < b]
        if inside:
            best.append(min(inside))
    key_moments = sorted(t for _, t in sorted(best)[:10])

    centre = []
    for seen in by_second:
        at = [middle(f[1][0]) for f in seen if f[1]]
        centre.append((sum(p[0] for p in at) / len(at), sum(p[1] for p in at) / len(at)) if at else None)
    thirds = (1 / 3, 2 / 3)
    rules, scores = [], []
    for i, p in enumerate(centre):
        if p is None:
            continue
        if min(abs(x - t) for x in p for t in thirds) <= 1 / 12:
            rule = "thirds"
        elif all(1 / 3 <= x <= 2 / 3 for x in p):
            rule = "center"
        else:
            rule = "off_center"
        rules.append((rule, 1, average(f[3] for f in by_second[i])))
        if shape:
            points = [(0.5, 0.5), *((x, y) for x in thirds for y in thirds)]
            scores.append(1 - min(1.0, min(far(p, q) for q in points) / (0.25 * math.hypot(1, shape))))
    person_time = sum((c.lengths[i] for i, _ in seen_area), Fraction(0))
    mean_size = None if mean_area is None else float(mean_area)
    return {
        "CoreMetrics": {
            "primarySubject": ("multiple" if max(crowd) > 1 else "single") if counted and max(crowd) else None,
            "averageFaceSize": mean_area if measured else None,
            "faceVisibilityRate": c.share([bool(s) for s in by_second]) if people else None,
            "framingConsistency": (1 - Fraction(len(changes), len(worn) - 1) if measured and len(worn) > 1 else None),
            "subjectCount": max(crowd) if counted else None,
            "dominantFraming": (
                mode((s, c.lengths[i], average(f[3] for f in by_second[i])) for i, s in worn) or "none"
                if placed
                else None
            ),
            "eyeContactRate": c.share([x is not None and x > Fraction(1, 2) for x in looks]) if gaze_known else None,
        },
        "Dynamics": {
            "gazeSteadiness": (
                ("high" if variance < 0.05 else "medium" if variance < 0.15 else "low")
                if gaze_known and known_looks
                else None
            ),
            "framingProgression": progression if measured else [],
            "distanceVariation": sd([a for _, a in seen_area]) / mean_size if measured else None,
            "framingTransitions": len(changes) if placed else None,
            "movementPattern": ("static" if m < 0.02 else "moderate" if m < 0.08 else "dynamic") if moves else None,
            "stabilityScore": max(0.0, 1 - m / 0.2) if moves else None,
        },
        "Interactions": {
            "multiPersonDynamics": {
                "maxPersons": max(crowd) if counted else None,
                "multipleRatio": c.share([k > 1 for k in crowd]) if counted else None,
            },
            "speakerFraming": {"speechWithFaceRatio": ratio},
            "interactionZones": ([{"start": a, "end": min(b, c.D)} for a, b in zones] if placed and shape else []),
            "socialDistance": (
                (
                    "intimate"
                    if mean_area > 25
                    else "personal"
                    if mean_area > 8
                    else "social"
                    if mean_area > 2
                    else "public"
                )
                if measured
                else None
            ),
        },
        "KeyEvents": {
            "closeUpMoments": stretches([s == "close" for s in shots]),
            "groupShots": stretches([k > 1 for k in crowd]) if counted else [],
            "framingChanges": [{"timestamp": i, "from": a, "to": b} for i, a, b in changes],
            "keySubjectMoments": key_moments,
        },
        "Patterns": {
            "framingDistribution": {
                name: (
                    sum((c.lengths[i] for i, a in seen_area if size(a) == name), Fraction(0)) / person_time
                    if measured
                    else None
                )
                for name in ("extreme_close", "close", "medium", "full")
            },
            "compositionRule": mode(rules) if measured else None,
            "cinematicStyle": None,
            "framingTechnique": None,
        },
        "Quality": {
            "compositionScore": sum(scores) / len(scores) if measured and shape else None,
            "framingAppropriate": None,
            "visualEngagement": None,
            "professionalLevel": None,
            "overallScore": None,
        },
    }


# ---------------------------------------------------------------------------------------------------------------------


def scene_pacing(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    ran = c.ran("scene_detection")
    cuts = c.cuts
    edges = [Fraction(0), *cuts, c.D]
    scenes = list(pairwise(edges))
    lengths = [b - a for a, b in scenes]
    usual = c.D / len(lengths)
    sigma = sd(lengths, 1) if len(lengths) > 1 else 0.0
    cv = sigma / float(usual)
    q = 1 / (1 + sigma)
    rhythm = "consistent" if q > 0.7 else "varied" if q > 0.4 else "erratic"
    types = {t: e.get("transition_type") or "cut" for t, _, e in c.entries("scene_change") if 0 < t < c.D}
    k = max(1, min(10, math.floor(c.D)))
    wide = c.D / k
    windows = [(wide * i, sum(wide * i <= t < wide * (i + 1) for t in cuts)) for i in range(k)]
    per_minute = [n * 60 / wide for _, n in windows]
    faster, slower, last = [], [], None
    for i, (t, n) in enumerate(windows):
        if last is not None:
            f = per_minute[i] / last
            if f >= Fraction(3, 2):
                faster.append({"timestamp": t, "factor": f})
            elif f <= Fraction(67, 100) and (n or windows[i - 1][1]):
                slower.append({"timestamp": t, "factor": f})
        if n:
            last = per_minute[i]
    speed = ["slow" if r < 10 else "medium" if r < 30 else "fast" for r in per_minute]
    flow = None
    if ran and len(lengths) >= 3:
        flow = {"decreasing": "accelerating", "increasing": "decelerating", "stable": "steady"}[trend(lengths)]

    def on(sounds: str, reach: Fraction) -> tuple[Any, Any]:
        moments = c.series(sounds)
        if not ran or not cuts or moments is None:
            return None, None
        moments = [exact(t) for t in moments]
        hit = Fraction(sum(any(abs(t - s) <= reach for s in moments) for t in cuts), len(cuts))
        return hit, measure(merged((s - reach, s + reach) for s in moments), Fraction(0), c.D) / c.D

    sync, sync_chance = on("onset_times", Fraction(15, 100))
    beat, beat_chance = on("beat_times", Fraction(10, 100))
    longest = sorted(scenes, key=lambda s: (s[0] - s[1], s[0]))[0]
    shortest = sorted(scenes, key=lambda s: (s[1] - s[0], s[0]))[0]
    top = max(range(k), key=lambda i: (windows[i][1], -i))
    style = (
        "mtv_style" if usual < Fraction(3, 2) else "experimental" if rhythm != "consistent" else
        "classic_narrative" if usual > 3 else "rhythmic"
    )  # fmt: skip

    def scene(s: Span) -> Json:
        whole = label(math.floor(s[0]), math.ceil(s[1]))
        return {"duration": s[1] - s[0] if ran else None, "timestamp": whole if ran else None}

    return {
        "CoreMetrics": {
            "totalScenes": len(scenes) if ran else None,
            "averageSceneDuration": usual if ran else None,
            "scenesPerMinute": 60 * len(scenes) / c.D if ran else None,
            "pacingScore": min(Fraction(1), len(cuts) / c.D) if ran else None,
            "rhythmConsistency": rhythm if ran else None,
            "transitionSmoothing": Fraction(sum(v == "fade" for v in types.values()), len(types)) if types else None,
        },
        "Dynamics": {
            "pacingProgression": [
                {"timestamp": t, "cuts": n, "cutsPerMinute": r}
                for (t, n), r in zip(windows, per_minute, strict=True)
                if ran
            ],
            "sceneRhythm": (
                None if not ran else "single" if len(scenes) == 1 else
                "regular" if cv < 0.3 else "varied" if cv < 0.7 else "irregular"
            ),
            "temporalFlow": flow,
            "accelerationPoints": faster,
            "decelerationPoints": slower,
        },
        "Interactions": {
            "audioVisualSync": sync,
            "audioVisualSyncChance": sync_chance,
            "beatMatching": beat,
            "beatMatchingChance": beat_chance,
            "emotionalPacing": spearman(c.rate(cuts), c.arousal()) if ran and cuts else None,
            "narrativeFlow": None,
        },
        "KeyEvents": {
            "longestScene": scene(longest),
            "shortestScene": scene(shortest),
            "pacingShifts": [
                {"timestamp": windows[i][0], "from": speed[i - 1], "to": speed[i]}
                for i in range(1, k)
                if ran and speed[i] != speed[i - 1]
            ],
            "climaxTiming": (windows[top][0] + wide / 2) / c.D if ran and cuts else None,
        },
        "Patterns": {
            "editingStyle": style if ran else None,
            "transitionTypes": sorted(set(types.values())),
            "pacingPattern": flow,
            "rhythmStructure": None,
        },
        "Quality": {
            "flowScore": 1 - min(1.0, cv) if ran and cuts else None,
            "engagementPacing": None,
            "viewerRetention": None,
            "editingQuality": None,
            "overallScore": None,
        },
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------

FILLERS = ["um", "uh", "like", "you know", "basically", "literally", "actually"]
HOOKS = {
    "did you know": "question", "guess what": "question", "wait for it": "question", "watch this": "question",
    "check this out": "question", "amazing": "hyperbole", "incredible": "hyperbole", "mind-blowing": "hyperbole",
    "shocking": "hyperbole", "unbelievable": "hyperbole", "you won't believe": "promise",
    "you need to see": "promise", "this will change": "promise", "secret": "value_prop", "trick": "value_prop",
    "hack": "value_prop", "tip": "value_prop",
}  # fmt: skip
GREETINGS = dict.fromkeys(["hey", "hi", "hello", "what's up"], "greeting")
CTAS = {
    "follow": "engagement", "like": "engagement", "subscribe": "engagement", "comment": "engagement",
    "share": "engagement", "hit the": "engagement", "link in bio": "traffic", "check out": "traffic",
    "visit": "traffic", "go to": "traffic", "buy": "conversion", "purchase": "conversion", "get yours": "conversion",
    "order now": "conversion", "save this": "save", "bookmark": "save", "remember": "save", "tag someone": "viral",
    "send this": "viral", "share with": "viral",
}  # fmt: skip
YOU = ["you", "your", "yours", "yourself", "yourselves", "you're", "you'll", "you've", "you'd"]
ME = ["i", "i'm", "i'll", "i've", "i'd", "me", "my", "mine", "myself"]


def segment_words(entry: tuple[Fraction, Fraction, Json]) -> list[tuple[str, Fraction, Fraction, Any]]:
    """(word, start, end, probability): as written between spaces, without the punctuation around."""
    start, end, data = entry

    def bare(text: str) -> list[str]:
        return [w for w in (re.sub(r"^\W+|\W+$", "", part) for part in plain(text).split()) if w]

    timed = [
        (w, min(max(exact(x["start"]), start), end), min(max(exact(x["end"]), start), end), x.get("probability"))
        for x in data["words"]
        for w in bare(x["word"])
    ]
    if timed:
        return timed
    found = bare(data["text"])
    step = (end - start) / max(1, len(found))
    return [(w, start + i * step, start + (i + 1) * step, None) for i, w in enumerate(found)]


def phrases(entry: tuple[Fraction, Fraction, Json], table: Mapping[str, str]) -> list[tuple[int, str, str, Fraction]]:
    """(place, phrase, type, time) of every phrase not inside a longer one."""
    said = segment_words(entry)
    line, starts = "", []
    for w, a, _, _ in said:
        starts.append((len(line), a))
        line += w + " "
    found = [(at, at + len(re.sub(r"\W", " ", p)), p) for p in table for at in says(line, p)]
    kept = [f for f in found if not any(g[0] <= f[0] and f[1] <= g[1] and g[1] - g[0] > f[1] - f[0] for g in found)]
    return [(at, p, table[p], [t for k, t in starts if k <= at][-1]) for at, _, p in sorted(kept)]


def speech_analysis(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    ran = c.ran("whisper")
    segments = c.entries("speech") if ran else []
    words = [w for s in segments for w in segment_words(s)]
    spans = merged((a, b) for a, b, _ in segments)
    time = measure(spans, Fraction(0), c.D)
    N, U = len(words), len({w[0] for w in words})
    tens = [(c.D * i / 10, c.D * (i + 1) / 10) for i in range(10)]

    def part(w: tuple[str, Fraction, Fraction, Any], a: Fraction, b: Fraction) -> Fraction:
        return measure([(w[1], w[2])], a, b) / (w[2] - w[1]) if w[2] > w[1] else Fraction(a <= w[1] < b)

    paces = []
    for a, b in tens:
        spoken = measure(spans, a, b)
        paces.append(60 * sum((part(w, a, b) for w in words), Fraction(0)) / spoken if spoken else Fraction(0))
    moving = [p for p in paces if p]
    clear = [average(w[3] for w in words if a <= w[1] < b) for a, b in tens]
    holes = []
    at = Fraction(0)
    for a, b in [*spans, (c.D, c.D)]:
        if a > at:
            holes.append((at, a))
        at = max(at, b)

    def silences(limit: int) -> list[Json]:
        return [
            {
                "start": a,
                "end": b,
                "duration": b - a,
                "type": "awkward" if b - a > 3 else "dramatic" if b - a > 2 else "strategic",
            }
            for a, b in holes
            if ran and b - a > limit
        ]

    energy = c.document("audio_energy").get("energy_level_windows") or {}
    bursts = []
    for name, x in energy.items():
        a, b = (exact(float(v)) for v in name[:-1].split("-"))
        if x > 0.9 and min(b, c.D) > a:
            end = min(b, c.D)
            bursts.append({"start": a, "end": end, "duration": end - a, "energy": x, "type": "high_energy"})
    bursts.sort(key=lambda x: x["start"])
    audio = c.ran("audio_energy") and not c.silent_track
    gestures, texts, emotions = c.entries("gesture"), c.entries("text"), c.entries("emotion")
    people, seeing, feeling = c.ran("mediapipe"), c.ran("ocr"), c.ran("emotion_detection")

    def during(t: Fraction) -> bool:
        return any(a <= t < b for a, b in spans)

    usual = average(confidences(emotions))
    gesture_sync = Fraction(sum(during(g[0]) for g in gestures), len(gestures)) if ran and people and gestures else None
    shown = [(t, w) for t in texts for w in (x[0] for x in segment_words((t[0], t[1], {**t[2], "words": []})))]
    said_too = sum(any(x[0] == w and x[2] >= t[0] - 2 and x[1] <= t[1] + 2 for x in words) for t, w in shown)
    text_overlap = Fraction(said_too, len(shown)) if ran and seeing and shown else None
    alignment = spearman(c.rate(w[1] for w in words), c.arousal()) if ran and feeling and words else None
    three = [float(x) for x in (gesture_sync, alignment, text_overlap) if x is not None]
    face_times = [exact(f["timestamp"]) for f in c.document("mediapipe").get("faces", ())]

    longest = sorted(segments, key=lambda s: (-(s[1] - s[0]), s[0]))[:1]
    climax = c.document("audio_energy").get("climax_timestamp") if audio else None
    loud = [float(x) for x in (c.series("rms_per_second") or [])][: len(c.bins)]
    intensity = None
    if climax is not None and loud and max(loud):
        i = c.second(min(exact(climax), c.bins[-1][0]))
        intensity = loud[i] / max(loud) if i is not None and i < len(loud) else None

    bigrams = [(a[0], b[0]) for a, b in pairwise(words)]
    sentences = [
        s for _, _, d in segments for s in re.findall(r"[^.?!]+[.?!]*", d["text"]) if re.sub(r"[.?!\s]", "", s)
    ]
    asked = sum("?" in s for s in sentences)
    you = Fraction(sum(w[0] in YOU for w in words), N) if N else Fraction(0)
    me = Fraction(sum(w[0] in ME for w in words), N) if N else Fraction(0)
    style = None
    if N:
        style = (
            "question_led" if sentences and Fraction(asked, len(sentences)) >= Fraction(3, 10) else
            "direct_address" if you >= Fraction(3, 100) else
            "first_person" if me >= Fraction(5, 100) else "descriptive"
        )  # fmt: skip

    def item(hit: tuple[int, str, str, Fraction]) -> Json:
        return {"phrase": hit[1], "type": hit[2], "timestamp": hit[3]}

    hooks = [item(h) for s in segments for h in phrases(s, HOOKS)]
    if segments:
        hooks = [item(h) for h in phrases(segments[0], GREETINGS) if h[0] == 0] + hooks
    stress = []
    for s in segments:
        stress += [item(h) for h in phrases(s, {p: k for p, k in HOOKS.items() if k == "hyperbole"})]
        own = segment_words(s)
        stress += [
            {"phrase": f"{a[0]} {b[0]}", "type": "repetition", "timestamp": a[1]}
            for a, b in pairwise(own)
            if a[0] == b[0]
        ]
    calls = [item(h) for s in segments for h in phrases(s, CTAS)]
    for found in (hooks, stress, calls):
        found.sort(key=lambda h: round(h["timestamp"], 6))
    fill = sum(len(h[1].split()) for s in segments for h in phrases(s, dict.fromkeys(FILLERS, "filler")))
    talking = [e for e in emotions if any(visible(e, a, b) for a, b in spans)]
    rate = 60 * N / time if time else None

    def if_ran(value: Any) -> Any:
        return value if ran else None

    return {
        "CoreMetrics": {
            "totalWords": if_ran(N),
            "speechDensity": if_ran(N / c.D),
            "wordsPerMinute": if_ran(rate or 0),
            "vocabularyDiversity": Fraction(U, N) if N else None,
            "silenceRatio": if_ran(1 - time / c.D),
            "speechCoverage": if_ran(time / c.D),
            "avgSegmentDuration": average(b - a for a, b, _ in segments),
            "uniqueWords": if_ran(U),
            "confidence": average(confidences(segments)),
        },
        "Dynamics": {
            "wpmProgression": paces if ran else [],
            "wpmTrend": trend(paces) if ran else None,
            "clarityProgression": clear if any(x is not None for x in clear) else [],
            "silencePeriods": silences(1),
            "speechBursts": bursts,
            "burstPattern": (
                x if audio and (x := c.document("audio_energy").get("burst_pattern")) != "unknown" else None
            ),
            "energyVariance": c.document("audio_energy").get("energy_variance") if audio else None,
            "hasAudioEnergy": bool(energy),
            "pacingVariation": sd(moving) / (sum(map(float, moving)) / len(moving)) if moving else None,
            "openingWordsRatio": (sum((part(w, Fraction(0), c.D / 5) for w in words), Fraction(0)) / N if N else None),
            "temporalAlignment": {
                "gesture_emphasis_moments": [
                    {"timestamp": g[0], "type": g[2]["type"]} for g in gestures if ran and people and during(g[0])
                ],
                "expression_peaks_during_speech": [
                    {"timestamp": e[0], "emotion": e[2]["emotion"], "intensity": e[2]["confidence"]}
                    for e in emotions
                    if ran and feeling and exact(e[2]["confidence"]) > Fraction(6, 5) * usual and during(e[0])
                ],
                "lip_sync_quality": None,
                "body_language_congruence": (
                    Fraction(sum(any(visible(g, s[0], s[1]) for g in gestures) for s in segments), len(segments))
                    if people and segments
                    else None
                ),
            },
        },
        "Interactions": {
            "speechGestureSync": gesture_sync,
            "speechEmotionAlignment": alignment,
            "speechTextOverlap": text_overlap,
            "multiModalCoherence": sum(three) / len(three) if three else None,
            "offCameraSegments": [
                {"start": a, "end": b} for a, b, _ in segments if people and not any(a <= t < b for t in face_times)
            ],
        },
        "KeyEvents": {
            "longestSegment": (
                {
                    "duration": longest[0][1] - longest[0][0],
                    "timestamp": label(math.floor(longest[0][0]), math.ceil(longest[0][1])),
                    "start": longest[0][0],
                    "end": longest[0][1],
                    "words": len(segment_words(longest[0])),
                }
                if longest
                else dict.fromkeys(["duration", "timestamp", "start", "end", "words"])
            ),
            "climaxMoment": {"timestamp": climax, "intensity": intensity},
            "silentMoments": silences(2),
        },
        "Patterns": {
            "repetitionRate": 1 - Fraction(len(set(bigrams)), len(bigrams)) if bigrams else None,
            "narrativeStyle": style,
            "fillerRatio": Fraction(fill, N) if N else None,
            "directAddressRatio": you if N else None,
            "questionCount": if_ran(asked),
            "emphasisTechniques": stress,
            "verbalHooks": hooks,
            "callsToAction": calls,
        },
        "Quality": {
            "clarity": average(w[3] for w in words),
            "engagement": None,
            "emotionalRange": (
                Fraction(len({e[2]["emotion"] for e in talking}), 7) if feeling and spans and talking else None
            ),
            "deliveryStyle": (
                None if not N or rate is None else "slow" if rate < 110 else "natural" if rate <= 160 else "fast"
            ),
            "overallScore": None,
        },
    }


# ---------------------------------------------------------------------------------------------------------------------


def visual_overlay_analysis(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    ran, speaking, people = c.ran("ocr"), c.ran("whisper"), c.ran("mediapipe")
    texts = [t for t in c.entries("text") if t[2]["text"].strip()]
    stickers = c.entries("sticker")
    both = [*texts, *stickers]
    u = len({t[2]["text"].strip().casefold() for t in texts})
    first = min((t[0] for t in both), default=None)
    wide = max(Fraction(1), c.D / 10)
    edges = [Fraction(0)]
    while c.D - edges[-1] >= wide + Fraction(1, 20):
        edges.append(edges[-1] + wide)
    edges.append(c.D)
    windows = [(a, b, sum(visible(t, a, b) for t in texts)) for a, b in pairwise(edges) if ran]

    def name(w: tuple) -> str:
        return label(*(f"{round(float(x), 2):g}" for x in w[:2]))

    counts = [w[2] for w in windows]
    usual = average(counts) or Fraction(0)
    peaks = [w for w in windows if w[2] > Fraction(3, 2) * usual]
    climax = next((name(w) for w in peaks if w[2] == max(counts)), None)
    gaps = [b[0] - a[0] for a, b in pairwise(texts)]
    rhythm = None
    if ran and len(gaps) >= 2 and sum(gaps):
        rhythm = min(1.0, max(0.0, 1 - sd(gaps, 1) / (float(sum(gaps)) / len(gaps))))
    course = None
    if len(windows) >= 2:
        half = len(windows) // 2
        early, late = average(counts[:half]), average(counts[half:])
        course = (
            "accelerating" if late > Fraction(13, 10) * early else
            "decelerating" if late < Fraction(7, 10) * early else "stable"
        )  # fmt: skip
    speech, gestures = c.entries("speech"), c.entries("gesture")
    talked = [any(abs(s[0] - t[0]) <= 1 for s in speech) for t in texts]
    waved = [any(g[0] - 1 <= t[0] <= g[1] + 1 for g in gestures) for t in texts]
    aligned = Fraction(sum(talked), len(texts)) if ran and speaking and texts else None
    synced = Fraction(sum(waved), len(texts)) if ran and people and texts else None
    together = ran and speaking and people
    either = [a or b for a, b in zip(talked, waved, strict=True)]
    keywords = ["buy", "shop", "click", "link", "follow", "subscribe", "comment", "share", "order", "get"]
    ctas = [(t, next(k for k in keywords if says(t[2]["text"], k))) for t in texts
            if any(says(t[2]["text"], k) for k in keywords)]  # fmt: skip
    density = len(both) / c.D

    def short(t: tuple) -> str:
        return t[2]["text"] if len(t[2]["text"]) <= 50 else t[2]["text"][:50] + "..."

    techniques = [
        k
        for k, used in {
            "direct_cta": bool(ctas),
            "rhythmic_timing": rhythm is not None and rhythm > 0.7,
            "dynamic_pacing": course in ("accelerating", "decelerating"),
            "multimodal_reinforcement": bool(texts) and together and sum(either) > Fraction(3, 10) * len(texts),
        }.items()
        if used and ran
    ]
    sure = average(confidences(texts))
    complete = min(Fraction(1), Fraction(len(texts), max(1, math.floor(Fraction(3, 10) * c.D))))

    def if_ran(value: Any) -> Any:
        return value if ran else None

    return {
        "CoreMetrics": {
            "totalOverlays": if_ran(len(both)),
            "totalTextOverlays": if_ran(len(texts)),
            "totalStickers": if_ran(len(stickers)),
            "uniqueOverlayCount": if_ran(u),
            "overlayDensity": if_ran(density),
            "uniqueOverlayRatio": if_ran(Fraction(u, len(both)) if both else 0),
            "timeToFirstOverlay": if_ran(first),
            "avgOverlayDuration": if_ran(average(b - a for a, b, _ in both)),
            "overlayFrequency": if_ran(60 * len(both) / c.D),
            "confidence": average(confidences(both)),
        },
        "Dynamics": {
            "overlayProgression": [
                {"timestamp": name(w), "overlayCount": w[2], "density": w[2] / (w[1] - w[0])} for w in windows
            ],
            "rhythmConsistency": rhythm,
            "overlayAcceleration": course,
            "temporalDistribution": (
                None if not ran or first is None else "front_loaded" if first < Fraction(3, 10) * c.D else "balanced"
            ),
            "burstPatterns": if_ran(sum(g < 2 for g in gaps)),
            "confidence": sure,
        },
        "Interactions": {
            "overlaySpeechAlignment": aligned,
            "overlayGestureSync": synced,
            "multimodalReinforcementCount": sum(either) if together else None,
            "multimodalMoments": [
                {"timestamp": f"{math.floor(t[0])}s", "textContent": short(t), "hasSpeech": a, "hasGesture": b}
                for t, a, b in zip(texts, talked, waved, strict=True)
                if together and (a or b)
            ][:5],
            "crossModalCoherence": average([aligned, synced]),
            "confidence": average(confidences([*texts, *speech, *gestures])) if texts else None,
        },
        "KeyEvents": {
            "overlayPeaks": [
                {"timestamp": name(w), "overlayCount": w[2], "intensity": Fraction(w[2], max(counts))} for w in peaks
            ],
            "ctaMoments": [
                {"timestamp": f"{math.floor(t[0])}s", "ctaType": k, "textContent": short(t)} for t, k in ctas[:3]
            ],
            "climaxMoment": climax,
            "quietMoments": [name(w) for w in windows if w[2] == 0],
            "confidence": sure,
        },
        "Patterns": {
            "overlayStrategy": if_ran(
                "heavy" if density > 1 else "moderate" if density > Fraction(1, 2) else "minimal"
            ),
            "overlayTechniques": techniques,
            "engagementArchetype": if_ran(
                "conversion_focused" if len(ctas) > 2 else
                "attention_grabbing" if density > Fraction(8, 10) else "informational"
            ),
            "pacingPattern": course,
            "contentFocus": if_ran("product_focused" if len(ctas) > 1 else "informational"),
            "confidence": sure,
        },
        "Quality": {
            "dataCompleteness": if_ran(complete),
            "detectionConfidence": sure,
            "analysisReliability": if_ran("high" if texts else "low"),
            "timelineCoverage": if_ran(measure(merged((a, b) for a, b, _ in texts), Fraction(0), c.D) / c.D),
            "overallConfidence": None if sure is None else min(Fraction(95, 100), (sure + complete) / 2),
        },
    }  # fmt: skip


# ---------------------------------------------------------------------------------------------------------------------


def emoji_in(text: str) -> list[str]:
    """Pictographs with what modifies and joins them; flags in pairs."""
    found, joined = [], False
    for ch in text:
        code = ord(ch)
        modifier = code in (0xFE0F, 0x200D) or 0x1F3FB <= code <= 0x1F3FF
        flag = 0x1F1E6 <= code <= 0x1F1FF
        if (modifier and found) or (flag and found and len(found[-1]) == 1 and 0x1F1E6 <= ord(found[-1]) <= 0x1F1FF):
            found[-1] += ch
        elif unicodedata.category(ch) == "So" and (code >= 0x1F000 or 0x2600 <= code <= 0x27BF):
            if joined:
                found[-1] += ch
            else:
                found.append(ch)
        joined = code == 0x200D
    return found


def metadata_analysis(unified: Mapping[str, Any]) -> Json:
    facts = unified["metadata"]
    caption = facts["description"] or ""
    tags = [t if isinstance(t, str) else t["name"] for t in facts["hashtags"]]
    count, words = len(tags), len(caption.split())
    strategy = (
        "none" if count == 0 else "minimal" if count < 3 else "moderate" if count <= 7 else
        "heavy" if count <= 15 else "spam"
    )  # fmt: skip
    generic = sum(
        t.lower().lstrip("#") in ["fyp", "foryou", "foryoupage", "viral", "trending", "explore"] for t in tags
    )
    emoji = emoji_in(caption)
    mentions = re.findall(r"(?<![\w])@\w+", caption)
    stats_ = [facts["likes"], facts["comments"], facts["shares"]]
    rate = 100 * Fraction(sum(stats_), facts["views"]) if facts["views"] and None not in stats_ else None
    groups = {
        "ctaFollow": ["follow me", "follow for", "hit follow"],
        "ctaLike": ["drop a like", "hit like", "double tap", "like if"],
        "ctaComment": ["comment below", "let me know", "drop a comment", "tell me"],
        "ctaShare": ["share this", "tag someone", "send this to"],
        "ctaUrgency": ["limited time", "act now", "last chance", "today only", "ends soon"],
    }
    hits = {k: int(any(says(caption, p) for p in v)) for k, v in groups.items()}
    has = int(any(hits.values()))
    hooks = ["wait for it", "watch till", "won't believe", "pov", "story time", "here's how", "the secret"]
    when = None
    if facts["createTime"]:
        when = datetime.datetime.fromisoformat(facts["createTime"])
        when = when.astimezone(datetime.UTC) if when.tzinfo else when
    return {
        "CoreMetrics": {
            "captionLength": len(caption),
            "wordCount": words,
            "hashtagCount": count,
            "emojiCount": len(emoji),
            "mentionCount": len(mentions),
            "engagementRate": rate,
            "viewCount": facts["views"],
            "videoDuration": exact(unified["timeline"]["duration"]),
        },
        "Dynamics": {
            "hashtagStrategy": strategy,
            "emojiDensity": Fraction(len(emoji), words) if words else 0,
            "mentionDensity": Fraction(len(mentions), words) if words else 0,
            "publishHour": when.hour if when else None,
            "publishDayOfWeek": when.isoweekday() - 1 if when else None,
        },
        "Interactions": {
            "likeCount": facts["likes"],
            "commentCount": facts["comments"],
            "shareCount": facts["shares"],
            "saveCount": facts["saves"],
        },
        "KeyEvents": {
            "hashtags": tags,
            "keyMentions": mentions[:3],
            "primaryEmojis": emoji[:3],
            "hasHook": int(any(says(caption, p) for p in hooks)),
            "callToAction": has,
        },
        "Patterns": {
            "hashtagBreakdown": {
                "total": count,
                "generic": generic,
                "niche": count - generic,
                "genericRatio": Fraction(generic, count) if count else 0,
                "strategy": strategy,
            },
            "ctaFeatures": {"hasCTA": has, **hits, "ctaCount": sum(hits.values())},
            "hasQuestion": int("?" in caption),
            "hasExclamation": int("!" in caption),
        },
        "Quality": {
            "wordCount": words,
            "hasCaption": int(caption.strip() != ""),
            "linkPresent": int(re.search(r"(?i)https?://", caption) is not None),
        },
    }


# ---------------------------------------------------------------------------------------------------------------------


def temporal_markers(unified: Mapping[str, Any]) -> Json:
    c = Clip(unified)
    n = len(c.bins)
    texts, speech, gestures = c.entries("text"), c.entries("speech"), c.entries("gesture")
    objects, emotions = c.entries("object"), c.entries("emotion")
    cuts = [e for e in c.entries("scene_change") if 0 < e[0] < c.D]
    loud = [exact(x) for x in (c.document("audio_energy").get("rms_per_second") or [])][:n]
    loud += [Fraction(0)] * (n - len(loud)) if loud else []
    limit = float(sum(loud) / len(loud)) + sd(loud) if loud else 0.0

    def tops(y: Sequence[Fraction]) -> list[int]:
        """First index of every run of equal values that is lower on both sides (or at an end)."""
        out = []
        for i in range(len(y)):
            if i and y[i - 1] >= y[i]:
                continue
            after = next((v for v in y[i:] if v != y[i]), None)
            if after is None or after < y[i]:
                out.append(i)
        return out

    energy = [(Fraction(i), Fraction(i), {}) for i in tops(loud) if float(loud[i]) > limit + 1e-12]
    rows = {"text": texts, "scene_change": cuts, "speech": speech, "gesture": gestures, "object": objects,
            "energy_peak": energy}  # fmt: skip
    starting = [
        sorted(
            (
                (e[0], order, kind, e[2])
                for order, (kind, es) in enumerate(rows.items())
                for e in es
                if c.second(e[0]) == i
            ),
            key=lambda x: x[:2],
        )
        for i in range(n)
    ]
    density_known = any(c.ran(s) for s in ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy"))
    small = {"text": 3, "scene_change": 2, "speech": 2, "gesture": 1, "object": 1, "energy_peak": 1}
    big = {**small, "speech": Fraction(3, 2)}
    force = [sum((big[x[2]] for x in s), Fraction(0)) for s in starting]
    usual = sum(force) / n
    peaks = sorted((i for i in tops(force) if force[i] > Fraction(3, 2) * usual), key=lambda i: (-force[i], i))[:5]

    def seconds(of: Callable[[int], Any]) -> list[Any]:
        return [of(i) if i < n else None for i in range(5)]

    def face(i: int) -> str | None:
        return mode((e[2]["emotion"], 1, e[2]["confidence"]) for e in emotions if visible(e, *c.bins[i]))

    wording = {
        "positive": ["amazing", "love", "great", "awesome"],
        "warning": ["warning", "careful", "don't", "avoid"],
        "urgent": ["urgent", "now", "quick", "fast"],
    }

    def mood(i: int) -> str | None:
        emotion = face(i)
        if emotion in ("joy", "surprise"):
            return "positive"
        if emotion in ("fear", "anger", "disgust", "sadness"):
            return "warning"
        if not c.ran("whisper"):
            return emotion
        heard = [s[2]["text"] for s in speech if visible(s, *c.bins[i])]
        return next((m for h in heard for m, ws in wording.items() if any(says(h, w) for w in ws)), "neutral")

    def at(t: Fraction) -> str:
        return f"{math.floor(t)}s"

    def moment(t: tuple) -> Json:
        return {"timestamp": at(t[0]), "text": t[2]["text"], "duration": t[1] - t[0], "position": t[2]["position"]}

    def classes(found: Sequence[tuple]) -> list[Json]:
        names = {e[2]["class"] for e in found}
        rows_ = [
            (
                min(e[0] for e in found if e[2]["class"] == k),
                k,
                len({e[2]["track_id"] for e in found if e[2]["class"] == k}),
            )
            for k in names
        ]
        return [{"class": k, "first_appearance": at(t), "count": m} for t, k, m in sorted(rows_)]

    def within(entries: Sequence[tuple], a: Fraction, b: Fraction) -> list[tuple]:
        return [e for e in entries if visible(e, a, b)]

    opening = (Fraction(0), Fraction(5))
    late = (Fraction(85, 100) * c.D, c.D)
    keywords = ["follow", "like", "subscribe", "comment", "share", "link", "bio", "check out", "click", "tap",
                "swipe", "buy", "shop", "order"]  # fmt: skip
    last_words = sorted(
        [(*e, "speech") for e in within(speech, *late)] + [(*e, "text") for e in within(texts, *late)],
        key=lambda e: e[0],
    )
    spoken, waved = within(speech, *late), within(gestures, *late)
    sync = None
    if c.ran("mediapipe", "whisper") and waved:
        sync = Fraction(sum(any(s[0] <= g[0] < s[1] for s in spoken) for g in waved), len(waved))
    length = sum((b - a for a, b, _ in spoken), Fraction(0))
    said = sum(len(segment_words(s)) for s in spoken)
    emphasis = {
        "speech_duration": length,
        "word_count": said,
        "words_per_second": said / length if length else 0,
        "segment_count": len(spoken),
    }
    curve = []
    for i in range(math.ceil(c.D / 5)):
        window = (Fraction(5 * i), min(Fraction(5 * i + 5), c.D))
        score = sum(
            w * len(within(e, *window))
            for w, e in ((2, texts), (Fraction(3, 2), cuts), (1, speech), (Fraction(1, 2), objects))
        )
        curve.append(min(Fraction(score) / 10, Fraction(1)))
    curve_known = any(c.ran(s) for s in ("ocr", "scene_detection", "whisper", "yolo"))
    names = {"scene": "scene_detection"}
    available = ("yolo", "whisper", "ocr", "mediapipe", "scene", "audio_energy", "emotion_detection")
    return {
        "first_5_seconds": {
            "density_progression": seconds(
                lambda i: min(10, sum(small[x[2]] for x in starting[i])) if density_known else None
            ),
            "text_moments": [moment(t) for t in within(texts, *opening)[:10]],
            "emotion_sequence": seconds(mood),
            "expression_sequence": seconds(face),
            "gesture_moments": [
                {"timestamp": at(g[0]), "type": g[2]["type"], "confidence": g[2]["confidence"]}
                for g in within(gestures, *opening)[:5]
            ],
            "object_appearances": classes(within(objects, *opening))[:5],
            "speech_segments": [
                {
                    "start": at(s[0]),
                    "end": at(s[1]),
                    "text": s[2]["text"] if len(s[2]["text"]) <= 50 else s[2]["text"][:50] + "...",
                }
                for s in within(speech, *opening)[:5]
            ],
            "scene_changes": [e[0] for e in within(cuts, *opening)],
        },
        "cta_window": {
            "time_range": label(math.floor(late[0]), math.floor(c.D)),
            "cta_appearances": [
                {"timestamp": at(e[0]), "keyword": k, "context": e[2]["text"].lower()[:100], "type": e[3]}
                for e in last_words
                for k in keywords
                if says(e[2]["text"], k)
            ],
            "gesture_sync": {
                "gesture_count": len(waved) if c.ran("mediapipe") else None,
                "speech_count": len(spoken) if c.ran("whisper") else None,
                "sync_ratio": sync,
            },
            "object_focus": classes(within(objects, *late)),
            "speech_emphasis": emphasis if c.ran("whisper") else dict.fromkeys(emphasis),
            "text_overlays": [moment(t) for t in within(texts, *late)[:10]],
        },
        "peak_moments": [
            {
                "timestamp": i,
                "intensity": force[i],
                "events": [f"text: {x[3]['text'][:30]}" if x[2] == "text" else x[2] for x in starting[i]],
            }
            for i in peaks
            if density_known
        ],
        "engagement_curve": curve if curve_known else [],
        "metadata": {
            "video_id": unified["video_id"],
            "duration": c.D,
            "ml_data_available": {k: c.ran(names.get(k, k)) for k in available},
        },
    }  # fmt: skip


DERIVED: dict[str, Callable[[Mapping[str, Any]], Json]] = {
    "creative_density": creative_density,
    "emotional_journey": emotional_journey,
    "person_framing": person_framing,
    "scene_pacing": scene_pacing,
    "speech_analysis": speech_analysis,
    "visual_overlay_analysis": visual_overlay_analysis,
    "metadata_analysis": metadata_analysis,
    "temporal_markers": temporal_markers,
}


RANGE = re.compile(r"^[\d.]+-[\d.]+s$")


def differences(name: str, got: Any, want: Any) -> list[str]:
    """Leaves of ``got`` (the output) that are not what was derived here, each with both values."""
    return list(_differences(got, want, "", "", ROUNDED.get(name, {})))


def _differences(got: Any, want: Any, path: str, field: str, rounded: Mapping[str, int]) -> Iterable[str]:
    if isinstance(want, dict) and isinstance(got, dict):
        for key in sorted({*got, *want} - {"missingDataPoints", "generated_at"}):
            here = f"{path}.{key}".lstrip(".")
            name = f"{field}.{key}".lstrip(".")
            if key not in got or key not in want:
                yield f"{here}: only in the {'output' if key in got else 'derivation'}"
            else:
                yield from _differences(got[key], want[key], here, name, rounded)
    elif isinstance(want, list) and isinstance(got, list):
        if len(got) != len(want):
            yield f"{path}: {len(got)} items, derived {len(want)}: {got} / {want}"
        for i, (a, b) in enumerate(zip(got, want, strict=False)):
            yield from _differences(a, b, f"{path}[{i}]", field, rounded)
    elif isinstance(want, (int, float, Fraction)) and not isinstance(want, bool):
        allowed = 0.5 * 10.0 ** -rounded[field] + 1e-6 if field in rounded else 1e-6 * max(1.0, abs(float(want)))
        if isinstance(got, bool) or not isinstance(got, (int, float)) or abs(got - float(want)) > allowed:
            yield f"{path}: {got!r}, derived {float(want)!r}"
    elif isinstance(want, str) and isinstance(got, str) and RANGE.match(want) and RANGE.match(got):
        # Two decimals at most; a half may be rounded either way.
        pairs = zip(got[:-1].split("-"), want[:-1].split("-"), strict=True)
        if any(abs(exact(float(a)) - exact(float(b))) > Fraction(1, 100) for a, b in pairs):
            yield f"{path}: {got!r}, derived {want!r}"
    elif field == "Patterns.mlTags" and got[:4] == want[:4] == "avg_":
        if abs(float(got[4:]) - float(want[4:])) > 0.1 + 1e-9:
            yield f"{path}: {got!r}, derived {want!r}"
    elif got != want or type(got) is not type(want):
        yield f"{path}: {got!r}, derived {want!r}"
