"""What follows from flips: downstream differences that noise in the detections explains, proven by a run."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from parity.check.keys import Key
from parity.check.outcome import Outcome, judge
from parity.check.suite import Suite
from parity.compare.difference import Comparison, Difference
from parity.explain.findings import Comparing
from parity.explain.transplant import READ, Transplants
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact
from parity.pipeline.stages import Graph, canonical

#: Runs that one suite may spend on this; a comparison with tolerances needs one per case and configuration.
RUNS = 64


@dataclass
class SettlingSuite(Suite):
    """A suite in which differences that a run proves to follow from flips and tolerated differences count as these."""

    def settle(self, case: Case, artifact: Artifact, outcome: Outcome) -> Outcome:
        return settle(self, case, artifact, outcome)

    @cached_property
    def transplants(self) -> Transplants:
        """Runs on transplanted recordings."""
        return Transplants(self, Graph(self.pipeline.stages), RUNS)


def settle(suite: SettlingSuite, case: Case, artifact: Artifact, outcome: Outcome) -> Outcome:
    """``outcome``, in which differences that follow from flips and tolerated differences count as flips.

    That is so when the data that a run reads differ by flips or within tolerance only, and the candidate's code, fed with
    the expected side's data, reproduces the expected outputs exactly. In doubt a difference stays a difference.
    """
    comparison = outcome.comparison
    if comparison is None or not comparison.differences or any(d.kind == "schema" for d in comparison.differences):
        return outcome
    graph = Graph(suite.pipeline.stages)
    if any(not _computed(graph, artifact.name, each) for each in comparison.differences):
        return outcome
    where = Comparing(outcome.check, case.name, str(outcome.configuration), str(outcome.against))
    if suite.policy(where.check, case, where.configuration, artifact).tolerances is None:
        return outcome
    if not _noise_above(suite, case, where, graph):
        return outcome
    runs = suite.transplants
    base = runs.run(case, where, frozenset()) if runs.possible(case) else None
    if not isinstance(base, Capture):
        return outcome
    if not _follows(suite, case, where, artifact, comparison.differences, runs, base):
        return outcome
    settled = replace(
        comparison,
        differences=[],
        differing=0,
        flipped=comparison.flipped + comparison.differing,
    )
    followed = [each.to_json() for each in comparison.differences]
    return replace(
        outcome, comparison=settled, verdicts=judge(settled), data={**outcome.data, "follows_from_flips": followed}
    )


def _computed(graph: Graph, artifact: str, difference: Difference) -> bool:
    stage = graph.stage_of(artifact, difference.path)
    return stage is not None and stage.kind not in READ and bool(difference.path)


def _recorded(suite: Suite, case: Case, where: Comparing) -> Comparison | None:
    """What the comparison found in the recording, before anything was settled."""
    pipeline = suite.pipeline
    artifact = next((each for each in pipeline.artifacts if each.name == getattr(pipeline, "recording", None)), None)
    return _found(suite, case, where, artifact) if artifact is not None else None


def _found(suite: Suite, case: Case, where: Comparing, artifact: Artifact) -> Comparison | None:
    key = Key(where.check, case.name, where.configuration, artifact.name)
    if key not in suite.compared:
        suite.outcome(key, case)
    return suite.compared[key].comparison if key in suite.compared else None


def _noise_above(suite: Suite, case: Case, where: Comparing, graph: Graph) -> bool:
    """Whether the data that a run reads differ, but by nothing that counts."""
    recorded = _recorded(suite, case, where)
    if recorded is None or not (recorded.flips or recorded.within_tolerance):
        return False
    name = suite.pipeline.recording
    return all(_computed(graph, name, each) for each in recorded.differences)


def _follows(
    suite: Suite,
    case: Case,
    where: Comparing,
    artifact: Artifact,
    differences: list[Difference],
    runs: Transplants,
    base: Capture,
) -> bool:
    """Whether the fed run comes out exactly as expected there."""
    if artifact.name in suite.pipeline.repeatable:
        return not runs.differences(case, where, artifact, base, exact=True)
    # An artifact that a repeated run makes anew cannot be held against it; what it repeats of one that can, may follow.
    known: set[tuple[str | None, str, str]] = set()
    for other in suite.pipeline.artifacts:
        if other.name in suite.pipeline.repeatable:
            found = _found(suite, case, where, other)
            if found is not None and not runs.differences(case, where, other, base, exact=True):
                known |= {_value(runs.graph, other.name, each) for each in found.differences}
    return all(_value(runs.graph, artifact.name, each) in known for each in differences)


def _value(graph: Graph, artifact: str, difference: Difference) -> tuple[str | None, str, str]:
    stage = graph.stage_of(artifact, difference.path)
    values: list[Any] = [difference.expected, difference.actual]
    return stage.name if stage else None, canonical(stage, difference.path), json.dumps(values, sort_keys=True)
