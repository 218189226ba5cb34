"""The causes of everything that a suite found differing, as a report holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from parity.check.outcome import Outcome
from parity.explain import proof as proving
from parity.explain.blame import Attribution, first
from parity.explain.causes import Explanation, explain
from parity.explain.findings import Comparing, Finding, gather
from parity.explain.told import Told, cause_row, example_row
from parity.explain.transplant import READ, Proof, Transplants
from parity.pipeline.capture import load
from parity.pipeline.stages import Graph, label
from parity.run.captures import REPEAT, repeats_of
from parity.verdict import ParityError

if TYPE_CHECKING:
    from parity.check.suite import Suite
    from parity.pipeline.case import Case

CHECKS = ("golden", "configurations", "repeated")
#: Findings that no cause explains, listed in a report; the others are counted.
LISTED = 50

Documents = dict[tuple[Comparing, str], tuple[Any, Any]]


def nothing(error: str | None = None) -> dict[str, Any]:
    """The explanation of a comparison in which nothing differs, or which could not be explained."""
    return {
        "causes": [],
        "first_diverging_stage": None,
        "unexplained": {"total": 0, "differences": []},
        "explanation_failed": error,
    }


def explained(
    suite: Suite, outcomes: Iterable[Outcome], cases: Sequence[Case]
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Causes, first diverging stage and remainder of the failing comparisons among ``outcomes``; and every difference.

    ``suite`` holds the captures that were compared.
    """
    graph = Graph(getattr(suite.pipeline, "stages", ()))
    groups, documents = _findings(suite, graph, outcomes, {case.name: case for case in cases})
    if not groups:
        return nothing(), []
    attributions, told, examined = _attributed(suite, graph, groups, {case.name: case for case in cases})
    explanation = explain(graph, attributions, documents)
    causes = [cause_row(suite, graph, each, told, examined) for each in explanation.causes]
    return {
        "causes": causes,
        "first_diverging_stage": _first(graph, attributions),
        "unexplained": {
            "total": len(explanation.remainder),
            "differences": [example_row(each) for each in explanation.remainder[:LISTED]],
        },
        "explanation_failed": None,
    }, _rows(explanation)


def _rows(explanation: Explanation) -> list[dict[str, Any]]:
    """Every difference with its cause (None: unexplained) and whether it is the cause's own or follows from it."""
    told: list[tuple[Finding, str | None, str | None]] = [
        (each, cause.id, "own") for cause in explanation.causes for each in cause.findings
    ]
    told += [
        (each, cause.id, "follows") for cause in explanation.causes for part in cause.follows for each in part.findings
    ]
    told += [(each, None, None) for each in explanation.remainder]
    return [
        {
            "cause": cause,
            "role": role,
            **asdict(each.where),
            "artifact": each.artifact,
            "file": each.file,
            "stage": each.stage,
            **each.difference.to_json(),
        }
        for each, cause, role in told
    ]


def _findings(
    suite: Suite, graph: Graph, outcomes: Iterable[Outcome], cases: Mapping[str, Case]
) -> tuple[dict[Comparing, list[Finding]], Documents]:
    groups: dict[Comparing, list[Finding]] = {}
    documents: Documents = {}
    for outcome in sorted(outcomes, key=lambda each: (str(each.case), str(each.artifact))):
        if outcome.check not in CHECKS or outcome.comparison is None or not outcome.comparison.differences:
            continue
        if _no_golden(outcome):
            continue
        case, artifact = cases[str(outcome.case)], suite.rules.artifacts[str(outcome.artifact)]
        where = Comparing(outcome.check, case.name, str(outcome.configuration), str(outcome.against))
        if where.check == "repeated":
            _load_repetition(suite, case)
        try:
            documents[(where, artifact.name)] = suite.sides(where.check, case, where.configuration, artifact)
        except (ParityError, KeyError, ValueError, OSError):
            documents[(where, artifact.name)] = (None, None)  # one side lacks it, which is the difference itself
        pair = documents[(where, artifact.name)]
        found = gather(graph, where, artifact.name, outcome.comparison.differences, pair, outcome.file)
        groups.setdefault(where, []).extend(found)
    return {where: found for where, found in groups.items() if found}, documents


