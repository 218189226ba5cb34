"""The visual overlay analysis, derived a second time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.analyses.independent.common import (
    Clip,
    Json,
    average,
    confidences,
    label,
    measure,
    merged,
    says,
    sd,
    visible,
)


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
            "accelerating"
            if late > Fraction(13, 10) * early
            else "decelerating"
            if late < Fraction(7, 10) * early
            else "stable"
        )
    speech, gestures = c.entries("speech"), c.entries("gesture")
    talked = [any(abs(s[0] - t[0]) <= 1 for s in speech) for t in texts]
    waved = [any(g[0] - 1 <= t[0] <= g[1] + 1 for g in gestures) for t in texts]
    aligned = Fraction(sum(talked), len(texts)) if ran and speaking and texts else None
    synced = Fraction(sum(waved), len(texts)) if ran and people and texts else None
    together = ran and speaking and people
    either = [a or b for a, b in zip(talked, waved, strict=True)]
    keywords = ["buy", "shop", "click", "link", "follow", "subscribe", "comment", "share", "order", "get"]
    ctas = [
        (t, next(k for k in keywords if says(t[2]["text"], k)))
        for t in texts
        if any(says(t[2]["text"], k) for k in keywords)
    ]
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
                "conversion_focused"
                if len(ctas) > 2
                else "attention_grabbing"
                if density > Fraction(8, 10)
                else "informational"
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
    }
