"""The emotional journey, derived a second time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from tests.analyses.independent.common import Clip, Json, average, confidences, label, mode, spearman


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
            "steady_state"
            if not changes
            else "complex_journey"
            if len(names) > 3
            else "positive_journey"
            if names & good
            else "discovery"
        )
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
