"""People of older recordings: poses, faces, hands, gaze and gestures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording

#: A confidence that is none yet: the service leaves such gestures out.
UNSURE = 0.5
GAZE_DIRECTIONS = ("camera", "left", "right", "up", "down")


def people(data: Mapping[str, Any], recording: Recording) -> Json:
    """Poses, faces, hands, gaze and gestures; hands that were only list positions are null, "none" is no gesture."""

    def of(kind: str, make: Callable[[Mapping[str, Any], str], Json | None]) -> list[Json]:
        made = []
        for path, record in reading.records_of(data, recording, "mediapipe", kind):
            one = make(record, path)
            if one is not None:
                place: Json = {"timestamp": reading.time_of(record, path, recording)}
                if kind != "gaze":
                    place["frame_number"] = reading.whole(record, "frame_number", None, path, recording)
                made.append({**place, **one})
        return reading.within(made, recording)

    def pose(record: Mapping[str, Any], path: str) -> Json:
        visibility = reading.maybe_share(record, "visibility", path, recording)
        return {
            "landmarks": reading.whole(record, "landmarks", 33, path, recording),
            "visibility": visibility,
            "confidence": visibility,
            "bbox": None,
        }

    def face(record: Mapping[str, Any], path: str) -> Json:
        bbox, confidence = record.get("bbox"), reading.maybe_share(record, "confidence", path, recording)
        if bbox is not None:
            bbox = reading.mapping(record, "bbox", path, recording)
            bbox = {key: reading.number(bbox, key, f"{path}.bbox", recording) for key in ("x", "y", "width", "height")}
        return {
            "count": reading.whole(record, "count", 1, path, recording),
            "confidence": confidence,
            "bbox": bbox,
            "boxes": [] if bbox is None else [{**bbox, "confidence": confidence}],
        }

    def gaze(record: Mapping[str, Any], path: str) -> Json:
        return {
            "eye_contact": reading.share(record, "eye_contact", path, recording),
            "gaze_direction": reading.one_of(record, "gaze_direction", GAZE_DIRECTIONS, path, recording),
            "gaze_offset_x": reading.maybe(record, "gaze_offset_x", path, recording),
            "gaze_offset_y": reading.maybe(record, "gaze_offset_y", path, recording),
            "gaze_magnitude": reading.maybe(record, "gaze_magnitude", path, recording),
            "confidence": None,
        }

    def gesture(record: Mapping[str, Any], path: str) -> Json | None:
        kind = record.get("type", "none")
        if not isinstance(kind, str) or not kind:
            raise recording.wrong(f"{path}.type", "the name of a gesture", kind)
        if kind == "none" or reading.share(record, "confidence", path, recording) <= UNSURE:
            return None
        seconds = reading.time_of(record, path, recording)
        return {
            "type": kind,
            "confidence": reading.share(record, "confidence", path, recording),
            "hand": None,
            "timestamp_ms": round(1000 * seconds),
        }

    found = {
        "poses": of("poses", pose),
        "faces": of("faces", face),
        "hands": of("hands", lambda record, path: {"count": reading.whole(record, "count", None, path, recording)}),
        "gaze": of("gaze", gaze),
        "gestures": of("gestures", gesture),
    }
    times = [record["timestamp"] for records in found.values() for record in records]
    return {
        **found,
        "blendshapes": [],
        "presence_percentage": reading.maybe(data, "presence_percentage", "ml_data.mediapipe", recording),
        "frames_with_people": reading.whole(data, "frames_with_people", None, "ml_data.mediapipe", recording),
        "metadata": {
            "processed": True,
            "model": reading.known(data, "model", "mediapipe"),
            "frames_analyzed": reading.known(data, "frames_analyzed"),
            **{f"{kind}_detected": len(records) for kind, records in found.items()},
            "sample_spacing": reading.spacing(data, times, "ml_data.mediapipe", recording),
        },
    }
