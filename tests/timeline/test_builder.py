"""The timeline: runs of sightings become spans, samples become instants, and what lies outside the video is dropped."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rumiai_v2.models.timeline import Timeline
from rumiai_v2.timeline.builder import build_timeline, prompt_format, sample_spacing
from tests.analyses.documents import SERVICES, Json, emotion, face, gaze, pose, segment, sticker, text, thing, unified
from tests.analyses.strategies import videos
from tests.schema_check import validate

SIZE = (360, 640)


def seen(track: str, *times: float, name: str = "dog", confidence: float = 0.5, box: int = 0) -> list[Json]:
    return [
        {
            "trackId": track,
            "className": name,
            "class": name,
            "confidence": confidence,
            "timestamp": t,
            "bbox": [box, 0.0, 50.0, 50.0],
            "frame_number": round(30 * t),
        }
        for t in times
    ]


def yolo(*annotations: Json, spacing: float | None = 0.2) -> Json:
    metadata = {} if spacing is None else {"sample_spacing": spacing}
    return {"yolo": {"objectAnnotations": list(annotations), "metadata": metadata}}


def held(kind: str, *times: float, hand: str = "left", confidence: float = 0.8) -> list[Json]:
    return [{"type": kind, "hand": hand, "confidence": confidence, "timestamp": t} for t in times]


def mediapipe(*gestures: Json, spacing: float = 0.2) -> Json:
    empty: dict[str, list[Json]] = {kind: [] for kind in ("poses", "faces", "hands", "gaze", "blendshapes")}
    return {"mediapipe": {**empty, "gestures": list(gestures), "metadata": {"sample_spacing": spacing}}}


def build(ml_data: Json, *, duration: float = 10.0, size: tuple[int, int] | None = SIZE) -> Timeline:
    timeline = build_timeline("clip", duration, ml_data, size=size)
    validate(timeline.to_dict(), "timeline.schema.json")
    return timeline


def spans(timeline: Timeline, kind: str) -> list[tuple[float, float]]:
    return [(e.start, pytest.approx(e.until)) for e in timeline.of(kind)]


def test_an_object_lasts_from_its_first_sighting_to_one_sample_after_its_last():
    timeline = build(yolo(*seen("obj_1", 1.0, 1.2, 1.4)))
    assert spans(timeline, "object") == [(1.0, 1.6)]


def test_an_object_unseen_for_more_than_a_second_comes_back_as_a_new_entry():
    timeline = build(yolo(*seen("obj_1", 0.0, 1.2, 2.6)))
    # After 0.0 it is gone from 0.2 to 1.2, exactly a second; after 1.2 from 1.4 to 2.6, longer.
    assert spans(timeline, "object") == [(0.0, 1.4), (2.6, 2.8)]
    assert [e.data["track_id"] for e in timeline.entries] == ["obj_1", "obj_1"]


def test_an_object_has_its_mean_confidence_and_most_confident_box():
    sightings = [*seen("obj_1", 0.0, confidence=0.4, box=1), *seen("obj_1", 0.2, confidence=0.8, box=2)]
    data = next(build(yolo(*sightings)).of("object")).data
    assert data["confidence"] == pytest.approx(0.6)
    assert data["bbox"] == [2, 0.0, 50.0, 50.0]


def test_a_track_of_two_classes_takes_the_more_confident_one_and_ties_go_by_alphabet():
    both = [*seen("obj_1", 0.0, name="cup", confidence=0.5), *seen("obj_1", 0.2, name="bowl", confidence=0.5)]
    assert next(build(yolo(*both)).of("object")).data["class"] == "bowl"
    assert next(build(yolo(*both, *seen("obj_1", 0.4, name="cup"))).of("object")).data["class"] == "cup"


def test_gestures_of_one_type_and_hand_merge_over_one_missing_sample():
    timeline = build(mediapipe(*held("love", 1.0, 1.2, 1.6), *held("love", 2.2)))
    assert spans(timeline, "gesture") == [(1.0, 1.8), (2.2, 2.4)]
    assert next(timeline.of("gesture")).data == {"type": "love", "hand": "left", "confidence": pytest.approx(0.8)}


def test_the_other_hand_and_another_gesture_are_events_of_their_own():
    timeline = build(mediapipe(*held("love", 1.0), *held("love", 1.0, hand="right"), *held("victory", 1.2)))
    assert spans(timeline, "gesture") == [(1.0, 1.2), (1.0, 1.2), (1.2, 1.4)]


@pytest.mark.parametrize(("x", "position"), [(0, "left"), (20, "center"), (100, "center"), (141, "right")])
def test_position_is_the_third_that_holds_the_centre(x: float, position: str):
    document = unified(texts=[text("abc", 1, 2, bbox=(x, 10, 200, 40))])["ml_data"]
    assert next(build(document).of("text")).data["position"] == position


def test_position_is_unknown_without_the_size_of_the_frame():
    document = unified(texts=[text("abc", 1, 2)])["ml_data"]
    assert next(build(document, size=None).of("text")).data["position"] is None


def test_a_sticker_on_a_person_or_face_is_part_of_the_person():
    inside, outside = (120, 200, 40, 40), (300, 10, 40, 40)
    person = thing("person", 1, 3, bbox=(100, 100, 250, 600))
    stickers = [sticker(1, 2, bbox=inside), sticker(1, 2, bbox=outside), sticker(5, 6, bbox=inside)]
    document = unified(stickers=stickers, objects=[person])["ml_data"]
    assert [(e.start, e.data["bbox"][0]) for e in build(document).of("sticker")] == [(1.0, 300), (5.0, 120)]
    only_face = unified(stickers=[sticker(1, 2, bbox=(160, 200, 30, 30))], faces=[face(1.5)])["ml_data"]
    assert list(build(only_face).of("sticker")) == []


def test_an_object_that_is_no_person_keeps_the_sticker():
    document = unified(stickers=[sticker(1, 2, bbox=(120, 200, 40, 40))], objects=[thing("dog", 1, 3)])["ml_data"]
    assert len(list(build(document).of("sticker"))) == 1


def test_scene_changes_name_the_scene_they_start():
    timeline = build(unified(cuts=[4], fades=[(6, 7)], change_confidence=0.75)["ml_data"])
    assert [(e.start, e.end, e.data) for e in timeline.of("scene_change")] == [
        (4.0, None, {"transition_type": "cut", "scene_index": 1, "confidence": 0.75}),
        (6.5, None, {"transition_type": "fade", "scene_index": 2, "confidence": 0.75}),
    ]
    assert spans(timeline, "scene") == [(0.0, 4.0), (4.0, 6.5), (6.5, 10.0)]


def test_changes_of_a_recording_without_the_detectors_scores_have_no_confidence():
    document = unified(cuts=[4])["ml_data"]
    for transition in document["scene_detection"]["transitions"]:
        del transition["confidence"]
    assert [e.data["confidence"] for e in build(document).of("scene_change")] == [None]


def test_expressions_last_one_sample():
    timeline = build(unified(emotions=[emotion(1.0, "joy")])["ml_data"])
    assert spans(timeline, "emotion") == [(1.0, 1.5)]
    assert next(timeline.of("emotion")).data["model"] == "fer-mini-xception"


def test_poses_gaze_and_faces_are_instants():
    timeline = build(unified(poses=[pose(1.0)], gazes=[gaze(1.0)], faces=[face(1.0)])["ml_data"])
    assert [(e.entry_type, e.end) for e in timeline.entries[1:]] == [("pose", None), ("gaze", None), ("face", None)]


def test_nothing_starts_at_or_after_the_end_and_nothing_outlasts_it():
    document = unified(duration=5, speech=[segment("a", 4, 5)], texts=[text("abc", 4.9, 6), text("def", 5, 6)])
    timeline = build(document["ml_data"], duration=5.0)
    assert spans(timeline, "speech") == [(4.0, 5.0)]
    assert spans(timeline, "text") == [(4.9, 5.0)]


def test_services_without_results_give_no_entries():
    assert build({}).entries == ()
    assert build({service: {} for service in SERVICES}).entries == ()


def test_prompt_format_groups_by_the_second_of_the_start():
    document = unified(texts=[text("abc", 1.2, 2), text("def", 1.9, 3), text("ghi", 3, 4)])["ml_data"]
    grouped = prompt_format(build(document), "text")
    assert {k: [d["text"] for d in v] for k, v in grouped.items()} == {"1s": ["abc", "def"], "3s": ["ghi"]}


def test_sample_spacing_is_recorded_else_the_median_else_the_rate_for_the_duration():
    assert sample_spacing({"metadata": {"sample_spacing": 0.3}}, [0, 1], 10) == 0.3
    assert sample_spacing({"metadata": {}}, [0.0, 0.2, 0.2, 0.4, 1.4], 10) == pytest.approx(0.2)
    assert [sample_spacing({}, [1.0], d) for d in (10, 45, 90, 200)] == [1 / 5, 1 / 3, 1 / 2, 1.0]


def test_equal_starts_keep_the_order_of_the_services():
    document = unified(
        objects=[thing("dog", 0, 1)],
        speech=[segment("a", 0, 1)],
        texts=[text("abc", 0, 1)],
        faces=[face(0.0)],
        emotions=[emotion(0.0, "joy")],
    )["ml_data"]
    assert [e.entry_type for e in build(document).entries] == ["object", "speech", "text", "face", "scene", "emotion"]


@settings(max_examples=50, deadline=None)
@given(video=videos(), size=st.none() | st.just(SIZE))
def test_any_results_give_a_valid_timeline_in_time_order(video: Json, size: Any):
    duration = video["duration"]
    timeline = build(video["ml_data"], duration=duration, size=size)
    starts = [e.start for e in timeline.entries]
    assert starts == sorted(starts)
    assert all(0 <= e.start <= e.until <= duration for e in timeline.entries)
