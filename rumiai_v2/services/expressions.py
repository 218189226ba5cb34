"""Facial expressions: seven emotions and action units of the largest face, a few times a second.

Two models give the same document: py-feat where the package and its weights are installed, else a small network on
MediaPipe's face box (``expressions_fer``), with MediaPipe's blendshapes standing in for action units.
"""

from __future__ import annotations

import math
import os
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from rumiai_v2.errors import ServiceError, UsageError
from rumiai_v2.media.types import Frame, FrameObserver, Media
from rumiai_v2.services import environment, expressions_feat, expressions_fer, weights
from rumiai_v2.services.base import Input, ServiceInfo, constants
from rumiai_v2.services.expression import Expression

WEIGHTS = "emotion_model.hdf5"
#: Action unit that a blendshape stands for (Ekman and Friesen's numbers); left and right count as the larger.
AU_OF_BLENDSHAPE = {
    "browInnerUp": 1, "browOuterUp": 2, "browDown": 4, "cheekSquint": 6, "noseSneer": 9,
    "mouthSmile": 12, "mouthFrown": 15, "jawOpen": 26, "eyeBlink": 45,
}  # fmt: skip
ACTIVE_ABOVE = 0.5
#: Longest duration (s) → samples per second; longer videos have LONG_RATE.
RATES, LONG_RATE = ((30.0, 2.0), (60.0, 1.0)), 0.5
#: A video whose samples lack a face more often than this is reported as one without people.
NO_PEOPLE_ABOVE = 0.8


class Expressions:
    """Emotions and action units over the video."""

    name = "emotion_detection"
    needs = ("mediapipe",)
    reads: tuple[Input, ...] = ("frames",)

    def describe(self) -> ServiceInfo:
        device = environment.device_or_unknown()
        if uses_feat():
            return expressions_feat.describe(self.name, device)
        infos, problem = weights.look((WEIGHTS,), service=self.name)
        version = environment.installed("h5py")
        if version is None:
            problem = environment.missing_package("h5py")
        return ServiceInfo(self.name, "fer-mini-xception (h5py)", version, infos, device, problem)

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return {**constants(sys.modules[__name__], expressions_fer, expressions_feat), "feat": uses_feat()}

    def prepare(self) -> FrameObserver | None:
        return None

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        duration = media.video.duration
        rate = sample_rate(duration)
        frames = samples(media.video.frames, duration=duration, rate=rate)
        if uses_feat():
            found = expressions_feat.recognise(frames, scale=media.video.scale)
            model, au_source = "feat", "feat"
        else:
            found = _offline(frames, media, upstream)
            model, au_source = "fer-mini-xception", "mediapipe_blendshapes"
        return document(frames, found, duration=duration, rate=rate, model=model, au_source=au_source)


def uses_feat() -> bool:
    """Is py-feat used? ``RUMIAI_EXPRESSIONS``: ``auto`` (default: where it is complete), ``feat`` or ``offline``."""
    choice = os.environ.get("RUMIAI_EXPRESSIONS", "auto")
    if choice not in ("auto", "feat", "offline"):
        raise UsageError(f"setting RUMIAI_EXPRESSIONS: expected auto, feat or offline, got {choice!r}.")
    return choice == "feat" or (choice == "auto" and expressions_feat.problem() is None)


def sample_rate(duration: float) -> float:
    """Samples per second for a video of ``duration`` seconds."""
    return next((rate for longest, rate in RATES if duration <= longest), LONG_RATE)


def samples(frames: Sequence[Frame], *, duration: float, rate: float) -> list[Frame]:
    """The extracted frames nearest k/rate for every k/rate < duration (tie: the earlier), each once, in order."""
    if not frames:
        return []
    times = np.array([frame.timestamp for frame in frames])
    wanted = np.arange(math.ceil(duration * rate)) / rate
    nearest = {int(np.abs(times - time).argmin()) for time in wanted}
    return [frames[index] for index in sorted(nearest)]


def units_from_blendshapes(scores: Mapping[str, float]) -> dict[int, float]:
    """Intensities of the action units that blendshapes can stand for."""
    return {unit: float(scores[shape]) for shape, unit in AU_OF_BLENDSHAPE.items() if shape in scores}


def _offline(frames: Sequence[Frame], media: Media, upstream: Mapping[str, dict[str, Any]]) -> list[Expression | None]:
    """What the offline model sees in the largest face that MediaPipe found in the very same frame."""
    people = upstream.get("mediapipe", {})
    if "faces" not in people:
        raise ServiceError(
            "emotion_detection: needs the faces of mediapipe, which gave no result. "
            "Run mediapipe too, or install py-feat (the extra [feat]).",
            service=Expressions.name,
        )
    environment.prepare()
    boxes = {face["frame_number"]: face["bbox"] for face in people["faces"]}
    shapes = {item["frame_number"]: item["scores"] for item in people.get("blendshapes", ())}
    crops = [
        expressions_fer.crop(frame.image, boxes[frame.number]) if frame.number in boxes else None for frame in frames
    ]
    faces = [crop for crop in crops if crop is not None]
    if not faces:
        return [None] * len(frames)
    info = weights.find(WEIGHTS, service=Expressions.name)
    model = expressions_fer.FaceExpressions(Path(str(info.path)), device=environment.device())
    environment.pin_threads()
    rows = iter(model(np.stack(faces)))
    width, height = media.video.width, media.video.height
    found: list[Expression | None] = []
    for frame, crop in zip(frames, crops, strict=True):
        if crop is None:
            found.append(None)
            continue
        box = boxes[frame.number]
        found.append(
            Expression(
                scores=dict(zip(expressions_fer.EMOTIONS, map(float, next(rows)), strict=True)),
                units=units_from_blendshapes(shapes.get(frame.number, {})),
                box=(box["x"] * width, box["y"] * height, box["width"] * width, box["height"] * height),
            )
        )
    return found


