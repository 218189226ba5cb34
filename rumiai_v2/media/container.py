"""Opening a media file with PyAV: local files only, errors that a person can act on."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from rumiai_v2.errors import InputError

log = logging.getLogger(__name__)

# FFmpeg opens pictures and plain text (as terminal art) as one-stream videos.
_NOT_VIDEO_FORMATS = ("image2", "tty")
# With too few frames to guess from, FFmpeg reports the ticks of the container's clock as frames per second.
_CLOCK_RATE = 1000
_EXPECTED = "expected a video file (MP4, MOV, WebM, MKV, …)"


@contextmanager
def open_container(path: Path) -> Iterator[Any]:
    """The opened container; ``InputError`` when FFmpeg cannot read the file."""
    try:
        # A playlist named like a video must not make FFmpeg open other addresses; an absolute path keeps a
        # colon in the file's name from being read as a protocol.
        container = av.open(str(path.resolve()), options={"protocol_whitelist": "file"})
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"{path}: not a readable video: {_EXPECTED}, got data FFmpeg cannot open ({describe(error)}). "
            "Check that the file is complete, or convert it to MP4."
        ) from error
    with container:
        yield container


def video_stream(container: Any, path: Path) -> Any:
    """The first moving-picture stream (cover art does not count); ``InputError`` when there is none."""
    kind = container.format.name
    if kind in _NOT_VIDEO_FORMATS or kind.endswith("_pipe"):
        raise InputError(f"{path}: not a video: {_EXPECTED}, got a picture or text (format {kind}).")
    for stream in container.streams.video:
        if not stream.disposition & av.stream.Disposition.attached_pic:
            return stream
    found = ", ".join(sorted({s.type for s in container.streams})) or "nothing"
    raise InputError(f"{path}: no video stream: {_EXPECTED} with moving pictures, got only {found}.")


def packets(container: Any, stream: Any, path: Path) -> Iterator[Any]:
    """All packets of a stream, flush packet included; a file that breaks off ends there, with a warning."""
    source = container.demux(stream)
    while True:
        try:
            packet = next(source)
        except StopIteration:
            return
        except av.FFmpegError as error:
            log.warning(
                "%s: the %s stream breaks off (%s); continuing with what was read",
                path.name,
                stream.type,
                describe(error),
            )
            return
        yield packet


def frames(container: Any, stream: Any, path: Path) -> Iterator[Any]:
    """All decodable frames of a stream in the decoder's order; packets that cannot be decoded are skipped, loudly."""
    damaged = 0
    flushed = False
    for packet in packets(container, stream, path):
        flushed = packet.size == 0
        try:
            decoded = packet.decode()
        except av.FFmpegError as error:
            damaged += 1
            log.debug("%s: packet not decodable: %s", path.name, describe(error))
            continue
        yield from decoded
    if not flushed:
        # Demuxing broke off before the flush packet: the decoder still holds frames.
        try:
            yield from stream.codec_context.decode(None)
        except av.FFmpegError as error:
            log.debug("%s: nothing left in the decoder: %s", path.name, describe(error))
    if damaged:
        log.warning("%s: %d damaged %s packets were skipped", path.name, damaged, stream.type)


def nominal_frame_duration(stream: Any) -> Fraction:
    """Seconds one frame lasts by the stream's stated or guessed rate; 1/25 where there is none to believe."""
    rates = (stream.average_rate, stream.guessed_rate)
    return 1 / Fraction(next((rate for rate in rates if rate and rate < _CLOCK_RATE), 25))


def describe(error: BaseException) -> str:
    """An FFmpeg error without the file's path in it."""
    return getattr(error, "strerror", None) or str(error) or type(error).__name__
