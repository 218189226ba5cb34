"""Pictures for the zoo: two scenes whose cut every detector must see, and whose corners tell how they are turned."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from tests.media_factory import solid

RED, GREEN, BLUE, YELLOW = (210, 30, 30), (30, 180, 40), (40, 50, 210), (220, 210, 40)


def quarters(width: int = 64, height: int = 96) -> np.ndarray:
    """Red, green / blue, yellow: no turn and no mirroring looks like another."""
    image = solid(RED, width=width, height=height)
    image[: height // 2, width // 2 :] = GREEN
    image[height // 2 :, : width // 2] = BLUE
    image[height // 2 :, width // 2 :] = YELLOW
    return image


def corners(image: np.ndarray) -> list[tuple[int, int, int]]:
    """Which of the four colours stands top left, top right, bottom left, bottom right (RGB)."""
    height, width = image.shape[:2]
    found = []
    for y in (height // 4, 3 * height // 4):
        for x in (width // 4, 3 * width // 4):
            pixel = image[y, x].astype(int)
            found.append(min((RED, GREEN, BLUE, YELLOW), key=lambda c: int(np.abs(pixel - c).sum())))
    return found


def two_scenes(times: Sequence[Fraction | float], cut: Fraction | float, *, width: int = 64, height: int = 96):
    """One picture per time; the quarters before ``cut`` (s), gray steps from it on, a mark moving through both."""
    steps = np.repeat(np.linspace(20, 235, 4).astype(np.uint8), -(-height // 4))[:height]
    other = np.broadcast_to(steps[:, None, None], (height, width, 3))
    for k, time in enumerate(times):
        image = (quarters(width, height) if float(time) < float(cut) else other).copy()
        image[0, k % width] = 255 - image[0, k % width]
        yield image
