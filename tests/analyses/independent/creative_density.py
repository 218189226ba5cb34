"""The creative density, derived a second time."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Any

from tests.analyses.independent.common import Clip, Json, average, confidences, exact, label, sd, trend


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
