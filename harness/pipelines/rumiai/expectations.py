"""Does a run find what the storyboard scripted? The ground truth against one run's outputs, as pure functions.

``unified`` is the unified document, ``outputs`` maps an analysis' name to its result in any of its forms.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import jiwer
from rapidfuzz import fuzz

from harness.pipelines.base import Expectation
from harness.pipelines.rumiai.storyboard import Overlay, Storyboard, plain

TEXT_SHARE = 0.9
TEXT_SIMILARITY = 0.8
WORD_ERRORS = 0.1
SILENCE_SLACK = 0.5


def check_run(story: Storyboard, unified: Mapping[str, Any], outputs: Mapping[str, Any]) -> list[Expectation]:
    """All checks of one run, in the order of the storyboard's keys."""
    ml = unified["ml_data"]
    return [
        *check_cuts(story, ml["scene_detection"].get("transitions", [])),
        *check_fades(story, ml["scene_detection"].get("transitions", [])),
        *check_texts(story, ml["ocr"].get("textAnnotations", [])),
        check_speech(story, ml["whisper"].get("text", "")),
        *check_silences(story, silence_periods(outputs)),
        *check_persons(story, person_times(ml)),
        check_stickers(ml["ocr"].get("stickers", [])),
    ]


def check_cuts(story: Storyboard, transitions: Iterable[Mapping[str, Any]]) -> Iterator[Expectation]:
    """Every scripted cut within one frame, and no other."""
    left = sorted(t["timestamp"] for t in transitions if t["type"] == "cut")
    for cut in story.cuts:
        nearest = min(left, key=lambda t: abs(t - cut), default=None)
        # A thousandth of a frame on top: times are quotients.
        found = nearest is not None and abs(nearest - cut) <= 1.001 / story.fps
        if found:
            left.remove(nearest)
        yield Expectation("scene_detection", f"cut at {cut:g} s", _seconds(nearest), found)
    yield Expectation("scene_detection", "no other cut", ", ".join(map(_seconds, left)) or "none", not left)


def check_fades(story: Storyboard, transitions: Iterable[Mapping[str, Any]]) -> Iterator[Expectation]:
    """Every scripted fade through black meets a transition of that type, and no other is found."""
    left = [(t["start"], t["end"]) for t in transitions if t["type"] == "fade"]
    for fade in story.fades:
        # A fade may be reported as its darkest moment: an instant inside counts as an overlap.
        met = [f for f in left if f[0] < fade.end and f[1] > fade.start]
        left = [f for f in left if f not in met]
        yield Expectation(
            "scene_detection",
            f"one fade in {_range(fade.start, fade.end)}",
            ", ".join(_range(*f) for f in met) or "none",
            len(met) == 1,
        )
    yield Expectation("scene_detection", "no other fade", ", ".join(_range(*f) for f in left) or "none", not left)


def check_texts(story: Storyboard, annotations: Sequence[Mapping[str, Any]]) -> Iterator[Expectation]:
    """At least nine tenths of the overlays read while they are shown: one check for the share, one per missed text.

    An overlay of two lines is read when its lines are, together or apart.
    """
    readings = [(overlay, *_reading(overlay, annotations)) for overlay in story.overlays]
    count = sum(score >= TEXT_SIMILARITY for _, score, _ in readings)
    enough = count >= TEXT_SHARE * len(readings)
    yield Expectation("ocr", f"at least {TEXT_SHARE:.0%} of {len(readings)} overlays read", f"{count} read", enough)
    for overlay, score, text in readings:
        if score < TEXT_SIMILARITY:
            # Says which text it was; a miss that the share allows is no failure.
            yield Expectation(
                "ocr",
                f"text {' '.join(overlay.text.split())!r} in {_range(overlay.start, overlay.end)}",
                f"{text or 'nothing'} (similarity {score:.2f})",
                enough,
            )


