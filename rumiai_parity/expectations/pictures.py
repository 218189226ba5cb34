"""Checks of what is seen: cuts and fades, persons, stickers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from parity.pipeline.parts import Expectation
from rumiai_parity.expectations.outputs import at, listed, span
from rumiai_parity.storyboard import Storyboard

SCENES, PERSONS, STICKERS = "scenes", "persons", "stickers"


def check_cuts(story: Storyboard, transitions: Iterable[Mapping[str, Any]]) -> Iterator[Expectation]:
    """Every scripted cut within one frame, and no other."""
    left = sorted(t["timestamp"] for t in transitions if t["type"] == "cut")
    for cut in story.cuts:
        nearest = min(left, key=lambda t: abs(t - cut), default=None)
        # A thousandth of a frame on top: times are quotients.
        found = nearest is not None and abs(nearest - cut) <= 1.001 / story.fps
        if found:
            left.remove(nearest)
        yield Expectation(SCENES, f"cut at {cut:g} s", at(nearest), found)
    yield Expectation(SCENES, "no other cut", listed([at(t) for t in left]), not left)


def check_fades(story: Storyboard, transitions: Iterable[Mapping[str, Any]]) -> Iterator[Expectation]:
    """Every scripted fade through black meets a transition of that type, and no other is found."""
    left = [(t["start"], t["end"]) for t in transitions if t["type"] == "fade"]
    for fade in story.fades:
        # A fade may be reported as its darkest moment: an instant inside counts as an overlap.
        met = [f for f in left if f[0] < fade.end and f[1] > fade.start]
        left = [f for f in left if f not in met]
        expected = f"one fade in {span(fade.start, fade.end)}"
        yield Expectation(SCENES, expected, listed([span(*f) for f in met]), len(met) == 1)
    yield Expectation(SCENES, "no other fade", listed([span(*f) for f in left]), not left)


def check_persons(story: Storyboard, times: Iterable[float]) -> Iterator[Expectation]:
    """For every second wholly with or without a person: was a face, a pose or a person box found in it?"""
    seconds = {int(t) for t in times}
    words = {True: "a person", False: "nobody"}
    for second, visible in story.person_seconds().items():
        got = second in seconds
        yield Expectation(PERSONS, f"{words[visible]} in second {second}", words[got], visible == got)


def check_stickers(stickers: Sequence[Mapping[str, Any]]) -> Expectation:
    """Storyboards hold no stickers, so none may be found."""
    return Expectation(
        STICKERS, "no sticker", listed([f"{s['timestamp']:g} s at {s['bbox']}" for s in stickers]), not stickers
    )
