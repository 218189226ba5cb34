"""Service results → one timeline of entries in time order."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from rumiai_v2.models.timeline import Timeline, TimelineEntry

Json = dict[str, Any]
Size = tuple[int, int] | None

#: An object that is unseen for longer than this (s) comes back as a new entry.
OBJECT_GAP = 1.0
#: Share of a sticker's area inside one person that makes it part of that person.
PERSON_OVERLAP = 0.5
#: Slack for times that are sums of sample distances (s).
EPSILON = 1e-6


def build_timeline(video_id: str, duration: float, ml_data: Mapping[str, Json], *, size: Size) -> Timeline:
    """The timeline of a video: what each service saw, as spans and instants.

    ``duration`` is D in seconds, ``ml_data`` the services' documents (empty for one without a result), ``size`` the
    upright frame in px, None when unknown. Entries come in the order of the services, then by start; what starts at
    or after D is not part of the video.
    """
    makers: tuple[Callable[[], Iterable[TimelineEntry]], ...] = (
        lambda: _objects(ml_data.get("yolo") or {}, duration),
        lambda: _speech(ml_data.get("whisper") or {}),
        lambda: _texts(ml_data.get("ocr") or {}, size),
        lambda: _stickers(ml_data, size),
        lambda: _people(ml_data.get("mediapipe") or {}, duration),
        lambda: _scenes(ml_data.get("scene_detection") or {}),
        lambda: _expressions(ml_data.get("emotion_detection") or {}, duration),
    )
    entries = [entry for make in makers for entry in make() if entry.start < duration]
    return Timeline.build(video_id, duration, entries)


def prompt_format(timeline: Timeline, entry_type: str) -> dict[str, list[Json]]:
    """The data of all entries of one type by the whole second they start in: ``"7s"`` → list, in time order."""
    out: dict[str, list[Json]] = {}
    for entry in timeline.of(entry_type):
        out.setdefault(f"{int(entry.start)}s", []).append(entry.data)
    return out


def sample_spacing(document: Mapping[str, Any], timestamps: Iterable[float], duration: float) -> float:
    """Distance of two samples of a service (s).

    Recorded by the service itself; in recordings without it the median distance of its distinct timestamps, and with
    fewer than two of them the distance that the sampling rate for a video of ``duration`` s gives.
    """
    recorded: float | None = document.get("metadata", {}).get("sample_spacing")
    if recorded:
        return recorded
    steps = [b - a for a, b in pairwise(sorted(set(timestamps)))]
    if steps:
        return statistics.median(steps)
    return next((1 / rate for limit, rate in ((30, 5), (60, 3), (120, 2)) if duration < limit), 1.0)


def _objects(yolo: Json, duration: float) -> Iterator[TimelineEntry]:
    found = yolo.get("objectAnnotations", ())
    spacing = sample_spacing(yolo, (a["timestamp"] for a in found), duration)
    tracks: dict[str, list[Json]] = {}
    for annotation in found:
        tracks.setdefault(annotation["trackId"], []).append(annotation)
    for track, sightings in tracks.items():
        for run in _runs(sightings, spacing, OBJECT_GAP):
            best = max(run, key=lambda a: a["confidence"])
            data = {
                "class": _strongest(run, "className"),
                "confidence": statistics.fmean(a["confidence"] for a in run),
                "bbox": best["bbox"],
                "track_id": track,
            }
            yield TimelineEntry(run[0]["timestamp"], "object", data, run[-1]["timestamp"] + spacing)


def _speech(whisper: Json) -> Iterator[TimelineEntry]:
    for segment in whisper.get("segments", ()):
        data = {
            "text": segment["text"],
            "confidence": segment["confidence"],
            "language": whisper["language"],
            "words": segment["words"],
        }
        yield TimelineEntry(segment["start"], "speech", data, segment["end"])


def _texts(ocr: Json, size: Size) -> Iterator[TimelineEntry]:
    for annotation in ocr.get("textAnnotations", ()):
        data = {
            "text": annotation["text"],
            "position": _position(annotation["bbox"], size),
            "size": "medium",
            "style": "normal",
            "confidence": annotation["confidence"],
            "bbox": annotation["bbox"],
        }
        yield TimelineEntry(annotation["timestamp"], "text", data, annotation["end_timestamp"])


def _stickers(ml_data: Mapping[str, Json], size: Size) -> Iterator[TimelineEntry]:
    people = list(_person_boxes(ml_data, size))
    for sticker in (ml_data.get("ocr") or {}).get("stickers", ()):
        start, end = sticker["timestamp"], sticker["end_timestamp"]
        place = sticker["bbox"]
        if place and any(start <= t <= end and _inside(place, box) >= PERSON_OVERLAP for t, box in people):
            continue
        data = {
            "type": sticker["type"],
            "value": "",
            "position": _position(sticker["bbox"], size),
            "confidence": sticker["confidence"],
            "bbox": sticker["bbox"],
        }
        yield TimelineEntry(start, "sticker", data, end)


def _people(mediapipe: Json, duration: float) -> Iterator[TimelineEntry]:
    for pose in mediapipe.get("poses", ()):
        data = {
            "landmarks": pose["landmarks"],
            "action": "unknown",
            "confidence": pose["confidence"],
            "bbox": pose["bbox"],
        }
        yield TimelineEntry(pose["timestamp"], "pose", data)
    for gaze in mediapipe.get("gaze", ()):
        data = {"eye_contact": gaze["eye_contact"], "gaze_direction": gaze["gaze_direction"]}
        yield TimelineEntry(gaze["timestamp"], "gaze", data)
    for face in mediapipe.get("faces", ()):
        data = {"bbox": face["bbox"], "confidence": face["confidence"], "count": face["count"], "source": "mediapipe"}
        yield TimelineEntry(face["timestamp"], "face", data)
    yield from _gestures(mediapipe, duration)


def _gestures(mediapipe: Json, duration: float) -> Iterator[TimelineEntry]:
    kinds = ("poses", "faces", "hands", "gaze", "gestures")
    times = (record["timestamp"] for kind in kinds for record in mediapipe.get(kind, ()))
    spacing = sample_spacing(mediapipe, times, duration)
    held: dict[tuple[str, str], list[Json]] = {}
    for gesture in mediapipe.get("gestures", ()):
        held.setdefault((gesture["type"], gesture["hand"] or ""), []).append(gesture)
    for samples in held.values():
        for run in _runs(samples, spacing, spacing):
            data = {
                "type": run[0]["type"],
                "hand": run[0]["hand"],
                "confidence": statistics.fmean(g["confidence"] for g in run),
            }
            yield TimelineEntry(run[0]["timestamp"], "gesture", data, run[-1]["timestamp"] + spacing)


def _scenes(scenes: Json) -> Iterator[TimelineEntry]:
    for index, transition in enumerate(scenes.get("transitions", ()), 1):
        # Recordings from before the detector's scores were kept have none.
        confidence = transition.get("confidence")
        data = {"transition_type": transition["type"], "scene_index": index, "confidence": confidence}
        yield TimelineEntry(transition["timestamp"], "scene_change", data)
    for index, scene in enumerate(scenes.get("scenes", ())):
        data = {"scene_index": index, "duration": scene["duration"]}
        yield TimelineEntry(scene["start_time"], "scene", data, scene["end_time"])


def _expressions(emotion: Json, duration: float) -> Iterator[TimelineEntry]:
    found = emotion.get("emotions", ())
    spacing = sample_spacing(emotion, (e["timestamp"] for e in found), duration)
    for one in found:
        data = {
            "emotion": one["emotion"],
            "confidence": one["confidence"],
            "all_scores": one["all_scores"],
            "action_units": one["action_units"],
            "au_intensities": one["au_intensities"],
            "source": emotion["metadata"]["model"],
            "model": emotion["metadata"]["model"],
            "has_action_units": bool(one["action_units"]),
        }
        yield TimelineEntry(one["timestamp"], "emotion", data, one["timestamp"] + spacing)


def _runs(sightings: Iterable[Json], spacing: float, gap: float) -> Iterator[list[Json]]:
    """Sightings in time order, split where more than ``gap`` s pass between one's end (a sample later) and the next."""
    run: list[Json] = []
    for one in sorted(sightings, key=lambda s: s["timestamp"]):
        if run and one["timestamp"] - (run[-1]["timestamp"] + spacing) > gap + EPSILON:
            yield run
            run = []
        run.append(one)
    if run:
        yield run


