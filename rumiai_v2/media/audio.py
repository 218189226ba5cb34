"""The one audio extraction: mono, 16 kHz, aligned with the first video frame."""

from __future__ import annotations

import hashlib
import logging
import math
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.resampler import AudioResampler

from rumiai_v2.media.container import describe, frames, open_container, sound_stream
from rumiai_v2.media.types import Audio

log = logging.getLogger(__name__)

SAMPLE_RATE = 16_000
# A hole in the stream longer than this is filled with silence; shorter ones are rounding of time stamps.
_GAP = Fraction(1, 20)


def extract_audio(
    path: Path,
    *,
    first_video_time: float,
    duration: float,
    count: Callable[[str], None] | None = None,
) -> Audio | None:
    """The first audio track in [0, ``duration``) of video time, or None when there is no track.

    ``first_video_time`` is the first video frame's time on the file's clock (s). Silence stands before a track
    that starts late, in holes, and after one that ends early; what lies before the first frame or beyond
    ``duration`` is cut. ``count("audio_extractions")`` is called once if there is a track.
    """
    samples = np.zeros(math.ceil(duration * SAMPLE_RATE - 1e-6), np.float32)
    placed = 0
    with open_container(path) as container:
        stream = sound_stream(container, path)
        if stream is None:
            return None
        if count:
            count("audio_extractions")
        for start, run in _runs(frames(container, stream, path), path):
            at = round((start - first_video_time) * SAMPLE_RATE)
            lo, hi = max(at, 0), min(at + len(run), len(samples))
            if lo < hi:
                samples[lo:hi] = run[lo - at : hi - at]
            placed += len(run)
    if not placed:
        log.warning("%s: the audio track holds no decodable sound; the video counts as one without audio", path.name)
        return None
    return Audio(samples=samples, sample_rate=SAMPLE_RATE, fingerprint=hashlib.sha256(samples.data).hexdigest())


def _runs(decoded: Iterator[Any], path: Path) -> Iterator[tuple[float, np.ndarray]]:
    """Unbroken stretches of sound: (start on the file's clock in s, mono float32 samples).

    A frame that cannot be resampled is left out, loudly, like a packet that cannot be decoded.
    """
    run: _Run | None = None
    refused = 0
    for frame in decoded:
        stamp = None if frame.pts is None else frame.pts * Fraction(frame.time_base)
        if run is not None and not run.continues(frame, stamp):
            yield float(run.start), run.samples()
            run = None
        if run is None:
            run = _Run(frame, stamp or Fraction(0))
        if not run.add(frame):
            refused += 1
            yield float(run.start), run.samples()
            run = None
    if run is not None:
        yield float(run.start), run.samples()
    if refused:
        log.warning("%s: %d frames of sound that cannot be resampled were left out", path.name, refused)


class _Run:
    """Frames of one layout without a hole between them, resampled while they come."""

    def __init__(self, first: Any, start: Fraction) -> None:
        self.start = self._end = start
        self._layout = _layout(first)
        # To 16-bit first: for float targets FFmpeg's down-mix does not normalise, so that two loud channels
        # leave [-1, 1]; 16 bit is also what speech recognisers are usually fed.
        self._resampler: Any = AudioResampler(format="s16", layout="mono", rate=SAMPLE_RATE)
        self._blocks: list[np.ndarray] = []

    def continues(self, frame: Any, stamp: Fraction | None) -> bool:
        return _layout(frame) == self._layout and (stamp is None or stamp - self._end <= _GAP)

    def add(self, frame: Any) -> bool:
        """Whether the frame could be resampled; where not, the run ends with the one before it."""
        frame.pts = None  # the run is unbroken; with stamps the resampler would compensate their rounding
        if not frame.sample_rate or not self._push(frame):
            self._resampler = None
            return False
        self._end += Fraction(frame.samples, frame.sample_rate)
        return True

    def samples(self) -> np.ndarray:
        if self._resampler is not None:
            self._push(None)
        return np.concatenate(self._blocks).astype(np.float32) / 32768.0 if self._blocks else np.zeros(0, np.float32)

    def _push(self, frame: Any) -> bool:
        try:
            self._blocks += [block.to_ndarray().reshape(-1) for block in self._resampler.resample(frame)]
        except (av.FFmpegError, ValueError) as error:
            log.debug("sound cannot be resampled: %s", describe(error))
            return False
        return True


def _layout(frame: Any) -> tuple[str, str, int]:
    return frame.format.name, frame.layout.name, frame.sample_rate
