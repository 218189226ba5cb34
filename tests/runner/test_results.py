"""Results that are shared by content, or taken from a recording: the same outputs, computed once or not at all."""

import json
import logging
import multiprocessing
import time
from pathlib import Path

import pytest

from rumiai_v2.results import Shared
from rumiai_v2.services.request import Request
from rumiai_v2.services.scenes import Scenes

MACHINE = {"threads": 1}
REQUEST = Request("some", {"service": "some", "parameters": {"limit": 0.5}}, MACHINE)
OTHER = Request("some", {"service": "some", "parameters": {"limit": 0.6}}, MACHINE)
#: What differs between any two runs.
VOLATILE = {"processing_metrics", "video_metrics", "memory_usage", "prompt_details"}


def forbidden():
    raise AssertionError("must not be computed")


# ---------------------------------------------------------------- one folder


def test_an_equal_request_loads_what_the_first_one_computed(tmp_path):
    made = Shared(tmp_path).answer(REQUEST, lambda: {"a": 1.5, "b": (1, 2), "c": {3: "x"}})
    assert made == {"a": 1.5, "b": [1, 2], "c": {"3": "x"}}, "what the first one goes on with is what is loaded"
    again = Request("some", json.loads(json.dumps(REQUEST.asked)), dict(MACHINE))
    assert Shared(tmp_path).answer(again, forbidden) == made


def test_another_request_is_computed(tmp_path):
    Shared(tmp_path).answer(REQUEST, lambda: {"a": 1})
    assert Shared(tmp_path).answer(OTHER, lambda: {"a": 2}) == {"a": 2}
    assert Shared(tmp_path).answer(Request("else", REQUEST.asked, MACHINE), lambda: {"a": 3}) == {"a": 3}
    elsewhere = Request("some", REQUEST.asked, {"threads": 2})
    assert Shared(tmp_path).answer(elsewhere, lambda: {"a": 4}) == {"a": 4}


def stored(folder: Path) -> Path:
    (file,) = folder.rglob("*.json")
    return file


def test_the_full_request_stands_beside_the_result(tmp_path):
    Shared(tmp_path).answer(REQUEST, lambda: {"a": 1})
    assert stored(tmp_path).relative_to(tmp_path) == Path("some", f"{REQUEST.key}.json")
    document = json.loads(stored(tmp_path).read_text())
    assert (document["request"], document["result"]) == ({"asked": REQUEST.asked, "machine": MACHINE}, {"a": 1})


