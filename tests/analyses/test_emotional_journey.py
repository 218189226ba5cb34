"""emotional_journey: the course of emotions, its link with sound, gestures, caption; what is null without faces."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given, settings

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.emotional_journey import ANALYSIS
from tests.analyses.checked import computed
from tests.analyses.documents import Json, emotion, gesture, unified
from tests.analyses.strategies import videos
from tests.schema_check import SCHEMAS


def run(**happening: object) -> Json:
    return computed(ANALYSIS, unified(**happening))


def course(*shown: tuple[str, float]) -> list[Json]:
    """One expression per second: (emotion, confidence)."""
    return [emotion(t, name, confidence=c) for t, (name, c) in enumerate(shown)]


STORY = course(("neutral", 0.5), ("joy", 0.6), ("joy", 0.9), ("sadness", 0.6), ("neutral", 0.5), ("neutral", 0.5))


@pytest.fixture
def story() -> Json:
    """Six seconds: neutral, joy, joy, sadness, neutral, neutral; a gesture in second 2; loudness follows arousal."""
    return run(
        duration=6,
        emotions=STORY,
        gestures=[gesture("love", 2.2, 2.4, confidence=0.6)],
        # Arousal is .35, .40, .55, .22, .35, .35.
        rms=[0.3, 0.4, 0.5, 0.1, 0.3, 0.3],
        onsets=[0.2, 1.2, 1.4, 2.1, 2.2, 2.3, 4.0, 5.0],
        metadata={"description": "I love this, great fun!"},
    )


def test_core_of_the_story(story: Json):
    assert tuple(story) == BLOCKS
    core = story["CoreMetrics"]
    assert core["uniqueEmotions"] == 3
    assert core["emotionTransitions"] == 3
    assert core["dominantEmotion"] == "neutral"
    assert core["emotionalDiversity"] == 0.33
    assert core["gestureEmotionAlignment"] == 0.5  # seconds 1, 2, 3 of six
    assert core["audioEmotionAlignment"] == pytest.approx(1)
    assert core["captionSentiment"] == "positive"
    assert core["emotionalIntensity"] == 0.6
    assert core["confidence"] == pytest.approx(0.6)


def test_course_of_the_story(story: Json):
    dynamics = story["Dynamics"]
    assert [w["emotion"] for w in dynamics["emotionProgression"]] == [e["emotion"] for e in STORY]
    assert dynamics["emotionProgression"][2] == {"timestamp": "2-3s", "emotion": "joy", "intensity": 0.9}
    assert dynamics["transitionSmoothness"] == dynamics["stabilityScore"] == 0.5
    assert dynamics["emotionalArc"] == "dynamic"
    assert dynamics["peakEmotionMoments"] == [{"timestamp": "2s", "emotion": "joy", "intensity": 0.9}]
    assert dynamics["tempoEmotionSync"] == pytest.approx(1)  # onsets 1, 2, 3, 0, 1, 1


def test_key_events_of_the_story(story: Json):
    assert story["Interactions"]["emotionalContrastMoments"] == [
        {"timestamp": "2-3s", "fromEmotion": "joy", "toEmotion": "sadness"}
    ]
    events = story["KeyEvents"]
    assert [p["timestamp"] for p in events["transitionPoints"]] == ["0s", "2s", "3s"]
    assert events["climaxMoment"] == "2s"
    assert events["resolutionMoment"] == "4s"


def test_patterns_and_quality_of_the_story(story: Json):
    patterns, quality = story["Patterns"], story["Quality"]
    assert patterns["journeyArchetype"] == "positive_journey"
    assert patterns["emotionalTechniques"] == ["emotional_variety"]
    assert patterns["pacingStrategy"] == patterns["viewerJourneyMap"] == "dynamic_pacing"
    assert patterns["engagementHooks"] == story["KeyEvents"]["emotionalPeaks"]
    assert quality["detectionConfidence"] == 0.6
    assert quality["timelineCoverage"] == quality["emotionalDataCompleteness"] == 1
    assert quality["overallConfidence"] == 0.87
    assert quality["missingDataPoints"] == []


def test_a_second_belongs_to_the_emotion_shown_longest_in_it():
    # The anger sample reaches only a twentieth of a second into second 1.
    shown = [emotion(0.55, "anger", confidence=1), emotion(1.1, "joy", confidence=0.4)]
    progression = run(duration=2, emotions=shown)["Dynamics"]["emotionProgression"]
    assert [w["emotion"] for w in progression] == ["anger", "joy"]


def test_ties_go_to_the_higher_summed_confidence_then_alphabetically():
    def dominant(*shown: tuple[str, float]) -> str:
        return run(duration=2, emotions=course(*shown))["CoreMetrics"]["dominantEmotion"]

    assert dominant(("joy", 0.5), ("surprise", 0.7)) == "surprise"
    assert dominant(("surprise", 0.5), ("joy", 0.5)) == "joy"


def test_the_last_partial_second_counts():
    progression = run(duration=2.5, emotions=course(("joy", 0.5), ("joy", 0.5), ("fear", 0.5)))["Dynamics"]
    assert [w["timestamp"] for w in progression["emotionProgression"]] == ["0-1s", "1-2s", "2-3s"]
    assert progression["emotionProgression"][-1]["emotion"] == "fear"


def test_an_emotion_that_never_changes_is_a_steady_state_without_resolution():
    result = run(duration=3, emotions=course(("joy", 0.5), ("joy", 0.5), ("joy", 0.5)))
    assert result["Patterns"]["journeyArchetype"] == "steady_state"
    assert result["Patterns"]["emotionalTechniques"] == ["steady_state"]
    assert result["KeyEvents"]["resolutionMoment"] is None


def test_without_a_face_counts_are_zero_and_emotions_null():
    result = run(duration=3)
    assert result["CoreMetrics"]["uniqueEmotions"] == 0
    assert result["CoreMetrics"]["dominantEmotion"] is None
    assert {w["emotion"] for w in result["Dynamics"]["emotionProgression"]} == {None}
    assert result["Quality"]["analysisReliability"] == "low"
    assert "CoreMetrics.dominantEmotion:no_face" in result["Quality"]["missingDataPoints"]


@pytest.mark.parametrize(("how", "code"), [("not_run", "not_run"), ("failed", "service_failed")])
def test_without_the_expression_service_everything_is_null(how: str, code: str):
    result = run(duration=3, **{how: ["emotion_detection"]})
    assert result["CoreMetrics"]["uniqueEmotions"] is None
    assert result["Dynamics"]["emotionProgression"] == []
    assert f"CoreMetrics.uniqueEmotions:{code}" in result["Quality"]["missingDataPoints"]


def test_without_the_people_service_only_gesture_fields_are_null():
    result = run(duration=6, emotions=STORY, not_run=["mediapipe"])
    assert result["CoreMetrics"]["gestureEmotionAlignment"] is None
    assert result["CoreMetrics"]["dominantEmotion"] == "neutral"
    assert "Interactions.gestureReinforcement:not_run" in result["Quality"]["missingDataPoints"]


def test_without_audio_only_sound_fields_are_null():
    result = run(duration=6, emotions=STORY, has_audio=False)
    assert {p for p in result["Quality"]["missingDataPoints"] if p.endswith("no_audio")} == {
        "CoreMetrics.audioEmotionAlignment:no_audio",
        "Dynamics.tempoEmotionSync:no_audio",
    }


def test_constant_loudness_and_short_videos_give_no_correlation():
    assert (
        "CoreMetrics.audioEmotionAlignment:not_measurable"
        in run(duration=6, emotions=STORY)["Quality"]["missingDataPoints"]
    )
    assert (
        "CoreMetrics.audioEmotionAlignment:too_short"
        in run(duration=4, emotions=STORY[:4])["Quality"]["missingDataPoints"]
    )


@pytest.mark.parametrize(
    ("caption", "sentiment"),
    [("This is horrible, I hate it", "negative"), ("A chair and a table", "neutral"), ("  ", None), (None, None)],
)
def test_the_caption_has_a_sentiment_unless_it_is_empty(caption: str | None, sentiment: str | None):
    assert run(metadata={"description": caption})["CoreMetrics"]["captionSentiment"] == sentiment


@settings(max_examples=60, deadline=None)
@given(videos())
def test_any_video_gives_a_valid_document(video: Json):
    result = computed(ANALYSIS, video)
    assert ANALYSIS.compute(video) == result


def test_results_do_not_depend_on_the_hash_seed():
    program = (
        "import json, sys; from importlib import import_module as load; video = json.load(sys.stdin)\n"
        "for name in ('creative_density', 'emotional_journey', 'person_framing', 'scene_pacing'):\n"
        "    print(json.dumps(load('rumiai_v2.analyses.' + name).ANALYSIS.compute(video)))"
    )
    video = json.dumps(
        unified(duration=4, emotions=course(("joy", 0.5), ("fear", 0.5), ("anger", 0.5), ("disgust", 0.5)), cuts=[1, 2])
    )

    def output(seed: str) -> str:
        env = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run(
            [sys.executable, "-c", program],
            input=video,
            env=env,
            cwd=SCHEMAS.parent,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    assert output("1") == output("2")
