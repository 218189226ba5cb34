"""A sample of what `make wrong-values` runs in full (docs/wrong-values.md), and values that it once took a hunt to find."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest

from tests import wrong_values

SNAPSHOTS = wrong_values.ROOT / "golden" / "snapshots"


def test_one_value_wrong_in_recordings_is_read_or_refused_by_name():
    tally = wrong_values.replay_wrong(120)
    assert tally.faults == []
    assert set(tally.ends) == {0, 2}
    assert min(tally.ends.values()) > 20


def test_one_value_wrong_in_metadata_is_read_or_refused_by_name():
    tally = wrong_values.read_wrong(150)
    assert tally.faults == []
    assert set(tally.ends) == {0, 2}
    assert min(tally.ends.values()) > 10


@pytest.mark.parametrize(
    ("case", "path", "value", "code"),
    [
        ("minimal", "duration", 1e-320, 2),
        ("minimal", "duration", 86_401, 2),
        ("minimal", "ml_data.whisper.segments.0.end", 1e-320, 0),
        ("minimal", "ml_data.ocr.textAnnotations.0.end_timestamp", 0.5, 2),
        ("replay_pair", "ml_data.ocr.stickers.0.bbox", None, 0),
        ("story", "ml_data.yolo.objectAnnotations", -1, 2),
        ("story", "ml_data.whisper.segments.0.start", [None], 2),
        ("story", "processing_metadata.media", "x", 2),
        ("story", "processing_metadata.source", 3, 2),
        ("story", "processing_metadata.services.yolo.status", "ran", 2),
        ("story", "processing_metadata.services", [], 2),
        ("story", "video_id", 7, 0),
        ("story", "metadata", {"id": "7", "views": "1.7M", "hashtags": 3, "description": "\ud83d"}, 0),
        ("story", "metadata.id", [7], 2),
        ("story", "metadata", {"error": "gone"}, 2),
    ],
)
def test_a_value_that_was_once_missed(tmp_path: Path, case: str, path: str, value: Any, code: int):
    document = json.loads((SNAPSHOTS / case / "unified.json").read_bytes())
    made = copy.deepcopy(document)
    holder, keys = made, [int(key) if key.isdecimal() else key for key in path.split(".")]
    for key in keys[:-1]:
        holder = holder[key]
    holder[keys[-1]] = value
    assert wrong_values._replayed(tmp_path, json.dumps(made)) == (code, [])
