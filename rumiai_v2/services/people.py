"""People: MediaPipe's face, pose and gesture tasks on every sampled frame (long: three tasks of one service)."""

from __future__ import annotations

import ctypes
import math
import sys
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from rumiai_v2.errors import ServiceError
from rumiai_v2.media.types import Frame, Media
from rumiai_v2.services import environment, gesture_labels, weights
from rumiai_v2.services.base import Input, ServiceInfo, constants
from rumiai_v2.services.gesture_labels import labelled_bundle

NAME = "mediapipe"
FACE, POSE, GESTURE = "face_landmarker.task", "pose_landmarker_full.task", "gesture_recognizer.task"
MAX_FACES, MAX_HANDS = 5, 4

GAZE_LIMIT = 0.15  # of an eye's width: an iris farther from the eye's centre looks elsewhere
_IRISES_AND_CORNERS = ((468, 33, 133), (473, 362, 263))
_SAME_FACE = 0.2  # least intersection over union of a landmark box and the detector box that scores it
# The landmarker decides what a face is; the detector only scores it, so that a weak score is told, not hidden.
_SCORED_FROM = 0.1
_GESTURES = {
    "Thumb_Up": "thumbs_up",
    "Thumb_Down": "thumbs_down",
    "Victory": "victory",
    "Pointing_Up": "pointing",
    "Open_Palm": "open_palm",
    "Closed_Fist": "closed_fist",
    "ILoveYou": "love",
}
LEAST_GESTURE = 0.5  # score that a gesture must exceed
BLENDSHAPES = (
    "browInnerUp",
    "browOuterUp",
    "browDown",
    "cheekSquint",
    "noseSneer",
    "mouthSmile",
    "mouthFrown",
    "jawOpen",
    "eyeBlink",
)

Box = tuple[float, float, float, float]  # left, top, right, bottom as shares of the frame


class People:
    """Faces, gaze, poses, hands and gestures.

    A face is a landmark result; its confidence is the score of the detector box that overlaps it. Hands and
    gestures come from the gesture recogniser. Its handedness is the person's own for pictures that are not
    mirrored (checked with release 0.10.33, where a left hand seen by another person's camera is "Left"); frames
    are never mirrored here, so it is passed on unchanged. A clip that was itself recorded mirrored stays so.
    """

    name = NAME
    needs: tuple[str, ...] = ()
    reads: tuple[Input, ...] = ("frames",)

    def describe(self) -> ServiceInfo:
        """Library, version and weights; nothing is imported."""
        found = environment.installed("mediapipe")
        if found is None:
            return ServiceInfo(NAME, "mediapipe", None, (), "cpu", environment.missing_package("mediapipe"))
        files, problem = weights.look((FACE, POSE, GESTURE), service=NAME)
        return ServiceInfo(NAME, "mediapipe", found, files, "cpu", _missing_system_library() or problem)

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return constants(sys.modules[__name__], gesture_labels)

    def prepare(self) -> None:
        """Nothing to watch during the decode pass."""
        return None

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """What the detectors see on each sampled frame; boxes are shares of the frame."""
        environment.prepare()
        frames = media.video.frames
        out: dict[str, Any] = {"poses": [], "faces": [], "hands": [], "gaze": [], "gestures": [], "blendshapes": []}
        with_people = 0
        with ExitStack() as stack:
            detectors = _Detectors(stack)
            stamp = -1
            for frame in frames:
                stamp = max(stamp + 1, round(frame.timestamp * 1000))  # the library wants rising milliseconds
                with_people += detectors.see(frame, stamp, out)
        return out | {
            "presence_percentage": 100.0 * with_people / len(frames) if frames else 0.0,
            "frames_with_people": with_people,
            "metadata": {
                "processed": True,
                "model": "mediapipe-tasks",
                "frames_analyzed": len(frames),
                "poses_detected": len(out["poses"]),
                "faces_detected": len(out["faces"]),
                "hands_detected": len(out["hands"]),
                "gaze_detected": len(out["gaze"]),
                "gestures_detected": len(out["gestures"]),
                "sample_spacing": media.video.spacing,
            },
        }


