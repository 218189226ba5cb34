"""Temporal markers: an eight-second video that can be worked by hand, and what is null when something is missing."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from rumiai_v2.timeline.temporal_markers import local_maxima, temporal_markers
from tests.analyses.documents import SERVICES, Json, emotion, gesture, segment, text, thing, unified
from tests.analyses.strategies import videos
from tests.schema_check import unexplained_nulls, validate

NOW = "2025-01-01T00:00:00+00:00"


def checked(video: Json) -> Json:
    markers = temporal_markers(video, generated_at=NOW)
    validate(markers, "temporal_markers.schema.json", strict=True)
    reasons = {"Quality": {"missingDataPoints": markers["metadata"]["missingDataPoints"]}}
    assert unexplained_nulls({**markers, **reasons}) == []
    return markers


def run(**happening: Any) -> Json:
    return checked(unified(**happening))


@pytest.fixture
def example() -> Json:
    """What starts per second: text, speech, dog | – | cut, gesture | loud | text | – | – | text, speech."""
    return run(
        duration=8,
        texts=[text("Wow", 0, 2), text("Second text", 4, 6), text("Follow now", 7, 8)],
        speech=[segment("This is great", 0.5, 3.5), segment("Link in my bio, like and follow", 7.2, 8)],
        objects=[thing("dog", 0.5, 8, track="obj_1")],
        gestures=[gesture("love", 2.2, 3), gesture("victory", 7.5, 8)],
        emotions=[emotion(1.0, "anger"), emotion(2.0, "joy"), emotion(3.0, "neutral")],
        cuts=[2.5],
        rms=[0.1, 0.1, 0.1, 1.0, 0.1, 0.1, 0.1, 0.1],
    )


def test_density_weighs_what_starts_in_a_second(example: Json):
    assert example["first_5_seconds"]["density_progression"] == [6, 0, 3, 1, 3]


def test_density_is_capped_at_ten():
    crowd = run(duration=5, texts=[text("abc", 0, 1)] * 4)
    assert crowd["first_5_seconds"]["density_progression"] == [10, 0, 0, 0, 0]


def test_mood_follows_the_face_and_else_the_wording(example: Json):
    opening = example["first_5_seconds"]
    assert opening["expression_sequence"] == [None, "anger", "joy", "neutral", None]
    # No face but "great"; anger; joy; neutral but "great" is still being said; nothing at all.
    assert opening["emotion_sequence"] == ["positive", "warning", "positive", "positive", "neutral"]
    assert "first_5_seconds.expression_sequence:no_face" in example["metadata"]["missingDataPoints"]


@pytest.mark.parametrize(
    ("said", "mood"), [("hurry now", "urgent"), ("you know this", "neutral"), ("don’t do it", "warning")]
)
def test_wording_counts_whole_words(said: str, mood: str):
    assert run(duration=5, speech=[segment(said, 0, 0.9)])["first_5_seconds"]["emotion_sequence"][0] == mood


def test_opening_lists_what_happens_in_it(example: Json):
    opening = example["first_5_seconds"]
    assert [m["text"] for m in opening["text_moments"]] == ["Wow", "Second text"]
    assert opening["text_moments"][0] == {"timestamp": "0s", "text": "Wow", "duration": 2.0, "position": "center"}
    assert opening["gesture_moments"] == [{"timestamp": "2s", "type": "love", "confidence": 0.8}]
    assert opening["object_appearances"] == [{"class": "dog", "first_appearance": "0s", "count": 1}]
    assert opening["speech_segments"] == [{"start": "0s", "end": "3s", "text": "This is great"}]
    assert opening["scene_changes"] == [2.5]


def test_a_change_at_the_start_is_none():
    markers = run(duration=5, cuts=[0.0, 2.0])
    assert markers["first_5_seconds"]["scene_changes"] == [2.0]
    assert markers["first_5_seconds"]["density_progression"] == [0, 0, 2, 0, 0]
    assert markers["engagement_curve"] == [0.15]


def test_two_entries_of_one_track_are_one_object():
    objects = [thing("dog", 0, 1, track="obj_1"), thing("dog", 3, 4, track="obj_1"), thing("cat", 1, 2)]
    appearances = run(duration=5, objects=objects)["first_5_seconds"]["object_appearances"]
    assert appearances == [
        {"class": "dog", "first_appearance": "0s", "count": 1},
        {"class": "cat", "first_appearance": "1s", "count": 1},
    ]


def test_call_to_action_window_is_the_last_part(example: Json):
    window = example["cta_window"]
    # 0.85 · 8 = 6.8
    assert window["time_range"] == "6-8s"
    assert [(a["type"], a["keyword"]) for a in window["cta_appearances"]] == [
        ("text", "follow"),
        ("speech", "follow"),
        ("speech", "like"),
        ("speech", "link"),
        ("speech", "bio"),
    ]
    assert window["cta_appearances"][0]["context"] == "follow now"
    assert window["gesture_sync"] == {"gesture_count": 1, "speech_count": 1, "sync_ratio": 1.0}
    assert window["object_focus"] == [{"class": "dog", "first_appearance": "0s", "count": 1}]
    assert [m["text"] for m in window["text_overlays"]] == ["Follow now"]
    emphasis = window["speech_emphasis"]
    assert (emphasis["word_count"], emphasis["segment_count"]) == (7, 1)
    assert emphasis["speech_duration"] == pytest.approx(0.8)
    assert emphasis["words_per_second"] == pytest.approx(7 / 0.8)


def test_part_of_a_word_is_no_call_to_action():
    window = run(duration=5, texts=[text("likely unlinked biography", 4.5, 5)])["cta_window"]
    assert window["cta_appearances"] == []


def test_peaks_stand_out_and_are_sorted_by_strength(example: Json):
    # Per second 5.5, 0, 3, 1, 3, 0, 0, 5.5 (text 3, speech 1.5, dog or gesture 1): mean 2.25.
    assert [(p["timestamp"], p["intensity"]) for p in example["peak_moments"]] == [(0.0, 5.5), (7.0, 5.5)]
    assert example["peak_moments"][0]["events"] == ["text: Wow", "speech", "object"]


def test_a_plateau_peaks_at_its_first_second():
    assert local_maxima([1, 3, 3, 2, 5]) == [1, 4]
    assert local_maxima([2, 2, 2]) == [0]
    assert local_maxima([3, 3, 4]) == [2]
    assert local_maxima([]) == []


def test_loud_seconds_count_as_energy_peaks():
    loud = run(duration=6, rms=[0.1, 0.1, 0.1, 0.9, 0.1, 0.1])
    assert loud["first_5_seconds"]["density_progression"] == [0, 0, 0, 1, 0]
    assert loud["peak_moments"] == [{"timestamp": 3.0, "intensity": 1.0, "events": ["energy_peak"]}]
    assert run(duration=6)["peak_moments"] == []


def test_engagement_curve_has_one_value_per_five_seconds(example: Json):
    # 0–5: two texts, cut, speech, dog = 4 + 1.5 + 1 + 0.5; 5–8: two texts, speech, dog = 4 + 1 + 0.5.
    assert example["engagement_curve"] == [0.7, 0.55]
    assert len(run(duration=10)["engagement_curve"]) == 2
    assert len(run(duration=10.5)["engagement_curve"]) == 3


def test_an_event_that_ends_at_a_window_edge_is_in_one_window_only():
    assert run(duration=10, texts=[text("abc", 4, 5)])["engagement_curve"] == [0.2, 0.0]


def test_seconds_after_the_end_are_null():
    opening = run(duration=2.5)["first_5_seconds"]
    assert opening["density_progression"] == [0, 0, 0, None, None]
    assert opening["emotion_sequence"] == ["neutral"] * 3 + [None, None]


def test_nothing_detected_is_zero_and_empty():
    markers = run(duration=5)
    assert markers["first_5_seconds"]["density_progression"] == [0] * 5
    assert markers["peak_moments"] == []
    assert markers["cta_window"]["gesture_sync"] == {"gesture_count": 0, "speech_count": 0, "sync_ratio": None}
    assert markers["cta_window"]["speech_emphasis"] == {
        "speech_duration": 0.0,
        "word_count": 0,
        "words_per_second": 0.0,
        "segment_count": 0,
    }


def test_missing_services_are_named():
    markers = run(duration=5, not_run=["yolo", "emotion_detection"], failed=["whisper", "mediapipe"])
    missing = set(markers["metadata"]["missingDataPoints"])
    assert {
        "first_5_seconds.object_appearances:not_run",
        "first_5_seconds.speech_segments:service_failed",
        "first_5_seconds.emotion_sequence:service_failed",
        "cta_window.gesture_sync.gesture_count:service_failed",
        "cta_window.speech_emphasis.word_count:service_failed",
    } <= missing
    assert markers["first_5_seconds"]["emotion_sequence"] == [None] * 5
    assert markers["metadata"]["ml_data_available"] == {
        "yolo": False,
        "whisper": False,
        "ocr": True,
        "mediapipe": False,
        "scene": True,
        "audio_energy": True,
        "emotion_detection": False,
    }


def test_without_any_service_nothing_is_claimed():
    markers = run(duration=7, not_run=SERVICES)
    assert markers["first_5_seconds"]["density_progression"] == [None] * 5
    assert (markers["peak_moments"], markers["engagement_curve"]) == ([], [])


def test_a_video_without_audio_has_no_energy_peaks():
    assert run(duration=5, has_audio=False)["peak_moments"] == []


@settings(max_examples=50, deadline=None)
@given(videos())
def test_any_video_gives_valid_markers(video: Json):
    markers = checked(video)
    assert temporal_markers(video, generated_at=NOW) == markers
    peaks = [p["intensity"] for p in markers["peak_moments"]]
    assert peaks == sorted(peaks, reverse=True)
