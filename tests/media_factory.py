"""Renders tiny clips with PyAV for tests: any frame times, any pictures, with or without sound."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np

CLOCK = 90_000  # ticks per second of rendered clips; every usual frame rate is exact


def require_encoder(codec: str) -> None:
    """Fails the test when this build of PyAV cannot encode ``codec``: a clip that is not rendered is not tested."""
    try:
        av.Codec(codec, "w")
    except av.codec.codec.UnknownCodecError:
        raise AssertionError(
            f"PyAV {av.__version__} has no encoder {codec}: expected the wheel from the package index, which brings it; "
            "install that one, or name another encoder of the same format in this test"
        ) from None


def times_at(rate: Fraction | int | str, seconds: float) -> list[Fraction]:
    """Frame times of a constant rate below ``seconds``."""
    step = 1 / Fraction(rate)
    return [k * step for k in range(max(1, -int(-Fraction(str(seconds)) // step)))]


def solid(colour: tuple[int, int, int], *, width: int = 64, height: int = 96) -> np.ndarray:
    """One colour, RGB uint8 [height, width, 3]."""
    return np.full((height, width, 3), colour, np.uint8)


def numbered(count: int, *, width: int = 64, height: int = 96) -> list[np.ndarray]:
    """Pictures whose gray level steps by two and wraps: neighbours differ, a block marks top left."""
    out = []
    for k in range(count):
        image = solid((2 * k % 200 + 20,) * 3, width=width, height=height)
        image[: height // 4, : width // 4] = (255, 0, 0)
        out.append(image)
    return out


def render(
    path: Path,
    pictures: Iterable[np.ndarray],
    times: Sequence[Fraction | float],
    *,
    last_duration: Fraction | float | None = None,
    sound: np.ndarray | None = None,
    sound_rate: int = 48_000,
    sound_start: float = 0.0,
    layout: str = "mono",
    sound_codec: str = "aac",
    sound_bit_rate: int | None = None,
    codec: str = "libx264",
    pixels: str = "yuv420p",
    aspect: Fraction | None = None,
    options: dict[str, str] | None = None,
) -> Path:
    """Writes ``pictures`` (RGB) at ``times`` (s) and, if given, ``sound`` (float32, [channels, n] or [n]).

    ``last_duration`` defaults to the distance of the last two frames; the container follows the path's suffix.
    ``pixels`` is FFmpeg's name of the stored pixel format.
    """
    require_encoder(codec)
    pictures, ticks = list(pictures), [round(Fraction(t) * CLOCK) for t in times]
    assert len(pictures) == len(ticks), "one time per picture"
    height, width = pictures[0].shape[:2]
    ends = [*ticks[1:], None]
    lengths: dict[int, int] = {}
    spare = (
        round(Fraction(last_duration) * CLOCK)
        if last_duration is not None
        else (ticks[-1] - ticks[-2] if len(ticks) > 1 else CLOCK // 25)
    )
    with av.open(str(path), "w") as out:
        video = out.add_stream(codec, rate=Fraction(25))
        video.width, video.height, video.pix_fmt = width, height, pixels
        video.codec_context.time_base = video.time_base = Fraction(1, CLOCK)
        video.options = options or ({"preset": "ultrafast", "crf": "12"} if codec == "libx264" else {})
        if aspect is not None:
            video.codec_context.sample_aspect_ratio = aspect
        if sound is not None:
            audio = out.add_stream(sound_codec, rate=sound_rate, layout=layout)
            if sound_bit_rate is not None:
                audio.bit_rate = sound_bit_rate
        for image, tick, end in zip(pictures, ticks, ends, strict=True):
            frame = av.VideoFrame.from_ndarray(np.ascontiguousarray(image), format="rgb24")
            frame.pts, frame.time_base = tick, Fraction(1, CLOCK)
            lengths[tick] = (tick + spare if end is None else end) - tick
            _mux(out, video.encode(frame), lengths)
        _mux(out, video.encode(None), lengths)
        if sound is not None:
            samples = np.atleast_2d(np.asarray(sound, np.float32))
            frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
            frame.sample_rate = sound_rate
            frame.pts, frame.time_base = round(sound_start * sound_rate), Fraction(1, sound_rate)
            out.mux(audio.encode(frame))
            out.mux(audio.encode(None))
    return path


def _mux(out: Any, packets: Iterable[Any], lengths: dict[int, int]) -> None:
    # The encoder knows only its nominal rate; the container needs the true length of the last frame.
    for packet in packets:
        packet.duration = lengths[packet.pts]
        out.mux(packet)


def tone(seconds: float, *, hertz: float = 440.0, rate: int = 48_000, level: float = 0.5) -> np.ndarray:
    """A sine, float32 [n]."""
    return (level * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.float32)


def rotate_mp4(path: Path, clockwise: int) -> Path:
    """Sets the display rotation of the first track of an MP4 (0, 90, 180 or 270 degrees), as phones do."""
    a, b = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[clockwise]
    return set_matrix_mp4(path, a, b, -b, a)


def set_matrix_mp4(path: Path, a: int, b: int, c: int, d: int) -> Path:
    """Sets the display matrix of the first track of an MP4: shown x' = a·x + c·y, y' = b·x + d·y."""
    data = bytearray(path.read_bytes())
    body = data.index(b"tkhd") + 4
    matrix = body + (52 if data[body] == 1 else 40)
    struct.pack_into(">9i", data, matrix, a << 16, b << 16, 0, c << 16, d << 16, 0, 0, 0, 1 << 30)
    path.write_bytes(data)
    return path
