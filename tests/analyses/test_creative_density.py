"""creative_density: counts per second, what is made of them, and what is null when a service gave nothing."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.creative_density import ANALYSIS
from tests.analyses.checked import computed
from tests.analyses.documents import SERVICES, Json, emotion, gesture, sticker, text, thing, unified
from tests.analyses.strategies import videos


def run(**happening: object) -> Json:
    return computed(ANALYSIS, unified(**happening))


@pytest.fixture
def example() -> Json:
    """Seconds 0 to 4, the last one half: 1 text | text, dog, gesture, expression | dog, cut | nothing | nothing."""
    return run(
        duration=4.5,
        texts=[text("a", 0, 2, confidence=0.9)],
        objects=[thing("dog", 1, 3, confidence=0.8)],
        gestures=[gesture("love", 1.2, 1.8, confidence=0.7)],
        emotions=[emotion(1.0, "joy", confidence=0.6)],
        cuts=[2],
    )


def test_blocks_stand_in_their_order(example: Json):
    assert tuple(example) == BLOCKS


def test_totals_of_the_example(example: Json):
    core = example["CoreMetrics"]
    assert [point["density"] for point in example["Dynamics"]["densityCurve"]] == [1, 4, 2, 0, 0]
    assert core["totalElements"] == 7
    assert core["avgDensity"] == core["elementsPerSecond"] == pytest.approx(7 / 4.5)
    assert (core["maxDensity"], core["minDensity"]) == (4, 0)
    assert core["stdDeviation"] == pytest.approx(2.24**0.5)
    assert core["timelineCoverage"] == pytest.approx(3 / 4.5)
    assert core["elementCounts"] == {
        "text": 2,
        "sticker": 0,
        "transition": 1,
        "object": 2,
        "gesture": 1,
        "expression": 1,
    }
    assert core["distinctElements"] == {
        "text": 1,
        "sticker": 0,
        "transition": 1,
        "object": 1,
        "gesture": 1,
        "expression": 1,
    }
    assert core["sceneChangeCount"] == 1


def test_course_of_the_example(example: Json):
    dynamics = example["Dynamics"]
    assert [p["primaryElement"] for p in dynamics["densityCurve"]] == ["text", "text", "object", "none", "none"]
    assert dynamics["volatility"] == pytest.approx(2.24**0.5 / (7 / 4.5 + 0.001))
    assert dynamics["accelerationPattern"] == "front_loaded"  # first third 1, last two fifths 0
    assert dynamics["densityProgression"] == "decreasing"
    assert dynamics["emptySeconds"] == [3, 4]


def test_interactions_of_the_example(example: Json):
    together = example["Interactions"]
    assert together["multiModalPeaks"] == [
        {"timestamp": "1-2s", "elements": ["text", "object", "gesture", "expression"], "syncType": "reinforcing"}
    ]
    assert {pair for pair, n in together["elementCooccurrence"].items() if n} == {
        "expression_gesture",
        "expression_object",
        "expression_text",
        "gesture_object",
        "gesture_text",
        "object_text",
        "object_transition",
    }
    assert together["coordinationScore"] == pytest.approx(1 / 4.5)
    # All pairs meet once; object and text have the highest summed confidence.
    assert together["dominantCombination"] == "object_text"


def test_key_events_of_the_example(example: Json):
    events = example["KeyEvents"]
    (peak,) = events["peakMoments"]
    assert (peak["timestamp"], peak["totalElements"]) == ("1-2s", 4)
    assert peak["surpriseScore"] == pytest.approx((4 - 7 / 4.5) / (2.24**0.5 + 0.001))
    assert peak["elementBreakdown"] == {
        "text": 1,
        "sticker": 0,
        "transition": 0,
        "object": 1,
        "gesture": 1,
        "expression": 1,
        "scene_change": 0,
    }
    assert events["deadZones"] == [{"start": 3, "end": 5, "duration": 2}]
    assert events["densityShifts"] == [
        {"timestamp": 1, "from": "low", "to": "medium", "magnitude": pytest.approx(3 / 4.001)}
    ]


def test_patterns_and_quality_of_the_example(example: Json):
    patterns, quality = example["Patterns"], example["Quality"]
    assert patterns["structuralFlags"] == {
        "strongOpeningHook": False,
        "crescendoPattern": False,
        "frontLoaded": True,
        "consistentPacing": False,
        "finalCallToAction": False,
        "rhythmicPattern": False,
    }
    assert patterns["densityClassification"] == "moderate"
    assert patterns["cognitiveLoadCategory"] == "minimal"
    assert patterns["mlTags"] == ["density_computed", "avg_1.6"]
    assert quality["dataCompleteness"] == 1
    assert quality["overallConfidence"] == pytest.approx((0.9 + 0.8 + 0.7 + 0.6 + 0.8) / 5)
    assert quality["detectionReliability"]["textOverlay"] == 0.9
    assert "Quality.detectionReliability.sticker:not_measurable" in quality["missingDataPoints"]


def test_several_texts_in_one_second_all_count():
    core = run(duration=1, texts=[text(t, 0, 1) for t in "abc"], stickers=[sticker(0, 1)])["CoreMetrics"]
    assert core["elementCounts"]["text"] == 3
    assert core["totalElements"] == 4


def test_several_cuts_in_one_second_all_count():
    assert run(duration=3, cuts=[1.1, 1.4, 1.8])["CoreMetrics"]["sceneChangeCount"] == 3


def test_two_expression_samples_in_a_second_are_one_element():
    core = run(duration=1, emotions=[emotion(0, "joy"), emotion(0.5, "joy")])["CoreMetrics"]
    assert core["elementCounts"]["expression"] == 1
    assert core["distinctElements"]["expression"] == 2


def test_a_dropped_last_sliver_makes_no_peak_of_a_constant_series():
    assert run(duration=5.04, texts=[text("a", 0, 5.04)])["KeyEvents"]["peakMoments"] == []


def test_an_end_with_the_last_bits_of_a_sum_does_not_reach_into_the_next_second():
    # As a last sighting at 0.8 s and a sample of 0.2 s give: 1.0000000000000002.
    curve = run(duration=3, texts=[text("a", 0, 0.8 + 0.20000000000000018)])["Dynamics"]["densityCurve"]
    assert [point["density"] for point in curve] == [1, 0, 0]


@pytest.mark.parametrize("duration", [5.04, 5.3, 7.7])
def test_a_constant_series_does_not_end_on_a_call_to_action(duration: float):
    result = run(duration=duration, texts=[text(t, 0, duration) for t in "abc"])
    assert result["Patterns"]["structuralFlags"]["finalCallToAction"] is False


def test_more_than_ten_multimodal_seconds_keep_the_strongest_in_time_order():
    peaks = run(
        duration=12,
        texts=[text("a", 0, 12), text("b", 11, 12)],
        objects=[thing("dog", 0, 12)],
        gestures=[gesture("love", 0, 12)],
    )["Interactions"]["multiModalPeaks"]
    assert [p["timestamp"] for p in peaks] == [f"{s}-{s + 1}s" for s in [*range(9), 11]]


def test_pairs_that_meet_equally_often_go_by_confidence_then_by_name():
    def dominant(gestures: float) -> str:
        return run(
            duration=3,
            texts=[text("a", 0, 1, confidence=0.5), text("a", 1, 2, confidence=0.5)],
            objects=[thing("dog", 0, 1, confidence=0.5)],
            gestures=[gesture("love", 1, 2, confidence=gestures)],
        )["Interactions"]["dominantCombination"]

    assert dominant(0.6) == "gesture_text"
    assert dominant(0.4) == "object_text"
    assert dominant(0.5) == "gesture_text"


def test_nothing_detected_is_zero_and_its_confidence_unknown():
    result = run(duration=4)
    assert result["CoreMetrics"]["totalElements"] == 0
    assert result["CoreMetrics"]["confidence"] is None
    assert result["Interactions"]["dominantCombination"] == "none"
    assert result["KeyEvents"]["deadZones"] == [{"start": 0, "end": 4, "duration": 4}]
    assert result["Dynamics"]["densityProgression"] is None
    assert result["Quality"]["dataCompleteness"] == 1
    assert "Quality.detectionReliability.textOverlay:no_text" in result["Quality"]["missingDataPoints"]
    assert "Quality.detectionReliability.transition:no_cuts" in result["Quality"]["missingDataPoints"]


def test_changes_are_as_reliable_as_the_detector_was_sure_of_them():
    reliability = run(duration=4, cuts=[1], fades=[(2, 3)], change_confidence=0.7)["Quality"]["detectionReliability"]
    assert reliability["transition"] == reliability["sceneChange"] == pytest.approx(0.7)


def test_changes_of_a_recording_without_the_detectors_scores_count_and_say_nothing_about_reliability():
    result = run(duration=4, cuts=[1], change_confidence=None)
    assert result["CoreMetrics"]["elementCounts"]["transition"] == 1
    assert result["Quality"]["detectionReliability"]["sceneChange"] is None
    assert "Quality.detectionReliability.sceneChange:not_measurable" in result["Quality"]["missingDataPoints"]


@pytest.mark.parametrize(("how", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
def test_a_missing_service_makes_its_numbers_null_and_leaves_the_rest(how: str, code: str):
    result = run(duration=3, texts=[text("a", 0, 3)], objects=[thing("dog", 0, 1)], **{how: ["ocr"]})
    core = result["CoreMetrics"]
    assert core["elementCounts"]["text"] is None
    assert core["elementCounts"]["object"] == core["totalElements"] == 1
    assert result["KeyEvents"]["peakMoments"][0]["elementBreakdown"]["text"] is None
    assert result["Quality"]["dataCompleteness"] == 0.8
    assert f"CoreMetrics.elementCounts.text:{code}" in result["Quality"]["missingDataPoints"]


def test_without_any_service_everything_is_null_or_empty():
    result = run(duration=3, not_run=SERVICES)
    assert result["CoreMetrics"]["avgDensity"] is None
    assert result["Dynamics"]["densityCurve"] == []
    assert result["Quality"]["dataCompleteness"] == 0


def test_two_seconds_are_too_short_for_a_course():
    dynamics = run(duration=2, texts=[text("a", 0, 1)])["Dynamics"]
    assert dynamics["accelerationPattern"] is None


def test_no_audio_makes_no_difference():
    assert run(texts=[text("a", 0, 3)], has_audio=False) == run(texts=[text("a", 0, 3)])


@settings(max_examples=60, deadline=None)
@given(videos())
def test_any_video_gives_a_valid_document_whose_parts_add_up(video: Json):
    result = computed(ANALYSIS, video)
    core = result["CoreMetrics"]
    assert (core["totalElements"] or 0) == sum(n or 0 for n in core["elementCounts"].values())
    assert ANALYSIS.compute(video) == result
