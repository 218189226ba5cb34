"""What a run tells while it works: nine labelled stages, and within long ones how far they are."""

from __future__ import annotations

import itertools
from typing import Protocol

#: Label and percentage of each stage, in order. Consumers parse these lines; all runner configurations print the same.
STAGES = (
    ("scraping_metadata", 0),
    ("downloading_video", 10),
    ("running_ml_analysis", 20),
    ("building_timeline", 50),
    ("generating_temporal_markers", 60),
    ("saving_analysis", 65),
    ("running_precompute_functions", 70),
    ("generating_report", 95),
    ("completed", 100),
)
PERCENT = dict(STAGES)
_NEXT = {label: end for (label, _), (_, end) in itertools.pairwise(STAGES)}


def overall(label: str, fraction: float) -> float:
    """Percentage of the whole run when stage ``label`` is ``fraction`` (0–1) done."""
    begin = PERCENT[label]
    return begin + (_NEXT.get(label, begin) - begin) * min(max(fraction, 0.0), 1.0)


class Progress(Protocol):
    """``stage`` begins a stage, ``advance`` tells how much of it is done (0–1), ``note`` prints a line."""

    def stage(self, label: str) -> None: ...

    def advance(self, fraction: float, doing: str = "") -> None: ...

    def note(self, text: str) -> None: ...


class Silent:
    """For callers that want no progress."""

    def stage(self, label: str) -> None:
        return None

    def advance(self, fraction: float, doing: str = "") -> None:
        return None

    def note(self, text: str) -> None:
        return None
