"""Pictures of a case's clip: the frame that is shown at a moment, small, upright, as JPEG."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

#: Widest picture (px), and JPEG quality.
WIDTH, QUALITY = 360, 70
#: A moment that was rounded may lie just before its frame (s).
_ROUNDING = Fraction(1, 1000)


@dataclass(frozen=True)
class Picture:
    """``url`` holds the JPEG itself; ``width`` and ``height`` in pixels are those of the JPEG.

    ``frame`` is the upright frame's own size, which boxes refer to.
    """

    url: str
    width: int
    height: int
    frame: tuple[int, int]


@dataclass(frozen=True)
class Shown:
    """What a clip shows at some moments, how long it is (s), and why there is no picture where there is none."""

    pictures: Mapping[float, Picture]
    length: float | None
    why: str | None = None


def at_moments(clip: Path, moments: Iterable[float]) -> Shown:
    """The frame shown at each of ``moments`` (s from the first frame); a clip that cannot be read says why."""
    import av

    pictures: dict[float, Picture] = {}
    try:
        with av.open(str(clip)) as container:
            if not container.streams.video:
                return Shown({}, None, f"{clip.name} holds no video")
            stream = container.streams.video[0]
            first = _stamp(next(container.decode(stream)))
            length = Fraction(container.duration, av.time_base) if container.duration else None
            for moment in sorted(set(moments)):
                frame = _frame(container, stream, first, Fraction(moment) + _ROUNDING)
                pictures[moment] = _picture(frame, stream.sample_aspect_ratio or Fraction(1))
    except (av.error.FFmpegError, OSError, StopIteration, ValueError) as error:
        return Shown(pictures, None, f"{clip.name} cannot be decoded: {str(error) or type(error).__name__}")
    return Shown(pictures, float(length) if length else None)


def _frame(container: Any, stream: Any, first: Fraction, moment: Fraction) -> Any:
    """The last frame that begins at ``moment`` or before it."""
    container.seek(int((first + moment) / stream.time_base), stream=stream)
    shown = None
    for frame in container.decode(stream):
        if shown is not None and _stamp(frame) - first > moment:
            break
        shown = frame
    if shown is None:
        raise ValueError(f"no frame at {float(moment):.3f} s")
    return shown


def _stamp(frame: Any) -> Fraction:
    return Fraction(frame.pts or 0) * Fraction(frame.time_base)


def _picture(frame: Any, aspect: Fraction) -> Picture:
    turned = frame.rotation % 180 == 90
    width, height = max(1, round(frame.width * aspect)), frame.height
    shrink = max(1.0, (height if turned else width) / WIDTH)
    size = max(1, round(width / shrink)), max(1, round(height / shrink))
    image = frame.reformat(*size, format="rgb24", interpolation="AREA").to_image()
    if frame.rotation % 360:
        image = image.rotate(frame.rotation, expand=True)
    stream = io.BytesIO()
    image.save(stream, "JPEG", quality=QUALITY, optimize=True)
    url = f"data:image/jpeg;base64,{base64.b64encode(stream.getvalue()).decode('ascii')}"
    return Picture(url, image.width, image.height, (height, width) if turned else (width, height))
