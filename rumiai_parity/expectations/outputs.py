"""The parts of a run's outputs that ground truth is held against, in any of the three file forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Json = Mapping[str, Any]


def block(outputs: Mapping[str, Json], analysis: str, name: str) -> Json:
    """One of the six blocks of ``analysis``, with or without its prefix; KeyError says what there is instead."""
    document = outputs[analysis]
    # The complete form holds the blocks one level down.
    places: tuple[Mapping[str, Json], ...] = (document, document.get("parsed_response") or {})
    for place in places:
        for key, value in place.items():
            if key.endswith(name):
                return value
    raise KeyError(f"{analysis}: no block {name}; it holds {', '.join(document) or 'nothing'}")


def markers(outputs: Mapping[str, Json]) -> Json:
    """The temporal markers, which have no blocks."""
    document = outputs["temporal_markers"]
    return document.get("parsed_response") or document


def entries(unified: Json, kind: str) -> list[Json]:
    """The timeline entries of one type, in order of time."""
    return [entry for entry in unified["timeline"]["entries"] if entry["entry_type"] == kind]


def person_times(ml_data: Json) -> Iterator[float]:
    """Times (s) at which a face, a pose or a person box was found."""
    people, objects = ml_data["mediapipe"], ml_data["yolo"]
    for kind in ("faces", "poses"):
        yield from (found["timestamp"] for found in people.get(kind, []))
    yield from (o["timestamp"] for o in objects.get("objectAnnotations", []) if o["className"] == "person")


def seconds_of(label: str) -> tuple[float, float]:
    """Start and end (s) of a range label such as ``3-4s``."""
    match = re.fullmatch(r"([\d.]+)-([\d.]+)s", label)
    if match is None:
        raise ValueError(f"{label!r} is no range of seconds such as 3-4s")
    return float(match[1]), float(match[2])


def at(t: float | None) -> str:
    """A moment for people."""
    return "none" if t is None else f"{t:.3f} s"


def span(start: float, end: float) -> str:
    """A stretch of time for people."""
    return f"{start:.2f}–{end:.2f} s"


def listed(items: Iterator[str] | list[str]) -> str:
    """Items for people; ``none`` where there are none."""
    return ", ".join(items) or "none"
