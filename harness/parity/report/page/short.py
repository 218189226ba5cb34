"""Texts of the page: harmless, and never long, however many letters became visible escapes."""

from __future__ import annotations

from parity import plain

#: Letters of any text of the page, with what stands for letters that a reader would obey.
MOST = 300


def short(value: object, letters: int = 260) -> str:
    """The first ``letters`` of ``value`` with its own line breaks, how many there are, and nothing that would be obeyed."""
    shown = plain.block(value, letters)
    return shown if len(shown) <= MOST else f"{shown[: MOST - 1]}…"
