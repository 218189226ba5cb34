"""The script of a made recording: everything that happens in a video that was never filmed.

Times are seconds, boxes relative [x, y, width, height] unless said otherwise.

============ ================================================================================================
video        ``id``, ``duration``, ``fps``, ``size`` [width, height] px, ``spacing`` of the samples and
             ``expressions_every`` of those of expressions, ``metadata`` as in a unified file (the rest is unknown)
faces        tracks: ``start``, ``end``, ``path`` [box at the start, box at the end], ``score``, ``look`` [right, down]
             in eye widths
expressions  of the largest face: ``start``, ``end``, ``emotion``, ``score``, ``beside`` (the second most likely one)
gestures     ``start``, ``end``, ``type``, ``hand`` (left | right), ``score``
objects      tracks: ``start``, ``end``, ``name`` (class), ``path``, ``score``
texts        ``start``, ``end``, ``text``, ``box``, ``score``
stickers     ``start``, ``end``, ``box``, ``score``
speech       segments: ``start``, ``end``, ``text``, ``score``; ``language`` of all
cuts, fades  moments; [start, end]
sound        ``loudness`` (RMS of each second), ``onsets``, ``beats``, ``tempo``, ``burst``; null without an audio track
failed       services that broke: name → error; ``not_run``: services that were not asked
============ ================================================================================================
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Field

from rumiai_parity.storyboard import Emotion, Seconds, Share, Span, _Part

Box = tuple[float, float, float, float]
Service = Literal["yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy", "emotion_detection"]


class Video(_Part):
    """The video that was never filmed."""

    id: str
    duration: Annotated[float, Field(gt=0)]
    fps: Annotated[float, Field(gt=0)] = 30.0
    size: tuple[int, int] = (360, 640)
    spacing: Annotated[float, Field(gt=0)] = 0.5
    expressions_every: Annotated[float, Field(gt=0)] = 0.5
    metadata: dict[str, Any] = Field(default_factory=dict)

    def times(self, step: float | None = None) -> list[float]:
        """Moments of the samples, one in ``step`` seconds."""
        step = step or self.spacing
        return [k * step for k in range(math.ceil(self.duration / step - 1e-9))]


class Track(Span):
    """Something that moves in a straight line."""

    path: tuple[Box, Box]
    score: Share = 0.9

    def box(self, t: float) -> Box:
        """Where it is at ``t``."""
        share = (t - self.start) / (self.end - self.start)
        x, y, width, height = (round(a + (b - a) * share, 6) for a, b in zip(*self.path, strict=True))
        return x, y, width, height


class Face(Track):
    look: tuple[float, float] = (0.0, 0.0)


class Expression(Span):
    emotion: Emotion
    score: Share = 0.8
    beside: Emotion = "neutral"


class Gesture(Span):
    type: str
    hand: Literal["left", "right"] = "right"
    score: Share = 0.8


class Thing(Track):
    name: str


class Text(Span):
    text: str
    box: Box
    score: Share = 0.95


class Sticker(Span):
    box: Box
    score: Share = 0.9


class Segment(Span):
    text: str
    score: Share = 0.8


class Sound(_Part):
    loudness: tuple[Share, ...]
    onsets: tuple[Seconds, ...] = ()
    beats: tuple[Seconds, ...] = ()
    tempo: float | None = None
    burst: Literal["front_loaded", "back_loaded", "middle_peak", "steady", "unknown"] = "steady"


class Script(_Part):
    """Everything that happens."""

    video: Video
    faces: tuple[Face, ...] = ()
    expressions: tuple[Expression, ...] = ()
    gestures: tuple[Gesture, ...] = ()
    objects: tuple[Thing, ...] = ()
    texts: tuple[Text, ...] = ()
    stickers: tuple[Sticker, ...] = ()
    speech: tuple[Segment, ...] = ()
    language: str = "en"
    cuts: tuple[Seconds, ...] = ()
    fades: tuple[tuple[Seconds, Seconds], ...] = ()
    sound: Sound | None = None
    failed: dict[Service, str] = Field(default_factory=dict)
    not_run: tuple[Service, ...] = ()
