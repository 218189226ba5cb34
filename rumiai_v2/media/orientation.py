"""How a stored picture must be turned and mirrored to be upright, as the file's display matrix says."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from av.sidedata.sidedata import Type


@dataclass(frozen=True)
class Orientation:
    """Rows and columns change places first (``swap``); then the picture is mirrored left-right and top-bottom."""

    swap: bool = False
    mirror_x: bool = False
    mirror_y: bool = False

    def upright(self, image: np.ndarray) -> np.ndarray:
        """The stored ``image`` [height, width, channels] as it is shown; contiguous, a copy unless nothing changes."""
        if self.swap:
            image = image.swapaxes(0, 1)
        if self.mirror_x:
            image = image[:, ::-1]
        if self.mirror_y:
            image = image[::-1]
        return np.ascontiguousarray(image)


def orientation(frame: Any) -> Orientation:
    """What the display matrix of ``frame`` asks for; angles between the axes count as the nearest right angle.

    The matrix maps stored to shown: x' = a·x + c·y, y' = b·x + d·y. Front cameras write mirrored ones, of which
    the rotation angle alone would tell only half.
    """
    data = frame.side_data.get(Type.DISPLAYMATRIX)
    if data is None:
        return Orientation()
    a, b, _, c, d, *_ = struct.unpack("=9i", bytes(data)[:36])
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return Orientation(mirror_x=a < 0, mirror_y=d < 0)
    return Orientation(swap=True, mirror_x=c < 0, mirror_y=b < 0)