def _load_repetition(suite: Suite, case: Case) -> None:
    """Have the repetition that was compared at hand, not a third one."""
    key = (case.name, REPEAT)
    if key not in suite.captures.loaded:
        suite.captures.loaded[key] = load(repeats_of(suite.config) / case.name / REPEAT)


def _no_golden(outcome: Outcome) -> bool:
    differences = outcome.comparison.differences if outcome.comparison else []
    return outcome.check == "golden" and [(each.path, each.kind) for each in differences] == [("", "extra")]


def _attributed(
    suite: Suite, graph: Graph, groups: Mapping[Comparing, list[Finding]], cases: Mapping[str, Case]
) -> tuple[list[Attribution], Told, dict[Comparing, bool]]:
    """Every finding with its cause's stage; the sentences of proof by stage; which comparisons a run was spent on."""
    transplants = Transplants(suite, graph)
    attributions: list[Attribution] = []
    told: dict[str | None, dict[str, list[str]]] = {}
    examined: dict[Comparing, bool] = {}
    proofs: dict[Any, Proof] = {}
    for same in _alike(suite, groups):
        where, findings = same[0], groups[same[0]]
        kind = proving.signature(findings)
        known = proofs.get(kind)
        proof = known or _proof(transplants, cases[where.case], where, findings)
        if proof is not None and known is None:
            if proof.failure is None:
                proofs[kind] = proof
            for stage, sentences in proving.innocence(graph, proof, findings).items():
                # Against the golden and against the other configuration a case proves the same thing.
                told.setdefault(stage, {}).setdefault(where.case, sentences)
        for each in same:
            examined[each] = known is None and proof is not None and proof.failure is None
            found = proving.attribute(graph, groups[each], proof)
            attributions += [(f, root, proven and known is None) for f, root, proven in found]
    return attributions, told, examined


def _alike(suite: Suite, groups: Mapping[Comparing, list[Finding]]) -> list[list[Comparing]]:
    """Comparisons with a golden in which several configurations differ in the very same way are examined once."""
    alike: dict[Any, list[Comparing]] = {}
    for where, findings in groups.items():
        content = frozenset(
            (f.artifact, f.difference.path, f.difference.kind, repr(f.difference.actual)) for f in findings
        )
        key = (where.check, where.case, content) if where.check == "golden" else where
        alike.setdefault(key, []).append(where)
    reference = suite.pipeline.reference
    return [sorted(same, key=lambda each: each.configuration != reference) for same in alike.values()]


def _proof(transplants: Transplants, case: Case, where: Comparing, findings: Sequence[Finding]) -> Proof | None:
    if where.check == "repeated" or not transplants.possible(case):
        return None
    computed = [each for each in findings if each.stage is not None]
    if not any(transplants.graph.by_name[each.stage].kind not in READ for each in computed if each.stage):
        return None  # nothing behind the data differs, so there is nothing to prove
    differing = sorted(
        {each.stage for each in computed if each.stage and transplants.graph.by_name[each.stage].kind in READ},
        key=transplants.graph.order,
    )
    try:
        return transplants.prove(case, where, differing)
    except ParityError as error:
        return Proof(where, failure=str(error))


def _first(graph: Graph, attributions: Sequence[Attribution]) -> dict[str, Any] | None:
    name = first(graph, attributions)
    if name is None:
        return None
    found = [finding for finding, root, _ in attributions if finding.stage == name == root]
    zero = graph.of_kind("media")
    return {
        "stage": name,
        "kind": graph.by_name[name].kind,
        "title": label(graph, name),
        "number": graph.order(name) - graph.order(zero[0]) if zero else None,
        "cases": sorted({each.where.case for each in found}),
    }