class _Detectors:
    """The four tasks in video mode, made for one video and closed with ``stack``."""

    def __init__(self, stack: ExitStack) -> None:
        try:
            import mediapipe
            from mediapipe.tasks.python import BaseOptions, vision
        except (ImportError, OSError) as error:
            hint = _missing_system_library() or "Run `make setup`."
            raise ServiceError(f"mediapipe cannot be loaded: {error}. {hint}", service=NAME) from error
        paths = {name: str(weights.find(name, service=NAME).path) for name in (FACE, POSE, GESTURE)}
        with zipfile.ZipFile(paths[FACE]) as bundle:
            detector = bundle.read("face_detector.tflite")
        mode = vision.RunningMode.VIDEO

        def base(name: str) -> Any:
            return BaseOptions(model_asset_path=paths[name])

        self._image = partial(mediapipe.Image, image_format=mediapipe.ImageFormat.SRGB)
        self._faces = stack.enter_context(
            vision.FaceLandmarker.create_from_options(
                vision.FaceLandmarkerOptions(
                    base_options=base(FACE), running_mode=mode, num_faces=MAX_FACES, output_face_blendshapes=True
                )
            )
        )
        self._scores = stack.enter_context(
            vision.FaceDetector.create_from_options(
                vision.FaceDetectorOptions(
                    base_options=BaseOptions(model_asset_buffer=detector),
                    running_mode=mode,
                    min_detection_confidence=_SCORED_FROM,
                )
            )
        )
        self._poses = stack.enter_context(
            vision.PoseLandmarker.create_from_options(
                vision.PoseLandmarkerOptions(base_options=base(POSE), running_mode=mode)
            )
        )
        self._hands = stack.enter_context(
            vision.GestureRecognizer.create_from_options(
                vision.GestureRecognizerOptions(
                    base_options=BaseOptions(model_asset_buffer=labelled_bundle(Path(paths[GESTURE]))),
                    running_mode=mode,
                    num_hands=MAX_HANDS,
                )
            )
        )

    def see(self, frame: Frame, stamp: int, out: dict[str, Any]) -> bool:
        """Adds what one frame shows to ``out``; tells whether a face or a pose was found."""
        image = self._image(data=np.ascontiguousarray(frame.image[..., ::-1]))
        height, width = frame.image.shape[:2]
        at = {"timestamp": frame.timestamp, "frame_number": frame.number}

        found = self._faces.detect_for_video(image, stamp)
        scored = [
            (_detector_box(d.bounding_box, width, height), float(d.categories[0].score))
            for d in self._scores.detect_for_video(image, stamp).detections
        ]
        faces = sorted(
            ((landmark_box(marks), k) for k, marks in enumerate(found.face_landmarks)),
            key=lambda face: (-_area(face[0]), face[1]),
        )
        if faces:
            boxes = [{**_as_dict(box), "confidence": score_of(box, scored)} for box, _ in faces]
            largest = faces[0][1]
            confidence = boxes[0]["confidence"]
            out["faces"].append(
                at
                | {
                    "count": len(boxes),
                    "confidence": confidence,
                    "bbox": _as_dict(faces[0][0]),
                    "boxes": boxes,
                }
            )
            marks = np.array([(m.x * width, m.y * height) for m in found.face_landmarks[largest]])
            out["gaze"].append({"timestamp": frame.timestamp} | gaze(marks) | {"confidence": confidence})
            scores = {c.category_name: float(c.score) for c in found.face_blendshapes[largest]}
            out["blendshapes"].append(at | {"scores": blendshapes(scores)})

        poses = self._poses.detect_for_video(image, stamp).pose_landmarks
        for marks in poses:
            visibility = math.fsum(float(m.visibility) for m in marks) / len(marks)
            out["poses"].append(
                at
                | {
                    "landmarks": len(marks),
                    "visibility": visibility,
                    "confidence": visibility,
                    "bbox": _as_dict(landmark_box(marks)),
                }
            )

        hands = self._hands.recognize_for_video(image, stamp)
        if hands.handedness:
            out["hands"].append(at | {"count": len(hands.handedness)})
        for gestures, sides in zip(hands.gestures, hands.handedness, strict=True):
            if (kind := gesture_name(gestures)) is not None:
                out["gestures"].append(
                    at
                    | {
                        "type": kind,
                        "confidence": float(gestures[0].score),
                        "hand": sides[0].category_name.lower(),
                        "timestamp_ms": stamp,
                    }
                )
        return bool(faces or poses)


