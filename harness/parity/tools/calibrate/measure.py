"""Hold the runs of a calibration against each other, and against the goldens at the tolerances that follow."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import Any

from parity.check.documents import comparable, unusable
from parity.check.encodings import in_the_size_of, without_the_file
from parity.check.rules import Rules
from parity.check.suite import Suite
from parity.compare.difference import Comparison, Difference
from parity.compare.tolerance import Tolerances
from parity.compare.walk import Policy, compare
from parity.explain.settle import SettlingSuite
from parity.explain.transplant import READ
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact
from parity.pipeline.stages import Graph
from parity.run.captures import Captures
from parity.tools.calibrate.plan import Condition, Kind, Measurement, Settings
from parity.tools.calibrate.runs import baseline
from parity.tools.calibrate.spread import Observed, Where, nothing_passes, observe
from parity.verdict import UsageError


@dataclass(frozen=True)
class Alarm:
    """One difference from a golden that remained at the proposed tolerances; ``stage`` made the value."""

    case: str
    condition: str
    artifact: str
    stage: str
    text: str
    kind: str


@dataclass
class Checked:
    """What remained of one condition's runs against the goldens; ``flips`` passed as such.

    ``follows``: differences that a transplant proved to follow from what the tolerances allow. ``alarms`` lists the others,
    ``by_stage`` counts all ``remaining`` ones; ``in_data`` of these stand in what a run reads, not in what it computes.
    """

    runs: int = 0
    leaves: int = 0
    flips: int = 0
    follows: int = 0
    remaining: int = 0
    in_data: int = 0
    by_stage: dict[str, int] = field(default_factory=dict)
    alarms: list[Alarm] = field(default_factory=list)

    def take(self, comparison: Comparison, alarms: list[Alarm], *, follows: int) -> None:
        """One artifact of one run."""
        self.follows += follows
        self.leaves += comparison.leaves
        self.flips += len(comparison.flips)
        self.remaining += len(alarms)
        self.in_data += sum(alarm.kind in READ for alarm in alarms)
        self.alarms += alarms
        self.by_stage = dict(Counter(self.by_stage) + Counter(alarm.stage for alarm in alarms))


@dataclass(frozen=True)
class Bench:
    """Compares captures of one project along its schemas; ``cases`` by name."""

    rules: Rules
    settings: Settings
    cases: Mapping[str, Case]

    @cached_property
    def _graph(self) -> Graph:
        return Graph(self.rules.pipeline.stages)

    @property
    def artifacts(self) -> list[Artifact]:
        """Those with values of their own: the others are another form of one of these."""
        return [artifact for artifact in self.rules.pipeline.artifacts if artifact.golden is not None]

    def observed(
        self, captures: Mapping[Measurement, Capture], conditions: Iterable[Condition], present: Tolerances
    ) -> dict[str, Observed]:
        """What was seen under each condition. ``present``: the classes and flip rules that exist."""
        wide = nothing_passes(present)
        found: dict[str, Observed] = {}
        for condition in conditions:
            seen = Observed()
            for each, capture in captures.items():
                first = baseline(each.case)
                if each.condition == condition.name and each != first:
                    seen = seen.merge(self._pair(captures[first], capture, condition.kind, wide))
            found[condition.name] = seen
        return found

    def _pair(self, first: Capture, second: Capture, kind: Kind, wide: Tolerances) -> Observed:
        floors = {name: floor.abs for name, floor in self.settings.classes.items()}
        seen = Observed(pairs=1)
        for artifact in self.artifacts:
            documents = self._documents(first, second, artifact, kind)
            comparison = self._compare(documents, self.cases[first.case], artifact, wide, kind)
            place = Where(first.case, artifact.name, floors)
            seen = seen.merge(observe(comparison, documents, place, partial(self._teaches, artifact.name)))
        return seen

    def _teaches(self, artifact: str, path: str) -> bool:
        """What is computed from the data may jump when they move a little, and is judged by a transplant."""
        stage = self._graph.stage_of(artifact, path)
        return stage is None or stage.kind in READ

    def _documents(self, first: Capture, second: Capture, artifact: Artifact, kind: Kind) -> tuple[Any, Any]:
        for capture in (first, second):
            if (broken := unusable(capture, artifact)) is not None:
                raise UsageError(f"{capture.folder}: {broken[1]}")
        expected, actual = comparable(first, artifact), comparable(second, artifact)
        if kind == "encodings":
            actual = in_the_size_of(
                self.rules.pipeline, first.document, second.document, actual, self.rules.node(artifact)
            )
        return expected, actual

    def _compare(
        self, documents: tuple[Any, Any], case: Case, artifact: Artifact, tolerances: Tolerances, kind: Kind
    ) -> Comparison:
        pipeline = self.rules.pipeline
        declared = self.rules.declared_for(case, artifact.name)
        policy = Policy(actual_by=pipeline.reference, tolerances=tolerances, declared=declared)
        found = compare(*documents, self.rules.node(artifact), policy)
        if kind != "encodings":
            return found
        # Where everything counts, so does the measured duration: all else of the media says which file it was.
        measured = [
            each for each in found.differences if isinstance(each.expected, float) and each.magnitude is not None
        ]
        rest = replace(found, differences=[each for each in found.differences if each not in measured])
        left = without_the_file(rest, artifact.name, pipeline.stages, getattr(pipeline, "hashed", None))
        return replace(left, differences=[*measured, *left.differences])

    def against_goldens(
        self, captures: Mapping[Measurement, Capture], conditions: Iterable[Condition], tolerances: Tolerances
    ) -> dict[str, Checked]:
        """What remains of each condition's runs against the goldens, at the tolerances of its media."""
        return {
            condition.name: self._checked(condition, captures, tolerances)
            for condition in conditions
            if condition.kind != "sensitivity"
        }

    def _checked(
        self, condition: Condition, captures: Mapping[Measurement, Capture], tolerances: Tolerances
    ) -> Checked:
        seen = Checked()
        for each, capture in captures.items():
            if each.condition != condition.name:
                continue
            seen.runs += 1
            suite, configuration = self._suite(each, capture, condition.kind, tolerances)
            for artifact in self.artifacts:
                outcome = suite.golden(self.cases[each.case], configuration, artifact)
                if outcome.comparison is None:
                    raise UsageError(f"{each.case} under {each.condition}: {outcome.text()}")
                follows = len(outcome.data.get("follows_from_flips", ()))
                alarms = [self._alarm(each, artifact, found) for found in outcome.comparison.differences]
                seen.take(outcome.comparison, alarms, follows=follows)
        return seen

    def _suite(self, each: Measurement, capture: Capture, kind: Kind, tolerances: Tolerances) -> tuple[Suite, str]:
        """A comparison in which ``capture`` is held against the goldens, and the configuration that it stands for there.

        A golden is one of the reference configuration's media, so that another encoding stands for another configuration.
        """
        pipeline, rules = self.rules.pipeline, self.rules.but(tolerances=tolerances)
        name = pipeline.reference
        if kind == "encodings":
            name = next(each for each in pipeline.configurations if each != pipeline.reference)
            capture = replace(capture, configuration=name)
            # This is still a run of the reference configuration: what is declared of that one holds.
            declared = [
                replace(entry, patterns={**entry.patterns, name: entry.patterns[pipeline.reference]})
                for entry in self.rules.declared
            ]
            rules = rules.but(declared=declared)
        captures = Captures(self.rules.config, pipeline, f"{capture.run_id}-{each.condition}-{each.number}")
        captures.loaded[each.case, name] = capture
        suite = SettlingSuite(rules, captures)
        if kind == "encodings":
            suite.media[each.case] = (each.condition,)
        return suite, name

    def _alarm(self, each: Measurement, artifact: Artifact, found: Difference) -> Alarm:
        stage = self._graph.stage_of(artifact.name, found.path)
        text = found.text(expected="golden", actual=each.condition)
        name, kind = (stage.name, stage.kind) if stage is not None else ("", "")
        return Alarm(each.case, each.condition, artifact.name, name, text, kind)
