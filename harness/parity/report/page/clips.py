"""Where the clip of a case is, and how long."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from parity.report.page.documents import Documents
from parity.report.page.pictures import at_moments


def clip_of(documents: Documents, name: str) -> Path | str:
    """The clip of a case, or why there is none."""
    case, find = documents.cases.get(name), getattr(documents.pipeline, "clip", None)
    if case is None:
        return f"there is no case {name} any more"
    if find is None:
        return f"pipeline {documents.pipeline.name} does not say where a case's clip is"
    return find(case) or f"case {name} has no clip of its own"


def lengths(documents: Documents) -> Callable[[str], float | None]:
    """How long a case's clip is (s), asked for once; None where it has none or nobody can read it."""
    known: dict[str, float | None] = {}

    def length(case: str) -> float | None:
        if case not in known:
            clip = clip_of(documents, case)
            known[case] = at_moments(clip, ()).length if isinstance(clip, Path) else None
        return known[case]

    return length
