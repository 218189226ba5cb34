"""The ground truth of a recording held against what was made of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.pipeline.parts import Expectation
from rumiai_parity.expectations import moments, pictures, words
from rumiai_parity.expectations.outputs import block, entries, listed, markers
from rumiai_parity.replay import Truth

OBJECTS, GESTURES = "objects", "gestures"


def check_replay(
    truth: Truth, unified: Mapping[str, Any], outputs: Mapping[str, Mapping[str, Any]]
) -> list[Expectation]:
    """All checks of one replay; what the truth leaves out is not judged."""
    marked = markers(outputs)
    return [
        *_counts(truth, outputs),
        *_lists(truth, unified),
        *_coverage(truth, outputs),
        *moments.check_peaks([(float(t), float(t)) for t in truth.peaks], moments.peak_times(outputs)),
        *moments.check_cta(truth.cta, marked),
        *moments.check_hook(truth.hook, marked),
        *moments.check_emotions(
            truth.emotions, block(outputs, "emotional_journey", "Dynamics")["emotionProgression"]
        ),
    ]  # fmt: skip


def check_count(component: str, unit: str, low: int, high: int, got: float | None) -> Expectation:
    """Does a number lie in [low, high]?"""
    expected = f"{low} {unit}" if low == high else f"{low} to {high} {unit}"
    passed = got is not None and low <= got <= high
    return Expectation(component, expected, "none" if got is None else f"{got:g}", passed)


def _counts(truth: Truth, outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[Expectation]:
    places = (
        (words.WORDS, "words", truth.words, "speech_analysis", "totalWords"),
        (pictures.SCENES, "scenes", truth.scenes, "scene_pacing", "totalScenes"),
        (pictures.PERSONS, "persons at once", truth.persons, "person_framing", "subjectCount"),
    )
    for component, unit, wanted, analysis, field in places:
        if wanted is not None:
            yield check_count(component, unit, *wanted, block(outputs, analysis, "CoreMetrics")[field])
    if truth.stickers is not None:
        got = block(outputs, "visual_overlay_analysis", "CoreMetrics")["totalStickers"]
        yield check_count(pictures.STICKERS, "stickers", truth.stickers, truth.stickers, got)


def _lists(truth: Truth, unified: Mapping[str, Any]) -> Iterator[Expectation]:
    def same(component: str, wanted: Sequence[str], got: Sequence[str]) -> Expectation:
        return Expectation(component, listed(list(wanted)), listed(list(got)), list(wanted) == list(got))

    if truth.texts is not None:
        yield same(words.TEXTS, truth.texts, [entry["data"]["text"] for entry in entries(unified, "text")])
    if truth.objects is not None:
        seen = sorted({entry["data"]["class"] for entry in entries(unified, "object")})
        yield same(OBJECTS, sorted(truth.objects), seen)
    if truth.gestures is not None:
        yield same(GESTURES, truth.gestures, [entry["data"]["type"] for entry in entries(unified, "gesture")])


def _coverage(truth: Truth, outputs: Mapping[str, Mapping[str, Any]]) -> Iterator[Expectation]:
    if truth.speech_coverage is not None:
        got = block(outputs, "speech_analysis", "CoreMetrics")["speechCoverage"]
        yield words.check_ratio(words.COVERAGE, *truth.speech_coverage, got)
    if truth.silences is not None:
        periods = block(outputs, "speech_analysis", "Dynamics")["silencePeriods"]
        yield from words.check_silences(truth.silences, (), periods)
        if len(periods) != len(truth.silences):
            count = len(truth.silences)
            yield check_count(words.SILENCES, "silences", count, count, len(periods))
