"""Few named causes out of many differences; every difference belongs to exactly one cause or to the remainder."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.compare.difference import Difference
from parity.compare.walk import leaf_count
from parity.english import many
from parity.explain.blame import Attribution, first
from parity.explain.findings import Finding
from parity.explain.patterns.fold import fold
from parity.explain.patterns.part import Documents, Part, named, values
from parity.files import encoded
from parity.pipeline.stages import Graph, label

#: Examples of a cause in a report; the differences themselves stand in the results.
EXAMPLES = 3
#: Stages whose fields are measured one by one; the fields of the others are computed from one another.
_RAW = frozenset({"source", "media", "service"})


@dataclass(frozen=True)
class Follow:
    """Findings of a later stage that a cause leads to; ``proven``: by a run, not by the stage graph alone."""

    stage: str
    findings: tuple[Finding, ...]
    proven: bool


@dataclass(frozen=True)
class Cause:
    """One thing that broke: its own findings folded into ``parts``, and what follows from it."""

    id: str
    kind: str
    stage: str | None
    title: str
    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]
    follows: tuple[Follow, ...]
    proof: tuple[str, ...] = ()
    proven: bool = False

    @property
    def everything(self) -> tuple[Finding, ...]:
        """Its own findings and those that follow from it."""
        return (*self.findings, *(each for follow in self.follows for each in follow.findings))

    @property
    def weight(self) -> int:
        """How many leaves it explains."""
        return sum(leaves(each.difference) for each in self.everything)


@dataclass(frozen=True)
class Explanation:
    """All causes, those of the first diverging stage before the others, heaviest first; and what none explains."""

    causes: tuple[Cause, ...]
    remainder: tuple[Finding, ...]


def leaves(difference: Difference) -> int:
    """Leaves inside one difference."""
    one_sided = {"missing": difference.expected, "extra": difference.actual}
    return max(1, leaf_count(one_sided[difference.kind])) if difference.kind in one_sided else 1


def explain(graph: Graph, attributions: Iterable[Attribution], documents: Documents) -> Explanation:
    """Fold attributed findings: own ones into causes by stage, the others under the causes that they follow from."""
    attributions = list(attributions)
    own: dict[str | None, list[Finding]] = defaultdict(list)
    led: dict[str | None, list[tuple[Finding, bool]]] = defaultdict(list)
    for finding, root, proven in attributions:
        if root == finding.stage:
            own[root].append(finding)
        else:
            led[root].append((finding, proven))
    for root in [each for each in led if each not in own]:
        # Nothing of the stage itself is known to differ, so nothing can follow from it: they stand for themselves.
        for finding, _ in led.pop(root):
            own[finding.stage].append(finding)
    causes: list[Cause] = []
    remainder: list[Finding] = []
    for stage in sorted(own, key=graph.order):
        made, left = _causes_of(graph, stage, own[stage], documents)
        remainder += left
        if made and stage in led:
            made[0] = _with_follows(made[0], graph, led[stage])
        elif stage in led:
            remainder += [finding for finding, _ in led[stage]]
        causes += made
    begun = first(graph, attributions)
    return Explanation(tuple(sorted(causes, key=lambda each: (each.stage != begun, -each.weight))), tuple(remainder))


def _with_follows(cause: Cause, graph: Graph, led: Sequence[tuple[Finding, bool]]) -> Cause:
    groups: dict[tuple[int, str, bool], list[Finding]] = defaultdict(list)
    for finding, proven in led:
        groups[(graph.order(finding.stage), str(finding.stage), proven)].append(finding)
    follows = tuple(Follow(stage, tuple(found), proven) for (_, stage, proven), found in sorted(groups.items()))
    return Cause(cause.id, cause.kind, cause.stage, cause.title, cause.parts, cause.findings, follows)


def _causes_of(
    graph: Graph, stage: str | None, findings: list[Finding], documents: Documents
) -> tuple[list[Cause], list[Finding]]:
    """The causes of one stage, heaviest first, and what is left over.

    In measured data each regular pattern is a cause of its own, for its fields do not depend on one another. Everything
    that is computed in one stage is one cause: which of its fields broke first, the numbers cannot tell.
    """
    parts, left = fold(findings, documents)
    known = graph.by_name.get(stage or "")
    if known is None:
        return [_cause(graph, stage, [part], ()) for part in parts], left
    regular = [part for part in parts if part.regular]
    if known.kind not in _RAW or len(regular) <= 1:
        return ([_cause(graph, stage, parts, tuple(left))] if findings else []), []
    rest = [part for part in parts if not part.regular]
    causes = [_cause(graph, stage, [part], ()) for part in regular]
    if rest or left:
        causes.append(_cause(graph, stage, rest, tuple(left)))
    return sorted(causes, key=lambda each: -each.weight), []


def _cause(graph: Graph, stage: str | None, parts: list[Part], left: tuple[Finding, ...]) -> Cause:
    """A cause of these parts; its heaviest names it."""
    parts = sorted(parts, key=lambda part: (not part.regular, -values(part.findings)))
    main = parts[0] if parts else None
    kind = main.kind if main else "values"
    patterns = main.patterns if main else tuple(sorted({each.pattern for each in left}))
    findings = (*(each for part in parts for each in part.findings), *left)
    rest = values(findings) - (values(main.findings) if main else 0)
    if main is not None:
        title = main.title + (f"; beside it {many(rest, 'other value')}" if rest else "")
    elif len(left) and values(left) == 1:
        title = f"{named(patterns[0])} differs"
    else:
        title = f"{many(values(left), 'single value')}: {', '.join(map(named, patterns[:2]))}{', …' if len(patterns) > 2 else ''}"
    proof = tuple(dict.fromkeys(sentence for part in parts for sentence in part.proof))
    return Cause(
        fingerprint(kind, stage, patterns),
        kind,
        stage,
        f"{label(graph, stage)}: {title}",
        tuple(parts),
        findings,
        (),
        proof,
    )


def fingerprint(kind: str, stage: str | None, patterns: Iterable[str]) -> str:
    """The name of a cause that survives other values: its stage, its kind, and a hash of its places."""
    text = "\n".join([kind, str(stage), *sorted(patterns)])
    digest = hashlib.sha256(encoded(text)).hexdigest()[:8]
    return f"{(stage or 'unknown').replace(' ', '_')}-{kind}-{digest}"


def largest(findings: Iterable[Finding]) -> Finding | None:
    """The finding that exceeds what is allowed by the most; None where none is a number or a text distance."""
    measured = [each for each in findings if each.difference.magnitude is not None]

    def excess(each: Finding) -> tuple[float, float]:
        magnitude, allowed = float(each.difference.magnitude or 0), float(each.difference.allowed or 0)
        return magnitude / allowed if allowed else float("inf"), magnitude

    return max(measured, key=excess, default=None)


def would_pass(findings: Sequence[Finding]) -> Mapping[str, Any] | None:
    """The smallest absolute tolerance with which every finding would pass, by unit; None when none would."""
    if not findings or any(each.difference.would_pass is None for each in findings):
        return None
    units = {each.difference.unit or "" for each in findings}
    return {
        unit: max(float(each.difference.would_pass or 0) for each in findings if (each.difference.unit or "") == unit)
        for unit in sorted(units)
    }
