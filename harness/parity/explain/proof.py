"""Which stage is to blame for each difference, by what the runs on transplanted recordings show, in sentences."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from parity.explain.blame import Attribution, by_graph
from parity.explain.findings import Comparing, Finding
from parity.explain.transplant import READ, Proof
from parity.pipeline.stages import Graph, label


def attribute(graph: Graph, findings: Sequence[Finding], proof: Proof | None) -> list[Attribution]:
    """Each finding with the stage that caused it; by the stage graph alone where there is no proof."""
    guessed = by_graph(graph, findings)
    if proof is None or proof.failure is not None:
        return guessed
    sources = [each for each in graph.of_kind(*READ) if each in {finding.stage for finding in findings}]
    guilty = _guilty(graph, proof)
    return [_of(graph, *each, proof=proof, sources=sources, guilty=guilty) for each in guessed]


def _guilty(graph: Graph, proof: Proof) -> Mapping[str, str]:
    """Computed stage that still differs with equal data → the first such stage it reads from, or itself."""
    own = set(proof.own.exact)
    return {name: min((up for up in graph.upstream(name) if up in own), key=graph.order, default=name) for name in own}


def _of(
    graph: Graph,
    finding: Finding,
    guess: str | None,
    _: bool,
    *,
    proof: Proof,
    sources: Sequence[str],
    guilty: Mapping[str, str],
) -> Attribution:
    stage = graph.by_name.get(finding.stage or "")
    if stage is None or stage.kind in READ:
        return finding, guess, False  # only the models themselves could prove more
    if proof.own.has(stage.name, finding.place) or (not sources and stage.name in guilty):
        root = guilty[stage.name]
        return finding, root, root == stage.name
    effects = [name for name in sources if name in proof.effects and proof.effects[name].has(stage.name, finding.place)]
    effects = effects or [name for name in sources if name in proof.effects and stage.name in proof.effects[name].exact]
    if effects:
        return finding, effects[0], True
    if stage.kind == "output":
        return finding, guess, False
    if stage.name in guilty and not sources:
        return finding, guilty[stage.name], False
    return finding, (sources[0] if sources else guess), False


def innocence(graph: Graph, proof: Proof, findings: Sequence[Finding]) -> dict[str | None, list[str]]:
    """Sentences by the stage whose cause they belong to; the key None holds those for every cause."""
    where, told = proof.where, {}
    if proof.failure is not None:
        return {None: [f"not proven: {proof.failure.splitlines()[0]}"]}
    sources = [each for each in graph.of_kind(*READ) if each in {finding.stage for finding in findings}]
    guilty = [name for name, root in _guilty(graph, proof).items() if root == name]
    total, same = len(proof.artifacts), len(proof.reproduced)
    fed = f"fed with {_possessive(where.against)} data, {where.configuration}'s code"
    code = "the analysis code" if graph.of_kind("analysis") else "the code behind it"
    if same == total:
        clean = f"{code} is innocent: {fed} reproduces {same} of {total} artifacts exactly"
    elif not guilty:
        clean = (
            f"{code} is innocent within what is allowed: {fed} reproduces {same} of {total} artifacts exactly and the "
            "others within tolerance"
        )
    else:
        names = " and ".join(label(graph, name) for name in sorted(guilty, key=graph.order))
        clean = f"{fed} reproduces {same} of {total} artifacts exactly; what it does not is {names}, a cause of its own"
    for name in sources:
        told[name] = [clean, *_effect(graph, proof, name)]
    for name in guilty:
        told[name] = [_guilt(graph, proof, name, sources)]
        after = [each for each, root in _guilty(graph, proof).items() if root == name and each != name]
        if after:
            listed = ", ".join(label(graph, each) for each in sorted(after, key=graph.order))
            told[name].append(f"{listed} read from it in the same run, so their own part cannot be told apart")
    return {name: [f"{each} ({where.case})" for each in sentences] for name, sentences in told.items()}


def _effect(graph: Graph, proof: Proof, name: str) -> list[str]:
    if name not in proof.effects:
        return []
    changed = [each for each in sorted(proof.effects[name].exact, key=graph.order) if _kind(graph, each) not in READ]
    if not changed:
        return [f"the reverse, only {label(graph, name)} of {proof.where.configuration}: nothing behind it changes"]
    listed = ", ".join(label(graph, each) for each in changed)
    return [f"the reverse, only {label(graph, name)} of {proof.where.configuration}: changes {listed}"]


def _guilt(graph: Graph, proof: Proof, name: str, sources: Sequence[str]) -> str:
    files = [each for each in proof.artifacts if each not in proof.reproduced]
    ours = [each for each in files if any(artifact == each for artifact, _ in graph.by_name[name].places)]
    services = "the services are innocent" if graph.of_kind("service") else "its inputs are innocent"
    innocent = f"{services} of this: " if sources else f"{services}: what it reads is equal, and "
    return (
        f"{innocent}fed with {_possessive(proof.where.against)} data it still differs ({', '.join(ours) or name}); "
        f"{len(proof.reproduced)} of {len(proof.artifacts)} artifacts are reproduced exactly"
    )


def _kind(graph: Graph, name: str) -> str:
    return graph.by_name[name].kind


def _possessive(name: str) -> str:
    return f"the {name}'s" if name == "golden" else f"{name}'s"


def signature(findings: Iterable[Finding]) -> tuple[str, str, frozenset[str | None]]:
    """What makes two cases alike, so that a proof for one speaks for the other: comparison and differing stages."""
    findings = list(findings)
    where: Comparing = findings[0].where
    return where.check, where.configuration, frozenset(each.stage for each in findings)