@pytest.mark.parametrize(
    "damage",
    [
        lambda text: text[: len(text) // 2],
        lambda text: "",
        lambda text: "[]",
        lambda text: "[" * 100_000,
        lambda text: text.replace('"a": 1', '"a": 2'),
        lambda text: text.replace("0.5", "0.6"),
    ],
    ids=["cut off", "empty", "no object", "deep", "another result", "another request"],
)
def test_a_damaged_file_is_told_of_and_computed_again(tmp_path, caplog, damage):
    Shared(tmp_path).answer(REQUEST, lambda: {"a": 1})
    file = stored(tmp_path)
    file.write_text(damage(file.read_text()))
    with caplog.at_level(logging.WARNING):
        assert Shared(tmp_path).answer(REQUEST, lambda: {"a": 1}) == {"a": 1}
    assert str(file) in caplog.text and "computed again" in caplog.text
    assert Shared(tmp_path).answer(REQUEST, forbidden) == {"a": 1}, "and is whole again"


def test_a_failed_computation_stores_nothing_and_lets_the_next_one_try(tmp_path):
    with pytest.raises(ZeroDivisionError):
        Shared(tmp_path).answer(REQUEST, lambda: 1 / 0)
    assert list(tmp_path.rglob("*.json")) == []
    assert Shared(tmp_path).answer(REQUEST, lambda: {"a": 1}) == {"a": 1}


def _ask(folder, calls, begin, answers):
    def compute():
        with calls.open("a") as log:
            log.write("computed\n")
        time.sleep(0.5)
        return {"a": 1}

    begin.wait()
    answers.put(Shared(folder).answer(REQUEST, compute))


def test_two_processes_that_ask_at_once_compute_once(tmp_path):
    context = multiprocessing.get_context("spawn")
    begin, answers, calls = context.Barrier(2), context.Queue(), tmp_path / "calls"
    folder = tmp_path / "shared"
    folder.mkdir()
    processes = [context.Process(target=_ask, args=(folder, calls, begin, answers)) for _ in range(2)]
    for process in processes:
        process.start()
    assert [answers.get(timeout=60) for _ in processes] == [{"a": 1}, {"a": 1}]
    for process in processes:
        process.join(60)
    assert calls.read_text() == "computed\n"


# ---------------------------------------------------------------- whole runs


def documents(world):
    """The unified file and the report of a world's newest run, without what changes from run to run."""
    unified = json.loads((world.folder / "unified_analysis" / f"{world.video_id}.json").read_text())
    unified["temporalMarkers"]["metadata"].pop("generated_at")
    newest = sorted((world.folder / "insights" / world.video_id).glob("report_*.json"))[-1]
    report = json.loads(newest.read_text())
    return unified, {name: value for name, value in report.items() if name not in VOLATILE}


@pytest.fixture
def counted(monkeypatch):
    """How often the quick service was asked to compute."""
    calls = []
    analyse = Scenes.analyse
    monkeypatch.setattr(Scenes, "analyse", lambda *given: calls.append(1) or analyse(*given))
    return calls


def test_a_run_that_loads_leaves_the_same_outputs_as_the_one_that_computed(world, counted, monkeypatch, tmp_path):
    assert world.run().exit_code == 0
    plain = documents(world)
    monkeypatch.setenv("RUMIAI_SHARED_RESULTS", str(tmp_path / "shared"))
    assert world.run().exit_code == 0
    computed = documents(world)
    assert len(counted) == 2
    assert world.run().exit_code == 0
    assert len(counted) == 2, "loaded"
    assert documents(world) == computed == plain


def test_the_report_says_what_every_service_that_ran_was_asked(local):
    local.run()
    services = documents(local)[1]["services"]
    assert len(services["scene_detection"]["request"]) == 64
    assert {state["request"] for name, state in services.items() if name != "scene_detection"} == {None}


def test_a_changed_parameter_is_not_answered_from_the_shared_folder(local, counted, monkeypatch, tmp_path):
    monkeypatch.setenv("RUMIAI_SHARED_RESULTS", str(tmp_path / "shared"))
    local.run()
    first = documents(local)[1]["services"]["scene_detection"]["request"]
    monkeypatch.setattr("rumiai_v2.services.scenes._BLACK", 11)
    local.run()
    assert len(counted) == 2
    assert documents(local)[1]["services"]["scene_detection"]["request"] != first


def test_a_folder_that_cannot_be_written_is_named(local, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("RUMIAI_SHARED_RESULTS", str(tmp_path / "file" / "shared"))
    result = local.run()
    local.assert_failed(
        result, exit_code=1, stage="running_ml_analysis", error_type="OutputError", says=["RUMIAI_SHARED_RESULTS"]
    )
    local.assert_nothing_left()


def recorded(world, folder: Path) -> Path:
    assert world.run().exit_code == 0
    recording = folder / "recording.json"
    recording.write_bytes((world.folder / "unified_analysis" / f"{world.video_id}.json").read_bytes())
    return recording


def test_a_recording_answers_without_weights_and_without_a_model(world, counted, monkeypatch, tmp_path):
    recording = recorded(world, tmp_path)
    before = documents(world)
    document = json.loads(recording.read_text())
    document["ml_data"]["scene_detection"]["metadata"]["model"] = "as recorded"
    recording.write_text(json.dumps(document))
    monkeypatch.setenv("RUMIAI_RECORDED_RESULTS", str(recording))
    monkeypatch.setattr(Scenes, "prepare", lambda self: forbidden())
    assert world.run().exit_code == 0
    assert len(counted) == 1
    unified, report = documents(world)
    assert unified["ml_data"]["scene_detection"]["metadata"]["model"] == "as recorded"
    assert report == before[1]


def test_a_service_needs_no_weights_when_a_recording_answers(local, monkeypatch, tmp_path):
    recording = recorded(local, tmp_path)
    document = json.loads(recording.read_text())
    document["processing_metadata"]["services"]["yolo"]["status"] = "run"
    document["ml_data"]["yolo"] = {
        "objectAnnotations": [],
        "metadata": {
            "processed": True,
            "model": "yolo11n-seg",
            "frames_analyzed": 6,
            "objects_detected": 0,
            "tracks": 0,
            "sample_spacing": 0.2,
        },
    }
    recording.write_text(json.dumps(document))
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path / "empty"))
    assert local.run(only=("yolo", "scene_detection")).exit_code == 4, "computing needs them"
    monkeypatch.setenv("RUMIAI_RECORDED_RESULTS", str(recording))
    assert local.run(only=("yolo", "scene_detection")).exit_code == 0


def test_a_recording_of_another_file_is_refused(local, monkeypatch, tmp_path):
    recording = recorded(local, tmp_path)
    document = json.loads(recording.read_text())
    document["processing_metadata"]["media"]["sha256"] = "9" * 64
    recording.write_text(json.dumps(document))
    monkeypatch.setenv("RUMIAI_RECORDED_RESULTS", str(recording))
    local.assert_failed(
        local.run(),
        exit_code=2,
        stage="running_ml_analysis",
        error_type="UsageError",
        says=["999999", "this very file"],
    )


def test_a_service_that_the_recording_does_not_have_fails_by_name(local, monkeypatch, tmp_path):
    monkeypatch.setenv("RUMIAI_RECORDED_RESULTS", str(recorded(local, tmp_path)))
    result = local.run(only=("scene_detection", "audio_energy"))
    local.assert_failed(
        result, exit_code=4, stage="running_ml_analysis", error_type="ServiceError", says=["audio_energy", "not run"]
    )
    partly = local.run(only=("scene_detection", "audio_energy"), allow_partial=True)
    assert (partly.exit_code, partly.returned["failed_services"]) == (0, ["audio_energy"])


@pytest.mark.parametrize("name", ["missing.json", "recording.json"])
def test_both_settings_at_once_or_an_unreadable_recording_are_wrong_settings(local, monkeypatch, tmp_path, name):
    recorded(local, tmp_path)
    monkeypatch.setenv("RUMIAI_RECORDED_RESULTS", str(tmp_path / name))
    if name == "recording.json":
        monkeypatch.setenv("RUMIAI_SHARED_RESULTS", str(tmp_path / "shared"))
    result = local.run()
    assert (result.exit_code, result.returned["error_type"]) == (2, "UsageError")
    assert ("missing.json" if name == "missing.json" else "at most one") in result.returned["error"]
