"""Causes and differences as they stand in a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from parity.compare.difference import describe, shown
from parity.explain.causes import EXAMPLES, Cause, largest, leaves, would_pass
from parity.explain.findings import Comparing, Finding
from parity.explain.patterns.part import Part, values
from parity.explain.transplant import READ
from parity.paths import is_item, parent
from parity.pipeline.stages import Graph
from parity.run.captures import REPEAT, repeats_of

if TYPE_CHECKING:
    from parity.check.suite import Suite

#: Cases whose proof is told in full; the others look alike.
TOLD = 2


#: Stage → case → sentences of proof; under None those of comparisons that could not be examined.
Told = Mapping[str | None, Mapping[str, Sequence[str]]]


def cause_row(
    suite: Suite, graph: Graph, cause: Cause, told: Told, examined: Mapping[Comparing, bool]
) -> dict[str, Any]:
    """A cause as it stands in a report; ``told``: sentences of proof; ``examined``: on which comparisons a run was spent."""
    everything, mine = cause.everything, {each.where for each in cause.findings}
    sentences = _short_of(told.get(cause.stage, {}))
    alike = {each.case for each in mine if not examined.get(each, False)} - {
        each.case for each in mine if examined.get(each, False)
    }
    if sentences and alike:
        sentences.append(f"not run, for they differ in the same stages: {', '.join(sorted(alike))}")
    if not sentences:
        sentences = _short_of(told.get(None, {})) or [_unproven(suite, graph, cause)]
    worst = largest(cause.findings)
    return {
        "id": cause.id,
        "title": cause.title,
        "kind": cause.kind,
        "stage": cause.stage,
        "cases": sorted({each.where.case for each in everything}),
        "comparisons": _comparisons(everything),
        "paths": sorted({each.pattern for each in cause.findings}),
        "artifacts": sorted({each.artifact for each in cause.findings}),
        "values": values(cause.findings),
        "differences": len(everything),
        "leaves": cause.weight,
        "largest": _largest(worst) if worst else None,
        "would_pass": would_pass(cause.findings),
        "parts": [_part(part) for part in cause.parts],
        "proven": bool(told.get(cause.stage)),
        "proof": [*cause.proof, *sentences],
        "follows": [
            {
                "stage": follow.stage,
                "differences": len(follow.findings),
                "artifacts": sorted({each.artifact for each in follow.findings}),
                "proven": follow.proven,
            }
            for follow in cause.follows
        ],
        "examples": [example_row(each, brief=True) for each in _examples(cause.findings)],
        "next": _next(suite, cause),
    }


def _short_of(sentences: Mapping[str, Sequence[str]]) -> list[str]:
    """So many cases told in full, and how many more there are."""
    kept = [sentence for case in list(sentences)[:TOLD] for sentence in sentences[case]]
    more = len(sentences) - TOLD
    return [*kept, *([f"the same in {more} more case{'s' * (more > 1)}"] if more > 0 else [])]


def _unproven(suite: Suite, graph: Graph, cause: Cause) -> str:
    if {each.where.check for each in cause.findings} == {"repeated"}:
        return _not_repeated(suite, cause.findings[0].where)
    stage = graph.by_name.get(cause.stage or "")
    if stage is not None and stage.kind in READ and not cause.follows:
        return "nothing behind it differs"
    return "not proven by a run: found by the order of the stages"


def _not_repeated(suite: Suite, where: Comparing) -> str:
    """Why a repetition may differ: a saved run (``--from``) is repeated by the code of today, whatever made it."""
    run, again = (suite.captures.loaded[where.case, name] for name in (where.against, where.configuration))
    if run.run_id == again.run_id:
        return "the same program on the same recording gave another result: it is not repeatable"
    return (
        "repeated now from what it recorded, the saved run gives another result: it was edited or made by other code, "
        "or the program is not repeatable"
    )


def _comparisons(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    counted: dict[tuple[str, str, str], int] = {}
    for each in findings:
        key = (each.where.check, each.where.configuration, each.where.against)
        counted[key] = counted.get(key, 0) + 1
    names = ("check", "configuration", "against")
    return [{**dict(zip(names, key, strict=True)), "differences": n} for key, n in sorted(counted.items())]


def _largest(finding: Finding) -> dict[str, Any]:
    difference = finding.difference
    return {
        "magnitude": difference.magnitude,
        "unit": difference.unit,
        "allowed": difference.allowed,
        "case": finding.where.case,
        "artifact": finding.artifact,
        "path": difference.path,
    }


def _part(part: Part) -> dict[str, Any]:
    return {
        "kind": part.kind,
        "title": part.title,
        "paths": list(part.patterns),
        "differences": len(part.findings),
        "leaves": sum(leaves(each.difference) for each in part.findings),
    }


def _examples(findings: Iterable[Finding]) -> list[Finding]:
    """One of each pattern before a second of any; of a value that stands in several files, the plainest place."""
    findings = sorted(findings, key=lambda each: (each.where.case, len(each.difference.path)))
    seen: dict[str, Finding] = {}
    for each in findings:
        seen.setdefault(each.pattern, each)
    first_of = list(seen.values())
    known = {(each.where.case, each.place) for each in first_of}
    others = {(each.where.case, each.place): each for each in findings if (each.where.case, each.place) not in known}
    return [*first_of, *others.values()][:EXAMPLES]


def example_row(finding: Finding, *, brief: bool = False) -> dict[str, Any]:
    """``brief``: without distances, which the cause tells of the largest of its differences."""
    where, difference = finding.where, finding.difference.to_json()
    if brief and difference["magnitude"] is not None:
        difference |= {"magnitude": None, "would_pass": None, "note": ""}
    return {
        "check": where.check,
        "case": where.case,
        "configuration": where.configuration,
        "against": where.against,
        "artifact": finding.artifact,
        "file": finding.file,
        "path": finding.difference.path,
        "expected": shown(finding.difference.expected),
        "actual": shown(finding.difference.actual),
        "text": describe(difference, expected=where.against, actual=where.configuration),
    }


def _next(suite: Suite, cause: Cause) -> str:
    """How to look at it more closely: its first case, its field."""
    finding = next((each for each in cause.findings if each.difference.path), cause.findings[0])
    where, config = finding.where, suite.config

    def run_of(configuration: str) -> str:
        # A repetition is made anew also for saved captures, and never beside them.
        made = repeats_of(config) if configuration == REPEAT else suite.captures.folder
        return config.relative(made / where.case / configuration)

    expected = config.relative(config.snapshots / where.case) if where.check == "golden" else run_of(where.against)
    field = finding.difference.path.rpartition("(json)")[2]
    last = parent(field.removesuffix("]").rpartition("[")[0] if is_item(field) else field)[1].lstrip(".")
    only = f" --field '*{last}'" if last and not last.startswith("[") else ""
    return f"parity diff {expected} {run_of(where.configuration)}{only}"
