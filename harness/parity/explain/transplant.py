"""Proof by running: the expected side's data through the candidate's code, and one stage's data the other way round.

A run that reads a recording computes everything behind it anew, without any model. Fed with the expected side's data, the
candidate's code either reproduces the expected outputs (then the code is innocent, and what differed follows from the data),
or it does not (then the stages that still differ are guilty, and the data are innocent of that). Fed with the expected
side's data and one stage's of the candidate, what changes follows from that stage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from filelock import FileLock

from parity.check.documents import comparable, unusable
from parity.compare.difference import Difference
from parity.compare.walk import Policy, compare
from parity.explain.findings import Comparing
from parity.paths import pattern
from parity.pipeline.capture import MANIFEST, Capture, load
from parity.pipeline.parts import Artifact
from parity.pipeline.stages import Graph, canonical
from parity.run import runs
from parity.run.record import rerun

if TYPE_CHECKING:
    from parity.check.suite import Suite
    from parity.pipeline.case import Case

#: Folder of a run in which transplanted recordings and their runs are kept.
FOLDER = "transplants"
#: Stages whose outputs a repeated run reads.
READ = ("source", "media", "service")


@dataclass(frozen=True)
class Places:
    """Places that differ between two runs, by stage: as they are, and with their indices left open."""

    exact: Mapping[str, frozenset[str]]
    patterns: Mapping[str, frozenset[str]]

    def has(self, stage: str, place: str) -> bool:
        """Whether ``place`` differs, itself or under its pattern."""
        return place in self.exact.get(stage, ()) or pattern(place) in self.patterns.get(stage, ())


@dataclass(frozen=True)
class Proof:
    """What the runs on transplanted recordings say of one comparison.

    ``own``: places of computed stages that still differ (beyond what is allowed) when all data are the expected ones.
    ``reproduced`` of ``artifacts`` came out exactly then. ``effects``: stage → places that change when only its data
    are the candidate's. ``failure``: why there is no proof.
    """

    where: Comparing
    own: Places = field(default_factory=lambda: Places({}, {}))
    artifacts: tuple[str, ...] = ()
    reproduced: tuple[str, ...] = ()
    effects: Mapping[str, Places] = field(default_factory=dict)
    failure: str | None = None


def _known(folder: Path, run_id: str) -> Capture | None:
    """The run in ``folder``, when it belongs to this comparison."""
    if not (folder / MANIFEST).is_file():
        return None
    capture = load(folder)
    return capture if capture.run_id == run_id else None


@dataclass
class Transplants:
    """Runs transplanted recordings for the comparisons of a suite, at most ``runs`` of them."""

    suite: Suite
    graph: Graph
    runs: int = 32
    done: dict[tuple[Comparing, frozenset[str]], Capture | str] = field(default_factory=dict)

    def possible(self, case: Case) -> bool:
        """Whether a run of ``case`` can be repeated from a recording at all, and another run may be spent on it."""
        from parity.pipeline.artifacts import repeatable_of

        return bool(repeatable_of(self.suite.pipeline, case)) and bool(self.graph.of_kind(*READ)) and self.runs > 0

    def prove(self, case: Case, where: Comparing, differing: Iterable[str]) -> Proof:
        """Proof for one comparison; ``differing`` are the stages read from a recording whose data differ."""
        base = self.run(case, where, frozenset())
        if isinstance(base, str):
            return Proof(where, failure=base)
        own, reproduced = [], []
        for artifact in self._artifacts():
            if not self.differences(case, where, artifact, base, exact=True):
                reproduced.append(artifact.name)
                continue
            own += [(artifact.name, each) for each in self.differences(case, where, artifact, base, exact=False)]
        effects = {}
        for stage in differing:
            if self.runs > 0 and isinstance(run := self.run(case, where, frozenset([stage])), Capture):
                effects[stage] = self._places(self._changed(case, where, base, run))
        names = tuple(artifact.name for artifact in self._artifacts())
        return Proof(where, self._places(own, computed=True), names, tuple(reproduced), effects)

    def run(self, case: Case, where: Comparing, candidate: frozenset[str]) -> Capture | str:
        """The candidate's code on the expected side's data, with those of ``candidate`` stages from its own; cached."""
        key = (where, candidate)
        if key not in self.done:
            self.done[key] = self._run(case, where, candidate)
        return self.done[key]

    def _run(self, case: Case, where: Comparing, candidate: frozenset[str]) -> Capture | str:
        from parity.files import write_atomically  # which imports the summary, which imports this

        self.runs -= 1
        suite, pipeline = self.suite, self.suite.pipeline
        artifact = next(each for each in pipeline.artifacts if each.name == pipeline.recording)
        own = suite.captures.get(case, where.configuration).document(artifact.name)
        expected, _ = suite.sides(where.check, case, where.configuration, artifact)
        recording = pipeline.transplant(own, expected, self.graph.of_kind(*READ))
        if candidate:
            recording = pipeline.transplant(recording, own, candidate)
        name = "+".join(sorted(candidate)) or "everything"
        folder = runs.folder(suite.config) / FOLDER / case.name / where.check / where.configuration
        file = folder / f"{name}.json"
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / f".{name}.lock"):
            # Of several workers of one comparison that ask, the first runs it.
            capture = _known(folder / name, suite.captures.run_id)
            if capture is None:
                write_atomically(file, json.dumps(recording, ensure_ascii=False))
                capture = rerun(
                    pipeline,
                    file,
                    where.configuration,
                    name=(case.name, "transplant"),
                    destination=folder / name,
                    run_id=suite.captures.run_id,
                )
        if capture.failure is not None:
            return f"{where.configuration} did not run on {where.against}'s data: {capture.failure}"
        return capture

    def _artifacts(self) -> list[Artifact]:
        pipeline = self.suite.pipeline
        return [artifact for artifact in pipeline.artifacts if artifact.name in pipeline.repeatable]

    def differences(
        self, case: Case, where: Comparing, artifact: Artifact, run: Capture, *, exact: bool
    ) -> list[Difference]:
        """How ``run`` differs from the expected side in ``artifact``: exactly, or beyond what the comparison allows."""
        if (broken := unusable(run, artifact)) is not None:
            return [Difference("", "missing", "a document", None, note=broken[1])]
        expected, _ = self.suite.sides(where.check, case, where.configuration, artifact)
        policy = self.suite.policy(where.check, case, where.configuration, artifact, fed=True, exact=exact)
        node = self.suite.rules.node(artifact)
        return list(compare(expected, comparable(run, artifact), node, policy).differences)

    def _changed(self, case: Case, where: Comparing, base: Capture, run: Capture) -> list[tuple[str, Difference]]:
        found: list[tuple[str, Difference]] = []
        for artifact in self._artifacts():
            if (broken := unusable(run, artifact)) or unusable(base, artifact):
                found += [(artifact.name, Difference("", "missing", None, None))] * bool(broken)
                continue
            policy = Policy(expected_by=where.configuration, actual_by=where.configuration)
            pair = comparable(base, artifact), comparable(run, artifact)
            differences = compare(*pair, self.suite.rules.node(artifact), policy).differences
            found += [(artifact.name, each) for each in differences]
        return found

    def _places(self, found: Iterable[tuple[str, Difference]], *, computed: bool = False) -> Places:
        exact: dict[str, set[str]] = {}
        for name, difference in found:
            stage = self.graph.stage_of(name, difference.path)
            if stage is not None and not (computed and stage.kind in READ):
                exact.setdefault(stage.name, set()).add(canonical(stage, difference.path))
        return Places(
            {stage: frozenset(places) for stage, places in exact.items()},
            {stage: frozenset(map(pattern, places)) for stage, places in exact.items()},
        )
