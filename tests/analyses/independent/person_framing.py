"""The person framing, derived a second time."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, pairwise
from typing import Any

from tests.analyses.independent.common import Clip, Json, average, exact, measure, merged, mode, sd


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