def document(
    frames: Sequence[Frame], found: Sequence[Expression | None], *,
    duration: float, rate: float, model: str, au_source: str,
) -> dict[str, Any]:  # fmt: skip
    """The service's JSON document (schemas/services/emotion_detection.schema.json)."""
    emotions = [_entry(frame, face) for frame, face in zip(frames, found, strict=True) if face is not None]
    transitions = [
        {"timestamp": after["timestamp"], "from": before["emotion"], "to": after["emotion"]}
        for before, after in pairwise(emotions)
        if before["emotion"] != after["emotion"]
    ]
    activations = Counter(unit for entry in emotions for unit in entry["action_units"])
    missing = len(frames) - len(emotions)
    no_people = not frames or missing / len(frames) > NO_PEOPLE_ABOVE
    stats = {
        "total_frames": len(frames),
        "successful_frames": len(emotions),
        "no_face_frames": missing,
        "video_type": "no_people" if no_people else "people_detected",
    }
    by_count = sorted(activations.items(), key=lambda item: (-item[1], item[0]))
    return {
        "emotions": emotions,
        "action_units": [
            {"timestamp": e["timestamp"], "aus": e["action_units"], "intensities": e["au_intensities"]}
            for e in emotions
        ],
        "timeline": _by_second(frames, emotions),
        "dominant_emotion": _dominant(emotions),
        "emotion_transitions": transitions,
        "confidence_scores": [entry["confidence"] for entry in emotions],
        "au_activations": {str(unit): activations[unit] for unit in sorted(activations)},
        "processing_stats": stats,
        "metrics": {
            "video_type": stats["video_type"],
            "unique_emotions": len({entry["emotion"] for entry in emotions}),
            "transition_count": len(transitions),
            "avg_confidence": sum(e["confidence"] for e in emotions) / len(emotions) if emotions else None,
            "emotion_diversity": _diversity(emotions),
            "detection_rate": len(emotions) / len(frames) if frames else 0.0,
            "suitable_for_emotion_analysis": not no_people,
            "reason": "no face in more than 80 % of the samples" if no_people else None,
            "most_active_aus": [[unit, count] for unit, count in by_count[:5]],
            "processing_stats": dict(stats),
        },
        "video_duration": duration,
        "frames_analyzed": len(frames),
        "sample_rate": rate,
        "metadata": {
            "processed": True,
            "model": model,
            "au_source": au_source,
            "frames_analyzed": len(frames),
            "sample_spacing": spacing(frames, rate=rate),
        },
    }


def spacing(frames: Sequence[Frame], *, rate: float) -> float:
    """Median distance of the samples (s); a single sample stands for 1/rate."""
    gaps = [after.timestamp - before.timestamp for before, after in pairwise(frames)]
    return float(median(gaps)) if gaps else 1 / rate


def _entry(frame: Frame, face: Expression) -> dict[str, Any]:
    emotion = min(face.scores, key=lambda name: (-face.scores[name], name))
    return {
        "timestamp": float(frame.timestamp),
        "emotion": emotion,
        "confidence": face.scores[emotion],
        "all_scores": dict(face.scores),
        "action_units": sorted(unit for unit, value in face.units.items() if value > ACTIVE_ABOVE),
        "au_intensities": {str(unit): face.units[unit] for unit in sorted(face.units)},
        "face_bbox": list(face.box),
    }


def _by_second(frames: Sequence[Frame], emotions: Sequence[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """For each second that was sampled its most confident detection, or that there was no face."""
    out: dict[str, dict[str, Any]] = {_second(frame.timestamp): {"no_face": True} for frame in frames}
    for entry in emotions:
        key = _second(entry["timestamp"])
        if "no_face" in out[key] or entry["confidence"] > out[key]["confidence"]:
            out[key] = entry
    return {key: dict(value) for key, value in out.items()}


def _second(time: float) -> str:
    return f"{int(time)}-{int(time) + 1}s"


def _dominant(emotions: Sequence[dict[str, Any]]) -> str | None:
    """The most frequent emotion (ties: higher summed confidence, then alphabetically)."""
    if not emotions:
        return None
    counts: Counter[str] = Counter(entry["emotion"] for entry in emotions)
    weight = {name: sum(e["confidence"] for e in emotions if e["emotion"] == name) for name in counts}
    return min(counts, key=lambda name: (-counts[name], -weight[name], name))


def _diversity(emotions: Sequence[dict[str, Any]]) -> float | None:
    """Entropy of the emotions over its maximum for as many emotions; 0 for a single one, None without a face."""
    if not emotions:
        return None
    counts = Counter(entry["emotion"] for entry in emotions)
    if len(counts) == 1:
        return 0.0
    shares = [counts[name] / len(emotions) for name in sorted(counts)]
    return min(1.0, -sum(p * math.log(p) for p in shares) / math.log(len(counts)))
