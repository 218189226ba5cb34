"""Locks that the system releases when their holder dies, and removing what nobody holds."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path


def remove(place: Path, lock: Path) -> None:
    """Take a run away, at once for all who look, unless somebody holds its ``lock``."""
    try:
        file = os.open(lock, os.O_RDWR | os.O_CLOEXEC)
    except FileNotFoundError:
        place.rename(place.with_name(f".gone-{place.name}"))  # it was broken off while it was made
        return
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        place.rename(place.with_name(f".gone-{place.name}"))
    except BlockingIOError:
        pass  # somebody makes or reads it
    finally:
        os.close(file)


def lock_file(place: Path) -> int:
    """The open lock; of what can only be read the lock can be taken, too."""
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        return os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError:
        if not place.is_file():
            raise
        return os.open(place, os.O_RDONLY | os.O_CLOEXEC)
