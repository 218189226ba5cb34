"""Checks of the moments that matter: peaks, call to action, hook, emotions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from parity.pipeline.parts import Expectation
from rumiai_parity.expectations.outputs import at, block, listed, markers, seconds_of
from rumiai_parity.expectations.words import contained

PEAKS, CTA, HOOK, EMOTIONS = "peaks", "CTA", "hook", "emotions"
PEAK_SLACK = 2.0


def check_peaks(
    windows: Iterable[tuple[float, float]], peaks: Sequence[float], *, slack: float = PEAK_SLACK
) -> Iterator[Expectation]:
    """Is a peak found within ``slack`` seconds of each window (start, end)?"""
    for start, end in windows:
        near = [t for t in peaks if start - slack <= t <= end + slack]
        moment = at(start) if end == start else f"{start:.3f} to {end:.3f} s"
        expected = f"peak at {moment}" + (f", ±{slack:g} s" if slack else "")
        yield Expectation(PEAKS, expected, listed([at(t) for t in near or peaks]), bool(near))


def peak_times(outputs: Mapping[str, Mapping[str, Any]]) -> list[float]:
    """Moments (s) of the peaks: those of the temporal markers, and the starts of the density's peak seconds."""
    marked = [peak["timestamp"] for peak in markers(outputs)["peak_moments"]]
    dense = block(outputs, "creative_density", "KeyEvents")["peakMoments"]
    return sorted({*marked, *(seconds_of(peak["timestamp"])[0] for peak in dense)})


def check_cta(phrases: Iterable[str], marked: Mapping[str, Any]) -> Iterator[Expectation]:
    """Is each phrase among the call-to-action appearances?"""
    contexts = list(dict.fromkeys(found["context"] for found in marked["cta_window"]["cta_appearances"]))
    for phrase in phrases:
        met = [context for context in contexts if contained(phrase, context)]
        yield Expectation(CTA, f"call to action {phrase!r}", listed(met or contexts), bool(met))


def check_hook(phrases: Iterable[str], marked: Mapping[str, Any]) -> Iterator[Expectation]:
    """Is each phrase among what is shown and said in the first five seconds?"""
    opening = marked["first_5_seconds"]
    texts = [found["text"] for kind in ("text_moments", "speech_segments") for found in opening[kind]]
    for phrase in phrases:
        # A text of two lines may be read as two; a spoken one may be cut off in the markers.
        met = [text for text in (*texts, " ".join(texts)) if contained(phrase, text)]
        yield Expectation(HOOK, f"hook {phrase!r}", listed(met[:1] or texts), bool(met))


def check_emotions(scripted: Mapping[int, str], progression: Iterable[Mapping[str, Any]]) -> Iterator[Expectation]:
    """Is the scripted emotion the most frequent one of its second?"""
    windows = [(*seconds_of(window["timestamp"]), window["emotion"]) for window in progression]
    for second, emotion in scripted.items():
        # One window may stand for several seconds of a long video.
        got = Counter(found or "none" for start, end, found in windows if start < second + 1 and end > second)
        best = max(got, key=lambda name: (got[name], name), default="none")
        yield Expectation(EMOTIONS, f"{emotion} in second {second}", best, best == emotion)
