"""A small document of a detector and what is computed from it, its schema, and the causes of two such documents."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from parity.compare.tolerance import Tolerance
from parity.compare.walk import Policy, compare
from parity.contract import compiler, registry
from parity.explain.blame import by_graph
from parity.explain.causes import Explanation, explain
from parity.explain.findings import Comparing, Finding, gather
from parity.pipeline.parts import Stage
from parity.pipeline.stages import Graph

WHERE = Comparing("golden", "clip", "local", "golden")
CLASSES = {"exact": Tolerance(0, 0, "any", "test")}

GRAPH = Graph(
    (
        Stage("frames", "media", (), (("doc", "media"),)),
        Stage("detector", "service", ("frames",), (("doc", "detections"), ("doc", "mood"))),
        Stage("metrics", "analysis", ("frames", "detector"), (("doc", "metrics"), ("copy", "")), {"metrics": ""}),
        Stage("file", "output", ("metrics",), (("doc", ""),)),
    )
)


def _number(unit: str) -> dict[str, Any]:
    return {"type": ["number", "null"], "x-parity": {"unit": unit}}


_TEXT = {"type": ["string", "null"], "x-parity": {"unit": "text"}}
SCHEMA = {
    "$id": "doc.schema.json",
    "type": "object",
    "properties": {
        "media": {"type": "object", "properties": {"frames": _TEXT}, "additionalProperties": False},
        "detections": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "t": _number("s"),
                    "end": _number("s"),
                    "score": _number("ratio"),
                    "label": _TEXT,
                    "text": _TEXT,
                    "box": {"type": "array", "items": _number("px")},
                },
                "additionalProperties": _number("any"),
            },
        },
        "mood": _TEXT,
        "metrics": {"type": "object", "additionalProperties": _number("any")},
        "note": _TEXT,
    },
    "additionalProperties": _number("any"),
}
NODE = compiler.compile_schema(registry.collect([SCHEMA]), "doc.schema.json")


def document(count: int = 12) -> dict[str, Any]:
    """Detections that differ from one another in every field."""
    return {
        "media": {"frames": "ab12"},
        "detections": [
            {
                "t": 0.5 * i,
                "end": 0.5 * i + 0.37,
                "score": 0.312345 + 0.0531 * i,
                "label": ("cup", "dog", "car")[i % 3],
                "text": f"this is the caption number {i} of the clip",
                "box": [10.0 + 3 * i, 7.5 + 2 * i, 40.25 + i, 31.125 + 5 * i],
            }
            for i in range(count)
        ],
        "mood": "calm",
        "metrics": {"density": 0.4, "peak": 2.5, "spread": 0.125},
        "note": "as it should be",
    }


def findings(expected: Any, actual: Any, where: Comparing = WHERE) -> list[Finding]:
    """What the comparison finds, in its place."""
    found = compare(expected, actual, NODE, Policy(actual_by="local", tolerances=CLASSES)).differences
    return gather(GRAPH, where, "doc", found, (expected, actual))


def causes(change: Callable[[dict[str, Any]], None], count: int = 12) -> Explanation:
    """The explanation of one changed document."""
    expected = document(count)
    actual = copy.deepcopy(expected)
    change(actual)
    found = findings(expected, actual)
    assert found, "nothing differs"
    return explain(GRAPH, by_graph(GRAPH, found), {(WHERE, "doc"): (expected, actual)})
