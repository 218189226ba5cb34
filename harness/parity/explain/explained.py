"""The causes of everything that a suite found differing, as a report holds them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from parity.check.outcome import Outcome
from parity.compare.difference import describe, shown
from parity.explain import proof as proving
from parity.explain.blame import Attribution, first
from parity.explain.causes import EXAMPLES, Cause, Explanation, explain, largest, leaves, would_pass
from parity.explain.findings import Comparing, Finding, gather
from parity.explain.patterns.part import Part, values
from parity.explain.transplant import READ, Proof, Transplants
from parity.paths import is_item, parent
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
#: Cases whose proof is told in full; the others look alike.
TOLD = 2

Documents = dict[tuple[Comparing, str], tuple[Any, Any]]
#: Stage → case → sentences of proof; under None those of comparisons that could not be examined.
Told = Mapping[str | None, Mapping[str, Sequence[str]]]


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
    causes = [_cause(suite, graph, each, told, examined) for each in explanation.causes]
    return {
        "causes": causes,
        "first_diverging_stage": _first(graph, attributions),
        "unexplained": {
            "total": len(explanation.remainder),
            "differences": [_example(each) for each in explanation.remainder[:LISTED]],
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


def _cause(suite: Suite, graph: Graph, cause: Cause, told: Told, examined: Mapping[Comparing, bool]) -> dict[str, Any]:
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
        "examples": [_example(each, brief=True) for each in _examples(cause.findings)],
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


def _example(finding: Finding, *, brief: bool = False) -> dict[str, Any]:
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
