"""What either model of facial expressions says about a face."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Expression:
    """One face: probabilities of the seven emotions, intensities of action units in [0, 1], box in source pixels."""

    scores: dict[str, float]
    units: dict[int, float]
    box: tuple[float, float, float, float]