def _strongest(records: Iterable[Json], key: str) -> str:
    """The value of ``key`` with the highest summed confidence; of equal ones the first in the alphabet."""
    sums: dict[str, float] = {}
    for record in records:
        sums[record[key]] = sums.get(record[key], 0.0) + record["confidence"]
    return min(sums, key=lambda name: (-sums[name], name))


def _position(bbox: Sequence[float] | None, size: Size) -> str | None:
    """The third of the frame's width that the centre of ``bbox`` ([x, y, w, h] px) lies in."""
    if bbox is None or size is None:
        return None
    centre = (bbox[0] + bbox[2] / 2) / size[0]
    return "left" if centre < 1 / 3 else "right" if centre > 2 / 3 else "center"


def _person_boxes(ml_data: Mapping[str, Json], size: Size) -> Iterator[tuple[float, tuple[float, ...]]]:
    """(time, [x1, y1, x2, y2] px) of every person and face box; faces only when the frame's size is known."""
    for annotation in (ml_data.get("yolo") or {}).get("objectAnnotations", ()):
        if annotation["className"] == "person":
            yield annotation["timestamp"], tuple(annotation["bbox"])
    if size is None:
        return
    width, height = size
    for face in (ml_data.get("mediapipe") or {}).get("faces", ()):
        for box in face["boxes"]:
            x, y = box["x"] * width, box["y"] * height
            yield face["timestamp"], (x, y, x + box["width"] * width, y + box["height"] * height)


def _inside(bbox: Sequence[float], corners: Sequence[float]) -> float:
    """Share of the area of ``bbox`` ([x, y, w, h]) that lies inside ``corners`` ([x1, y1, x2, y2])."""
    x, y, w, h = bbox
    wide = min(x + w, corners[2]) - max(x, corners[0])
    high = min(y + h, corners[3]) - max(y, corners[1])
    return max(0.0, wide) * max(0.0, high) / (w * h) if w * h > 0 else 0.0
