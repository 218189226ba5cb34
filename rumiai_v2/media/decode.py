"""The one decode pass: every frame is seen once, the sampled ones are kept."""

from __future__ import annotations

import hashlib
import logging
import struct
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any

import av
import numpy as np

from rumiai_v2.errors import InputError
from rumiai_v2.media.all_frames import AllFrames
from rumiai_v2.media.container import describe, frames, nominal_frame_duration, open_container, video_stream
from rumiai_v2.media.index import VideoIndex, index
from rumiai_v2.media.orientation import orientation
from rumiai_v2.media.sampling import Sampler
from rumiai_v2.media.types import DecodedVideo, Frame, FrameObserver

log = logging.getLogger(__name__)

MAX_SIDE = 1280


def decode(
    path: Path,
    *,
    observers: Sequence[FrameObserver] = (),
    announced: VideoIndex | None = None,
    progress: Callable[[float], None] | None = None,
    count: Callable[[str], None] | None = None,
) -> DecodedVideo:
    """Decodes ``path`` once, in order; each frame goes to all ``observers``, the sampled ones are kept.

    Duration and samples come from the frames that could be decoded; ``announced`` (read if not given) only sets
    the sample rate. ``count("decode_passes")`` is called once, ``progress`` gets shares of the announced
    duration. What an observer raises passes through unchanged. ``InputError`` when no frame can be decoded.
    """
    announced = announced or index(path)
    if count:
        count("decode_passes")
    with open_container(path) as container:
        stream = video_stream(container, path)
        sampler: Sampler[tuple[int, Fraction, Any]] = Sampler(announced.rate)
        kept: list[Frame] = []
        start = last = length = None
        number = -1
        picture: _Picture | None = None
        every = AllFrames()

        def keep(chosen: Iterator[tuple[int, Fraction, Any]]) -> None:
            assert picture is not None
            kept.extend(Frame(n, float(t), picture.image(raw)) for n, t, raw in chosen)

        for frame, stamp in _timed(frames(container, stream, path), stream, path):
            if start is None:
                start, picture = stamp, _Picture(frame, stream)
            number, last = number + 1, stamp - start
            length = (frame.duration or 0) * Fraction(frame.time_base or stream.time_base)
            with _converting(path):
                every.add(frame, float(last))
            for observer in observers:
                observer.see(frame, float(last))
            with _converting(path):
                keep(sampler.push(last, (number, last, frame)))
            if progress:
                progress(min(1.0, float(last / announced.duration)))
        if picture is None or start is None or last is None:
            raise InputError(
                f"{path}: no decodable video frame: expected at least one, got 0 of {len(announced.times)} "
                "announced. The file is damaged or its codec is unknown; convert it to MP4 (H.264)."
            )
        duration = last + (length or nominal_frame_duration(stream))
        with _converting(path):
            keep(sampler.finish(duration))
    times = [f.timestamp for f in kept]
    gaps = [b - a for a, b in pairwise(times)]
    return DecodedVideo(
        width=picture.width,
        height=picture.height,
        scale=picture.scale,
        fps=float((number + 1) / duration),
        frame_count=number + 1,
        duration=float(duration),
        frames=tuple(kept),
        spacing=median(gaps) if gaps else min(1 / announced.rate, float(duration)),
        fingerprint=_fingerprint(kept),
        decoded_fingerprint=every.fingerprint(),
        start=float(start),
    )


@contextmanager
def _converting(path: Path) -> Iterator[None]:
    """``InputError`` where FFmpeg cannot turn what it has decoded into pixels."""
    try:
        yield
    except av.FFmpegError as error:
        raise InputError(
            f"{path}: its pictures cannot be converted: expected pixels that FFmpeg can turn into RGB ({describe(error)}). "
            "Convert it to MP4 (H.264)."
        ) from error


class _Picture:
    """Turns raw frames into upright BGR images of one size, chosen by the first frame."""

    def __init__(self, frame: Any, stream: Any) -> None:
        # Non-square pixels: the width is stretched, as players do.
        aspect = stream.sample_aspect_ratio or Fraction(1)
        width, height = max(1, round(frame.width * aspect)), frame.height
        self._orientation = orientation(frame)
        shrink = max(1.0, max(width, height) / MAX_SIDE)
        self._size = (max(1, round(width / shrink)), max(1, round(height / shrink)))
        self.scale = shrink
        self.width, self.height = (height, width) if self._orientation.swap else (width, height)

    def image(self, frame: Any) -> np.ndarray:
        width, height = self._size
        bgr = frame.reformat(width=width, height=height, format="bgr24", interpolation="AREA").to_ndarray()
        image = self._orientation.upright(bgr)
        image.flags.writeable = False  # shared by all services
        return image


def _timed(decoded: Iterator[Any], stream: Any, path: Path) -> Iterator[tuple[Any, Fraction]]:
    """Frames with their exact presentation times (s); a frame whose time does not advance is never shown: dropped."""
    last: Fraction | None = None
    dropped = 0
    for frame in decoded:
        if frame.pts is not None:
            stamp = frame.pts * Fraction(frame.time_base)
        else:
            stamp = Fraction(0) if last is None else last + nominal_frame_duration(stream)
        if last is not None and stamp <= last:
            dropped += 1
            continue
        last = stamp
        yield frame, stamp
    if dropped:
        log.warning("%s: %d frames whose time does not advance were dropped", path.name, dropped)


def _fingerprint(kept: Sequence[Frame]) -> str:
    digest = hashlib.sha256()
    for frame in kept:
        digest.update(struct.pack("<Id2I", frame.number, frame.timestamp, *frame.image.shape[:2]))
        digest.update(frame.image.data)
    return digest.hexdigest()
