"""What a video is, found by decoding it to its end."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from parity.verdict import UsageError

if TYPE_CHECKING:
    import av

#: What containers round off: the end they announce and the last packet's lie at most so far apart (s, share).
_END = (0.5, 0.02)


@dataclass(frozen=True)
class Probe:
    """A video that can be decoded to its end. Seconds, frames per second, pixels as shown, bytes; ``sound`` is None for none."""

    seconds: float
    rate: float
    width: int
    height: int
    codec: str
    container: str
    size: int
    sound: str | None

    def __str__(self) -> str:
        size = f"{self.size / 1e6:.1f} MB" if self.size >= 1e6 else f"{self.size / 1e3:.1f} kB"
        return (
            f"{self.seconds:.2f} s · {self.rate:.4g} frames/s · {self.width}×{self.height} · "
            f"{self.codec} in {self.container} · {size} · {f'sound {self.sound}' if self.sound else 'no sound'}"
        )


def probe(clip: Path, *, called: str) -> Probe:
    """What ``clip`` holds; ``UsageError`` when it is no video, over a limit, or not whole. Messages name it as ``called``."""
    from rumiai_v2.errors import InputError
    from rumiai_v2.media.open import Limits, check_media

    try:
        announced = check_media(clip, limits=Limits())
        return _decoded(clip, called, announced.has_audio, size=clip.stat().st_size)
    except InputError as error:
        text = str(error).replace(str(clip), called).replace(" Cut it, or raise RUMIAI_MAX_VIDEO_DURATION.", " Cut it.")
        raise UsageError(f"{text} Nothing was added.") from None


def _decoded(clip: Path, called: str, has_audio: bool, *, size: int) -> Probe:
    """Decode every frame: a golden of a file that is not whole would hold whatever one decoder makes of the rest."""
    import av

    from rumiai_v2.media.container import nominal_frame_duration, open_container, sound_stream, video_stream
    from rumiai_v2.media.orientation import orientation

    with open_container(clip) as container:
        stream = video_stream(container, clip)
        stream.thread_type = "AUTO"
        track = sound_stream(container, clip) if has_audio else None
        sound = track.codec_context.name if track is not None else None
        begun, announced = ((each or 0) / av.time_base for each in (container.start_time, container.duration))
        first, last, times, end, damaged = None, None, [], 0.0, 0
        try:
            for packet in container.demux():
                damaged += bool(packet.size and packet.is_corrupt)
                if packet.pts is not None:
                    end = max(end, float((packet.pts + (packet.duration or 0)) * packet.time_base))
                for frame in packet.decode() if packet.stream is stream else ():
                    first, last = first or frame, frame
                    times.append(frame.time)
        except av.FFmpegError as error:
            raise UsageError(broken(called, f"FFmpeg gives up at {end:.2f} s ({error.strerror})")) from None
        if damaged or end - begun < announced - max(_END[0], _END[1] * announced):
            what = f"{end - begun:.2f} of {announced:.2f} s and {damaged} incomplete packets"
            raise UsageError(broken(called, what))
        if first is None or last is None or None in times:
            raise UsageError(broken(called, "no picture that can be decoded, or none with a time"))
        length = float((last.duration or 0) * last.time_base) or float(nominal_frame_duration(stream))
        seconds = max(times) - min(times) + length
        width, height = _shown(first, stream, swap=orientation(first).swap)
        container_name = "/".join(container.format.name.split(",")[:2])
        codec = stream.codec_context.name
        return Probe(seconds, len(times) / seconds, width, height, codec, container_name, size, sound)


def broken(called: str, what: str) -> str:
    return (
        f"{called}: expected a video that is whole, got {what}: it is cut off or damaged. Copy or export it again. "
        "Nothing was added."
    )


def _shown(frame: av.VideoFrame, stream: av.VideoStream, *, swap: bool) -> tuple[int, int]:
    """Width and height as players show them: pixels that are not square stretched, the picture upright."""
    aspect = getattr(stream, "sample_aspect_ratio", None) or 1
    sides = round(frame.width * aspect), frame.height
    return (sides[1], sides[0]) if swap else sides
