"""Who is in the picture when: faces, poses and person boxes of one video, sampled and per second."""

from __future__ import annotations

import bisect
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from rumiai_v2.analyses import series
from rumiai_v2.analyses.base import Reason
from rumiai_v2.analyses.events import VideoEvents

Point = tuple[float, float]
#: Two sightings further apart than this (s) say nothing about movement between them.
LONGEST_STEP = 1.5


@dataclass(frozen=True)
class Face:
    """The faces of one sample, largest first: boxes (x, y, width, height) in shares of the frame, cut to it.

    Recordings of older versions may know that there is a face and not where: then there are no boxes.
    """

    t: float
    boxes: tuple[tuple[float, float, float, float], ...]
    count: int
    confidence: float | None

    @property
    def area(self) -> float | None:
        """The largest face's share of the frame (%)."""
        return 100 * self.boxes[0][2] * self.boxes[0][3] if self.boxes else None

    @property
    def centres(self) -> list[Point]:
        return [_centre(b) for b in self.boxes]


@dataclass(frozen=True)
class People:
    """All sightings of one video; lists named by plural nouns have one value per second (None: nobody seen)."""

    events: VideoEvents
    faces: tuple[Face, ...]
    poses: tuple[tuple[float, Point], ...]

    @classmethod
    def of(cls, events: VideoEvents) -> People:
        faces = []
        for f in events.samples("mediapipe", "faces"):
            raw = f.get("boxes") or ([f["bbox"]] if f.get("bbox") else [])
            boxes = sorted(
                (b for b in map(_visible, raw) if b[2] > 0 and b[3] > 0), key=lambda b: -round(b[2] * b[3], 9)
            )
            outside = raw and not boxes
            if not outside and events.bin_of(f["timestamp"]) is not None:
                count = f.get("count") or max(1, len(raw))
                faces.append(Face(float(f["timestamp"]), tuple(boxes), int(count), f.get("confidence")))
        poses = tuple(
            (float(p["timestamp"]), _centre(_visible(p["bbox"])))
            for p in events.samples("mediapipe", "poses")
            if p.get("bbox") and events.bin_of(p["timestamp"]) is not None
        )
        return cls(events, tuple(sorted(faces, key=lambda f: f.t)), poses)

    @property
    def not_run(self) -> Reason | None:
        return self.events.unavailable("mediapipe")

    @property
    def places_unknown(self) -> Reason | None:
        """Why size and place of faces are unknown, None when they are known or there is no face."""
        unknown = self.faces and not any(f.boxes for f in self.faces)
        return self.not_run or ("not_measurable" if unknown else None)

    @property
    def nothing(self) -> Reason | None:
        """Why there is no face whose size and place are known, None when there is one."""
        return self.places_unknown or (None if self.faces else "no_face")

    @property
    def gaze_unknown(self) -> Reason | None:
        """Why eye contact is unknown; without a face there is none, and that is known."""
        unknown = self.faces and not self.events.samples("mediapipe", "gaze")
        return self.not_run or ("not_measurable" if unknown else None)

    @property
    def persons_reason(self) -> Reason | None:
        """Why persons cannot be counted: it takes faces and person boxes."""
        return self.events.unavailable("mediapipe", "yolo")

    @cached_property
    def _seen(self) -> list[list[Face]]:
        seen: list[list[Face]] = [[] for _ in self.events.bins]
        for f in self.faces:
            seen[int(f.t)].append(f)
        return seen

    @cached_property
    def areas(self) -> list[float | None]:
        """Mean area of the largest face (% of the frame)."""
        return [series.mean(f.area for f in seen) for seen in self._seen]

    @property
    def known_areas(self) -> list[float]:
        return [a for a in self.areas if a is not None]

    @property
    def has_face(self) -> list[bool]:
        return [bool(seen) for seen in self._seen]

    @property
    def face_confidence(self) -> list[float | None]:
        return [series.mean(f.confidence for f in seen) for seen in self._seen]

    @property
    def centres(self) -> list[Point | None]:
        """Mean centre of the largest face (shares of width and height)."""
        out: list[Point | None] = []
        for seen in self._seen:
            x, y = (series.mean(f.centres[0][axis] for f in seen if f.boxes) for axis in (0, 1))
            out.append(None if x is None or y is None else (x, y))
        return out

    @property
    def eye_contact(self) -> list[float | None]:
        """Mean eye contact."""
        looks: list[list[float]] = [[] for _ in self.events.bins]
        for g in self.events.samples("mediapipe", "gaze"):
            if (second := self.events.bin_of(g["timestamp"])) is not None:
                looks[second].append(g["eye_contact"])
        return [series.mean(seen) for seen in looks]

    @cached_property
    def persons(self) -> list[int]:
        """Most persons seen at once: the larger of faces and person boxes of one sample."""
        boxes = Counter(
            o["timestamp"]
            for o in self.events.samples("yolo", "objectAnnotations")
            if (o.get("className") or o.get("class")) == "person"
        )
        out = [0] * len(self.events.bins)
        for t, n in [*boxes.items(), *((f.t, f.count) for f in self.faces)]:
            if (second := self.events.bin_of(t)) is not None:
                out[second] = max(out[second], n)
        return out

    @property
    def max_persons(self) -> int:
        return max(self.persons)

    def share_of_time(self, flags: Sequence[bool]) -> float:
        """Share of the video's seconds, weighted by their length, in which the flag holds."""
        bins = self.events.bins
        return series.ratio(
            series.time_of(b for b, flag in zip(bins, flags, strict=True) if flag), series.time_of(bins)
        )

    @cached_property
    def movement(self) -> list[float | None]:
        """m(s): how far the face (else the pose) moved, in frame widths per second.

        A second's track starts at the last sighting before it and is cut where the picture is cut, where a face
        becomes a pose, and where nothing was seen for long; each piece counts from its first to its last sighting,
        so that the detector's jitter does not add up.
        """
        if self.events.size is None:
            return [None] * len(self.events.bins)
        pieces: list[list[float]] = [[0.0, 0.0] for _ in self.events.bins]
        for track in self._tracks():
            by_second: dict[int, list[tuple[float, Point]]] = {}
            for before, (t, at) in zip([None, *track], track, strict=False):
                by_second.setdefault(int(t), [] if before is None else [before]).append((t, at))
            for second, sightings in by_second.items():
                (t0, start), (t1, end) = sightings[0], sightings[-1]
                if t1 > t0:
                    pieces[second][0] += self._distance(start, end)
                    pieces[second][1] += t1 - t0
        return [way / seconds if seconds else None for way, seconds in pieces]

    @property
    def movement_reason(self) -> Reason | None:
        # Without the cuts, a change of picture would pass for a movement.
        if reason := self.events.unavailable("mediapipe", "scene_detection"):
            return reason
        if not self.faces and not self.events.samples("mediapipe", "poses"):
            return "no_face"
        if self.events.size is None or not (self.poses or any(f.boxes for f in self.faces)):
            return "not_measurable"
        return None if any(m is not None for m in self.movement) else "too_short"

    def close_together(self) -> list[tuple[float, float]]:
        """Stretches in which two faces are closer than the sum of their widths; a sighting lasts one sample."""
        metadata = self.events.ml.get("mediapipe", {}).get("metadata") or {}
        sample = metadata.get("sample_spacing") or 0.0
        # Half a sample more joins neighbours whose distance is a frame more than the usual one.
        spans = [(f.t, f.t + sample * 1.5) for f in self.faces if self._touching(f)]
        return [(a, b - sample * 0.5) for a, b in series.union(spans)]

    def _touching(self, face: Face) -> bool:
        boxes = face.boxes
        return any(
            self._distance(_centre(a), _centre(b)) < a[2] + b[2] for i, a in enumerate(boxes) for b in boxes[i + 1 :]
        )

    def _tracks(self) -> list[list[tuple[float, Point]]]:
        """Sightings that belong together; among several faces the track follows the one nearest to its last place."""
        poses = dict(self.poses)
        faces = {f.t: f for f in self.faces if f.boxes}
        cuts = sorted(self.events.cuts)
        tracks: list[list[tuple[float, Point]]] = []
        last: tuple[float, str] | None = None
        for t in sorted({*poses, *faces}):
            kind = "face" if t in faces else "pose"
            follows = (
                last is not None
                and last[1] == kind
                and t - last[0] <= LONGEST_STEP
                and bisect.bisect_right(cuts, last[0]) == bisect.bisect_right(cuts, t)
            )
            if not follows:
                tracks.append([])
            candidates = faces[t].centres if kind == "face" else [poses[t]]
            place = tracks[-1][-1][1] if follows else None
            at = min(candidates, key=lambda c: self._distance(place, c)) if place else candidates[0]
            tracks[-1].append((t, at))
            last = (t, kind)
        return tracks

    def _distance(self, a: Point, b: Point) -> float:
        """Distance of two points in frame widths."""
        width, height = self.events.size or (1, 1)
        return math.hypot(a[0] - b[0], (a[1] - b[1]) * height / width)


def _visible(box: Mapping[str, Any]) -> tuple[float, float, float, float]:
    """The part of a box inside the frame: (x, y, width, height) in shares of the frame."""
    left, width = _cut_to_frame(box["x"], box["width"])
    top, height = _cut_to_frame(box["y"], box["height"])
    return left, top, width, height


def _cut_to_frame(start: float, length: float) -> tuple[float, float]:
    if start >= 0 and start + length <= 1:
        return float(start), float(length)
    first, last = max(0.0, start), min(1.0, start + length)
    return first, max(0.0, last - first)


def _centre(box: Sequence[float]) -> Point:
    x, y, width, height = box
    return x + width / 2, y + height / 2
