"""The ground truth of a storyboard held against one run.

``unified`` is the unified document, ``outputs`` maps an analysis' name to its result in any of its forms.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parity.pipeline.parts import Expectation
from rumiai_parity.expectations import moments, pictures, words
from rumiai_parity.expectations.outputs import block, markers, person_times
from rumiai_parity.storyboard import Storyboard


def check_run(
    story: Storyboard, unified: Mapping[str, Any], outputs: Mapping[str, Mapping[str, Any]]
) -> list[Expectation]:
    """All checks of one run, in the order of the storyboard's keys; what it does not script is not checked."""
    ml, marked, expected = unified["ml_data"], markers(outputs), story.expected
    coverage = block(outputs, "speech_analysis", "CoreMetrics")["speechCoverage"]
    silences = block(outputs, "speech_analysis", "Dynamics")["silencePeriods"]
    transitions = ml["scene_detection"].get("transitions", [])
    found = [
        *pictures.check_cuts(story, transitions),
        *pictures.check_fades(story, transitions),
        *words.check_texts(story, ml["ocr"].get("textAnnotations", [])),
        words.check_speech(story, ml["whisper"].get("text", "")),
        *words.check_coverage(story, coverage),
        *words.check_silences(story.silences, story.speech, silences),
        *pictures.check_persons(story, person_times(ml)),
        pictures.check_stickers(ml["ocr"].get("stickers", [])),
        *moments.check_peaks([(float(t), float(t)) for t in expected.peaks], moments.peak_times(outputs)),
        *moments.check_cta(expected.cta, marked),
        *moments.check_hook(expected.hook, marked),
    ]
    if expected.emotions:
        progression = block(outputs, "emotional_journey", "Dynamics")["emotionProgression"]
        found += moments.check_emotions(expected.emotions, progression)
    return found
