"""All checks of one comparison, in one class because each is made once: the rules of a project held against captures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from parity.check import alone, declared_again, encodings
from parity.check.comparer import Side, held, with_logs
from parity.check.documents import comparable, is_compared_as_written, unusable
from parity.check.keys import Check, Key
from parity.check.outcome import Outcome, absent, judge
from parity.check.rules import Rules
from parity.compare.accounted import between
from parity.compare.difference import Comparison, Difference
from parity.compare.pair import Known, compare_bytes
from parity.compare.walk import Policy
from parity.files import refused
from parity.goldens import store
from parity.goldens.form import in_given_order
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.captures import REPEAT, Captures
from parity.verdict import ContractError, ParityError, Verdict

GOLDEN = "golden"


@dataclass
class Suite:
    """The rules, the captures, and the outcomes of the checks that were made."""

    rules: Rules
    captures: Captures
    done: dict[Key, Outcome] = field(default_factory=dict)
    #: What comparisons found, before a run proved what of it follows from flips.
    compared: dict[Key, Outcome] = field(default_factory=dict)
    #: Case → in what the media of the configurations differ.
    media: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Files that several comparisons meet with equal bytes.
    known: Known = field(default_factory=Known)

    @classmethod
    def of(cls, captures: Captures) -> Self:
        """The rules of a project held against captures of it."""
        return cls(Rules(captures.config, captures.pipeline), captures)

    @property
    def config(self) -> Config:
        """The settings of the project."""
        return self.rules.config

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline under test."""
        return self.rules.pipeline

    def outcome(self, key: Key, case: Case) -> Outcome:
        """The outcome of one check of ``case``."""
        return self._once(key, lambda: self._made(key, case))

    def run(self, case: Case, configuration: str) -> Outcome:
        """Did the configuration run to its end, and does what it left behind fit together?"""
        return self.outcome(Key("run", case.name, configuration), case)

    def contract(self, case: Case, configuration: str, artifact: Artifact) -> Outcome:
        """Does one artifact keep its schema?"""
        return self.outcome(Key("contract", case.name, configuration, artifact.name), case)

    def configurations(self, case: Case, artifact: Artifact) -> Outcome:
        """Is the artifact exactly equal in the first two configurations?"""
        return self.outcome(Key("configurations", case.name, self.pipeline.configurations[1], artifact.name), case)

    def golden(self, case: Case, configuration: str, artifact: Artifact) -> Outcome:
        """Is the artifact within tolerance of its golden?"""
        return self.outcome(Key("golden", case.name, configuration, artifact.name), case)

    def stale(self, cases: Sequence[Case]) -> Outcome:
        """Is there a golden that nothing needs?"""
        key = Key("stale")
        return self._once(key, lambda: alone.stale(self.rules, key, cases))

    def ledger(self, cases: Sequence[Case], *, complete: bool) -> Outcome:
        """Do the records of every golden of ``cases`` form one chain that ends at its file? ``complete``: of all cases."""
        key = Key("ledger")
        return self._once(key, lambda: alone.ledger(self.rules, key, cases, complete=complete))

    def sides(self, check: Check, case: Case, configuration: str, artifact: Artifact) -> tuple[Any, Any]:
        """The expected and the actual document of one comparison; ``ParityError`` where one cannot be had."""
        reference = self.captures.get(case, self.pipeline.reference) if check == "repeated" else None
        held = self.captures.repeated(case, reference) if reference else self.captures.get(case, configuration)
        actual = comparable(held, artifact)
        if check == "golden":
            try:
                return self.rules.golden(case, artifact), actual
            except store.MissingGolden as error:
                raise ContractError(str(error)) from error
        return comparable(reference or self.captures.get(case, self.pipeline.configurations[0]), artifact), actual

    def policy(
        self,
        check: Check,
        case: Case,
        configuration: str,
        artifact: Artifact,
        *,
        fed: bool = False,
        exact: bool = False,
    ) -> Policy:
        """How strictly one comparison of these captures is made (``Rules.policy``)."""
        other = self._is_other_encoding(check, case, configuration)
        return self.rules.policy(check, case, configuration, artifact, other_media=other, fed=fed, exact=exact)

    def other_media(self, case: Case) -> tuple[str, ...]:
        """In what the first two configurations' media differ, when they read different files; empty when they do not."""
        if case.name not in self.media:
            try:
                captures = [self.captures.get(case, name) for name in self.pipeline.configurations[:2]]
            except ParityError:
                return ()  # whoever compares them says so
            self.media[case.name] = encodings.differing(self.pipeline, *captures)
        return self.media[case.name]

    def _is_other_encoding(self, check: Check, case: Case, configuration: str) -> bool:
        """Whether the two sides read different files: a golden is one of the reference configuration's file."""
        concerned = check == "configurations" or (check == "golden" and configuration != self.pipeline.reference)
        return concerned and bool(self.other_media(case))

    def golden_text(self, case: Case, artifact: Artifact) -> str:
        """What would be stored as the golden of ``artifact``."""
        document = comparable(self.captures.get(case, self.pipeline.reference), artifact)
        return self.rules.as_golden(case, artifact, document)

    def agrees(self, case: Case, artifact: Artifact, golden: Any) -> bool:
        """Whether the reference configuration's artifact lies within tolerance of ``golden``."""
        capture = self.captures.get(case, self.pipeline.reference)
        return judge(self._against_golden(case, golden, artifact, capture)) == (Verdict.PARITY,)

    def settle(self, case: Case, artifact: Artifact, outcome: Outcome) -> Outcome:
        """``outcome`` without the differences that do not count after all: none here, which knows no stage."""
        return outcome

    def _made(self, key: Key, case: Case) -> Outcome:
        of_artifact = {"configurations": self._configurations, "repeated": self._repeated, "golden": self._golden}
        if key.check in of_artifact:
            return of_artifact[key.check](key, case, self.rules.artifacts[str(key.artifact)])
        capture = self.captures.get(case, str(key.configuration))
        if key.check == "run":
            return alone.run(self.rules, key, case, capture)
        if key.check == "contract":
            return alone.contract(self.rules, key, self.rules.artifacts[str(key.artifact)], capture)

        def keeps(artifact: Artifact) -> bool:
            return self.contract(case, str(key.configuration), artifact).passed

        return alone.expectations(self.rules, key, case, capture, keeps)

    def _once(self, key: Key, compute: Callable[[], Outcome]) -> Outcome:
        """The outcome of ``key``; what makes a check impossible is its outcome too."""
        if key not in self.done:
            try:
                self.done[key] = compute()
            except ParityError as error:
                self.done[key] = Outcome.unusable(key, error.verdict, str(error))
            except RecursionError:
                self.done[key] = Outcome.too_deep(key)
            except OSError as error:
                if (text := refused(error)) is None:
                    raise
                self.done[key] = Outcome.unusable(key, Verdict.USAGE, text)
        return self.done[key]

    def _configurations(self, key: Key, case: Case, artifact: Artifact) -> Outcome:
        first, second = (self.captures.get(case, name) for name in self.pipeline.configurations[:2])
        against = first.configuration
        if first.failure is None and second.failure is None and first.has(artifact.name) != second.has(artifact.name):
            has, has_not = (first, second) if first.has(artifact.name) else (second, first)
            note = f"{has.configuration} writes it, {has_not.configuration} does not"
            comparison = absent(expected=first.has(artifact.name), note=note)
            return Outcome(*key, against=against, verdicts=judge(comparison), comparison=comparison)
        for capture in (first, second):
            if (broken := unusable(capture, artifact)) is not None:
                return Outcome.unusable(key, *broken, against=against)
        policy = self.policy("configurations", case, second.configuration, artifact)
        comparison = self._of_captures(
            first, second, artifact, policy, other_media=self._is_other_encoding(key.check, case, second.configuration)
        )
        if artifact.name == RUN and (lines_of := getattr(self.pipeline, "log_lines", None)):
            comparison = with_logs(comparison, lines_of(first), lines_of(second))
        retested = {}
        if policy.declared:
            pair = (comparable(first, artifact), comparable(second, artifact))
            retested = {"declared": declared_again.retested(policy.declared, *pair)}
        return self._compared(key, case, artifact, second.files[artifact.name], against, comparison, retested)

    def _of_captures(
        self, first: Capture, second: Capture, artifact: Artifact, policy: Policy, *, other_media: bool = False
    ) -> Comparison:
        contract, name = self.rules.contracts[artifact.name], artifact.name
        if other_media or not is_compared_as_written(artifact):
            sides = self._side(first, artifact), self._side(second, artifact)
            return held(self.rules, name, contract.node, *sides, policy, other_media=other_media)
        plain = first.is_plain(name) and second.is_plain(name)
        with between(self._place(first, artifact), self._place(second, artifact)):
            return compare_bytes(
                first.raw(name), second.raw(name), contract, policy, self.known, plain=plain
            ).comparison

    def _place(self, capture: Capture, artifact: Artifact) -> str:
        """Where an artifact of a capture lies, for people."""
        return self.config.relative(capture.folder / capture.files[artifact.name])

    def _side(self, capture: Capture, artifact: Artifact) -> Side:
        return Side(comparable(capture, artifact), self._place(capture, artifact), capture.document)

    def _repeated(self, key: Key, case: Case, artifact: Artifact) -> Outcome:
        first = self.captures.get(case, self.pipeline.reference)
        against = first.configuration
        if (broken := unusable(first, artifact)) is not None:
            return Outcome.unusable(key, *broken, against=against)
        second = self.captures.repeated(case, first)
        if (broken := unusable(second, artifact)) is not None:
            verdict, message = broken
            tail = f"\n  {second.failure}" if second.failure else ""
            return Outcome.unusable(key, verdict, message + tail, against=against)
        comparison = self._of_captures(first, second, artifact, self.policy("repeated", case, REPEAT, artifact))
        node = self.rules.node(artifact)
        texts = [in_given_order(capture.document(artifact.name), node) for capture in (first, second)]
        if not comparison.differences and texts[0] != texts[1]:
            note = "the same values in another order of keys"
            comparison.differences.append(Difference("", "value", "one order", "another", note=note))
            comparison.differing += 1
        file = second.files[artifact.name]
        return Outcome(*key, file=file, against=against, verdicts=judge(comparison), comparison=comparison)

    def _golden(self, key: Key, case: Case, artifact: Artifact) -> Outcome:
        capture = self.captures.get(case, str(key.configuration))
        if (broken := unusable(capture, artifact)) is not None:
            verdict, message = broken
            if verdict is not Verdict.DRIFT:
                return Outcome.unusable(key, verdict, message, against=GOLDEN)
            comparison = absent(expected=True, note=message)
            return Outcome(*key, against=GOLDEN, verdicts=(verdict,), comparison=comparison)
        file = self.rules.golden_file(case, artifact)
        try:
            golden = self.rules.golden(case, artifact)
        except store.MissingGolden as error:
            comparison = absent(expected=False, note=str(error))
            return Outcome(*key, file=file, against=GOLDEN, verdicts=(Verdict.DRIFT,), comparison=comparison)
        except ContractError as error:
            return Outcome.unusable(key, error.verdict, str(error), against=GOLDEN, file=file)
        return self._compared(key, case, artifact, file, GOLDEN, self._against_golden(case, golden, artifact, capture))

    def _compared(
        self,
        key: Key,
        case: Case,
        artifact: Artifact,
        file: str,
        against: str,
        comparison: Comparison,
        data: dict[str, Any] | None = None,
    ) -> Outcome:
        """The outcome of a comparison, once what follows from flips is settled."""
        outcome = Outcome(
            *key, file=file, against=against, verdicts=judge(comparison), comparison=comparison, data=data or {}
        )
        self.compared[key] = outcome
        return self.settle(case, artifact, outcome)

    def _against_golden(self, case: Case, golden: Any, artifact: Artifact, capture: Capture) -> Comparison:
        def other(name: str) -> Any:
            return self.rules.golden(case, self.rules.artifacts[name])

        expected = Side(golden, f"the golden of {case.name} {artifact.name}", other)
        return held(
            self.rules,
            artifact.name,
            self.rules.node(artifact),
            expected,
            self._side(capture, artifact),
            self.policy("golden", case, capture.configuration, artifact),
            other_media=self._is_other_encoding("golden", case, capture.configuration),
        )
