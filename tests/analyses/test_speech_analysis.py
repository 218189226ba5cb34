"""speech_analysis: two segments in ten seconds that can be worked by hand, silence, and missing services."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.speech_analysis import ANALYSIS
from tests.analyses.checked import computed
from tests.analyses.documents import Json, emotion, face, gesture, segment, text, unified
from tests.analyses.strategies import videos


def run(**happening: Any) -> Json:
    return computed(ANALYSIS, unified(**happening))


@pytest.fixture
def example() -> Json:
    """Silence 0–1, four words 1–3, silence 3–7, "Follow me, follow me!" 7–9, silence 9–10."""
    return run(
        duration=10,
        speech=[
            segment("Hello, this is amazing.", 1, 3, confidence=0.8, probability=0.7),
            segment("Follow me, follow me!", 7, 9, confidence=0.6, probability=0.9),
        ],
        gestures=[gesture("love", 2.0, 2.5), gesture("love", 5.0, 5.5)],
        texts=[text("FOLLOW now", 6.5, 8)],
        emotions=[emotion(1.0, "joy", confidence=0.9), emotion(5.0, "anger", confidence=0.5)],
        faces=[face(1.5)],
        rms=[0.1, 0.2, 0.4, 0.1, 0.1, 0.1, 0.1, 0.2, 0.2, 0.1],
    )


def test_blocks_stand_in_their_order(example: Json):
    assert tuple(example) == BLOCKS


def test_words_and_time_are_counted(example: Json):
    core = example["CoreMetrics"]
    assert (core["totalWords"], core["uniqueWords"], core["vocabularyDiversity"]) == (8, 6, 0.75)
    assert core["speechDensity"] == 0.8
    assert core["wordsPerMinute"] == 120.0
    assert (core["speechCoverage"], core["silenceRatio"], core["avgSegmentDuration"]) == (0.4, 0.6, 2.0)
    assert core["confidence"] == pytest.approx(0.7)


def test_overlapping_segments_count_their_time_once():
    core = run(duration=4, speech=[segment("a b", 0, 2), segment("c d", 1, 3)])["CoreMetrics"]
    assert (core["speechCoverage"], core["silenceRatio"]) == (0.75, 0.25)


def test_pace_is_followed_in_ten_windows(example: Json):
    assert example["Dynamics"]["wpmProgression"] == [0, 120, 120, 0, 0, 0, 0, 120, 120, 0]
    assert example["Dynamics"]["pacingVariation"] == 0
    assert example["Dynamics"]["clarityProgression"][1] == pytest.approx(0.7)
    assert example["Dynamics"]["clarityProgression"][0] is None
    # Two of eight words are said before second 2.
    assert example["Dynamics"]["openingWordsRatio"] == 0.25


def test_a_word_across_two_windows_counts_with_its_parts():
    progression = run(duration=10, speech=[segment("long", 0.5, 2, timed=[("long", 0.5, 2.0)])])["Dynamics"]
    # A third of the word in half a second, two thirds in a second: the same pace.
    assert progression["wpmProgression"][:3] == [40.0, 40.0, 0.0]


def test_silences_include_head_and_tail_only_above_their_limits(example: Json):
    # 0–1 and 9–10 last exactly one second and so are no silences.
    silence = {"start": 3.0, "end": 7.0, "duration": 4.0, "type": "awkward"}
    assert example["Dynamics"]["silencePeriods"] == [silence]
    assert example["KeyEvents"]["silentMoments"] == [silence]
    periods = run(duration=6, speech=[segment("a", 1.5, 3.5)])["Dynamics"]["silencePeriods"]
    assert [(p["start"], p["end"], p["type"]) for p in periods] == [(0, 1.5, "strategic"), (3.5, 6, "dramatic")]


def test_longest_segment_has_its_true_place_and_words(example: Json):
    # Equal lengths: the earlier one.
    assert example["KeyEvents"]["longestSegment"] == {
        "duration": 2.0,
        "timestamp": "1-3s",
        "start": 1.0,
        "end": 3.0,
        "words": 4,
    }


def test_climax_is_the_loudest_moment(example: Json):
    assert example["KeyEvents"]["climaxMoment"] == {"timestamp": 2.0, "intensity": 1.0}


def test_gestures_texts_and_expressions_are_set_against_speech(example: Json):
    interactions = example["Interactions"]
    assert interactions["speechGestureSync"] == 0.5
    assert interactions["speechTextOverlap"] == 0.5  # "follow" is said, "now" is not
    assert interactions["speechEmotionAlignment"] is None
    assert "Interactions.speechEmotionAlignment:too_short" in example["Quality"]["missingDataPoints"]
    assert interactions["multiModalCoherence"] == 0.5
    assert interactions["offCameraSegments"] == [{"start": 7.0, "end": 9.0}]
    alignment = example["Dynamics"]["temporalAlignment"]
    assert alignment["gesture_emphasis_moments"] == [{"timestamp": 2.0, "type": "love"}]
    assert alignment["expression_peaks_during_speech"] == [{"timestamp": 1.0, "emotion": "joy", "intensity": 0.9}]
    assert alignment["body_language_congruence"] == 0.5
    assert example["Quality"]["emotionalRange"] == pytest.approx(1 / 7)


def test_words_that_rise_with_excitement_correlate_fully():
    speech = [segment(" ".join(["w"] * (i + 1)), i, i + 1) for i in range(5)]
    moods = ["neutral", "sadness", "disgust", "joy", "surprise"]
    emotions = [emotion(float(i), name, confidence=1.0) for i, name in enumerate(moods)]
    assert run(duration=5, speech=speech, emotions=emotions)["Interactions"]["speechEmotionAlignment"] == 1.0


def test_phrases_are_listed_with_their_moments(example: Json):
    patterns = example["Patterns"]
    assert patterns["verbalHooks"] == [
        {"phrase": "hello", "type": "greeting", "timestamp": 1.0},
        {"phrase": "amazing", "type": "hyperbole", "timestamp": 2.5},
    ]
    assert patterns["emphasisTechniques"] == [{"phrase": "amazing", "type": "hyperbole", "timestamp": 2.5}]
    assert patterns["callsToAction"] == [
        {"phrase": "follow", "type": "engagement", "timestamp": 7.0},
        {"phrase": "follow", "type": "engagement", "timestamp": 8.0},
    ]
    # hello this, this is, is amazing, amazing follow, follow me, me follow, follow me
    assert patterns["repetitionRate"] == pytest.approx(1 / 7)


def test_a_greeting_later_than_the_first_word_is_no_hook():
    assert run(duration=5, speech=[segment("oh hello there", 0, 2)])["Patterns"]["verbalHooks"] == []


def test_a_word_said_twice_in_a_row_is_emphasis():
    found = run(duration=5, speech=[segment("very very good", 0, 3)])["Patterns"]["emphasisTechniques"]
    assert found == [{"phrase": "very very", "type": "repetition", "timestamp": 0.0}]


@pytest.mark.parametrize(
    ("said", "style"),
    [
        ("Is it? Yes.", "question_led"),
        ("This is for you. So there.", "direct_address"),
        ("I went home. It rained.", "first_person"),
        ("The sun was out.", "descriptive"),
    ],
)
def test_narrative_style_follows_the_words(said: str, style: str):
    assert run(duration=5, speech=[segment(said, 0, 3)])["Patterns"]["narrativeStyle"] == style


@pytest.mark.parametrize(("words", "style"), [(3, "slow"), (4, "natural"), (6, "fast")])
def test_delivery_follows_the_pace(words: int, style: str):
    speech = [segment(" ".join(["w"] * words), 0, 2)]
    assert run(duration=5, speech=speech)["Quality"]["deliveryStyle"] == style


@pytest.mark.parametrize(
    ("words", "seconds", "style"), [(9, 5, "slow"), (11, 6, "natural"), (8, 3, "natural"), (9, 3.3, "fast")]
)
def test_delivery_is_natural_from_110_to_160_words_per_minute(words: int, seconds: float, style: str):
    # 108, 110, 160 and 163.6 words per minute.
    speech = [segment(" ".join(["w"] * words), 0, seconds)]
    assert run(duration=7, speech=speech)["Quality"]["deliveryStyle"] == style


def test_fillers_and_address_are_shares_of_the_words():
    patterns = run(duration=5, speech=[segment("um you know it", 0, 2)])["Patterns"]
    assert (patterns["fillerRatio"], patterns["directAddressRatio"]) == (0.75, 0.25)


def test_loud_windows_are_bursts():
    dynamics = run(duration=12, rms=[0.1] * 5 + [1.0] * 7)["Dynamics"]
    assert dynamics["speechBursts"] == [
        {"start": 5.0, "end": 10.0, "duration": 5.0, "energy": 1.0, "type": "high_energy"},
        {"start": 10.0, "end": 12.0, "duration": 2.0, "energy": 1.0, "type": "high_energy"},
    ]
    assert dynamics["hasAudioEnergy"] is True


def test_silence_is_counted_not_unknown():
    result = run(duration=5)
    core = result["CoreMetrics"]
    assert (core["totalWords"], core["wordsPerMinute"], core["speechCoverage"], core["silenceRatio"]) == (0, 0, 0, 1)
    assert core["vocabularyDiversity"] is None
    assert "CoreMetrics.vocabularyDiversity:no_speech" in result["Quality"]["missingDataPoints"]
    assert result["Dynamics"]["silencePeriods"] == [{"start": 0.0, "end": 5.0, "duration": 5.0, "type": "awkward"}]
    assert result["Dynamics"]["wpmProgression"] == [0.0] * 10
    assert result["Patterns"]["narrativeStyle"] is None


def test_without_audio_track_the_reason_is_no_audio():
    result = run(duration=5, has_audio=False)
    missing = result["Quality"]["missingDataPoints"]
    assert result["CoreMetrics"]["totalWords"] == 0
    assert {"CoreMetrics.confidence:no_audio", "Dynamics.burstPattern:no_audio"} <= set(missing)
    assert result["Dynamics"]["hasAudioEnergy"] is False


@pytest.mark.parametrize(("missing", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
def test_without_the_service_nothing_is_counted(missing: str, code: str):
    result = run(duration=5, **{missing: ["whisper"]})
    assert set(result["CoreMetrics"].values()) == {None}
    assert result["Dynamics"]["wpmProgression"] == []
    assert f"CoreMetrics.totalWords:{code}" in result["Quality"]["missingDataPoints"]


def test_without_word_times_the_words_share_their_segment():
    document = unified(duration=10, speech=[segment("one two", 0, 2)])
    for entry in document["timeline"]["entries"]:
        if entry["entry_type"] == "speech":
            entry["data"] = {**entry["data"], "words": [], "confidence": None}
    result = computed(ANALYSIS, document)
    assert result["Dynamics"]["wpmProgression"][:3] == [60.0, 60.0, 0.0]
    assert result["Quality"]["clarity"] is None
    assert result["Dynamics"]["clarityProgression"] == []


@settings(max_examples=50, deadline=None)
@given(videos())
def test_any_video_gives_a_valid_document(video: Json):
    result = computed(ANALYSIS, video)
    core = result["CoreMetrics"]
    if core["speechCoverage"] is not None:
        assert core["speechCoverage"] + core["silenceRatio"] == pytest.approx(1, abs=0.011)
    assert ANALYSIS.compute(video) == result
