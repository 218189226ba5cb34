"""Where two runs part: the stage that differs though everything it reads is equal."""

from __future__ import annotations

from collections.abc import Iterable

from parity.explain.findings import Finding
from parity.pipeline.stages import Graph

#: A finding, and why it stands where it does: (stage that caused it, whether a run has proven that).
Attribution = tuple[Finding, str | None, bool]


def by_graph(graph: Graph, findings: Iterable[Finding]) -> list[Attribution]:
    """Attribution without a run: a stage whose inputs differ follows from the first of them that differs."""
    findings = list(findings)
    differing = {each.stage for each in findings if each.stage is not None}
    absent = {each.stage for each in findings if each.stage is not None and _is_absent(each)}
    roots: dict[str | None, str] = {}
    for name in differing:
        # Of what is left of the outputs, only lines and names of files follow from something: from missing files.
        is_output = graph.by_name[name].kind == "output"
        above = absent - {name} if is_output else differing.intersection(graph.upstream(name))
        roots[name] = min(above, key=graph.order, default=name)
    own = {id(each) for each in findings if _stands_for_itself(graph, each)}
    return [(each, each.stage if id(each) in own else roots.get(each.stage, each.stage), False) for each in findings]


def _is_absent(finding: Finding) -> bool:
    """Whether one side has no such file."""
    return not finding.difference.path and finding.difference.kind in ("missing", "extra")


def _stands_for_itself(graph: Graph, finding: Finding) -> bool:
    """Whether a finding follows from nothing: a file that cannot be read, or an output that is not there."""
    if finding.difference.is_unreadable:
        return True
    return _is_absent(finding) and finding.stage in graph.of_kind("output")


def first(graph: Graph, attributions: Iterable[Attribution]) -> str | None:
    """The earliest stage with a difference of its own; None when no stage is known."""
    own = {each.stage for each, root, _ in attributions if each.stage is not None and root == each.stage}
    return min(own, key=graph.order, default=None)