def gaze(marks: np.ndarray) -> dict[str, Any]:
    """Where a face looks, from its landmarks in pixels [478, 2].

    The iris' distance from the middle between an eye's corners, in eye widths, averaged over both eyes: within
    0.15 it looks into the camera, else along the larger axis (directions as the viewer sees them).
    """
    offsets = []
    for iris, inner, outer in _IRISES_AND_CORNERS:
        width = float(np.linalg.norm(marks[inner] - marks[outer]))
        offsets.append((marks[iris] - (marks[inner] + marks[outer]) / 2) / max(width, 1e-6))
    x, y = (float(v) for v in np.mean(offsets, axis=0))
    size = math.hypot(x, y)
    if size < GAZE_LIMIT:
        direction = "camera"
    elif abs(x) > abs(y):
        direction = "right" if x > 0 else "left"
    else:
        direction = "down" if y > 0 else "up"
    return {
        "eye_contact": max(0.0, 1 - size / GAZE_LIMIT),
        "gaze_direction": direction,
        "gaze_offset_x": x,
        "gaze_offset_y": y,
        "gaze_magnitude": size,
    }


def blendshapes(scores: Mapping[str, float]) -> dict[str, float]:
    """The nine expressions used here; of a left and a right one the larger."""
    return {name: max(scores[n] for n in (name, f"{name}Left", f"{name}Right") if n in scores) for name in BLENDSHAPES}


def gesture_name(categories: Sequence[Any]) -> str | None:
    """The best category's name in this project's words; None for no gesture or a score of at most ``LEAST_GESTURE``."""
    if not categories or categories[0].score <= LEAST_GESTURE:
        return None
    label = categories[0].category_name
    # The canned classifier says "None" for a hand without a gesture, an empty name for no answer.
    return None if label in ("None", "", None) else _GESTURES.get(label, label.lower())


def landmark_box(marks: Sequence[Any]) -> Box:
    """The smallest box around normalised landmarks, clipped to the frame."""
    xs = [min(max(float(m.x), 0.0), 1.0) for m in marks]
    ys = [min(max(float(m.y), 0.0), 1.0) for m in marks]
    return min(xs), min(ys), max(xs), max(ys)


def score_of(box: Box, scored: Sequence[tuple[Box, float]]) -> float | None:
    """The score of the detector box that overlaps ``box`` most; None when none lies on the same face."""
    overlap, score = max(((_overlap(box, other), score) for other, score in scored), default=(0.0, 0.0))
    return score if overlap >= _SAME_FACE else None


def _overlap(a: Box, b: Box) -> float:
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    return width * height / (_area(a) + _area(b) - width * height)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _as_dict(box: Box) -> dict[str, float]:
    return {"x": box[0], "y": box[1], "width": box[2] - box[0], "height": box[3] - box[1]}


def _detector_box(box: Any, width: int, height: int) -> Box:
    left, top = box.origin_x / width, box.origin_y / height
    return left, top, left + box.width / width, top + box.height / height


def _missing_system_library() -> str | None:
    for name in ("libEGL.so.1", "libGLESv2.so.2"):
        try:
            ctypes.CDLL(name)
        except OSError:
            return f"mediapipe needs {name}: install it with `apt-get install libegl1 libgles2`."
    return None
