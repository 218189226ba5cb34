"""Scenes of older recordings, from the service or from the timeline."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording


def scenes(data: Mapping[str, Any], recording: Recording) -> Json:
    """Scenes that cover [0, D], cut at every recorded start but 0; fades were not told from cuts, and scores not kept."""
    records = reading.records_of(data, recording, "scene_detection", "scenes", "shots")
    starts = [reading.time_of(record, path, recording, "start_time", "start") for path, record in records]
    if not starts:
        changes = data.get("scene_changes") or data.get("cuts") or []
        starts = reading.numbers(changes, None, "ml_data.scene_detection.scene_changes", recording)
    return _scene_document(starts, recording)


def scenes_from_timeline(recording: Recording) -> Json | None:
    """Scenes of a recording that kept them as timeline entries only; None when it has none."""
    kinds = ("scene", "scene_change")
    starts = [
        reading.time_of(entry, f"timeline.entries[{index}]", recording, "start")
        for index, entry in enumerate(recording.entries)
        if entry.get("entry_type") in kinds
    ]
    return _scene_document(starts, recording) if starts else None


def _scene_document(starts: Iterable[float], recording: Recording) -> Json:
    changes = sorted({t for t in starts if 0 < t < recording.duration})
    edges = [0.0, *changes, recording.duration]
    return {
        "scenes": [
            {"scene_number": number, "start_time": a, "end_time": b, "duration": b - a}
            for number, (a, b) in enumerate(pairwise(edges), 1)
        ],
        "total_scenes": len(changes) + 1,
        "scene_changes": changes,
        "transitions": [{"timestamp": t, "start": t, "end": t, "type": "cut", "confidence": None} for t in changes],
        "metadata": {
            "processed": True,
            "model": "pyscenedetect",
            "frames_analyzed": None,
            "min_scene_length": None,
        },
    }
