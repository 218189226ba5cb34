"""Replayed cases: their scripts, their recordings, and how they are run and judged."""

from __future__ import annotations

import json
import shutil

import pytest
import yaml

from parity.pipeline.case import Case
from parity.verdict import PipelineError, UsageError
from rumiai_parity.expectations.replay import check_replay
from rumiai_parity.pipeline import PIPELINE
from rumiai_parity.platform import CORPUS
from rumiai_parity.recording import record, write_recording
from rumiai_parity.replay import Truth, load_replay
from rumiai_parity.script import Script
from rumiai_parity.storyboard import StoryboardError
from scripts import make_older_recordings as older
from tests.schema_check import validate

CASES = sorted(path.parent.name for path in CORPUS.glob("*/replay.yaml"))
SCRIPTED = [name for name in CASES if load_replay(CORPUS / name).script is not None]
WRITTEN = {"replay_older": older.older, "replay_broken": older.broken}


def recording(name: str) -> dict:
    return json.loads((CORPUS / name / "recorded.json").read_text(encoding="utf-8"))


def test_every_recording_comes_from_a_committed_script():
    assert set(CASES) == {*SCRIPTED, *WRITTEN}


@pytest.mark.parametrize("name", SCRIPTED)
def test_a_recording_is_what_its_script_makes(name):
    assert json.loads(json.dumps(record(load_replay(CORPUS / name).script))) == recording(name)


@pytest.mark.parametrize("name", WRITTEN)
def test_an_older_recording_is_what_its_script_makes(name):
    assert json.loads(json.dumps(WRITTEN[name]())) == recording(name)


@pytest.mark.parametrize("name", SCRIPTED)
def test_a_made_recording_has_the_services_shapes(name):
    for service, result in recording(name)["ml_data"].items():
        if result:
            validate(result, f"services/{service}.schema.json")


def test_what_moves_is_where_the_script_says():
    script = Script.model_validate(
        {
            "video": {"id": "v", "duration": 2.0},
            "faces": [
                {"start": 0, "end": 2, "path": [[0, 0, 0.2, 0.2], [0.4, 0, 0.2, 0.2]]},
                {"start": 1, "end": 2, "path": [[0, 0.5, 0.4, 0.4], [0, 0.5, 0.4, 0.4]], "look": [-0.3, 0]},
            ],
            "gestures": [{"start": 1, "end": 1.5, "type": "victory"}],
        }
    )
    people = record(script)["ml_data"]["mediapipe"]
    assert [(face["timestamp"], face["count"], face["bbox"]["x"]) for face in people["faces"]] == [
        (0.0, 1, 0.0),
        (0.5, 1, 0.1),
        (1.0, 2, 0.0),
        (1.5, 2, 0.0),
    ]
    assert [gaze["gaze_direction"] for gaze in people["gaze"]] == ["camera", "camera", "left", "left"]
    assert [(gesture["timestamp"], gesture["hand"]) for gesture in people["gestures"]] == [(1.0, "right")]


def test_both_configurations_replay_the_recording_under_different_hash_seeds():
    case = Case("replay_pair", CORPUS / "replay_pair")
    seeds = set()
    for configuration in PIPELINE.configurations:
        with PIPELINE.job(case, configuration) as job:
            assert job.argv[1:] == ("-m", "rumiai_v2", "replay", "recorded.json", "--return-file", "../return.json")
            assert dict(job.inputs) == {"recorded.json": case.folder / "recorded.json"}
            seeds.add(job.env["PYTHONHASHSEED"])
    assert len(seeds) == 2


def test_a_replayed_case_without_a_recording_says_what_to_do(tmp_path):
    shutil.copy(CORPUS / "replay_pair/replay.yaml", tmp_path)
    with pytest.raises(PipelineError, match="parity corpus render x"), PIPELINE.job(Case("x", tmp_path), "local"):
        pass


def test_rendering_a_replayed_case_writes_its_recording(tmp_path):
    shutil.copy(CORPUS / "replay_pair/replay.yaml", tmp_path)
    PIPELINE.render(Case("x", tmp_path))
    assert (tmp_path / "recorded.json").read_bytes() == (CORPUS / "replay_pair/recorded.json").read_bytes()


def test_a_recording_without_a_script_is_not_rendered_over():
    with pytest.raises(UsageError, match="has no script"):
        write_recording(CORPUS / "replay_older")


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"covers": []}, "covers"),
        ({"expected": {"worlds": 1}}, "expected.worlds"),
        ({"script": {"video": {"id": "v", "duration": 0}}}, "script.video.duration"),
    ],
)
def test_a_wrong_replay_file_names_the_place(tmp_path, change, text):
    given = {"covers": ["something"], "expected": {}, **change}
    (tmp_path / "replay.yaml").write_text(yaml.safe_dump(given))
    with pytest.raises(StoryboardError, match=text):
        load_replay(tmp_path)


UNIFIED = {
    "timeline": {
        "entries": [
            {"entry_type": "text", "data": {"text": "SALE"}},
            {"entry_type": "object", "data": {"class": "cup"}},
            {"entry_type": "gesture", "data": {"type": "victory"}},
            {"entry_type": "object", "data": {"class": "cup"}},
        ]
    }
}
OUTPUTS = {
    "speech_analysis": {
        "CoreMetrics": {"totalWords": 9, "speechCoverage": 0.4},
        "Dynamics": {"silencePeriods": [{"start": 1.2, "end": 3.0}]},
    },
    "scene_pacing": {"CoreMetrics": {"totalScenes": 3}},
    "person_framing": {"CoreMetrics": {"subjectCount": None}},
    "visual_overlay_analysis": {"CoreMetrics": {"totalStickers": 2}},
    "creative_density": {"KeyEvents": {"peakMoments": []}},
    "emotional_journey": {"Dynamics": {"emotionProgression": [{"timestamp": "0-1s", "emotion": "joy"}]}},
    "temporal_markers": {
        "first_5_seconds": {"text_moments": [], "speech_segments": []},
        "cta_window": {"cta_appearances": []},
        "peak_moments": [],
    },
}


@pytest.mark.parametrize(
    ("truth", "component", "passes"),
    [
        ({"words": [9, 9]}, "words", True),
        ({"words": [10, 12]}, "words", False),
        ({"scenes": [2, 3]}, "scenes", True),
        ({"persons": [1, 1]}, "persons", False),
        ({"texts": ["SALE"]}, "texts", True),
        ({"texts": []}, "texts", False),
        ({"stickers": 2}, "stickers", True),
        ({"objects": ["cup"]}, "objects", True),
        ({"objects": ["cup", "dog"]}, "objects", False),
        ({"gestures": ["victory"]}, "gestures", True),
        ({"speech_coverage": [0.3, 0.39]}, "speech coverage", False),
        ({"silences": [{"start": 1.0, "end": 3.0}]}, "silences", True),
        ({"emotions": {0: "joy"}}, "emotions", True),
    ],
)
def test_the_truth_of_a_replay_is_held_against_what_was_made_of_it(truth, component, passes):
    found = check_replay(Truth.model_validate(truth), UNIFIED, OUTPUTS)
    assert [(check.component, check.passed) for check in found] == [(component, passes)]


def test_a_silence_nobody_scripted_fails():
    found = check_replay(Truth.model_validate({"silences": []}), UNIFIED, OUTPUTS)
    assert [(check.component, check.expected, check.got) for check in found] == [("silences", "0 silences", "1")]
