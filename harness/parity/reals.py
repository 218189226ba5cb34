"""Integers of any length where a real is needed: to draw, to scale, to say how far two values lie apart."""

from __future__ import annotations

import math
from typing import Any

#: From here on not every integer is a double.
_EXACT = 2**53


def nearest(value: float) -> float:
    """The double nearest to ``value``; infinity where it lies beyond their range."""
    try:
        return float(value)
    except OverflowError:
        return math.inf if value > 0 else -math.inf


def distance(one: float, other: float) -> float | None:
    """|one - other|, exact between integers; None where no double comes near it."""
    try:
        apart = abs(other - one)
    except OverflowError:  # between an integer beyond the doubles and a real
        return None
    if isinstance(apart, int) and apart > _EXACT:
        apart = nearest(apart)
    return apart if apart < math.inf else None


def unsigned(value: Any) -> Any:
    """A leaf of a document as it is, but 0.0 for −0.0, which is the same number."""
    return value + 0.0 if isinstance(value, float) else value
