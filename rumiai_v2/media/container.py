"""Opening a media file with PyAV: local files only, errors that a person can act on."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import av.logging

from rumiai_v2.errors import InputError

log = logging.getLogger(__name__)

# FFmpeg opens pictures and plain text (as terminal art) as one-stream videos.
_NOT_VIDEO_FORMATS = ("image2", "tty")
# With too few frames to guess from, FFmpeg reports the ticks of the container's clock as frames per second.
_CLOCK_RATE = 1000
_UNKNOWN_CODEC = re.compile(r"for stream (?P<stream>\d+) \(\w+: (?P<codec>\w+)(?: \((?P<tag>.{4,16}?) / 0x)?")
_EXPECTED = "expected a video file (MP4, MOV, WebM, MKV, …)"


@contextmanager
def open_container(path: Path) -> Iterator[Any]:
    """The opened container; ``InputError`` when FFmpeg cannot read the file."""
    try:
        # A playlist named like a video must not make FFmpeg open other addresses; an absolute path keeps a
        # colon in the file's name from being read as a protocol.
        # Titles and the like may be in any encoding; nothing reads them.
        container = av.open(str(path.resolve()), options={"protocol_whitelist": "file"}, metadata_errors="replace")
    except (av.FFmpegError, OSError, ValueError) as error:
        raise InputError(
            f"{path}: not a readable video: {_EXPECTED}, got data FFmpeg cannot open ({describe(error)}). "
            "Check that the file is complete, or convert it to MP4."
        ) from error
    with container:
        yield container


def video_stream(container: Any, path: Path) -> Any:
    """The picture track that a player begins with (cover art does not count); ``InputError`` when none can be decoded."""
    kind = container.format.name
    if kind in _NOT_VIDEO_FORMATS or kind.endswith("_pipe"):
        raise InputError(f"{path}: not a video: {_EXPECTED}, got a picture or text (format {kind}).")
    moving = [s for s in container.streams.video if not _is_cover(s)]
    chosen = _first(moving)
    if chosen is not None:
        return chosen
    if moving:
        raise InputError(
            f"{path}: the codec of its pictures is unknown: expected one that FFmpeg can decode (H.264, HEVC, VP9, AV1, …), "
            f"got {_unknown_codecs(path, moving)}. Fetch it in another format, or convert it to MP4 (H.264) where it plays."
        )
    found = ", ".join(sorted({"cover art" if _is_cover(s) else s.type for s in container.streams})) or "nothing"
    raise InputError(f"{path}: no video stream: {_EXPECTED} with moving pictures, got only {found}.")


def sound_stream(container: Any, path: Path) -> Any | None:
    """The sound track that a player begins with; None when there is none, with a warning when none can be decoded."""
    tracks = container.streams.audio
    chosen = _first(tracks)
    if chosen is not None or not tracks:
        return chosen
    log.warning(
        "%s: the codec of its sound is unknown (%s); the video counts as one without audio",
        path.name,
        _unknown_codecs(path, tracks),
    )
    return None


def _first(tracks: Sequence[Any]) -> Any | None:
    """The first that FFmpeg can decode among those marked as default (in MOV: enabled), else among all.

    FFmpeg's own choice goes by bit rate and size: a loud commentary beside the sound, a trailer beside the film.
    """
    readable = [each for each in tracks if each.codec_context is not None]
    marked = [each for each in readable if each.disposition & av.stream.Disposition.default]
    return next(iter(marked or readable), None)


def _is_cover(stream: Any) -> bool:
    return stream.type == "video" and bool(stream.disposition & av.stream.Disposition.attached_pic)


def _unknown_codecs(path: Path, streams: Sequence[Any]) -> str:
    """The names under which the container stores the codecs of ``streams``, as FFmpeg tells them when it looks."""
    before = av.logging.get_level(), av.logging.get_skip_repeated()
    av.logging.set_level(av.logging.WARNING)
    av.logging.set_skip_repeated(False)  # or nothing is told of a second file like the one before
    try:
        with av.logging.Capture() as told, open_container(path):
            pass
    finally:
        av.logging.set_level(before[0])
        av.logging.set_skip_repeated(before[1])
    named = {}
    for _, _, text in told:
        if found := _UNKNOWN_CODEC.search(text):
            named[int(found["stream"])] = found["tag"] or found["codec"]
    names = [named.get(stream.index, "none") for stream in streams]
    return ", ".join("a codec without a name" if name == "none" else repr(name) for name in dict.fromkeys(names))


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
