"""Reads JSON that nobody vouches for: whatever the file holds, there is a document or a sentence that says why not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


class Unreadable(Exception):
    """Why a file gives no document, one sentence."""


def document(file: Path) -> Any:
    """The JSON in ``file``. NaN and infinity pass, for a comparison to name; a whole number beyond a float's range is
    read as infinity; a key that stands twice counts once, with its last value."""
    try:
        raw = file.read_bytes()
    except OSError as error:
        raise Unreadable(f"{file.name} cannot be read: {error.strerror}") from error
    return parsed(raw, file.name)


def parsed(raw: bytes, name: str) -> Any:
    """The JSON in ``raw``; ``name`` is for the message."""
    if not raw.strip():
        raise Unreadable(f"{name} is empty")
    try:
        return json.loads(raw, parse_int=_whole)
    except RecursionError as error:
        raise Unreadable(f"{name} is nested too deep to be read") from error
    except ValueError as error:
        raise Unreadable(f"{name} is not JSON: {error}") from error


def _whole(text: str) -> int | float:
    # 308 digits fit a float; longer ones would break arithmetic on it, and say nothing that a float could not.
    return int(text) if len(text) <= 300 else float(text)
