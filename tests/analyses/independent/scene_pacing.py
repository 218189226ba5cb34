"""The scene pacing, derived a second time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Any

from tests.analyses.independent.common import Clip, Json, Span, exact, label, measure, merged, sd, spearman, trend


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
        "mtv_style"
        if usual < Fraction(3, 2)
        else "experimental"
        if rhythm != "consistent"
        else "classic_narrative"
        if usual > 3
        else "rhythmic"
    )

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
                None
                if not ran
                else "single"
                if len(scenes) == 1
                else "regular"
                if cv < 0.3
                else "varied"
                if cv < 0.7
                else "irregular"
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
    }
