"""What is read from a recording keeps the order of its keys: a repeated run must write the same text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rumiai_v2.models.services import checked

GOLDEN = Path(__file__).parents[2] / "golden/snapshots/replay_pair/unified.json"


def _keys(value: object) -> object:
    if isinstance(value, dict):
        return [(key, _keys(item)) for key, item in value.items()]
    return [_keys(item) for item in value] if isinstance(value, list) else None


@pytest.mark.parametrize("turned", [False, True])
@pytest.mark.parametrize("service", ["yolo", "ocr", "whisper", "scene_detection"])
def test_the_order_is_that_of_the_recording(service, turned):
    document = json.loads(GOLDEN.read_text(encoding="utf-8"))["ml_data"][service]
    if turned:
        document = _turned(document)
    assert _keys(checked(service, document, service)) == _keys(document)


def _turned(value: object) -> object:
    if isinstance(value, dict):
        return {key: _turned(item) for key, item in reversed(value.items())}
    return [_turned(item) for item in value] if isinstance(value, list) else value
