"""The part of a made recording that is about people: faces, gaze, poses, hands, gestures, expressions."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rumiai_parity.script import Face, Script

Json = dict[str, Any]
EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")
#: Which action units make an expression (Ekman and Friesen), of those that blendshapes stand for.
UNITS = {
    "joy": (6, 12), "sadness": (1, 4, 15), "anger": (4, 9), "fear": (1, 2, 4, 26), "disgust": (9, 15),
    "surprise": (1, 2, 26), "neutral": (),
}  # fmt: skip
SHAPES = {
    "browInnerUp": 1, "browOuterUp": 2, "browDown": 4, "cheekSquint": 6, "noseSneer": 9,
    "mouthSmile": 12, "mouthFrown": 15, "jawOpen": 26, "eyeBlink": 45,
}  # fmt: skip
BLINK = 45
#: Eye widths off the camera at which contact is lost.
LOOKS_AWAY = 0.15


def wavering(score: float, k: int) -> float:
    """``score`` a little lower, differently at each sample ``k``: up to 4 % of it, in fifths."""
    return round(score * (1 - 0.04 * (7 * k % 5) / 5), 6)


def digest(text: str) -> str:
    """64 hexadecimal digits made of ``text``."""
    return hashlib.sha256(text.encode()).hexdigest()


def document(script: Script) -> Json:
    """Result of the service ``mediapipe``."""
    found: dict[str, list[Json]] = {
        name: [] for name in ("poses", "faces", "hands", "gaze", "gestures", "blendshapes")
    }  # fmt: skip
    for k, t in enumerate(script.video.times()):
        place = {"timestamp": t, "frame_number": round(t * script.video.fps)}
        faces = _largest_first(script, t)
        if faces:
            boxes = [_named(face.box(t)) | {"confidence": wavering(face.score, k)} for face in faces]
            first = {name: boxes[0][name] for name in ("x", "y", "width", "height")}
            found["faces"].append(
                {**place, "count": len(boxes), "confidence": boxes[0]["confidence"], "bbox": first, "boxes": boxes}
            )
            visible = wavering(0.8 * faces[0].score, k)
            found["poses"].append(
                {**place, "landmarks": 33, "visibility": visible, "confidence": visible, "bbox": _body(first)}
            )
            found["gaze"].append({"timestamp": t, **_gaze(faces[0], k), "confidence": boxes[0]["confidence"]})
            units = _units(script, t, k)
            found["blendshapes"].append({**place, "scores": {name: units[unit] for name, unit in SHAPES.items()}})
        shown = [gesture for gesture in script.gestures if gesture.start <= t < gesture.end]
        if shown:
            found["hands"].append({**place, "count": len({gesture.hand for gesture in shown})})
        found["gestures"] += [
            {
                **place, "type": gesture.type, "confidence": wavering(gesture.score, k), "hand": gesture.hand,
                "timestamp_ms": round(1000 * t),
            }
            for gesture in shown
        ]  # fmt: skip
    frames = len(script.video.times())
    return {
        **found,
        "presence_percentage": 100.0 * len(found["poses"]) / frames,
        "frames_with_people": len(found["poses"]),
        "metadata": {
            "processed": True, "model": "mediapipe-tasks", "frames_analyzed": frames,
            **{f"{name}_detected": len(found[name]) for name in ("poses", "faces", "hands", "gaze", "gestures")},
            "sample_spacing": script.video.spacing,
        },
    }  # fmt: skip


def expressions(script: Script) -> Json:
    """Result of the service ``emotion_detection``."""
    times = script.video.times(script.video.expressions_every)
    emotions = [_emotion(script, t, k) for k, t in enumerate(times) if _largest_first(script, t)]
    counts = Counter(one["emotion"] for one in emotions)
    active = Counter(unit for one in emotions for unit in one["action_units"])
    nobody = len(emotions) < 0.2 * len(times)
    stats = {
        "total_frames": len(times), "successful_frames": len(emotions), "no_face_frames": len(times) - len(emotions),
        "video_type": "no_people" if nobody else "people_detected",
    }  # fmt: skip
    changes = [
        {"timestamp": after["timestamp"], "from": before["emotion"], "to": after["emotion"]}
        for before, after in pairwise(emotions)
        if before["emotion"] != after["emotion"]
    ]
    scores = [one["confidence"] for one in emotions]
    return {
        "emotions": emotions,
        "action_units": [
            {"timestamp": one["timestamp"], "aus": one["action_units"], "intensities": one["au_intensities"]}
            for one in emotions
        ],
        "timeline": _by_second(times, emotions),
        "dominant_emotion": min(counts, key=lambda name: (-counts[name], name), default=None),
        "emotion_transitions": changes,
        "confidence_scores": scores,
        "au_activations": {str(unit): active[unit] for unit in sorted(active)},
        "processing_stats": stats,
        "metrics": {
            "video_type": stats["video_type"], "unique_emotions": len(counts), "transition_count": len(changes),
            "avg_confidence": sum(scores) / len(scores) if scores else None,
            "emotion_diversity": _diversity(counts), "detection_rate": len(emotions) / len(times),
            "suitable_for_emotion_analysis": not nobody,
            "reason": "no face in more than 80 % of the samples" if nobody else None,
            "most_active_aus": [[unit, n] for unit, n in sorted(active.items(), key=lambda i: (-i[1], i[0]))[:5]],
            "processing_stats": dict(stats),
        },
        "video_duration": script.video.duration, "frames_analyzed": len(times),
        "sample_rate": 1 / script.video.expressions_every,
        "metadata": {
            "processed": True, "model": "fer-mini-xception", "au_source": "mediapipe_blendshapes",
            "frames_analyzed": len(times), "sample_spacing": script.video.expressions_every,
        },
    }  # fmt: skip


def _largest_first(script: Script, t: float) -> list[Face]:
    seen = [face for face in script.faces if face.start <= t < face.end]
    return sorted(seen, key=lambda face: -face.box(t)[2] * face.box(t)[3])


def _named(box: Sequence[float]) -> Json:
    return dict(zip(("x", "y", "width", "height"), box, strict=True))


def _body(face: Mapping[str, float]) -> Json:
    """A body below a face, inside the frame."""
    left, top = max(0.0, face["x"] - face["width"]), face["y"]
    right = min(1.0, face["x"] + 2 * face["width"])
    bottom = min(1.0, top + 5 * face["height"])
    return _named([round(v, 6) for v in (left, top, right - left, bottom - top)])


def _gaze(face: Face, k: int) -> Json:
    right, down = (wavering(offset, k) for offset in face.look)
    size = math.hypot(right, down)
    if size <= LOOKS_AWAY:
        direction = "camera"
    elif abs(right) >= abs(down):
        direction = "right" if right > 0 else "left"
    else:
        direction = "down" if down > 0 else "up"
    return {
        "eye_contact": round(max(0.0, 1 - size / LOOKS_AWAY), 6), "gaze_direction": direction,
        "gaze_offset_x": right, "gaze_offset_y": down, "gaze_magnitude": round(size, 6),
    }  # fmt: skip


def _units(script: Script, t: float, k: int) -> dict[int, float]:
    """Intensity of every action unit at ``t``; at every fifth sample the eyes blink."""
    shown = next((one for one in script.expressions if one.start <= t < one.end), None)
    strong = UNITS[shown.emotion] if shown else ()
    found = {unit: wavering(0.8 if unit in strong else 0.05, k + unit) for unit in SHAPES.values()}
    return {**found, BLINK: wavering(0.9 if k % 5 == 4 else 0.05, k)}


def _emotion(script: Script, t: float, k: int) -> Json:
    shown = next((one for one in script.expressions if one.start <= t < one.end), None)
    name, beside = (shown.emotion, shown.beside) if shown else ("neutral", "joy")
    score = wavering(shown.score if shown else 0.7, k)
    if beside == name:
        beside = "joy" if name == "neutral" else "neutral"
    rest = [emotion for emotion in EMOTIONS if emotion not in (name, beside)]
    scores = {emotion: round(0.3 * (1 - score) / len(rest), 6) for emotion in rest}
    scores |= {name: score, beside: round(0.7 * (1 - score), 6)}
    units = _units(script, t, k)
    width, height = script.video.size
    x, y, w, h = _largest_first(script, t)[0].box(t)
    return {
        "timestamp": t, "emotion": name, "confidence": score, "all_scores": {e: scores[e] for e in EMOTIONS},
        "action_units": sorted(unit for unit, value in units.items() if value > 0.5),
        "au_intensities": {str(unit): units[unit] for unit in sorted(units)},
        "face_bbox": [x * width, y * height, w * width, h * height],
    }  # fmt: skip


def _by_second(times: Sequence[float], emotions: Sequence[Json]) -> Json:
    found: Json = {f"{int(t)}-{int(t) + 1}s": {"no_face": True} for t in times}
    for one in emotions:
        second = f"{int(one['timestamp'])}-{int(one['timestamp']) + 1}s"
        if "no_face" in found[second] or one["confidence"] > found[second]["confidence"]:
            found[second] = one
    return found


def _diversity(counts: Counter[str]) -> float | None:
    if len(counts) < 2:
        return 0.0 if counts else None
    shares = [n / counts.total() for n in counts.values()]
    return min(1.0, -sum(p * math.log(p) for p in shares) / math.log(len(counts)))
