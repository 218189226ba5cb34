"""What the harness says of two captures, as findings: the project's own checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from parity.check.outcome import Outcome
from parity.check.suite import Suite
from parity.explain.settle import SettlingSuite
from parity.pipeline.artifacts import artifacts_of, known_artifacts
from parity.pipeline.capture import Capture
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.captures import Captures
from parity.tools.drill.fault import Finding, Staged


def suite_of(
    config: Config, pipeline: Pipeline, captures: Mapping[tuple[str, str], Capture], *, like: Suite | None = None
) -> Suite:
    """A suite over captures in memory, by the rules of ``like`` where there is one."""
    loaded = Captures(config, pipeline, "drill", given=config.captures, loaded=dict(captures))
    return SettlingSuite.of(loaded) if like is None else SettlingSuite(like.rules, loaded)


def findings(outcomes: Iterable[Outcome]) -> list[Finding]:
    """Everything that is wrong in ``outcomes``."""
    return [finding for outcome in outcomes if not outcome.passed for finding in _of(outcome)]


def _of(outcome: Outcome) -> Iterator[Finding]:
    where = outcome.artifact or f"{outcome.check} of {outcome.configuration}"
    comparison = outcome.comparison
    for message in outcome.messages:
        yield Finding(outcome.check, where, message)
    if comparison is None:
        return
    against = outcome.against or "expected"
    for difference in comparison.differences:
        text = difference.text(expected=against, actual=outcome.configuration or "actual")
        yield Finding(outcome.check, where, text)
    for path in comparison.uncompared:
        yield Finding(outcome.check, where, f"{path}: compared by no schema")


def staged(config: Config, scene: Staged) -> list[Finding]:
    """What is found in a scene: both runs, their contracts, the pair, the second one's goldens."""
    pipeline, case = scene.pipeline, scene.case
    first, second = _with_equal_problems(scene.first, scene.second)
    suite = suite_of(config, pipeline, {(case.name, each.configuration): each for each in (first, second)})
    names = [second.configuration] if scene.alone else [first.configuration, second.configuration]
    outcomes = [suite.run(case, name) for name in names]
    due, both = artifacts_of(pipeline, case), {first.configuration: first, second.configuration: second}
    for artifact in [*due, *_beside(pipeline, due, [both[name] for name in names])]:
        held = names if artifact in due else [name for name in names if both[name].has(artifact.name)]
        outcomes += [suite.contract(case, name, artifact) for name in held]
        if not scene.alone:
            outcomes.append(suite.configurations(case, artifact))
        if scene.golden:
            outcomes.append(suite.golden(case, second.configuration, artifact))
    return findings(outcomes)


def _beside(pipeline: Pipeline, due: Sequence[Artifact], captures: Sequence[Capture]) -> list[Artifact]:
    """What a run left that none of them must leave."""
    return [a for a in known_artifacts(pipeline) if a not in due and any(capture.has(a.name) for capture in captures)]


def _with_equal_problems(first: Capture, second: Capture) -> tuple[Capture, Capture]:
    """Both captures, without what does not fit in both of them alike."""

    def neutral(capture: Capture) -> list[str]:
        return [re.sub(r"\d{8}_\d{6}", "<stamp>", problem) for problem in capture.problems]

    if neutral(first) == neutral(second):
        return replace(first, problems=()), replace(second, problems=())
    return first, second
