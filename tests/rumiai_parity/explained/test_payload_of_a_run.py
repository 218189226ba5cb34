"""A real recording with other results of the services, replayed: its page has the frame, the texts and all the curves."""

from __future__ import annotations

import json
import shutil
from typing import Any

import pytest

from parity.pipeline.artifacts import artifacts_of
from parity.report import build
from parity.report.page.payload import payload
from parity.session.finish import explained_or_why_not
from tests.harness.report.page import toys
from tests.rumiai_parity.explained.world import ROOT, World, recording

CASE = "tutorial"


def other_results(document: dict[str, Any]) -> None:
    """One text is read otherwise and elsewhere, the others not at all; it is louder, somebody is angry, and nobody
    hears the first words.
    """
    found = document["ml_data"]
    del found["ocr"]["textAnnotations"][1:]
    found["ocr"]["textAnnotations"][0]["text"] = "LINK IN BIO NOW"
    found["ocr"]["textAnnotations"][0]["bbox"][1] -= 200
    found["audio_energy"]["rms_per_second"] = [1.5 * value for value in found["audio_energy"]["rms_per_second"]]
    windows = found["audio_energy"]["energy_level_windows"]
    found["audio_energy"]["energy_level_windows"] = {name: value / 2 for name, value in windows.items()}
    for detection in found["emotion_detection"]["emotions"][3:9]:
        detection["emotion"] = "anger"
    first = found["whisper"]["segments"].pop(0)
    found["whisper"]["text"] = found["whisper"]["text"].removeprefix(first["text"]).lstrip()


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> dict[str, Any]:
    """The page of a comparison of such a run with the goldens of the untouched one."""
    world = World.make(tmp_path_factory.mktemp("real") / "project", **{CASE: recording(CASE)})
    shutil.copy(ROOT / "golden/corpus" / CASE / "clip.mp4", world.root / "corpus" / CASE / "clip.mp4")
    world.change(CASE, other_results)
    suite = world.suite()
    found = world.cases(suite)
    outcomes = []
    for case in found:
        outcomes += [suite.run(case, name) for name in suite.pipeline.configurations]
        outcomes += [suite.golden(case, suite.pipeline.reference, each) for each in artifacts_of(suite.pipeline, case)]
    explanation, rows = explained_or_why_not(suite, outcomes, found)
    report = build.build(
        outcomes,
        pipeline=suite.pipeline,
        cases=found,
        declared=[],
        explanation=explanation,
        session=build.Session("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:01+00:00", 1.0, None, True, 1.0),
    )
    made = payload(suite.config, json.loads(json.dumps(report)), json.loads(json.dumps(rows)))
    toys.check_page(made)
    return made


def of_cause(page: dict[str, Any], stage: str, what: str) -> list[dict[str, Any]]:
    """The curves or frames of the causes of a stage."""
    return [page[what][index] for cause in page["causes"] if cause["stage"] == stage for index in cause[what]]


def test_density_engagement_energy_words_per_minute_and_emotions_are_drawn_with_both_sides(page):
    drawn = {(curve["artifact"].partition(".")[0], curve["path"].rpartition(".")[2]): curve for curve in page["curves"]}
    wanted = {
        ("unified", "rms_per_second[*]"),
        ("unified", "*"),
        ("speech_analysis", "wpmProgression[*]"),
        ("unified", "emotion"),
        ("emotional_journey", "emotion"),
        ("temporal_markers", "engagement_curve[*]"),
        ("creative_density", "density"),
    }
    assert wanted - drawn.keys() == set()
    for key in wanted:
        golden, run = drawn[key]["sides"]
        assert (golden["title"], run["title"]) == ("golden", "local")
        assert golden["points"] != run["points"]
        assert drawn[key]["differs"]
    louder = drawn["unified", "rms_per_second[*]"]["sides"]
    assert [y for _, y in louder[1]["points"]] == pytest.approx([1.5 * y for _, y in louder[0]["points"]], rel=1e-4)


def test_the_frame_of_the_text_shows_where_and_how_either_side_read_it(page):
    frames = of_cause(page, "ocr", "frames")
    assert frames, "the cause has a picture"
    frame = frames[0]
    assert frame["image"].startswith("data:image/jpeg;base64,")
    assert (frame["width"], frame["height"]) == (360, 640)
    golden, run = ({box["label"]: box for box in side["boxes"] if box["stage"] == "ocr"} for side in frame["sides"])
    assert "SHORT BREAK" in golden
    assert "LINK IN BIO NOW" in run
    assert run["LINK IN BIO NOW"]["text"]
    assert golden["SHORT BREAK"]["y"] - run["LINK IN BIO NOW"]["y"] == pytest.approx(200 / 640, abs=1e-3)
    assert {box["label"] for box in frame["sides"][0]["boxes"]} >= {"person"}, "what did not change is there too"


def test_what_was_said_is_noted_where_one_side_did_not_hear_it(page):
    frames = of_cause(page, "whisper", "frames")
    notes = [[note for note in side["notes"] if note.startswith("segments: ")] for side in frames[0]["sides"]]
    assert len(notes[0]) == 1
    assert notes[1] == []


def test_the_stages_say_where_each_cause_began_and_what_is_the_same(page):
    states = {stage["name"]: stage["state"] for stage in page["stages"]}
    assert {name for name, state in states.items() if state in ("first", "own")} == {
        "whisper",
        "ocr",
        "audio_energy",
        "emotion_detection",
    }
    assert states["yolo"] == states["media"] == "same"
    assert states["timeline"] == states["speech_analysis"] == "follows"
    assert [stage["name"] for stage in page["stages"] if stage["state"] == "first"] == [page["first_stage"]["stage"]]
