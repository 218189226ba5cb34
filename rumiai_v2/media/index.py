"""What a file announces about its pictures, learnt from packet headers: nothing is decoded."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from rumiai_v2.errors import InputError
from rumiai_v2.media.container import nominal_frame_duration, open_container, packets, video_stream
from rumiai_v2.media.sampling import target_rate


@dataclass(frozen=True)
class VideoIndex:
    """Announced times and size of the video stream.

    ``times`` are presentation times in seconds from the first frame, sorted, without the packets an edit list
    cuts away; ``duration`` is the last time plus that frame's duration (s). ``width`` and ``height`` are coded
    pixels, before rotation. What is reported of a video comes from the decoded frames; this decides only the
    sample rate and the limits. ``has_audio`` tells of a sound track whose codec is known.
    """

    times: tuple[Fraction, ...]
    duration: Fraction
    width: int
    height: int
    has_audio: bool

    @property
    def rate(self) -> int:
        """Target samples per second."""
        return target_rate(self.duration)


def index(path: Path) -> VideoIndex:
    """Reads the packet headers of ``path`` once; ``InputError`` when it is no video or announces no frame."""
    with open_container(path) as container:
        stream = video_stream(container, path)
        found = []
        for packet in packets(container, stream, path):
            if packet.has_sidedata("encryption_info"):
                raise InputError(
                    f"{path}: encrypted: expected a video that anybody may play, got one that needs a key (DRM). "
                    "Fetch it where it is not protected."
                )
            if packet.size and not packet.is_discard and (packet.pts is not None or packet.dts is not None):
                found.append((packet.pts, packet.dts, packet.duration))
        if not found:
            raise InputError(
                f"{path}: no video frame: expected at least one frame, got a video stream without packets. "
                "Check that the file is complete."
            )
        # Some containers (AVI) store decoding times only: as many, and as far apart.
        presented = all(pts is not None for pts, _, _ in found)
        stamps = sorted(((pts if presented else dts) or 0, length or 0) for pts, dts, length in found)
        base = Fraction(stream.time_base)
        first, (last, length) = stamps[0][0], stamps[-1]
        tail = length * base if length > 0 else nominal_frame_duration(stream)
        return VideoIndex(
            times=tuple((stamp - first) * base for stamp, _ in stamps),
            duration=(last - first) * base + tail,
            width=stream.codec_context.width,
            height=stream.codec_context.height,
            has_audio=any(each.codec_context is not None for each in container.streams.audio),
        )