def check_speech(story: Storyboard, text: str) -> Expectation:
    """Word error rate of the transcript against the scripted lines, both without case and punctuation."""
    said, heard = plain(story.spoken), plain(text)
    if not said:
        return Expectation("whisper", "no speech", heard or "none", not heard)
    rate = jiwer.wer(said, heard)
    return Expectation(
        "whisper", f"word error rate of at most {WORD_ERRORS:g}", f"{rate:.3f}: {text}", rate <= WORD_ERRORS
    )


def check_silences(story: Storyboard, periods: Sequence[Mapping[str, Any]]) -> Iterator[Expectation]:
    """Every scripted silence found with both ends within half a second, and none reported where a line is spoken."""
    for silence in story.silences:
        fits = [
            p
            for p in periods
            if abs(p["start"] - silence.start) <= SILENCE_SLACK and abs(p["end"] - silence.end) <= SILENCE_SLACK
        ]
        yield Expectation(
            "speech_analysis",
            f"silence in {_range(silence.start, silence.end)}",
            ", ".join(_range(p["start"], p["end"]) for p in fits or periods) or "none",
            bool(fits),
        )
    wrong = [
        p
        for p in periods
        for line in story.speech
        if min(p["end"], line.end) - max(p["start"], line.start) > SILENCE_SLACK
    ]
    yield Expectation(
        "speech_analysis",
        "no silence where a line is spoken",
        ", ".join(_range(p["start"], p["end"]) for p in wrong) or "none",
        not wrong,
    )


def check_persons(story: Storyboard, times: Iterable[float]) -> Iterator[Expectation]:
    """For every second wholly with or without a person: was a face, a pose or a person box found in it?"""
    seconds = {int(t) for t in times}
    for second, visible in story.person_seconds().items():
        words = {True: "a person", False: "nobody"}
        yield Expectation(
            "mediapipe, yolo",
            f"{words[visible]} in second {second}",
            words[second in seconds],
            visible == (second in seconds),
        )


def check_stickers(stickers: Sequence[Mapping[str, Any]]) -> Expectation:
    """Storyboards hold no stickers, so none may be found."""
    got = ", ".join(f"{s['timestamp']:g} s at {s['bbox']}" for s in stickers)
    return Expectation("ocr", "no sticker", got or "none", not stickers)


def person_times(ml_data: Mapping[str, Any]) -> Iterator[float]:
    """Times (s) at which a face, a pose or a person box was found."""
    people, objects = ml_data["mediapipe"], ml_data["yolo"]
    for kind in ("faces", "poses"):
        yield from (found["timestamp"] for found in people.get(kind, []))
    yield from (o["timestamp"] for o in objects.get("objectAnnotations", []) if o["className"] == "person")


def silence_periods(outputs: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """``silencePeriods`` of the speech analysis; raises KeyError when the analysis has no dynamics block."""
    analysis = outputs["speech_analysis"]
    # The complete form holds the blocks one level down.
    for place in (analysis, analysis.get("parsed_response") or {}):
        for block in ("speechDynamics", "Dynamics"):
            if block in place:
                return place[block]["silencePeriods"]
    raise KeyError(f"speech_analysis: no dynamics block; it holds {', '.join(analysis) or 'nothing'}")


def _reading(overlay: Overlay, annotations: Sequence[Mapping[str, Any]]) -> tuple[float, str]:
    """How well an overlay was read while it was shown (0 to 1), and as what."""
    seen = [a["text"] for a in annotations if a["timestamp"] < overlay.end and a["end_timestamp"] > overlay.start]
    lines = [_best(line, seen) for line in overlay.text.splitlines()]
    apart = min(score for score, _ in lines), " / ".join(text for _, text in lines)
    return max(_best(overlay.text, seen), apart)


def _best(line: str, seen: Sequence[str]) -> tuple[float, str]:
    """The most similar reading and its similarity (0 to 1). Blanks do not count: readers split and join words."""
    wanted = plain(line).replace(" ", "")
    return max(((fuzz.ratio(wanted, plain(text).replace(" ", "")) / 100, text) for text in seen), default=(0.0, ""))


def _seconds(t: float | None) -> str:
    return "none" if t is None else f"{t:.3f} s"


def _range(start: float, end: float) -> str:
    return f"{start:.2f}–{end:.2f} s"
