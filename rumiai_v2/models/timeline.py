"""The unified timeline: what happened when, from all services, in time order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class TimelineEntry:
    """One event. ``start`` and ``end`` are seconds from the first video frame; ``end`` is None for an instant."""

    start: float
    entry_type: str
    data: dict[str, Any]
    end: float | None = None

    @property
    def until(self) -> float:
        """End of the event, its start for an instant (s)."""
        return self.start if self.end is None else self.end

    def to_dict(self) -> dict[str, Any]:
        out: dict[str, Any] = {"start": self.start, "entry_type": self.entry_type, "data": self.data}
        if self.end is not None:
            out["end"] = self.end
        return out


@dataclass(frozen=True)
class Timeline:
    """All entries of one video, by start; entries with equal starts keep the order they were given in.

    ``duration`` is the measured duration D in seconds. Starts and ends are clamped to [0, D].
    """

    video_id: str
    duration: float
    entries: tuple[TimelineEntry, ...] = field(default=())

    @classmethod
    def build(cls, video_id: str, duration: float, entries: Iterable[TimelineEntry]) -> Timeline:
        def clamp(t: float) -> float:
            return min(max(t, 0.0), duration)

        clamped = (
            TimelineEntry(clamp(e.start), e.entry_type, e.data, None if e.end is None else clamp(e.end))
            for e in entries
        )
        return cls(video_id, duration, tuple(sorted(clamped, key=lambda e: e.start)))

    def of(self, *entry_types: str) -> Iterator[TimelineEntry]:
        """Entries of the given types, in time order."""
        return (e for e in self.entries if e.entry_type in entry_types)

    def to_dict(self) -> dict[str, Any]:
        return {
            "video_id": self.video_id,
            "duration": self.duration,
            "entry_count": len(self.entries),
            "entries": [e.to_dict() for e in self.entries],
        }
