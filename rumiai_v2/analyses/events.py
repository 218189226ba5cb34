"""What happened in a video, as lists of events: the one reading of the unified document that every analysis uses.

Spans come from the timeline entries, per-sample detail (boxes, gaze, scores) from the services' documents.
Times are seconds from the first video frame; an event belongs to every second it is visible in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from rumiai_v2.analyses.base import Reason
from rumiai_v2.errors import AnalysisError

#: A last bin shorter than this (s) is dropped.
SHORTEST_BIN = 0.05
#: Ends are sums of sample times and distances: a span reaches into a range only by more than this (s).
SLIVER = 1e-6


@dataclass(frozen=True)
class Bin:
    """Second ``index`` of the video; ``length`` is 1 except for the last one (s)."""

    index: int
    start: float
    length: float

    @property
    def end(self) -> float:
        return self.start + self.length


def bins_of(duration: float) -> tuple[Bin, ...]:
    """The seconds 0 … ⌈D⌉−1 of a video of ``duration`` s; a last one under 0.05 s is dropped."""
    out = []
    index = 0
    while index < duration:
        length = min(1.0, duration - index)
        if length >= SHORTEST_BIN - SLIVER or index == 0:
            out.append(Bin(index, float(index), length))
        index += 1
    return tuple(out)


@dataclass(frozen=True)
class Event:
    """One thing on the timeline; ``end == start`` for an instant. ``data`` is the entry's own document."""

    kind: str
    start: float
    end: float
    data: Mapping[str, Any]

    @property
    def duration(self) -> float:
        return self.end - self.start

    @property
    def confidence(self) -> float | None:
        return self.data.get("confidence")

    def in_range(self, start: float, end: float) -> bool:
        """Is the event, or a part of it, in [start, end)?"""
        if self.duration <= SLIVER:
            return start <= self.start < end
        return min(self.end, end) - max(self.start, start) > SLIVER


@dataclass(frozen=True)
class VideoEvents:
    """All events and samples of one video.

    Events are in time order, those that start together as one reads: from top to bottom, then from left to right.
    ``cuts`` are the starts of all scenes but the first (hard cuts and centres of fades, s). ``status`` says per service
    run, not_run or failed. ``size`` is the upright frame in px, None when unknown (old recordings).
    """

    duration: float
    bins: tuple[Bin, ...]
    status: Mapping[str, str]
    size: tuple[int, int] | None
    has_audio: bool | None
    texts: tuple[Event, ...]
    stickers: tuple[Event, ...]
    speech: tuple[Event, ...]
    objects: tuple[Event, ...]
    gestures: tuple[Event, ...]
    scenes: tuple[Event, ...]
    scene_changes: tuple[Event, ...]
    expressions: tuple[Event, ...]
    ml: Mapping[str, Mapping[str, Any]]

    @classmethod
    def of(cls, unified: Mapping[str, Any]) -> VideoEvents:
        duration = unified["timeline"]["duration"]
        if not duration > 0:
            raise AnalysisError(
                f"timeline.duration of {unified['video_id']}: expected a length above 0 s, got {duration!r}; "
                "make the unified document again from the video"
            )
        processing = unified["processing_metadata"]
        media = processing.get("media") or {}
        ml = unified["ml_data"]
        by_kind: dict[str, list[Event]] = {}
        for entry in unified["timeline"]["entries"]:
            start = entry["start"]
            event = Event(entry["entry_type"], start, entry.get("end", start), entry["data"])
            by_kind.setdefault(event.kind, []).append(event)

        def events(kind: str) -> tuple[Event, ...]:
            return tuple(sorted(by_kind.get(kind, ()), key=_reading_order))

        return cls(
            duration=duration,
            bins=bins_of(duration),
            status={name: state["status"] for name, state in processing["services"].items()},
            size=(media["width"], media["height"]) if media.get("width") and media.get("height") else None,
            has_audio=media.get("has_audio"),
            texts=events("text"),
            stickers=events("sticker"),
            speech=events("speech"),
            objects=events("object"),
            gestures=events("gesture"),
            scenes=events("scene"),
            scene_changes=events("scene_change"),
            expressions=events("emotion"),
            ml=ml,
        )

    @property
    def changes(self) -> tuple[Event, ...]:
        """Scene changes inside the video; 0 and D are its ends, not changes."""
        return tuple(e for e in self.scene_changes if 0 < e.start < self.duration)

    @property
    def cuts(self) -> tuple[float, ...]:
        """Moments of change inside the video."""
        return tuple(e.start for e in self.changes)

    def samples(self, service: str, kind: str) -> list[Mapping[str, Any]]:
        """The per-sample records ``kind`` of ``service`` (``faces`` of ``mediapipe``); empty when it did not run."""
        return list(self.ml.get(service, {}).get(kind) or ())

    def unavailable(self, *services: str) -> Reason | None:
        """Why a field that needs these services cannot be computed: the first that failed or was not run, or None."""
        for service in services:
            status = self.status.get(service, "not_run")
            if status == "failed":
                return "service_failed"
            if status != "run":
                return "not_run"
        return None

    def per_bin(self, events: Iterable[Event]) -> list[list[Event]]:
        """For each second the events that are visible in it."""
        listed = list(events)
        return [[e for e in listed if e.in_range(b.start, b.end)] for b in self.bins]

    def bin_of(self, t: float) -> int | None:
        """Index of the second that instant ``t`` lies in, None outside all bins (a dropped last sliver)."""
        index = int(t)
        return index if 0 <= index < len(self.bins) else None


def _reading_order(event: Event) -> tuple[float, float, float, float, str]:
    """Nothing may depend on the order in which a service happened to list what starts together."""
    left, top = (event.data.get("bbox") or (0.0, 0.0))[:2]
    return event.start, float(top), float(left), event.end, json.dumps(event.data, sort_keys=True)
