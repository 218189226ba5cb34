"""The script of a corpus clip: what is shown and said when, and so the ground truth of every run on it.

``storyboard.yaml`` holds these keys; times are seconds from the first frame, on frame boundaries where a picture
changes. Unknown keys, overlaps, gaps and times outside the clip are refused with the place and the reason.

========== ==================================================================================================
fps        frames per second (int)
size       [width, height] in px, both even
duration   length of the clip (s), a whole number of frames
scenes     in order, without gap: ``start``, ``end``, one background (``picture`` with an optional relative
           ``crop`` [left, top, right, bottom] | ``colour`` | ``gradient`` [top, bottom] | ``stripes`` [one, other]),
           ``motion`` (still | zoom | pan), ``transition`` into it (cut | fade, through black), ``fade`` its length (s)
audio      has the clip a sound track at all? (default true; false leaves no room for ``speech`` and ``sounds``)
overlays   burnt-in text: ``text`` (line break = two lines), ``start``, ``end``, ``position`` (top | center | bottom),
           ``side`` (left | center | right), ``colour``, ``size`` (px)
speech     spoken lines: ``text``, ``start``, ``end`` (measured; rendering checks it), ``voice`` (slt | rms)
sounds     ``start``, ``end``, ``level`` (dBFS peak), and either ``frequency`` (Hz) or ``bpm`` (a beat)
silences   every stretch longer than 1 s without speech: ``start``, ``end``
expected   ``cta`` (phrases shown or spoken in the last 15 %), ``peaks`` (whole seconds in which a cut and a text meet),
           ``hook`` (phrases of texts and lines that start in the first 3 s), ``emotions`` (second: what the face shows)
========== ==================================================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from parity import reading
from parity.verdict import UsageError

STORYBOARD = "storyboard.yaml"
CTA_SHARE = 0.15
HOOK_SECONDS = 3.0
MIN_SILENCE = 1.0
Seconds = Annotated[float, Field(ge=0)]
Colour = Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")]
Share = Annotated[float, Field(ge=0, le=1)]
Emotion = Literal["joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral"]

# The pictures a storyboard may name, and whether a person is in them. All are public domain or CC0 and ship with
# scikit-image or matplotlib; golden/corpus/CREDITS.md lists source and licence of each.
PICTURES: dict[str, bool] = {
    "astronaut": True,
    "grace_hopper": True,
    "hubble_deep_field": False,
    "coffee": False,
    "gravel": False,
    "chelsea": False,
    "brick": False,
    "grass": False,
}


class StoryboardError(UsageError, ValueError):
    """A storyboard that cannot be read or contradicts itself; the message names file, place and reason."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Span(_Part):
    """A stretch of time [start, end) in seconds."""

    start: Seconds
    end: Seconds

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.end <= self.start:
            raise ValueError(f"end {self.end} is not after start {self.start}")
        return self

    def overlaps(self, start: float, end: float) -> bool:
        return self.start < end and self.end > start


class Scene(Span):
    """One shot: a background, its motion, and how it is entered."""

    picture: str | None = None
    crop: tuple[Share, Share, Share, Share] = (0.0, 0.0, 1.0, 1.0)
    colour: Colour | None = None
    gradient: tuple[Colour, Colour] | None = None
    stripes: tuple[Colour, Colour] | None = None
    motion: Literal["still", "zoom", "pan"] = "still"
    transition: Literal["cut", "fade"] = "cut"
    fade: Annotated[float, Field(gt=0)] = 0.8

    @property
    def person(self) -> bool:
        """Is a person to be seen?"""
        return self.picture is not None and PICTURES[self.picture]

    @model_validator(mode="after")
    def _one_background(self) -> Self:
        given = [k for k in ("picture", "colour", "gradient", "stripes") if getattr(self, k) is not None]
        if len(given) != 1:
            raise ValueError(f"exactly one of picture, colour, gradient, stripes is needed; got {given or 'none'}")
        if self.picture is not None and self.picture not in PICTURES:
            raise ValueError(f"unknown picture {self.picture!r}; known: {', '.join(PICTURES)}")
        left, top, right, bottom = self.crop
        if right <= left or bottom <= top:
            raise ValueError(f"crop {list(self.crop)} is empty; it is [left, top, right, bottom], each 0 to 1")
        return self


