"""From a path to decoded media: checks and limits first, then one decode pass and one audio extraction."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rumiai_v2.errors import InputError
from rumiai_v2.media.audio import extract_audio
from rumiai_v2.media.decode import decode
from rumiai_v2.media.index import VideoIndex, index
from rumiai_v2.media.types import FrameObserver, Media


@dataclass(frozen=True)
class Limits:
    """What a video may have at most: seconds, bytes, and pixels along its long and its short side."""

    duration: float = 300.0
    size: int = 500 * 1024 * 1024
    long_side: int = 3840
    short_side: int = 2160


def open_media(
    path: Path,
    *,
    limits: Limits,
    observers: Sequence[FrameObserver] = (),
    count: Callable[[str], None] | None = None,
    progress: Callable[[float], None] | None = None,
) -> Media:
    """Checks, hashes and decodes ``path``; ``InputError`` (before decoding) for bad files and violated limits.

    ``count`` is called with ``decode_passes`` and ``audio_extractions`` where they happen, ``progress`` with the
    share of the video decoded so far.
    """
    announced = check_media(path, limits=limits)
    sha256 = hash_file(path)
    video = decode(path, observers=observers, announced=announced, progress=progress, count=count)
    audio = extract_audio(path, first_video_time=video.start, duration=video.duration, count=count)
    if progress:
        progress(1.0)
    return Media(path=path, sha256=sha256, video=video, audio=audio)


def check_media(path: Path, *, limits: Limits) -> VideoIndex:
    """What ``path`` announces, when it is a video within the limits; nothing is decoded."""
    try:
        if not path.exists():
            raise InputError(f"{path}: no such file: expected a video file. Check the path.")
        if path.is_dir():
            raise InputError(f"{path}: expected a video file, got a directory. Name the file inside it.")
        size = path.stat().st_size
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}. Check the permissions.") from error
    if size == 0:
        raise InputError(f"{path}: expected a video file, got an empty file (0 bytes). Fetch or copy it again.")
    if size > limits.size:
        raise InputError(
            f"{path}: file too large: expected at most {limits.size / 1e6:.1f} MB, got {size / 1e6:.1f} MB. "
            "Shorten or re-encode the video."
        )
    announced = index(path)
    if announced.duration > limits.duration:
        raise InputError(
            f"{path}: video too long: expected at most {limits.duration:g} s, got {float(announced.duration):.2f} s. "
            "Cut it, or raise RUMIAI_MAX_VIDEO_DURATION."
        )
    short, long = sorted((announced.width, announced.height))
    if long > limits.long_side or short > limits.short_side:
        raise InputError(
            f"{path}: picture too large: expected at most {limits.long_side}×{limits.short_side} pixels in either "
            f"orientation, got {announced.width}×{announced.height}. Scale the video down."
        )
    return announced


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes, in hex; ``InputError`` when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}. Check the permissions.") from error
