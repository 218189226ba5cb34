"""Where mutated captures are judged: the project's own checks, in this process, on one side of a pair that is at parity."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from parity.check.outcome import Outcome
from parity.check.suite import Suite
from parity.pipeline.artifacts import artifacts_of, failing
from parity.pipeline.capture import Capture, load
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.tools.drill.edits import is_ignored
from parity.tools.drill.judge import suite_of
from parity.tools.drill.mutate import Mutation, Target
from parity.tools.drill.places import places
from parity.tools.drill.sizes import Scale


@dataclass
class Bench:
    """The captures of some cases, below ``saved``; the second configuration is the one that is mutated."""

    config: Config
    pipeline: Pipeline
    cases: Sequence[Case]
    saved: Path
    frame: Callable[[Any], float]
    pixels: Callable[[Any], tuple[int, int]]
    like: Suite | None = None
    captures: dict[tuple[str, str], Capture] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for case in self.cases:
            for name in self.pipeline.configurations[:2]:
                self.captures[case.name, name] = load(self.saved / case.name / name)
        self.like = self.like or suite_of(self.config, self.pipeline, {})

    @property
    def mutated_side(self) -> str:
        """The configuration whose captures are mutated: the one that is compared with goldens first."""
        return self.pipeline.configurations[1]

    def capture(self, case: str) -> Capture:
        """The capture of the mutated side."""
        return self.captures[case, self.mutated_side]

    def artifacts(self, case: Case) -> tuple[Artifact, ...]:
        return artifacts_of(self.pipeline, case)

    def scale(self, case: Case) -> Scale:
        """What sizes depend on; of a case whose runs fail nothing is known, and nothing is that large."""
        if failing(self.pipeline, case) is not None:
            return Scale(1 / 30, 360)
        document = self.capture(case.name).document(self.pipeline.recording)
        return Scale(self.frame(document), min(self.pixels(document)))

    def judge(
        self, case: Case, captures: Sequence[Capture], artifacts: Sequence[Artifact], *, run: bool
    ) -> list[Outcome]:
        """Contract, pair and golden of ``artifacts`` with ``captures`` in place of their own; the run itself if asked."""
        pair = {(case.name, name): self.captures[case.name, name] for name in self.pipeline.configurations[:2]}
        pair |= {(case.name, each.configuration): each for each in captures}
        suite = suite_of(self.config, self.pipeline, pair, like=self.like)
        names = [each.configuration for each in captures] or list(self.pipeline.configurations[:2])
        outcomes = [suite.run(case, name) for name in names] if run else []
        for artifact in artifacts:
            for name in names:
                outcomes += [suite.contract(case, name, artifact), suite.golden(case, name, artifact)]
            outcomes.append(suite.configurations(case, artifact))
        return outcomes

    def concerned(self, case: Case, artifact: str) -> list[Artifact]:
        """The artifact called so, and those that repeat it."""
        return [a for a in self.artifacts(case) if a.name == artifact or artifact in a.repeats.values()]

    def targets(self, case: Case, *, without: set[str]) -> Iterator[Target]:
        """Every place of the case's artifacts, but those in ``without``, which are not at parity as they are."""
        assert self.like is not None
        capture, scale = self.capture(case.name), self.scale(case)
        for artifact in self.artifacts(case):
            if artifact.name in without or not capture.has(artifact.name):
                continue
            document = capture.document(artifact.name)
            declared = [entry.matcher for entry in self.like.rules.declared_for(case, artifact.name)]
            for place in places(document, self.like.rules.node(artifact)):
                if _repeats(artifact, place.path):
                    continue
                told = any(matcher.fullmatch(place.path) for matcher in declared)
                ignored = is_ignored(place.node) or told
                in_golden = not ignored and place.node.rule.environment is None
                yield Target(case.name, artifact.name, place, document, scale, ignored, in_golden)


def _repeats(artifact: Artifact, path: str) -> bool:
    """Whether a place lies in a field that repeats another artifact: it is mutated there."""
    return any(path.startswith((f"{name}.", f"{name}[")) for name in artifact.repeats)


@contextmanager
def with_document(capture: Capture, artifact: str, document: Any) -> Iterator[Capture]:
    """``capture`` with ``document`` as one of its files."""
    with with_text(capture, artifact, json.dumps(document, ensure_ascii=False)) as changed:
        yield changed


@contextmanager
def with_text(capture: Capture, artifact: str, text: str) -> Iterator[Capture]:
    """``capture`` with ``text`` as the content of one of its files; the others stay as parsed."""
    with tempfile.TemporaryDirectory(prefix="parity-drill-") as folder:
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
    hit, elsewhere = False, []
    for outcome in outcomes:
        if outcome.passed:
            continue
        if outcome.artifact != mutation.artifact:
            continue  # what repeats the artifact, as a whole
        for path in _paths(outcome):
            if path in around or _below(path, mutation.path) or any(_below(path, each) for each in mutation.lists):
                hit = True
            else:
                elsewhere.append(path)
    return hit, elsewhere


def _below(path: str, holder: str) -> bool:
    return bool(holder) and path.startswith(holder) and path[len(holder) : len(holder) + 1] in (".", "[", "(", "")


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
