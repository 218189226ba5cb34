"""Objects of older recordings: detections of single frames, linked to tracks."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording
from rumiai_v2.timeline.builder import OBJECT_GAP

#: Boxes of one class that overlap this much in neighbouring samples are one object.
SAME_OBJECT_IOU = 0.3


def objects(data: Mapping[str, Any], recording: Recording) -> Json:
    """Detections of single frames. Numbers that were no identities are replaced by ids of linked boxes."""
    records = reading.records_of(data, recording, "yolo", "objectAnnotations", "detections", "results", "predictions")
    found: list[Json] = []
    for path, record in records:
        for sighting in reading.listed(record, "frames", path, recording) or [record]:
            if not isinstance(sighting, Mapping):
                raise recording.wrong(f"{path}.frames", "a list of objects", sighting)
            whole = {**record, **sighting}
            name = next((str(whole[k]) for k in ("className", "class", "label") if whole.get(k)), "unknown")
            found.append(
                {
                    "trackId": str(whole.get("trackId", "")),
                    "className": name,
                    "class": name,
                    "confidence": reading.share(whole, "confidence", path, recording),
                    "timestamp": reading.time_of(whole, path, recording),
                    "bbox": reading.numbers(whole.get("bbox"), 4, f"{path}.bbox", recording),
                    "frame_number": reading.whole(whole, "frame_number", None, path, recording),
                }
            )
    found = reading.within(found, recording)
    spacing = reading.spacing(data, (a["timestamp"] for a in found), "ml_data.yolo", recording)
    if not any(record.get("frames") for _, record in records):
        _link(found, spacing)
    _name(found)
    return {
        "objectAnnotations": found,
        "metadata": {
            "model": reading.known(data, "model", "YOLOv8n"),
            "processed": True,
            "frames_analyzed": reading.known(data, "frames_analyzed"),
            "objects_detected": len(found),
            "tracks": len({a["trackId"] for a in found}),
            "sample_spacing": spacing,
        },
    }


def _name(found: Sequence[Json]) -> None:
    """Give identities that were recorded under other names ours."""
    numbers: dict[str, int] = {}
    if not all(re.fullmatch("obj_[0-9]+", one["trackId"], re.ASCII) for one in found):
        for one in found:
            one["trackId"] = f"obj_{numbers.setdefault(one['trackId'], len(numbers) + 1)}"


def _link(found: Sequence[Json], spacing: float) -> None:
    """Give boxes of one class that follow each other with enough overlap one ``trackId``, best overlap first."""
    tracks: list[Json] = []
    by_time: dict[float, list[Json]] = {}
    for annotation in found:
        by_time.setdefault(annotation["timestamp"], []).append(annotation)
    for t, sightings in by_time.items():
        alive = [i for i, last in enumerate(tracks) if t - last["timestamp"] <= spacing + OBJECT_GAP]
        pairs = sorted(
            (-_iou(tracks[i]["bbox"], s["bbox"]), i, n)
            for i in alive
            for n, s in enumerate(sightings)
            if tracks[i]["className"] == s["className"]
        )
        taken: set[int] = set()
        linked: set[int] = set()
        for overlap, i, n in pairs:
            if -overlap >= SAME_OBJECT_IOU and i not in taken and n not in linked:
                taken.add(i)
                linked.add(n)
                sightings[n]["trackId"] = tracks[i]["trackId"]
                tracks[i] = sightings[n]
        for n, sighting in enumerate(sightings):
            if n not in linked:
                tracks.append(sighting)
                sighting["trackId"] = f"obj_{len(tracks)}"


def _iou(a: Sequence[float], b: Sequence[float]) -> float:
    wide = min(a[2], b[2]) - max(a[0], b[0])
    high = min(a[3], b[3]) - max(a[1], b[1])
    common = max(0.0, wide) * max(0.0, high)
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - common
    return common / union if union > 0 else 0.0
