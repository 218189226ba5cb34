"""Pointers to a folder: links, or files that say where it is on a file system without links."""

from __future__ import annotations

import os
import uuid
from pathlib import Path

#: What a pointer that is no link begins with.
_POINTER = "parity-pointer/1 "


_POINTER_BYTES = 4096


def pointed(place: Path) -> Path:
    """Where the pointer ``place`` leads, whether a link or a file; itself where it is none."""
    if place.is_symlink():
        return Path(os.path.normpath(place.parent / os.readlink(place)))
    if not place.is_file():
        return place
    with place.open("rb") as stream:
        text = stream.read(_POINTER_BYTES).decode("utf-8", errors="replace")
    if not text.startswith(_POINTER):
        return place
    return Path(os.path.normpath(place.parent / text.removeprefix(_POINTER).rstrip("\n")))


def followed(root: Path, parts: tuple[str, ...]) -> Path:
    """The path ``parts`` below ``root`` with every pointer on the way followed."""
    place = _end_of(root)
    for part in parts:
        place = _end_of(place / part)
    return place


def _end_of(place: Path) -> Path:
    """Where ``place`` leads, also where that is a path through pointers; two steps are the most that there are."""
    for _ in range(4):
        target = pointed(place)
        if target == place:
            break
        place = pointed(target.parent) / target.name
    return place


def point(place: Path, target: Path) -> None:
    """Make ``place`` a pointer to ``target``, at once for all who look."""
    place.parent.mkdir(parents=True, exist_ok=True)
    text = os.path.relpath(target, place.parent)
    if place.is_symlink() and os.readlink(place) == text:
        return
    new = place.with_name(f".{place.name}-{uuid.uuid4().hex}")
    try:
        new.symlink_to(text)
    except OSError:  # a file system without links
        new.write_text(f"{_POINTER}{text}\n", encoding="utf-8")
    os.replace(new, place)
