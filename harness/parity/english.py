"""Numbers of things and lists of names, in English."""

from __future__ import annotations

from collections.abc import Sequence


def many(number: int, noun: str) -> str:
    """``3 causes``, ``1 cause``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def listed(names: Sequence[str], most: int = 4) -> str:
    """``a, b and 3 more``."""
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
