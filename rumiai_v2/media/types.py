"""The decoded media that all services share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np


@dataclass(frozen=True)
class Frame:
    """One sampled frame.

    ``image`` is BGR uint8 [height, width, 3], upright, at most 1280 px on its long side; ``timestamp`` is the
    frame's own time in seconds from the first frame; ``number`` counts decoded frames from 0.
    """

    number: int
    timestamp: float
    image: np.ndarray


@dataclass(frozen=True)
class DecodedVideo:
    """The outcome of the one decode pass.

    ``width`` and ``height`` are the upright display size in source pixels; ``scale`` turns coordinates in a
    frame's ``image`` into source pixels (source = image · scale). ``duration`` is D: the last frame's time plus
    its duration (s). ``spacing`` is the median distance of the samples (s), what the definitions call one sample.
    ``fingerprint`` is the SHA-256 of numbers, times and pixels of the sampled frames, ``decoded_fingerprint`` that
    of times and samples (as decoded, before any conversion) of all frames. ``start`` is the first frame's
    time on the file's own clock (s), to which audio is aligned.
    """

    width: int
    height: int
    scale: float
    fps: float
    frame_count: int
    duration: float
    frames: tuple[Frame, ...]
    spacing: float
    fingerprint: str
    decoded_fingerprint: str
    start: float = 0.0


@dataclass(frozen=True)
class Audio:
    """Mono float32 samples in [-1, 1]; sample 0 is at the first video frame's time, the last one before D."""

    samples: np.ndarray
    sample_rate: int
    fingerprint: str


@dataclass(frozen=True)
class Media:
    """One video, decoded. ``audio`` is None when the file has no audio track."""

    path: Path
    sha256: str
    video: DecodedVideo
    audio: Audio | None

    def facts(self) -> dict[str, Any]:
        """What the unified file records of the media (JSON)."""
        return {
            "sha256": self.sha256,
            "width": self.video.width,
            "height": self.video.height,
            "fps": self.video.fps,
            "frame_count": self.video.frame_count,
            "duration": self.video.duration,
            "sampled_frames": len(self.video.frames),
            "sample_spacing": self.video.spacing,
            "has_audio": self.audio is not None,
            "frames_fingerprint": self.video.fingerprint,
            "decoded_fingerprint": self.video.decoded_fingerprint,
            "audio_fingerprint": self.audio.fingerprint if self.audio else None,
        }


class FrameObserver(Protocol):
    """Something that sees every decoded frame of the pass, in order (``frame`` is an ``av.VideoFrame``)."""

    def see(self, frame: Any, timestamp: float) -> None: ...
