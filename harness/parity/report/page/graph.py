"""The stages of a run with what differs in each: where it begins, what follows, what is the same."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parity.pipeline.stages import Graph, label

_NEVER = "unknown"


def stages(graph: Graph, report: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every stage in its order. ``number`` counts from the decoded media, which is 0; None without them.

    ``state``: ``first`` where it begins to differ, ``own`` of another stage to blame, ``follows``, ``same``, and
    ``unknown`` where the differences could not be explained or no run came to its end.
    """
    counted: dict[str | None, int] = {}
    for row in rows:
        counted[row["stage"]] = counted.get(row["stage"], 0) + 1
    first = (report["first_diverging_stage"] or {}).get("stage")
    blamed = {cause["stage"] for cause in report["causes"]}
    media = graph.of_kind("media")
    zero = graph.order(media[0]) if media else None
    judged = _is_judged(report)
    return [
        {
            "name": stage.name,
            "title": label(graph, stage.name),
            "kind": stage.kind,
            "needs": list(stage.needs),
            "number": None if zero is None else number - zero,
            "state": _state(stage.name, first, blamed, counted.get(stage.name, 0), judged),
            "differences": counted.get(stage.name, 0),
        }
        for number, stage in enumerate(graph.stages)
    ]


def _state(name: str, first: str | None, blamed: Iterable[str | None], differences: int, judged: bool) -> str:
    if name == first:
        return "first"
    if name in blamed:
        return "own"
    if differences:
        return "follows"
    return "same" if judged else _NEVER


def _is_judged(report: Mapping[str, Any]) -> bool:
    """Whether a stage without a difference is known to be the same: something was compared, and all of it explained."""
    compared = any(sum(counts.values()) for counts in report["counts"].values())
    return compared and report["explanation_failed"] is None
