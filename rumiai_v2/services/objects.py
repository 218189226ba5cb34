"""Objects: Ultralytics YOLO on at most 100 frames, with an identity for every detection."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

from rumiai_v2.media.types import Frame, Media
from rumiai_v2.services import environment, weights
from rumiai_v2.services.base import Input, ServiceInfo, constants

NAME = "yolo"
WEIGHTS = "yolo11n-seg.pt"
MAX_FRAMES = 100
CONFIDENCE = 0.25


class Objects:
    """COCO objects as boxes in source pixels; a segmentation model's masks are ignored."""

    name = NAME
    needs: tuple[str, ...] = ()
    reads: tuple[Input, ...] = ("frames",)

    def describe(self) -> ServiceInfo:
        """Library, version and weights; torch is imported to know the device, the detector is not."""
        found = environment.installed("ultralytics")
        if found is None:
            lacking = environment.missing_package("ultralytics")
            return ServiceInfo(NAME, "ultralytics", None, (), environment.device_or_unknown(), lacking)
        files, problem = weights.look((WEIGHTS,), service=NAME)
        return ServiceInfo(NAME, "ultralytics", found, files, environment.device_or_unknown(), problem)

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return constants(sys.modules[__name__])

    def prepare(self) -> None:
        """Nothing to watch during the decode pass."""
        return None

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Detections with identities; the document's times are those of the frames."""
        environment.prepare()
        from ultralytics.models import YOLO
        from ultralytics.utils import LOGGER

        file = weights.find(WEIGHTS, service=NAME)
        assert file.path is not None
        device = environment.device()
        LOGGER.setLevel("ERROR")
        model: Any = YOLO(file.path, verbose=False)  # its predict is typed for streams and bare tensors, too
        frames = select(media.video.frames)
        spacing = sample_spacing(frames, otherwise=media.video.spacing)
        identify = _Identities(samples_per_second=1 / spacing)
        found = []
        for frame in frames:
            # A copy: the picture is shared and read-only, which torch warns about.
            result = model.predict(frame.image.copy(), conf=CONFIDENCE, device=device, verbose=False)[0]
            environment.pin_threads()  # the first prediction sets the thread count anew
            boxes = result.boxes.cpu().numpy()
            for k, identity in enumerate(identify(boxes, frame)):
                label = result.names[int(boxes.cls[k])]
                found.append(
                    {
                        "trackId": f"obj_{identity}",
                        "className": label,
                        "class": label,
                        "confidence": float(boxes.conf[k]),
                        "timestamp": frame.timestamp,
                        "bbox": [float(v) * media.video.scale for v in boxes.xyxy[k]],
                        "frame_number": frame.number,
                    }
                )
        return {
            "objectAnnotations": found,
            "metadata": {
                "processed": True,
                "model": Path(file.path).stem,
                "frames_analyzed": len(frames),
                "objects_detected": len(found),
                "tracks": len({o["trackId"] for o in found}),
                "sample_spacing": spacing,
            },
        }


def select(frames: Sequence[Frame], most: int = MAX_FRAMES) -> list[Frame]:
    """At most ``most`` frames, evenly spread, first and last included."""
    n = len(frames)
    if n <= most:
        return list(frames)
    return [frames[round(i * (n - 1) / (most - 1))] for i in range(most)]


def sample_spacing(frames: Sequence[Frame], *, otherwise: float) -> float:
    """Median distance of the frames (s); ``otherwise`` for a single one."""
    gaps = [b.timestamp - a.timestamp for a, b in pairwise(frames)]
    return float(median(gaps)) if gaps else otherwise


class _Identities:
    """One ByteTrack tracker that never drops a detection.

    The tracker is asked after detection, and its unconfirmed tracks count too; a detection it did not take is
    its own track. A lost track is kept for one second, ByteTrack's default at 30 frames per second. Identities
    are numbered 1, 2, … in order of appearance. The tracker follows boxes whatever they show, also across a cut; a
    thing does not turn into another one, so a track that changes its class is another identity.
    """

    def __init__(self, *, samples_per_second: float) -> None:
        from ultralytics.trackers.byte_tracker import BYTETracker
        from ultralytics.utils import YAML, IterableSimpleNamespace
        from ultralytics.utils.checks import check_yaml

        settings = YAML.load(check_yaml("bytetrack.yaml"))
        settings["track_buffer"] = max(1, round(samples_per_second))
        self._tracker = BYTETracker(IterableSimpleNamespace(**settings))
        self._numbers: dict[tuple[int, int], int] = {}
        self._next = 1

    def __call__(self, boxes: Any, frame: Frame) -> list[int]:
        tracker = self._tracker
        tracker.update(boxes, frame.image)
        tracked = {int(t.idx): int(t.track_id) for t in tracker.tracked_stracks if t.frame_id == tracker.frame_id}
        return [self._number(tracked.get(k), int(boxes.cls[k])) for k in range(len(boxes))]

    def _number(self, track: int | None, label: int) -> int:
        if track is not None and (track, label) in self._numbers:
            return self._numbers[track, label]
        number, self._next = self._next, self._next + 1
        if track is not None:
            self._numbers[track, label] = number
        return number