class Overlay(Span):
    """A text burnt into the picture."""

    text: Annotated[str, Field(min_length=1)]
    position: Literal["top", "center", "bottom"] = "center"
    side: Literal["left", "center", "right"] = "center"
    colour: Colour = "#ffffff"
    size: Annotated[int, Field(ge=8, le=200)] = 32


class Line(Span):
    """A spoken sentence; ``end`` is where the voice really ends."""

    text: Annotated[str, Field(min_length=1)]
    voice: Literal["slt", "rms"] = "slt"


class Sound(Span):
    """A tone or a beat under the speech."""

    level: Annotated[float, Field(le=0, ge=-96)]
    frequency: Annotated[float, Field(gt=0, lt=20000)] | None = None
    bpm: Annotated[float, Field(gt=0, le=400)] | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if (self.frequency is None) == (self.bpm is None):
            raise ValueError("exactly one of frequency (a tone) and bpm (a beat) is needed")
        return self


class Expected(_Part):
    """What cannot be read off the other keys; checked against them all the same."""

    cta: tuple[str, ...] = ()
    peaks: tuple[Annotated[int, Field(ge=0)], ...] = ()
    hook: tuple[str, ...] = ()
    emotions: dict[Annotated[int, Field(ge=0)], Emotion] = {}


class Storyboard(_Part):
    """A whole clip. Times in seconds, sizes in px."""

    fps: Annotated[int, Field(ge=1, le=120)]
    size: tuple[Annotated[int, Field(ge=16, multiple_of=2)], Annotated[int, Field(ge=16, multiple_of=2)]]
    duration: Annotated[float, Field(gt=0)]
    scenes: Annotated[tuple[Scene, ...], Field(min_length=1)]
    audio: bool = True
    overlays: tuple[Overlay, ...] = ()
    speech: tuple[Line, ...] = ()
    sounds: tuple[Sound, ...] = ()
    silences: tuple[Span, ...] = ()
    expected: Expected = Expected()

    @property
    def frame_count(self) -> int:
        return round(self.duration * self.fps)

    @property
    def cuts(self) -> tuple[float, ...]:
        """Times of the hard cuts (s): the first frame of each scene entered by one."""
        return tuple(s.start for s in self.scenes[1:] if s.transition == "cut")

    @property
    def fades(self) -> tuple[Span, ...]:
        """Stretches in which one scene goes to black and the next comes out of it."""
        return tuple(
            Span(start=s.start - s.fade / 2, end=s.start + s.fade / 2)
            for s in self.scenes[1:]
            if s.transition == "fade"
        )

    @property
    def spoken(self) -> str:
        """Everything that is said, in order."""
        return " ".join(line.text for line in sorted(self.speech, key=lambda line: line.start))

    def person_seconds(self) -> dict[int, bool]:
        """Second → is a person visible, for every second wholly with or wholly without one."""
        found = {}
        for second in range(-int(-self.duration // 1)):
            seen = {s.person for s in self.scenes if s.overlaps(second, second + 1)}
            if len(seen) == 1:
                found[second] = seen.pop()
        return found

    def pauses(self) -> Iterator[tuple[float, float]]:
        """Stretches longer than 1 s without speech, head and tail included (s)."""
        at = 0.0
        for line in sorted(self.speech, key=lambda line: line.start):
            if line.start - at > MIN_SILENCE:
                yield at, line.start
            at = max(at, line.end)
        if self.duration - at > MIN_SILENCE:
            yield at, self.duration

    @field_validator("scenes")
    @classmethod
    def _scenes_follow(cls, scenes: tuple[Scene, ...]) -> tuple[Scene, ...]:
        at = 0.0
        for i, scene in enumerate(scenes):
            if abs(scene.start - at) > 1e-9:
                raise ValueError(f"scene {i} starts at {scene.start}, expected {at}: scenes follow without gap")
            at = scene.end
        return scenes

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> Self:
        for problem in self._contradictions():
            raise ValueError(problem)
        return self

    def _contradictions(self) -> Iterator[str]:
        if abs(self.scenes[-1].end - self.duration) > 1e-9:
            yield f"the last scene ends at {self.scenes[-1].end}, expected the duration {self.duration}"
        for t in (self.duration, *(s.start for s in self.scenes)):
            if abs(t * self.fps - round(t * self.fps)) > 1e-6:
                yield f"{t} s is not on a frame boundary at {self.fps} frames per second"
        for name in ("overlays", "speech", "sounds", "silences"):
            for i, part in enumerate(getattr(self, name)):
                if part.end > self.duration + 1e-9:
                    yield f"{name}[{i}] ends at {part.end}, after the clip's end {self.duration}"
        if not self.audio and (self.speech or self.sounds):
            yield "speech and sounds need a sound track, and audio is false"
        lines = sorted(self.speech, key=lambda line: line.start)
        for one, two in pairwise(lines):
            if two.start < one.end:
                yield f"speech {two.text!r} starts at {two.start}, while {one.text!r} is spoken until {one.end}"
        pauses = list(self.pauses())
        if [(s.start, s.end) for s in self.silences] != pauses:
            yield (
                f"silences are {[[s.start, s.end] for s in self.silences]}, "
                f"the speech lines leave {[list(p) for p in pauses]} of more than {MIN_SILENCE} s"
            )
        last = self.duration * (1 - CTA_SHARE)
        said: list[Overlay | Line] = [*self.overlays, *self.speech]
        late = " ".join(part.text for part in said if part.start >= last)
        for phrase in self.expected.cta:
            if plain(phrase) not in plain(late):
                yield f"the call to action {phrase!r} is neither shown nor spoken after {last:g} s"
        for second in self.expected.peaks:
            if not (any(int(c) == second for c in self.cuts) and any(int(o.start) == second for o in self.overlays)):
                yield f"second {second} is no peak: a cut and the start of an overlay must fall in it"
        early = " ".join(part.text for part in said if part.start < HOOK_SECONDS)
        for phrase in self.expected.hook:
            if plain(phrase) not in plain(early):
                yield f"the hook {phrase!r} is in no text or line that starts before {HOOK_SECONDS:g} s"
        seen = self.person_seconds()
        for second, emotion in self.expected.emotions.items():
            if not seen.get(second, False):
                yield f"second {second} cannot show {emotion}: no person is visible in all of it"


def plain(text: str) -> str:
    """Case-folded words without punctuation, one blank between them: how spoken and shown texts are compared."""
    return " ".join(re.findall(r"[a-z0-9]+", text.casefold().replace("'", "")))


def load_storyboard(case_dir: Path) -> Storyboard:
    """Read ``storyboard.yaml`` of a case folder; raises StoryboardError naming file, place and reason."""
    path = case_dir / STORYBOARD
    try:
        raw: Any = reading.yaml_file(path)
    except (OSError, reading.Unfit) as error:
        raise StoryboardError(f"{path}: cannot be read as YAML: {error}; mend it, or take it back from git") from error
    if not isinstance(raw, dict):
        raise StoryboardError(f"{path}: expected a mapping with fps, size, duration, scenes; got {type(raw).__name__}")
    try:
        return Storyboard.model_validate(raw)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'storyboard'}: {e['msg'].removeprefix('Value error, ')}"
            for e in error.errors()
        )
        raise StoryboardError(f"{path}: {places}") from error
