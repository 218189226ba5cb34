"""Checks of what is written and said: overlays, transcript, speech coverage, silences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jiwer
from rapidfuzz import fuzz

from parity.pipeline.parts import Expectation
from rumiai_parity.expectations.outputs import listed, span
from rumiai_parity.storyboard import Overlay, Span, Storyboard, plain

TEXTS, WORDS, COVERAGE, SILENCES = "texts", "words", "speech coverage", "silences"
TEXT_SHARE = 0.9
TEXT_SIMILARITY = 0.8
#: A part of a text must be nearer than a whole one: something like a short phrase is in any long text.
PART_SIMILARITY = 0.85
WORD_ERRORS = 0.1
SILENCE_SLACK = 0.5
COVERAGE_SLACK = 0.1


def check_texts(story: Storyboard, annotations: Sequence[Mapping[str, Any]]) -> Iterator[Expectation]:
    """At least nine tenths of the overlays read while they are shown: one check for the share, one per missed text.

    An overlay of two lines is read when its lines are, together or apart. A script without overlays checks nothing.
    """
    if not story.overlays:
        return
    readings = [(overlay, *_reading(overlay, annotations)) for overlay in story.overlays]
    count = sum(score >= TEXT_SIMILARITY for _, score, _ in readings)
    enough = count >= TEXT_SHARE * len(readings)
    yield Expectation(TEXTS, f"at least {TEXT_SHARE:.0%} of {len(readings)} overlays read", f"{count} read", enough)
    for overlay, score, text in readings:
        if score < TEXT_SIMILARITY:
            # Says which text it was; a miss that the share allows is no failure.
            expected = f"text {' '.join(overlay.text.split())!r} in {span(overlay.start, overlay.end)}"
            yield Expectation(TEXTS, expected, f"{text or 'nothing'} (similarity {score:.2f})", enough)


def check_speech(story: Storyboard, text: str) -> Expectation:
    """Word error rate of the transcript against the scripted lines, both without case and punctuation."""
    said, heard = plain(story.spoken), plain(text)
    if not said:
        return Expectation(WORDS, "no speech", heard or "none", not heard)
    rate = jiwer.wer(said, heard)
    return Expectation(WORDS, f"word error rate of at most {WORD_ERRORS:g}", f"{rate:.3f}: {text}", rate <= WORD_ERRORS)


def check_coverage(story: Storyboard, coverage: float | None) -> Iterator[Expectation]:
    """Is as much of the clip found to be speech as is spoken in it, within ten points?

    Pauses too short to be silences may or may not count as speech, so the truth is a range.
    """
    if story.speech:
        low = sum(line.end - line.start for line in story.speech) / story.duration
        high = 1 - sum(pause.end - pause.start for pause in story.silences) / story.duration
        yield check_ratio(COVERAGE, max(0.0, low - COVERAGE_SLACK), min(1.0, high + COVERAGE_SLACK), coverage)


def check_ratio(component: str, low: float, high: float, got: float | None) -> Expectation:
    """Does a share (0 to 1) lie in [low, high]?"""
    # Outputs may be rounded to two digits.
    passed = got is not None and low - 0.005 <= got <= high + 0.005
    return Expectation(component, f"{low:.0%} to {high:.0%}", "none" if got is None else f"{got:.0%}", passed)


def check_silences(
    silences: Iterable[Span], lines: Iterable[Span], periods: Sequence[Mapping[str, Any]]
) -> Iterator[Expectation]:
    """Every scripted silence found with both ends within half a second, and none reported where a line is spoken."""
    for silence in silences:
        fits = [
            p
            for p in periods
            if abs(p["start"] - silence.start) <= SILENCE_SLACK and abs(p["end"] - silence.end) <= SILENCE_SLACK
        ]
        got = listed([span(p["start"], p["end"]) for p in fits or periods])
        yield Expectation(SILENCES, f"silence in {span(silence.start, silence.end)}", got, bool(fits))
    lines = list(lines)
    if not lines:
        return
    wrong = [
        p
        for p in periods
        if any(min(p["end"], line.end) - max(p["start"], line.start) > SILENCE_SLACK for line in lines)
    ]
    got = listed([span(p["start"], p["end"]) for p in wrong])
    yield Expectation(SILENCES, "no silence where a line is spoken", got, not wrong)


def similarity(wanted: str, seen: str) -> float:
    """How alike two texts are (0 to 1). Blanks do not count: readers split and join words."""
    return fuzz.ratio(_bare(wanted), _bare(seen)) / 100


def contained(wanted: str, text: str) -> bool:
    """Is ``wanted`` part of ``text``, as near as a reader or listener gets?"""
    needle, hay = _bare(wanted), _bare(text)
    if not needle or len(hay) < PART_SIMILARITY * len(needle):
        return False
    return needle in hay or fuzz.partial_ratio(needle, hay) / 100 >= PART_SIMILARITY


def _reading(overlay: Overlay, annotations: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
    """How well an overlay was read while it was shown (0 to 1), and as what."""
    seen = [a["text"] for a in annotations if a["timestamp"] < overlay.end and a["end_timestamp"] > overlay.start]
    lines = [_best(line, seen) for line in overlay.text.splitlines()]
    apart = min(score for score, _ in lines), " / ".join(text for _, text in lines)
    return max(_best(overlay.text, seen), apart)


def _best(line: str, seen: Sequence[str]) -> tuple[float, str]:
    return max(((similarity(line, text), text) for text in seen), default=(0.0, ""))


def _bare(text: str) -> str:
    return plain(text).replace(" ", "")
