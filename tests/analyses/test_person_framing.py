"""person_framing: sizes, places and movements of faces per second, persons, gaze, and what is null without them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.person_framing import ANALYSIS, shot
from tests.analyses.checked import computed
from tests.analyses.documents import SERVICES, Json, box, face, gaze, pose, segment, thing, unified
from tests.analyses.strategies import videos

NEVER_MEASURED = {
    "Patterns.cinematicStyle",
    "Patterns.framingTechnique",
    "Quality.framingAppropriate",
    "Quality.visualEngagement",
    "Quality.professionalLevel",
    "Quality.overallScore",
}


def run(**happening: object) -> Json:
    return computed(ANALYSIS, unified(**happening))


MEDIUM, CLOSE = box(0.35, 0.35, 0.3, 0.3), box(0.25, 0.2, 0.5, 0.6)


@pytest.fixture
def example() -> Json:
    """Four seconds, face in the middle: 9 % | 30 % | 30 % | none; speech from 2 to 4; looks at, away, almost at us."""
    return run(
        duration=4,
        faces=[face(0.5, MEDIUM), face(1.5, CLOSE), face(2.5, CLOSE)],
        gazes=[gaze(0.5, 1.0), gaze(1.5, 0.0), gaze(2.5, 0.8)],
        speech=[segment("two more seconds", 2, 4)],
    )


def test_core_of_the_example(example: Json):
    assert tuple(example) == BLOCKS
    core = example["CoreMetrics"]
    assert core["primarySubject"] == "single"
    assert core["subjectCount"] == 1
    assert core["averageFaceSize"] == pytest.approx(23)
    assert core["faceVisibilityRate"] == 0.75
    assert core["framingConsistency"] == 0.5  # one change in two steps
    assert core["dominantFraming"] == "close"
    assert core["eyeContactRate"] == 0.5


def test_course_of_the_example(example: Json):
    dynamics = example["Dynamics"]
    assert dynamics["framingProgression"] == [
        {"type": "medium", "start": 0, "end": 1, "duration": 1},
        {"type": "close", "start": 1, "end": 3, "duration": 2},
        {"type": "none", "start": 3, "end": 4, "duration": 1},
    ]
    assert dynamics["distanceVariation"] == pytest.approx(98**0.5 / 23)
    assert dynamics["framingTransitions"] == 1
    assert dynamics["gazeSteadiness"] == "low"  # variance of 1, 0, 0.8 is 0.28
    assert dynamics["movementPattern"] == "static"
    assert dynamics["stabilityScore"] == pytest.approx(1)


def test_key_events_and_patterns_of_the_example(example: Json):
    events = example["KeyEvents"]
    assert events["closeUpMoments"] == [{"start": 1, "end": 3}]
    assert events["groupShots"] == []
    assert events["framingChanges"] == [{"timestamp": 1.0, "from": "medium", "to": "close"}]
    assert events["keySubjectMoments"] == [1.5]
    assert example["Patterns"]["framingDistribution"] == {
        "extreme_close": 0,
        "close": pytest.approx(2 / 3),
        "medium": pytest.approx(1 / 3),
        "full": 0,
    }
    assert example["Patterns"]["compositionRule"] == "center"
    assert example["Quality"]["compositionScore"] == pytest.approx(1)
    assert example["Interactions"]["socialDistance"] == "personal"
    assert example["Interactions"]["speakerFraming"] == {"speechWithFaceRatio": 0.5}


@pytest.mark.parametrize(
    ("area", "name"), [(None, "none"), (0.1, "wide"), (8, "wide"), (8.1, "medium"), (25, "medium"), (25.1, "close")]
)
def test_shot_types_have_their_limits(area: float | None, name: str):
    assert shot(area) == name


def test_two_faces_near_each_other_make_a_group_and_an_interaction_zone():
    near = [box(0.2, 0.4, 0.2, 0.1), box(0.5, 0.4, 0.2, 0.1)]  # 0.3 widths apart, widths sum to 0.4
    far = [box(0.0, 0.4, 0.1, 0.1), box(0.8, 0.4, 0.1, 0.1)]
    result = run(duration=4, faces=[face(1.0, *near), face(1.5, *near), face(2.5, *far)])
    assert result["CoreMetrics"]["subjectCount"] == 2
    assert result["CoreMetrics"]["primarySubject"] == "multiple"
    assert result["Interactions"]["multiPersonDynamics"] == {"maxPersons": 2, "multipleRatio": 0.5}
    assert result["Interactions"]["interactionZones"] == [{"start": 1.0, "end": 2.0}]
    assert result["KeyEvents"]["groupShots"] == [{"start": 1.0, "end": 3.0}]


def test_person_boxes_count_where_no_face_is_seen():
    result = run(duration=2, objects=[thing("person", 0, 1), thing("person", 0, 1), thing("dog", 0, 1)])
    assert result["CoreMetrics"]["subjectCount"] == 2
    assert result["CoreMetrics"]["averageFaceSize"] is None
    assert result["CoreMetrics"]["dominantFraming"] == "none"


def moving(step: float, times: list[float]) -> list[Json]:
    return [face(t, box(0.1 + step * t, 0.4, 0.2, 0.2)) for t in times]


def test_movement_is_measured_in_frame_widths_per_second():
    times = [0.0, 0.5, 1.0, 1.5]
    slow = run(duration=2, faces=moving(0.05, times))["Dynamics"]
    assert (slow["movementPattern"], slow["stabilityScore"]) == ("moderate", pytest.approx(0.75))
    fast = run(duration=2, faces=moving(0.1, times))["Dynamics"]
    assert (fast["movementPattern"], fast["stabilityScore"]) == ("dynamic", pytest.approx(0.5))


def test_vertical_movement_counts_in_frame_widths_too():
    # 0.045 of 640 px are 28.8 px, 0.08 of 360 px, in each of the two seconds.
    faces = [face(t, box(0.4, 0.2 + 0.045 * t, 0.2, 0.2)) for t in (0.0, 0.5, 1.0, 1.5)]
    assert run(duration=2, faces=faces)["Dynamics"]["stabilityScore"] == pytest.approx(1 - 0.08 / 0.2)


def test_a_jump_at_a_cut_is_no_movement():
    left, right = box(0.0, 0.4, 0.2, 0.2), box(0.7, 0.4, 0.2, 0.2)
    faces = [face(0.0, left), face(0.5, left), face(1.0, right), face(1.5, right)]
    assert run(duration=2, faces=faces, cuts=[0.8])["Dynamics"]["movementPattern"] == "static"
    assert run(duration=2, faces=faces)["Dynamics"]["movementPattern"] == "dynamic"


def test_two_faces_that_take_turns_in_being_the_largest_do_not_move():
    a, b = box(0.1, 0.4, 0.2, 0.2), box(0.7, 0.4, 0.2, 0.2)
    larger = [box(0.1, 0.4, 0.2, 0.201), box(0.7, 0.4, 0.2, 0.201)]
    faces = [face(0.0, larger[0], b), face(0.5, a, larger[1]), face(1.0, larger[0], b), face(1.5, a, larger[1])]
    assert run(duration=2, faces=faces)["Dynamics"]["movementPattern"] == "static"


def test_a_pose_stands_in_where_there_is_no_face():
    poses = [pose(t, x=0.1 + 0.1 * t) for t in (0.0, 0.5, 1.0, 1.5)]
    assert run(duration=2, poses=poses)["Dynamics"]["stabilityScore"] == pytest.approx(0.5)


def test_composition_rules():
    def rule(x: float, y: float) -> str:
        return run(duration=1, faces=[face(0.0, box(x - 0.05, y - 0.05, 0.1, 0.1))])["Patterns"]["compositionRule"]

    assert rule(0.33, 0.1) == "thirds"
    assert rule(0.5, 0.5) == "center"
    assert rule(0.5, 0.1) == "off_center"


def test_ties_between_shot_types_go_to_confidence_then_alphabet():
    def dominant(confidence: float) -> str:
        medium = {**MEDIUM, "confidence": confidence}
        return run(duration=2, faces=[face(0, medium), face(1, CLOSE)])["CoreMetrics"]["dominantFraming"]

    assert dominant(0.95) == "medium"
    assert dominant(0.9) == "close"


def test_of_more_than_ten_scenes_the_ten_largest_faces_are_kept():
    faces = [face(s + 0.5, box(0.4, 0.4, 0.1 + 0.01 * s, 0.1)) for s in range(12)]
    moments = run(duration=12, faces=faces, cuts=range(1, 12))["KeyEvents"]["keySubjectMoments"]
    assert moments == [s + 0.5 for s in range(2, 12)]


def test_the_last_partial_second_counts():
    result = run(duration=1.5, faces=[face(1.2, CLOSE)])
    assert result["CoreMetrics"]["faceVisibilityRate"] == 0.33
    assert result["KeyEvents"]["closeUpMoments"] == [{"start": 1.0, "end": 1.5}]


def test_without_anybody_counts_are_zero_and_sizes_null():
    result = run(duration=3)
    core = result["CoreMetrics"]
    assert (core["subjectCount"], core["faceVisibilityRate"], core["eyeContactRate"]) == (0, 0, 0)
    assert core["primarySubject"] is core["averageFaceSize"] is None
    assert core["dominantFraming"] == "none"
    assert result["Dynamics"]["framingProgression"] == []
    assert "Dynamics.gazeSteadiness:no_face" in result["Quality"]["missingDataPoints"]


@pytest.mark.parametrize(("how", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
def test_without_the_people_service_everything_is_null(how: str, code: str):
    result = run(duration=3, objects=[thing("person", 0, 3)], **{how: ["mediapipe"]})
    assert result["CoreMetrics"]["faceVisibilityRate"] is None
    assert result["CoreMetrics"]["subjectCount"] is None
    assert f"CoreMetrics.subjectCount:{code}" in result["Quality"]["missingDataPoints"]


def test_without_cuts_known_movement_is_null():
    result = run(duration=2, faces=moving(0.1, [0.0, 0.5, 1.0]), not_run=["scene_detection"])
    assert result["Dynamics"]["movementPattern"] is None
    assert "Dynamics.movementPattern:not_run" in result["Quality"]["missingDataPoints"]
    assert "KeyEvents.keySubjectMoments:not_run" in result["Quality"]["missingDataPoints"]


def test_without_the_frame_size_distances_are_not_measurable():
    result = run(duration=2, faces=moving(0.1, [0.0, 0.5, 1.0]), gazes=[gaze(0.0)], media=False)
    points = result["Quality"]["missingDataPoints"]
    assert {p for p in points if p.endswith("not_measurable")} - {f"{n}:not_measurable" for n in NEVER_MEASURED} == {
        "Dynamics.movementPattern:not_measurable",
        "Dynamics.stabilityScore:not_measurable",
        "Interactions.interactionZones:not_measurable",
        "Quality.compositionScore:not_measurable",
    }


def test_recordings_that_know_faces_but_not_where_they_are_give_presence_only():
    old = unified(duration=2, faces=[face(0.0), face(0.5)], speech=[segment("hi", 0, 2)])
    for f in old["ml_data"]["mediapipe"]["faces"]:
        f.update(bbox=None, boxes=[])
    result = computed(ANALYSIS, old)
    assert result["CoreMetrics"]["faceVisibilityRate"] == 0.5
    assert result["Interactions"]["speakerFraming"]["speechWithFaceRatio"] == 0.5
    for path in ("CoreMetrics.dominantFraming", "CoreMetrics.averageFaceSize", "CoreMetrics.eyeContactRate"):
        assert f"{path}:not_measurable" in result["Quality"]["missingDataPoints"]


def test_speech_with_a_face_needs_audio_and_speech():
    path = "Interactions.speakerFraming.speechWithFaceRatio"
    assert f"{path}:no_audio" in run(has_audio=False)["Quality"]["missingDataPoints"]
    assert f"{path}:no_speech" in run()["Quality"]["missingDataPoints"]
    assert f"{path}:not_run" in run(not_run=["whisper"])["Quality"]["missingDataPoints"]


def test_without_any_service_all_is_null_or_empty():
    assert run(not_run=SERVICES)["CoreMetrics"] == dict.fromkeys(run()["CoreMetrics"])


@settings(max_examples=60, deadline=None)
@given(videos())
def test_any_video_gives_a_valid_document_whose_parts_add_up(video: Json):
    result = computed(ANALYSIS, video)
    shares = [v for v in result["Patterns"]["framingDistribution"].values() if v is not None]
    assert not shares or sum(shares) == pytest.approx(1)
    for key in ("closeUpMoments", "groupShots"):
        assert all(0 <= r["start"] < r["end"] <= video["duration"] for r in result["KeyEvents"][key])
    assert all(0 <= r["start"] <= r["end"] <= video["duration"] for r in result["Interactions"]["interactionZones"])
    assert ANALYSIS.compute(video) == result
