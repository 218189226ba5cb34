"""scene_pacing: scene lengths, cutting rate, cuts on sounds, and what is null without cuts or audio."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.scene_pacing import ANALYSIS
from tests.analyses.checked import computed
from tests.analyses.documents import Json, emotion, unified
from tests.analyses.strategies import videos


def run(**happening: object) -> Json:
    return computed(ANALYSIS, unified(**happening))


@pytest.fixture
def example() -> Json:
    """Ten seconds, scenes of 2, 2, 4 and 2 s; the last transition is a fade from 7 to 9."""
    return run(duration=10, cuts=[2, 4], fades=[(7, 9)], onsets=[2.1, 5.0, 8.3], beats=[2.05, 4.2])


def test_core_of_the_example(example: Json):
    assert tuple(example) == BLOCKS
    assert example["CoreMetrics"] == {
        "totalScenes": 4,
        "averageSceneDuration": 2.5,
        "scenesPerMinute": 24.0,
        "pacingScore": pytest.approx(0.3),
        "rhythmConsistency": "varied",  # σ = 1, q = 0.5
        "transitionSmoothing": pytest.approx(1 / 3),
    }


def test_course_of_the_example(example: Json):
    dynamics = example["Dynamics"]
    assert [w["cuts"] for w in dynamics["pacingProgression"]] == [0, 0, 1, 0, 1, 0, 0, 0, 1, 0]
    assert dynamics["pacingProgression"][2] == {"timestamp": 2.0, "cuts": 1, "cutsPerMinute": 60.0}
    assert dynamics["sceneRhythm"] == "varied"  # CV = 1 / 2.5
    assert dynamics["temporalFlow"] == "steady"  # slope 0.2, rise 0.6 of 2.5: 0.24
    assert dynamics["accelerationPoints"] == []
    assert [p["timestamp"] for p in dynamics["decelerationPoints"]] == [3.0, 5.0, 9.0]


def test_sound_of_the_example(example: Json):
    together = example["Interactions"]
    assert together["audioVisualSync"] == pytest.approx(1 / 3)
    assert together["audioVisualSyncChance"] == pytest.approx(0.09)
    assert together["beatMatching"] == pytest.approx(1 / 3)
    assert together["beatMatchingChance"] == pytest.approx(0.04)


def test_key_events_patterns_and_quality_of_the_example(example: Json):
    events = example["KeyEvents"]
    assert events["longestScene"] == {"duration": 4.0, "timestamp": "4-8s"}
    assert events["shortestScene"] == {"duration": 2.0, "timestamp": "0-2s"}
    assert events["climaxTiming"] == 0.25
    assert events["pacingShifts"][0] == {"timestamp": 2.0, "from": "slow", "to": "fast"}
    assert example["Patterns"]["editingStyle"] == "experimental"
    assert example["Patterns"]["transitionTypes"] == ["cut", "fade"]
    assert example["Quality"]["flowScore"] == pytest.approx(0.6)


def test_several_cuts_in_one_second_all_count():
    assert run(duration=3, cuts=[1.1, 1.4, 1.8])["CoreMetrics"]["totalScenes"] == 4


def test_a_change_at_the_start_or_the_end_is_none():
    result = run(duration=3, cuts=[0.0, 3.0])
    assert result["CoreMetrics"]["totalScenes"] == 1
    assert result["CoreMetrics"]["pacingScore"] == 0


def test_scenes_that_get_shorter_accelerate():
    dynamics = run(duration=14, cuts=[6, 10, 13])
    assert dynamics["Dynamics"]["temporalFlow"] == dynamics["Patterns"]["pacingPattern"] == "accelerating"
    assert run(duration=14, cuts=[1, 4, 8])["Dynamics"]["temporalFlow"] == "decelerating"


def test_a_window_with_half_more_cuts_is_an_acceleration():
    # Ten windows of 2 s with 2, 3, 1, 2 cuts, then none.
    cuts = [0.5, 1.5, 2.5, 3.0, 3.5, 5.0, 6.5, 7.5]
    dynamics = run(duration=20, cuts=cuts)["Dynamics"]
    assert dynamics["accelerationPoints"] == [
        {"timestamp": 2.0, "factor": pytest.approx(1.5)},
        {"timestamp": 6.0, "factor": pytest.approx(2)},
    ]
    assert dynamics["decelerationPoints"] == [
        {"timestamp": 4.0, "factor": pytest.approx(1 / 3)},
        {"timestamp": 8.0, "factor": 0.0},
    ]


def test_a_cut_on_the_edge_of_a_window_is_in_the_later_one():
    # Ten windows of 1.1 s: as floats 1.1 · 3 = 3.3000000000000003, just above the cut.
    progression = run(duration=11, cuts=[3.3, 6.6])["Dynamics"]["pacingProgression"]
    assert [w["timestamp"] for w in progression if w["cuts"]] == [3.3, 6.6]


def test_cutting_classes_have_their_limits():
    # Windows of 6 s: one cut is 10 per minute, three are 30.
    shifts = run(duration=60, cuts=[7.0, 13.0, 14.0, 15.0])["KeyEvents"]["pacingShifts"]
    assert [(s["timestamp"], s["from"], s["to"]) for s in shifts] == [
        (6.0, "slow", "medium"),
        (12.0, "medium", "fast"),
        (18.0, "fast", "slow"),
    ]


@pytest.mark.parametrize(
    ("cuts", "style"),
    [([1, 2, 3, 4], "mtv_style"), ([4], "classic_narrative"), ([2, 4, 6], "rhythmic"), ([0.5, 5], "experimental")],
)
def test_editing_styles(cuts: list[float], style: str):
    assert run(duration=8 if style != "mtv_style" else 5, cuts=cuts)["Patterns"]["editingStyle"] == style


def test_ties_between_scenes_go_to_the_first():
    events = run(duration=6, cuts=[2, 4])["KeyEvents"]
    assert events["longestScene"]["timestamp"] == events["shortestScene"]["timestamp"] == "0-2s"


def test_cuts_in_exciting_seconds_correlate_with_arousal():
    emotions = [emotion(t, "surprise" if t in (2, 4) else "neutral", confidence=1) for t in range(6)]
    assert run(duration=6, cuts=[2.5, 4.5], emotions=emotions)["Interactions"]["emotionalPacing"] == pytest.approx(1)


def test_without_cuts_there_is_one_scene_and_ratios_of_cuts_are_null():
    result = run(duration=5)
    assert result["CoreMetrics"]["totalScenes"] == 1
    assert result["CoreMetrics"]["averageSceneDuration"] == 5
    assert result["Dynamics"]["sceneRhythm"] == "single"
    assert result["KeyEvents"]["longestScene"] == {"duration": 5.0, "timestamp": "0-5s"}
    points = result["Quality"]["missingDataPoints"]
    for path in (
        "CoreMetrics.transitionSmoothing",
        "Interactions.audioVisualSync",
        "Interactions.beatMatchingChance",
        "KeyEvents.climaxTiming",
        "Quality.flowScore",
        "Dynamics.temporalFlow",
    ):
        assert f"{path}:no_cuts" in points


def test_two_scenes_are_too_short_for_a_flow():
    assert "Dynamics.temporalFlow:too_short" in run(duration=5, cuts=[2])["Quality"]["missingDataPoints"]


def test_without_audio_sync_is_null_and_without_beats_it_is_zero():
    assert "Interactions.beatMatching:no_audio" in run(cuts=[2], has_audio=False)["Quality"]["missingDataPoints"]
    assert run(cuts=[2])["Interactions"]["beatMatching"] == 0


@pytest.mark.parametrize(("how", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
def test_without_the_scene_service_everything_is_null(how: str, code: str):
    result = run(**{how: ["scene_detection"]})
    assert set(result["CoreMetrics"].values()) == {None}
    assert result["Dynamics"]["pacingProgression"] == []
    assert f"KeyEvents.longestScene.duration:{code}" in result["Quality"]["missingDataPoints"]


@settings(max_examples=60, deadline=None)
@given(videos())
def test_any_video_gives_a_valid_document_whose_parts_add_up(video: Json):
    result = computed(ANALYSIS, video)
    scenes = result["CoreMetrics"]["totalScenes"]
    assert scenes is None or sum(w["cuts"] for w in result["Dynamics"]["pacingProgression"]) == scenes - 1
    assert ANALYSIS.compute(video) == result
