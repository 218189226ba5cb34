"""Recordings replay to all outputs: ours exactly, older shapes with what they hold, and none is overwritten."""

import json
import os
import subprocess
import sys

from tests.runner.test_success import SETS
from tests.schema_check import validate

#: As the system before this one wrote it: polygon boxes, whole-second metadata, services missing or marked.
OLDER = {
    "video_id": "7000000000000000007",
    "metadata": {"video_id": "7000000000000000007", "duration": 12.0, "width": 576, "height": 1024, "fps": 30.0},
    "duration": 12.0,
    "pipeline_status": {"yolo": True, "mediapipe": True, "ocr": True, "scene": True, "whisper": True},
    "timeline": {
        "video_id": "7000000000000000007",
        "duration": 12.0,
        "entry_count": 1,
        "entries": [
            {
                "start": 2.0,
                "end": 3.0,
                "entry_type": "emotion",
                "data": {
                    "emotion": "joy",
                    "confidence": 0.9,
                    "all_scores": {
                        "joy": 0.9, "neutral": 0.1, "sadness": 0.0, "anger": 0.0, "fear": 0.0, "disgust": 0.0, "surprise": 0.0,
                    },
                    "action_units": [12],
                    "au_intensities": {"12": 0.8},
                    "source": "feat",
                    "model": "feat",
                    "has_action_units": True,
                },
            }
        ],
    },
    "ml_data": {
        "yolo": {"objectAnnotations": [], "metadata": {"processed": False, "model": "YOLOv8"}},
        "whisper": {
            "text": "hello there", "language": "en", "duration": 2.0,
            "segments": [{"id": 0, "start": 0.5, "end": 2.0, "text": "hello there", "words": []}],
            "metadata": {"model": "whisper.cpp-base", "processed": True, "success": True},
        },
        "ocr": {
            "textAnnotations": [
                {"text": "SALE", "confidence": 0.9, "timestamp": 1.0, "frame_number": 30,
                 "bbox": [[10, 10], [90, 10], [90, 40], [10, 40]]}
            ],
            "stickers": [], "metadata": {"frames_analyzed": 36, "processed": True},
        },
        "scene_detection": {
            "scenes": [
                {"scene_number": 1, "start_time": 0.0, "end_time": 5.0, "duration": 5.0},
                {"scene_number": 2, "start_time": 5.0, "end_time": 12.0, "duration": 7.0},
            ],
            "total_scenes": 2, "scene_changes": [0.0, 5.0], "metadata": {"processed": True},
        },
    },
}  # fmt: skip


def replay(folder, *arguments):
    done = subprocess.run(
        [sys.executable, "-m", "rumiai_v2", "replay", *arguments, "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "PYTHONHASHSEED": "11"},
    )
    return done.returncode, json.loads(done.stdout)


def outputs_of(folder, video_id):
    found = {}
    for name in SETS:
        (path,) = (folder / "insights" / video_id / name).glob("*_result_*.json")
        found[name] = json.loads(path.read_text())
    return found


def test_an_older_recording_gives_all_outputs_and_says_what_ran(tmp_path):
    (tmp_path / "old.json").write_text(json.dumps(OLDER))
    code, returned = replay(tmp_path, "old.json")
    assert code == 0
    report = returned["report"]
    assert {name: state["status"] for name, state in report["services"].items()} == {
        "yolo": "failed",
        "whisper": "run",
        "mediapipe": "not_run",
        "ocr": "run",
        "scene_detection": "run",
        "audio_energy": "not_run",
        "emotion_detection": "run",
    }
    assert returned["failed_services"] == report["failed_services"] == ["yolo"]
    assert report["not_run_services"] == ["mediapipe", "audio_energy"]
    validate(returned, "return_success.schema.json")
    outputs = outputs_of(tmp_path, OLDER["video_id"])
    assert set(outputs) == set(SETS)
    assert outputs["scene_pacing"]["scenePacingCoreMetrics"]["totalScenes"] == 2
    assert outputs["emotional_journey"]["emotionalCoreMetrics"]["dominantEmotion"] == "joy"
    missing = outputs["scene_pacing"]["scenePacingQuality"]["missingDataPoints"]
    assert "Interactions.audioVisualSync:not_run" in missing


def test_our_own_recording_gives_the_same_outputs_in_another_process(local):
    first = local.run(only=("scene_detection", "audio_energy"))
    assert first.exit_code == 0
    again = local.folder / "again"
    again.mkdir()
    code, _ = replay(again, str(local.folder / first.returned["outputs"]["unified"]))
    assert code == 0
    before, after = outputs_of(local.folder, local.video_id), outputs_of(again, local.video_id)
    for document in (before, after):
        document["temporal_markers"]["metadata"].pop("generated_at")
    assert before == after


def test_a_replay_overwrites_no_file_of_the_deployed_system(tmp_path):
    (tmp_path / "unified_analysis").mkdir()
    taken = tmp_path / "unified_analysis" / "same.json"
    taken.write_text(json.dumps(OLDER))
    (tmp_path / "old.json").write_text(json.dumps(OLDER | {"video_id": "other"}))
    code, returned = replay(tmp_path, "old.json", "--id", "same")
    assert (code, returned["error_type"]) == (1, "InputError")
    assert "unified_analysis/same.json was there before" in returned["error"]
    assert json.loads(taken.read_text()) == OLDER and not (tmp_path / "insights").exists()
    code, returned = replay(tmp_path, "old.json", "--id", "same", "--replace-id")
    assert code == 0 and json.loads(taken.read_text())["processing_metadata"]["source"] == "old.json"


def test_a_replay_never_overwrites_the_recording_it_reads(tmp_path):
    folder = tmp_path / "unified_analysis"
    folder.mkdir()
    recording = folder / f"{OLDER['video_id']}.json"
    recording.write_text(json.dumps(OLDER))
    code, returned = replay(tmp_path, str(recording))
    assert code == 0
    assert json.loads(recording.read_text()) == OLDER
    assert returned["outputs"]["unified"] == f"unified_analysis/{OLDER['video_id']}.json"
