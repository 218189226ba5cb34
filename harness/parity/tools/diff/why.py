"""The named causes of what differs between two sides, found from the documents alone: nothing is run to prove them."""

from __future__ import annotations

from typing import Any

from parity.explain.causes import Cause, explain
from parity.explain.findings import Comparing, Finding, gather
from parity.explain.patterns.part import values
from parity.explain.proof import attribute
from parity.pipeline.stages import Graph
from parity.tools.diff.pair import Pair


def causes(pair: Pair, graph: Graph) -> tuple[list[dict[str, Any]], str | None]:
    """The causes, heaviest first, and why none could be named, else None: that must not lose the comparison."""
    expected, actual = pair.labels
    where = Comparing("configurations", "", actual, expected)
    findings: list[Finding] = []
    documents = {}
    try:
        for part in pair.parts:
            # Two files of one kind may have two names; the actual side of a part is then the only document there.
            sides = tuple(_document(side, part.artifact) for side in (pair.expected, pair.actual))
            documents[where, part.artifact] = sides
            findings += gather(graph, where, part.artifact, part.comparison.differences, sides)
        explained = explain(graph, attribute(graph, findings, None), documents)
        return [_cause(each) for each in explained.causes], None
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return [], f"{type(error).__name__}: {error}"


def _document(side: Any, artifact: str) -> Any:
    return next(iter(side.documents.values()), None) if side.single else side.documents.get(artifact)


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.id,
        "kind": cause.kind,
        "stage": cause.stage,
        "title": cause.title.removeprefix("no known stage: "),
        "values": values(cause.findings),
        "differences": len(cause.everything),
        "paths": sorted({each.pattern for each in cause.findings}),
        "follows": [{"stage": each.stage, "differences": len(each.findings)} for each in cause.follows],
    }
