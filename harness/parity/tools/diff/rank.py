"""The differences of a pair in the order in which people should read them, each said once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from parity.compare.difference import Difference, shown, type_name
from parity.compare.walk import leaf_count
from parity.paths import below
from parity.pipeline.stages import Graph, canonical
from parity.reals import nearest

#: What weighs more than what, before the size counts: a document that is not there tells more than a number in one.
_GRAVITY = {
    "missing": 4,
    "extra": 4,
    "length": 4,
    "renamed": 4,
    "type": 5,
    "schema": 3,
    "value": 3,
    "order": 1,
    "moved": 1,
}
_WHOLE_DOCUMENT, _NUMBER = 6, 2


@dataclass(frozen=True)
class Finding:
    """One difference with its weight, and the places (artifact, path) where the same stands again."""

    artifact: str
    difference: Difference
    weight: float
    also: tuple[tuple[str, str], ...] = ()


def weight(difference: Difference) -> float:
    """How much a difference says, 1 to 7: its kind, and then how many leaves it holds or how far it goes."""
    if difference.path == "":
        return float(_WHOLE_DOCUMENT)
    if difference.kind == "value" and difference.magnitude is not None:
        # Of a text the magnitude is an error rate, which has a scale of its own.
        sizes = [abs(nearest(v)) for v in (difference.expected, difference.actual) if not isinstance(v, str)]
        scale = difference.allowed or max(sizes, default=1.0)
        return _NUMBER + _share(difference.magnitude / scale if scale else 0.0)
    value = difference.expected if difference.kind == "missing" else difference.actual
    leaves = 1 if difference.kind == "length" else leaf_count(value)
    return _GRAVITY[difference.kind] + _share(leaves)


def _share(size: float) -> float:
    """0 to 1, the larger ``size`` is."""
    return size / (1 + size) if size < float("inf") else 1.0


def ranked(found: Iterable[tuple[str, Difference]], graph: Graph) -> list[Finding]:
    """The differences (artifact, difference), heaviest first; what stands in several artifacts is one finding."""
    folded: dict[tuple[str, ...], list[tuple[str, Difference]]] = {}
    for artifact, difference in found:
        values = [f"{type_name(v)} {shown(v)}" for v in (difference.expected, difference.actual)]
        key = (*one_name(graph, artifact, difference.path), difference.kind, *values)
        folded.setdefault(key, []).append((artifact, difference))
    findings = []
    for same in folded.values():
        artifact, difference = min(same, key=lambda each: len(each[1].path))
        also = tuple((other, each.path) for other, each in same if each is not difference)
        findings.append(Finding(artifact, difference, weight(difference), also))
    return sorted(findings, key=lambda each: (-each.weight, each.artifact, each.difference.path))


def all_names(graph: Graph, artifact: str, path: str) -> set[str]:
    """Every path under which the value at ``path`` stands in the artifacts of its stage."""
    stage, name = graph.stage_of(artifact, path), one_name(graph, artifact, path)[1]
    aliases = stage.aliases.items() if stage else ()
    others = {f"{prefix}{'.' * (not one)}{name[len(one) :]}" for prefix, one in aliases if below(name, one)}
    return {path, name, *others}


def one_name(graph: Graph, artifact: str, path: str) -> tuple[str, str]:
    """The stage that makes what stands at ``path``, and the one name of that value in all artifacts."""
    stage = graph.stage_of(artifact, path)
    return (artifact, path) if stage is None or path == "" else (stage.name, canonical(stage, path))
