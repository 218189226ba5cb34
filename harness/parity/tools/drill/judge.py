"""What the harness says of two captures, as findings: the project's own checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from parity.check.outcome import Outcome
from parity.check.rules import Rules
from parity.check.suite import Suite
from parity.explain.settle import SettlingSuite
from parity.pipeline.artifacts import artifacts_of, known_artifacts
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact
from parity.pipeline.settings import Config
from parity.run.captures import Captures
from parity.tools.drill.fault import Finding, Staged


def suite_of(rules: Rules, captures: Mapping[tuple[str, str], Capture]) -> Suite:
    """A suite over captures in memory, by case and configuration."""
    config, pipeline = rules.config, rules.pipeline
    loaded = Captures(config, pipeline, "drill", given=config.captures, loaded=dict(captures))
    return SettlingSuite(rules, loaded)


def held(
    suite: Suite,
    case: Case,
    names: Sequence[str],
    artifacts: Iterable[Artifact],
    *,
    run: bool = True,
    pair: bool = True,
) -> list[Outcome]:
    """What the runs called ``names`` left, held against contracts, goldens and (``pair``) each other; and how they ended."""
    outcomes = [suite.run(case, name) for name in names] if run else []
    for artifact in artifacts:
        for name in names:
            outcomes += [suite.contract(case, name, artifact), suite.golden(case, name, artifact)]
        if pair:
            outcomes.append(suite.configurations(case, artifact))
    return outcomes


def findings(outcomes: Iterable[Outcome]) -> list[Finding]:
    """Everything that is wrong in ``outcomes``."""
    return [finding for outcome in outcomes if not outcome.passed for finding in _of(outcome)]


def _of(outcome: Outcome) -> Iterator[Finding]:
    where = outcome.artifact or f"{outcome.check} of {outcome.configuration}"
    expected, actual = outcome.against or "expected", outcome.configuration or "actual"
    texts = list(outcome.messages)
    if outcome.comparison is not None:
        texts += [each.text(expected=expected, actual=actual) for each in outcome.comparison.differences]
        texts += [f"{path}: compared by no schema" for path in outcome.comparison.uncompared]
    yield from (Finding(outcome.check, where, text) for text in texts)


def staged(config: Config, scene: Staged) -> list[Finding]:
    """What is found in a scene: both runs, their contracts, the pair, the second one's goldens."""
    pipeline, case = scene.pipeline, scene.case
    first, second = _with_equal_problems(scene.first, scene.second)
    both = {each.configuration: each for each in (first, second)}
    suite = suite_of(Rules(config, pipeline), {(case.name, name): each for name, each in both.items()})
    names = [second.configuration] if scene.alone else [first.configuration, second.configuration]
    outcomes = [suite.run(case, name) for name in names]
    due = artifacts_of(pipeline, case)
    for artifact in (*due, *(other for other in known_artifacts(pipeline) if other not in due)):
        having = names if artifact in due else [name for name in names if both[name].has(artifact.name)]
        if not having:
            continue  # what a run may leave, and neither did
        outcomes += [suite.contract(case, name, artifact) for name in having]
        if not scene.alone:
            outcomes.append(suite.configurations(case, artifact))
        if scene.golden:
            outcomes.append(suite.golden(case, second.configuration, artifact))
    return findings(outcomes)


def _with_equal_problems(first: Capture, second: Capture) -> tuple[Capture, Capture]:
    """Both captures, without what does not fit in both of them alike."""

    def neutral(capture: Capture) -> list[str]:
        return [re.sub(r"\d{8}_\d{6}", "<stamp>", problem) for problem in capture.problems]

    if neutral(first) == neutral(second):
        return replace(first, problems=()), replace(second, problems=())
    return first, second
