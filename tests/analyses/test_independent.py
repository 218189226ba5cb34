"""Every leaf of every output equals what the definitions give when they are written down a second time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.registry import ANALYSES
from rumiai_v2.timeline.temporal_markers import NAME, temporal_markers
from tests.analyses.documents import Json
from tests.analyses.independent import DERIVED, differences
from tests.analyses.strategies import steady_videos

RECORDED = sorted((Path(__file__).resolve().parents[2] / "golden" / "snapshots").glob("*/unified.json"))
OUTPUTS = {a.name: a.compute for a in ANALYSES} | {
    NAME: lambda video: temporal_markers(video, generated_at="2025-01-01T00:00:00+00:00")
}


def check(name: str, video: Json) -> None:
    found = differences(name, OUTPUTS[name](video), DERIVED[name](video))
    assert not found, "\n".join(found)


def test_every_output_has_a_second_derivation():
    assert sorted(DERIVED) == sorted(OUTPUTS)


def test_there_are_recorded_runs_to_check():
    assert len(RECORDED) >= 2


@pytest.mark.parametrize("name", DERIVED)
@pytest.mark.parametrize("path", RECORDED, ids=lambda p: p.parent.name)
def test_a_recorded_run_has_the_derived_values(path: Path, name: str):
    check(name, json.loads(path.read_text(encoding="utf-8")))


@settings(max_examples=80, deadline=None, derandomize=True)
@given(video=steady_videos())
def test_any_video_has_the_derived_values(video: Json):
    for name in DERIVED:
        check(name, video)


def test_a_wrong_value_is_found():
    wanted = {"a": [1.0, {"b": "x"}], "c": None}
    assert differences("scene_pacing", {"a": [1.1, {"b": "y"}], "c": 0}, wanted) == [
        "a[0]: 1.1, derived 1.0",
        "a[1].b: 'y', derived 'x'",
        "c: 0, derived None",
    ]
