"""visual_overlay_analysis: four texts and a sticker that can be counted by hand, and videos without any."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.visual_overlay_analysis import ANALYSIS
from tests.analyses.checked import computed
from tests.analyses.documents import Json, gesture, segment, sticker, text, unified
from tests.analyses.strategies import videos


def run(**happening: Any) -> Json:
    return computed(ANALYSIS, unified(**happening))


@pytest.fixture
def example() -> Json:
    """Texts start at 1, 3, 5 and 9 s of ten; speech starts at 3.5, a gesture at 8.5."""
    return run(
        duration=10,
        texts=[
            text("Stop", 1, 2, confidence=0.9),
            text("stop ", 3, 4, confidence=0.7),
            text("get together", 5, 6, confidence=0.8),
            text("Follow me", 9, 10, confidence=0.8),
        ],
        stickers=[sticker(0.5, 2.5, confidence=1.0)],
        speech=[segment("one two", 3.5, 8, confidence=0.5)],
        gestures=[gesture("love", 8.5, 9, confidence=0.6)],
    )


def test_blocks_stand_in_their_order(example: Json):
    assert tuple(example) == BLOCKS


def test_overlays_are_counted(example: Json):
    core = example["CoreMetrics"]
    assert (core["totalOverlays"], core["totalTextOverlays"], core["totalStickers"]) == (5, 4, 1)
    assert (core["uniqueOverlayCount"], core["uniqueOverlayRatio"]) == (3, 0.6)
    assert (core["overlayDensity"], core["overlayFrequency"]) == (0.5, 30.0)
    assert (core["timeToFirstOverlay"], core["avgOverlayDuration"]) == (0.5, 1.2)
    assert core["confidence"] == pytest.approx((0.9 + 0.7 + 0.8 + 0.8 + 1.0) / 5)


def test_windows_cover_the_video(example: Json):
    progression = example["Dynamics"]["overlayProgression"]
    assert [w["timestamp"] for w in progression] == [f"{i}-{i + 1}s" for i in range(10)]
    assert [w["overlayCount"] for w in progression] == [0, 1, 0, 1, 0, 1, 0, 0, 0, 1]
    short = run(duration=2.5, texts=[text("abc", 1.5, 2.5)])["Dynamics"]["overlayProgression"]
    assert [(w["timestamp"], w["overlayCount"], w["density"]) for w in short] == [
        ("0-1s", 0, 0.0),
        ("1-2s", 1, 1.0),
        ("2-2.5s", 1, 2.0),
    ]


def test_a_sliver_at_the_end_belongs_to_the_window_before_it():
    progression = run(duration=2.02)["Dynamics"]["overlayProgression"]
    assert [w["timestamp"] for w in progression] == ["0-1s", "1-2.02s"]


def test_long_videos_have_ten_windows():
    progression = run(duration=33.3)["Dynamics"]["overlayProgression"]
    assert len(progression) == 10
    assert (progression[0]["timestamp"], progression[-1]["timestamp"]) == ("0-3.33s", "29.97-33.3s")


def test_rhythm_is_one_minus_the_variation_of_the_gaps(example: Json):
    # Gaps 2, 2, 4: mean 8/3, sample deviation 1.1547.
    assert example["Dynamics"]["rhythmConsistency"] == 0.567
    steady = run(duration=9, texts=[text("abc", t, t + 1) for t in (1, 3, 5)])
    assert steady["Dynamics"]["rhythmConsistency"] == 1.0


def test_two_texts_have_no_rhythm():
    result = run(duration=9, texts=[text("abc", 1, 2), text("def", 3, 4)])
    assert result["Dynamics"]["rhythmConsistency"] is None
    assert "Dynamics.rhythmConsistency:no_text" in result["Quality"]["missingDataPoints"]


def test_a_wild_rhythm_is_zero_not_negative():
    texts = [text("abc", t, t + 0.1) for t in (0, 0.1, 0.2, 0.3, 9)]
    assert run(duration=10, texts=texts)["Dynamics"]["rhythmConsistency"] == 0.0


def test_course_is_classified(example: Json):
    dynamics = example["Dynamics"]
    # Two texts in each half.
    assert dynamics["overlayAcceleration"] == example["Patterns"]["pacingPattern"] == "stable"
    assert dynamics["temporalDistribution"] == "front_loaded"
    assert dynamics["burstPatterns"] == 0


@pytest.mark.parametrize(("starts", "course"), [((1, 2, 6), "decelerating"), ((1, 6, 7), "accelerating")])
def test_course_compares_the_halves(starts: tuple[float, ...], course: str):
    result = run(duration=10, texts=[text("abc", t, t + 0.5) for t in starts])
    assert result["Dynamics"]["overlayAcceleration"] == course
    assert "dynamic_pacing" in result["Patterns"]["overlayTechniques"]


def test_texts_are_set_against_speech_and_gestures(example: Json):
    interactions = example["Interactions"]
    # Speech starts half a second after "stop", the gesture half a second before "Follow me".
    assert (interactions["overlaySpeechAlignment"], interactions["overlayGestureSync"]) == (0.25, 0.25)
    assert interactions["crossModalCoherence"] == 0.25
    assert interactions["multimodalReinforcementCount"] == 2
    assert interactions["multimodalMoments"] == [
        {"timestamp": "3s", "textContent": "stop ", "hasSpeech": True, "hasGesture": False},
        {"timestamp": "9s", "textContent": "Follow me", "hasSpeech": False, "hasGesture": True},
    ]
    assert interactions["confidence"] == pytest.approx((0.9 + 0.7 + 0.8 + 0.8 + 0.5 + 0.6) / 6)


def test_a_text_that_appears_while_a_gesture_is_held_goes_with_it():
    gestures = [gesture("pointing", 3, 5)]
    texts = [text(f"text {start}", start, start + 1) for start in (1.9, 2.0, 4.8, 6.0, 6.1)]
    interactions = run(duration=10, texts=texts, gestures=gestures)["Interactions"]
    assert [m["textContent"] for m in interactions["multimodalMoments"]] == ["text 2.0", "text 4.8", "text 6.0"]


def test_texts_that_start_together_are_listed_as_one_reads():
    texts = [
        text("low", 1, 2, bbox=(10, 400, 50, 20)),
        text("right", 1, 2, bbox=(200, 90, 50, 20)),
        text("left", 1, 2, bbox=(10, 90, 50, 20)),
    ]
    for order in (texts, texts[::-1]):
        moments = run(duration=4, texts=order, gestures=[gesture("love", 1, 2)])["Interactions"]["multimodalMoments"]
        assert [m["textContent"] for m in moments] == ["left", "right", "low"]


def test_calls_to_act_are_whole_words(example: Json):
    assert [c["ctaType"] for c in example["KeyEvents"]["ctaMoments"]] == ["get", "follow"]
    assert run(duration=5, texts=[text("together", 1, 2)])["KeyEvents"]["ctaMoments"] == []


def test_peaks_and_quiet_windows(example: Json):
    key = example["KeyEvents"]
    assert [p["timestamp"] for p in key["overlayPeaks"]] == ["1-2s", "3-4s", "5-6s", "9-10s"]
    assert {p["intensity"] for p in key["overlayPeaks"]} == {1.0}
    assert key["climaxMoment"] == "1-2s"
    assert key["quietMoments"] == ["0-1s", "2-3s", "4-5s", "6-7s", "7-8s", "8-9s"]


def test_patterns_follow_the_numbers(example: Json):
    patterns = example["Patterns"]
    assert patterns["overlayStrategy"] == "minimal"
    assert patterns["overlayTechniques"] == ["direct_cta", "multimodal_reinforcement"]
    assert (patterns["engagementArchetype"], patterns["contentFocus"]) == ("informational", "product_focused")


def test_quality_comes_from_the_detections(example: Json):
    quality = example["Quality"]
    assert quality["detectionConfidence"] == pytest.approx(0.8)
    assert (quality["dataCompleteness"], quality["timelineCoverage"], quality["overallConfidence"]) == (1.0, 0.4, 0.9)
    assert quality["analysisReliability"] == "high"


def test_nothing_on_screen_is_counted_as_nothing():
    result = run(duration=5)
    core = result["CoreMetrics"]
    assert (core["totalOverlays"], core["overlayDensity"]) == (0, 0.0)
    assert core["timeToFirstOverlay"] is None
    assert core["confidence"] is None
    assert "CoreMetrics.timeToFirstOverlay:no_text" in result["Quality"]["missingDataPoints"]
    assert len(result["KeyEvents"]["quietMoments"]) == 5


@pytest.mark.parametrize(("missing", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
def test_without_the_service_everything_is_unknown(missing: str, code: str):
    result = run(duration=5, **{missing: ["ocr"]})
    assert set(result["CoreMetrics"].values()) == {None}
    assert result["KeyEvents"]["quietMoments"] == []
    assert f"CoreMetrics.totalOverlays:{code}" in result["Quality"]["missingDataPoints"]


def test_without_speech_recognition_only_gestures_are_compared():
    interactions = run(duration=5, texts=[text("abc", 1, 2)], gestures=[gesture("love", 1, 2)], not_run=["whisper"])[
        "Interactions"
    ]
    assert (interactions["overlaySpeechAlignment"], interactions["overlayGestureSync"]) == (None, 1.0)
    assert interactions["crossModalCoherence"] == 1.0
    assert interactions["multimodalReinforcementCount"] is None


@settings(max_examples=50, deadline=None)
@given(videos())
def test_any_video_gives_a_valid_document(video: Json):
    result = computed(ANALYSIS, video)
    core = result["CoreMetrics"]
    if core["totalOverlays"] is not None:
        assert core["totalOverlays"] == core["totalTextOverlays"] + core["totalStickers"]
    assert ANALYSIS.compute(video) == result
