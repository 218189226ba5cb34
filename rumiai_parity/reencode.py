"""A clip encoded again, as a platform does with what is uploaded: other bit rate, other size, other sound."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Encoding:
    """H.264 and AAC: ``video`` and ``audio`` in bits per second, ``size`` a share of the source's width and height."""

    video: int
    audio: int
    size: float = 1.0


def reencode(source: Path, target: Path, encoding: Encoding) -> None:
    """Write ``source`` to ``target`` (MP4) in ``encoding``: every frame at its own time, the sound if there is any.

    The file is not the same to the byte every time: x264's vector code rounds its rate control differently now and then.
    A file that FFmpeg cannot read or write raises ``av.FFmpegError``.
    """
    import av

    with (
        av.open(str(source)) as read,
        av.open(str(target), "w", format="mp4", options={"fflags": "+bitexact"}) as written,
    ):
        pictures = read.streams.video[0]
        video = written.add_stream("libx264", rate=pictures.average_rate, options={"preset": "medium", "threads": "1"})
        video.width, video.height = (_even(side * encoding.size) for side in (pictures.width, pictures.height))
        video.pix_fmt, video.time_base = "yuv420p", pictures.time_base
        video.bit_rate = encoding.video
        sounds = read.streams.audio[0] if read.streams.audio else None
        audio = None
        if sounds is not None:
            audio = written.add_stream("aac", rate=sounds.rate, layout=sounds.layout.name, bit_rate=encoding.audio)
        for frame in read.decode(pictures):
            scaled = frame.reformat(width=video.width, height=video.height, format="yuv420p", interpolation="AREA")
            scaled.pts, scaled.time_base = frame.pts, frame.time_base
            written.mux(video.encode(scaled))
        written.mux(video.encode(None))
        if audio is not None:
            read.seek(0)
            _sound(read, sounds, audio, written)


def _even(side: float) -> int:
    return 2 * round(side / 2)


def _sound(read: Any, sounds: Any, audio: Any, written: Any) -> None:
    from av.audio.resampler import AudioResampler

    resampler = AudioResampler(format="fltp", layout=sounds.layout.name, rate=sounds.rate, frame_size=1024)
    for frame in read.decode(sounds):
        for part in resampler.resample(frame):
            _place(part, sounds.rate)
            written.mux(audio.encode(part))
    for part in resampler.resample(None):
        _place(part, sounds.rate)
        written.mux(audio.encode(part))
    written.mux(audio.encode(None))


def _place(part: Any, rate: int) -> None:
    """The sound's time in samples: encoders take no other."""
    if part.pts is not None and part.time_base != Fraction(1, rate):
        part.pts, part.time_base = round(part.pts * part.time_base * rate), Fraction(1, rate)
