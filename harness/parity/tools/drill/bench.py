"""Where captures are judged by the project's own checks, in this process: scenes, and mutations of a pair that is at parity."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from parity.check.outcome import Outcome
from parity.check.rules import Rules
from parity.check.suite import Suite
from parity.explain.settle import SettlingSuite
from parity.paths import below
from parity.pipeline.artifacts import artifacts_of, failing, known_artifacts
from parity.pipeline.capture import Capture, load
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.captures import Captures
from parity.tools.drill.edits import is_ignored
from parity.tools.drill.fault import Finding, Rehearsal, Staged
from parity.tools.drill.mutate import Mutation, Target
from parity.tools.drill.places import places
from parity.tools.drill.results import SCRATCH
from parity.tools.drill.sizes import Scale


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


@dataclass(frozen=True)
class Bench:
    """The captures of some cases, below ``saved``; the second configuration is the one that is mutated."""

    rules: Rules
    cases: Sequence[Case]
    saved: Path
    rehearsal: Rehearsal

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline that is drilled."""
        return self.rules.pipeline

    @cached_property
    def captures(self) -> dict[tuple[str, str], Capture]:
        """By case and configuration."""
        names = self.pipeline.configurations[:2]
        return {(case.name, name): load(self.saved / case.name / name) for case in self.cases for name in names}

    def capture(self, case: str) -> Capture:
        """The capture of the side that is mutated."""
        return self.captures[case, self.pipeline.configurations[1]]

    def artifacts(self, case: Case) -> tuple[Artifact, ...]:
        return artifacts_of(self.pipeline, case)

    def scale(self, case: Case) -> Scale:
        """What sizes depend on; of a case whose runs fail nothing is known, and nothing is that large."""
        if failing(self.pipeline, case) is not None:
            return Scale(1 / 30, 360)
        document = self.capture(case.name).document(self.pipeline.recording)
        return Scale(self.rehearsal.frame_seconds(document), min(self.rehearsal.frame_pixels(document)))

    def judge(
        self, case: Case, captures: Sequence[Capture], artifacts: Sequence[Artifact], *, run: bool
    ) -> list[Outcome]:
        """Contract, pair and golden of ``artifacts`` with ``captures`` in place of their own; the run itself if asked."""
        pair = {key: capture for key, capture in self.captures.items() if key[0] == case.name}
        pair |= {(case.name, each.configuration): each for each in captures}
        names = [each.configuration for each in captures] or self.pipeline.configurations[:2]
        return held(suite_of(self.rules, pair), case, names, artifacts, run=run)

    def concerned(self, case: Case, artifact: str) -> list[Artifact]:
        """The artifact called so, and those that repeat it."""
        return [a for a in self.artifacts(case) if a.name == artifact or artifact in a.repeats.values()]

    def targets(self, case: Case, *, without: set[str]) -> Iterator[Target]:
        """Every place of the case's artifacts, but those in ``without``, which are not at parity as they are."""
        capture, scale = self.capture(case.name), self.scale(case)
        for artifact in self.artifacts(case):
            if artifact.name in without or not capture.has(artifact.name):
                continue
            document = capture.document(artifact.name)
            repeated = tuple(f"{name}{step}" for name in artifact.repeats for step in ".[")
            declared = [entry.matcher for entry in self.rules.declared_for(case, artifact.name)]
            for place in places(document, self.rules.node(artifact)):
                if place.path.startswith(repeated):
                    continue  # it is mutated in the artifact that it repeats
                told = any(matcher.fullmatch(place.path) for matcher in declared)
                ignored = is_ignored(place.node) or told
                in_golden = not ignored and place.node.rule.environment is None
                yield Target(case.name, artifact.name, place, document, scale, ignored, in_golden)


def with_document(capture: Capture, artifact: str, document: Any) -> AbstractContextManager[Capture]:
    """``capture`` with ``document`` as one of its files."""
    return with_text(capture, artifact, json.dumps(document, ensure_ascii=False))


@contextmanager
def with_text(capture: Capture, artifact: str, text: str) -> Iterator[Capture]:
    """``capture`` with ``text`` as the content of one of its files; the others stay as parsed."""
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as folder:
        file = Path(folder) / "document.json"
        file.write_text(text, encoding="utf-8")
        changed = replace(capture, files={**capture.files, artifact: str(file)})
        changed._documents.update({name: known for name, known in capture._documents.items() if name != artifact})
        yield changed


def is_named(mutation: Mutation, outcomes: Sequence[Outcome]) -> tuple[bool, list[str]]:
    """Whether a difference stands at the mutated place or its list, and the paths of what stands elsewhere.

    Contract messages name the object around a place, so they count where that or a list around it is named.
    """
    around = {mutation.path, mutation.parent, *mutation.lists}
    holders = [place for place in (mutation.path, *mutation.lists) if place]
    concerned = [each for each in outcomes if not each.passed and each.artifact == mutation.artifact]
    paths = [path for outcome in concerned for path in _paths(outcome)]
    elsewhere = [path for path in paths if path not in around and not any(below(path, each) for each in holders)]
    return len(elsewhere) < len(paths), elsewhere


def _paths(outcome: Outcome) -> Iterator[str]:
    if outcome.comparison is not None:
        for difference in outcome.comparison.differences:
            yield difference.path
            if difference.expected_path:
                yield difference.expected_path
        yield from outcome.comparison.uncompared
    for message in outcome.messages:
        path = message.split(": ", 1)[0]
        yield "" if path == "(top)" else path
