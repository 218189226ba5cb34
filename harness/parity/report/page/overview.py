"""What the page shows of a whole comparison: the stages with what differs in each, and every comparison as a cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from parity.pipeline.stages import Graph, label
from parity.report.build import COUNTS
from parity.report.words import comparison
from parity.verdict import Verdict, decide

#: Whether a document keeps its schema is a column of its own only where some document does not.
_SHOWN = ("golden", "configurations", "repeated")


def stages(graph: Graph, report: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every stage in its order. ``number`` counts from the decoded media, which is 0; None without them.

    ``state``: ``first`` where it begins to differ, ``own`` of another stage to blame, ``follows``, ``same``, and
    ``unknown`` where the differences could not be explained or no run came to its end.
    """
    counted = Counter(row["stage"] for row in rows)
    first = (report["first_diverging_stage"] or {}).get("stage")
    blamed = {cause["stage"] for cause in report["causes"]}
    media = graph.of_kind("media")
    zero = graph.order(media[0]) if media else None
    # Where something was compared and all of it explained, a stage without a difference is known to be the same.
    compared = any(sum(counts.values()) for counts in report["counts"].values())
    judged = compared and report["explanation_failed"] is None
    return [
        {
            "name": stage.name,
            "title": label(graph, stage.name),
            "kind": stage.kind,
            "needs": list(stage.needs),
            "number": None if zero is None else number - zero,
            "state": _state(stage.name, first, blamed, counted[stage.name], judged),
            "differences": counted[stage.name],
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
    return "same" if judged else "unknown"


def matrix(report: Mapping[str, Any]) -> dict[str, Any]:
    """Columns, cases, artifacts, and one cell for each comparison that was made.

    A cell is [case, artifact, column, state, and the leaves by how they were compared]; the first three are indices.
    """
    results = [each for each in report["results"] if each["case"] and each["artifact"] and _is_shown(each)]
    columns = {_id(each): each for each in sorted(results, key=_order)}
    artifacts = [name for name in report["artifacts"] if any(each["artifact"] == name for each in results)]
    numbers = {
        "case": {name: number for number, name in enumerate(report["cases"])},
        "artifact": {name: number for number, name in enumerate(artifacts)},
        "column": {name: number for number, name in enumerate(columns)},
    }
    cells = [
        [
            numbers["case"][each["case"]],
            numbers["artifact"][each["artifact"]],
            numbers["column"][_id(each)],
            decide(Verdict[name.upper()] for name in each["verdicts"]).label,
            *(each["counts"][name] for name in COUNTS),
        ]
        for each in results
        if each["case"] in numbers["case"] and each["artifact"] in numbers["artifact"]
    ]
    return {
        "columns": [
            {"id": name, "title": _title(each), **{key: each[key] for key in ("check", "configuration", "against")}}
            for name, each in columns.items()
        ],
        "cases": list(report["cases"]),
        "artifacts": artifacts,
        "cells": sorted(cells, key=lambda cell: cell[:3]),
    }


def _is_shown(result: Mapping[str, Any]) -> bool:
    return result["check"] in _SHOWN or (result["check"] == "contract" and result["verdicts"] != ["parity"])


def _order(result: Mapping[str, Any]) -> tuple[int, str]:
    return (*_SHOWN, "contract").index(result["check"]), _id(result)


def _title(result: Mapping[str, Any]) -> str:
    if result["check"] == "contract":
        return f"{result['configuration']}, schema"
    return comparison(result)


def _id(result: Mapping[str, Any]) -> str:
    return f"{result['check']} {_title(result)}"
