"""All checks of a comparison, as functions of case, configuration and artifact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from parity.check import contracts as project
from parity.check import declared_again
from parity.check import encodings as media
from parity.check.documents import comparable, is_compared_as_written, unusable
from parity.check.logs import with_logs
from parity.check.outcome import Check, Outcome, absent, judge
from parity.compare import tolerance
from parity.compare.accounted import between
from parity.compare.difference import Comparison, Difference, type_name
from parity.compare.pair import Known, compare_bytes
from parity.compare.walk import Policy, compare
from parity.contract import check, registry
from parity.contract.check import Contract
from parity.contract.nodes import Node, has_type
from parity.files import refused
from parity.goldens import declared as ledger
from parity.goldens import store
from parity.goldens.declared import Declared
from parity.goldens.form import canonical, in_given_order, masked
from parity.pipeline.artifacts import ending, known_artifacts
from parity.pipeline.capture import STDERR, Capture, summary
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.captures import REPEAT, Captures
from parity.verdict import ContractError, MissingArtifact, ParityError, Verdict

GOLDEN = "golden"

#: Check, case, configuration, artifact.
Key = tuple[Check, str | None, str | None, str | None]


def _impossible(key: Key, verdict: Verdict, message: str) -> Outcome:
    """The outcome of a check that could not be made."""
    check_name, case, configuration, artifact = key
    return Outcome(check_name, case, configuration, artifact, verdicts=(verdict,), messages=(message,))


@dataclass
class Suite:
    """One comparison: what to compare it by, and the captures; every check is computed once."""

    config: Config
    pipeline: Pipeline
    captures: Captures
    done: dict[Key, Outcome] = field(default_factory=dict)
    #: What comparisons found, before a run proved what of it follows from flips.
    compared: dict[Key, Outcome] = field(default_factory=dict)
    #: Case → in what the media of the configurations differ.
    media: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: Files that several comparisons meet with equal bytes.
    known: Known = field(default_factory=Known)

    @cached_property
    def schemas(self) -> registry.Schemas:
        """All schemas, those of derived forms too."""
        return project.all_schemas(self.config, self.pipeline)

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """Artifact name → its contract."""
        by_schema: dict[str, Contract] = {}
        for artifact in known_artifacts(self.pipeline):
            if artifact.schema not in by_schema:
                by_schema[artifact.schema] = check.build(self.schemas, artifact.schema)
        return {artifact.name: by_schema[artifact.schema] for artifact in known_artifacts(self.pipeline)}

    @cached_property
    def tolerances(self) -> Any:
        """Tolerance classes by name."""
        return project.tolerances(self.config, self.schemas)

    @cached_property
    def declared(self) -> list[Declared]:
        """The declared differences between configurations."""
        names = [artifact.name for artifact in known_artifacts(self.pipeline)]
        return ledger.load(self.config.declared, configurations=self.pipeline.configurations, artifacts=names)

    def declared_for(self, case: Case, artifact: str) -> list[Declared]:
        """Those of one artifact of the case; none where every configuration reads the same recording."""
        if self.pipeline.replayed(case):
            return []
        return [entry for entry in self.declared if entry.artifact == artifact and entry.holds_in(case.name)]

    def run(self, case: Case, configuration: str) -> Outcome:
        """Did the configuration run to its end, and does what it left behind fit together?"""
        return self._once(("run", case.name, configuration, None), lambda: self._run(case, configuration))

    def _run(self, case: Case, configuration: str) -> Outcome:
        capture = self.captures.get(case, configuration)
        found, messages = [], list(capture.problems)
        if capture.failure:
            found.append(Verdict.PIPELINE)
            messages.insert(0, f"{configuration}: {capture.failure}\n  see {self.config.relative(capture.folder)}")
        elif wrong := self._wrong_ending(case, capture):
            found.append(Verdict.DRIFT)
            messages = [*wrong, *messages]
        if capture.problems:
            found.append(Verdict.DRIFT)
        return Outcome(
            "run", case.name, configuration, verdicts=tuple(found) or (Verdict.PARITY,), messages=tuple(messages),
            data={**summary(capture), "folder": self.config.relative(capture.folder)},
        )  # fmt: skip

    def _wrong_ending(self, case: Case, capture: Capture) -> list[str]:
        """How a run that must fail ended otherwise than it must, one sentence each."""
        known = ending(self.pipeline, case, capture.configuration)
        if known is None:
            return []
        log = f"see {self.config.relative(capture.folder)}/{STDERR}"
        must = f"must fail with exit code {known.exit_code}"
        if capture.exit_code == 0:
            return [f"{must}, but ran to its end: what is broken in this case was not noticed; {log}"]
        found = [] if capture.exit_code == known.exit_code else [f"{must}, ended with {capture.exit_code}; {log}"]
        artifact = next(each for each in known_artifacts(self.pipeline) if each.name == known.artifact)
        if (broken := unusable(capture, artifact)) is not None:
            return [*found, f"{must} and leave {artifact.name} behind, but {broken[1]}"]
        document = capture.document(known.artifact)
        return found + [
            f"{known.artifact} {name}: must be {value!r}, got {document.get(name)!r}"
            for name, value in known.fields.items()
            if document.get(name) != value
        ]

    def contract(self, case: Case, configuration: str, artifact: Artifact) -> Outcome:
        """Does one artifact keep its schema?"""
        return self._once(
            ("contract", case.name, configuration, artifact.name),
            lambda: self._contract(case, configuration, artifact),
        )

    def configurations(self, case: Case, artifact: Artifact) -> Outcome:
        """Is the artifact exactly equal in the first two configurations?"""
        return self._once(
            ("configurations", case.name, self.pipeline.configurations[1], artifact.name),
            lambda: self._configurations(case, artifact),
        )

    def golden(self, case: Case, configuration: str, artifact: Artifact) -> Outcome:
        """Is the artifact within tolerance of its golden?"""
        return self._once(
            ("golden", case.name, configuration, artifact.name),
            lambda: self._golden(case, configuration, artifact),
        )

    def repeated(self, case: Case, artifact: Artifact) -> Outcome:
        """Is the artifact the same, byte for byte, when the run is repeated from what it recorded?"""
        return self._once(("repeated", case.name, REPEAT, artifact.name), lambda: self._repeated(case, artifact))

    def sides(self, check: Check, case: Case, configuration: str, artifact: Artifact) -> tuple[Any, Any]:
        """The expected and the actual document of one comparison; ``ParityError`` where one cannot be had."""
        actual = comparable(self._actual(check, case, configuration), artifact)
        if check == "golden":
            try:
                return self._expected(case, artifact), actual
            except store.MissingGolden as error:
                raise ContractError(str(error)) from error
        first = self.pipeline.reference if check == "repeated" else self.pipeline.configurations[0]
        return comparable(self.captures.get(case, first), artifact), actual

    def _actual(self, check: Check, case: Case, configuration: str) -> Capture:
        if check != "repeated":
            return self.captures.get(case, configuration)
        return self.captures.repeated(case, self.captures.get(case, self.pipeline.reference))

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
        """How strictly one comparison is made.

        ``fed``: the actual side is a run on the expected side's data, so that its declared values are the expected side's.
        ``exact``: allow nothing, and still leave out what the comparison leaves out.
        """
        declared = self.declared_for(case, artifact.name)
        if check == "repeated":
            return Policy(expected_by=self.pipeline.reference, actual_by=configuration)
        tolerances = self.tolerances if check == "golden" else None
        if self._is_other_encoding(check, case, configuration):
            tolerances = self.tolerances.encodings
        if exact and tolerances is not None:
            tolerances = dict.fromkeys(tolerances, tolerance.EXACT)
        if check == "golden":
            return Policy(actual_by=configuration, tolerances=tolerances, declared=declared)
        first = self.pipeline.configurations[0]
        actual_by = first if fed else configuration
        return Policy(expected_by=first, actual_by=actual_by, tolerances=tolerances, declared=declared)

    def other_media(self, case: Case) -> tuple[str, ...]:
        """In what the first two configurations' media differ, when they read different files; empty when they do not."""
        if case.name not in self.media:
            try:
                captures = [self.captures.get(case, name) for name in self.pipeline.configurations[:2]]
            except ParityError:
                return ()  # whoever compares them says so
            self.media[case.name] = media.differing(self.pipeline, *captures)
        return self.media[case.name]

    def _is_other_encoding(self, check: Check, case: Case, configuration: str) -> bool:
        """Whether the two sides read different files: a golden is one of the reference configuration's file."""
        concerned = check == "configurations" or (check == "golden" and configuration != self.pipeline.reference)
        return concerned and bool(self.other_media(case))

    def golden_text(self, case: Case, artifact: Artifact) -> str:
        """What would be stored as the golden of ``artifact``."""
        capture = self.captures.get(case, self.pipeline.reference)
        node = self.contracts[artifact.name].node
        return canonical(masked(comparable(capture, artifact), node, self.declared_for(case, artifact.name)))

    def agrees(self, case: Case, artifact: Artifact, golden: Any) -> bool:
        """Whether the reference configuration's artifact lies within tolerance of ``golden``."""
        document = comparable(self.captures.get(case, self.pipeline.reference), artifact)
        return judge(self._against_golden(case, golden, document, artifact, self.pipeline.reference)) == (
            Verdict.PARITY,
        )

    def expectations(self, case: Case, configuration: str) -> Outcome:
        """Does the run find what is known to be in the case?"""
        return self._once(
            ("expectations", case.name, configuration, None), lambda: self._expectations(case, configuration)
        )

    def _expectations(self, case: Case, configuration: str) -> Outcome:
        capture = self.captures.get(case, configuration)
        if capture.failure:
            return Outcome(
                "expectations", case.name, configuration, verdicts=(Verdict.PIPELINE,), messages=(capture.failure,)
            )

        def document(name: str) -> Any:
            artifact = next(each for each in known_artifacts(self.pipeline) if each.name == name)
            if not capture.has(name):
                raise MissingArtifact(f"{configuration} wrote no {name}, so the ground truth cannot be held against it")
            if not self.contract(case, configuration, artifact).passed:
                raise ContractError(f"{name} breaks its schema: the ground truth cannot be held against it")
            return capture.document(name)

        found = self.pipeline.expectations(case, document)
        return Outcome(
            "expectations", case.name, configuration,
            verdicts=(Verdict.PARITY if all(each.passed for each in found) else Verdict.DRIFT,),
            messages=tuple(
                f"{each.component}: expected {each.expected}, got {each.got}" for each in found if not each.passed
            ),
            data={"expectations": [asdict(each) for each in found]},
        )  # fmt: skip

    def stale(self, cases: list[Case]) -> Outcome:
        """Is there a golden that nothing needs?"""
        files = [self.config.relative(path) for path in store.stale(self.config, cases, self.pipeline)]
        messages = tuple(f"{file}: no artifact of a case needs it; remove it" for file in files)
        verdict = Verdict.STALE if files else Verdict.PARITY
        return Outcome("stale", verdicts=(verdict,), messages=messages, data={"files": files})

    def ledger(self, cases: list[Case], *, complete: bool) -> Outcome:
        """Do the records of every golden of ``cases`` form one chain that ends at its file?

        ``complete``: ``cases`` are all there are, so that goldens of cases that are gone are looked at too.
        """
        return self._once(("ledger", None, None, None), lambda: self._ledger(cases, complete=complete))

    def _ledger(self, cases: list[Case], *, complete: bool) -> Outcome:
        from parity.goldens import history
        from parity.goldens import ledger as acceptances

        if self.config.ledger is None:
            return Outcome("ledger")
        records = acceptances.load(self.config.ledger)
        files = history.files(self.config, self.pipeline, cases, records, complete=complete)
        found = history.problems(records, files)
        messages = [*history.messages(found, self.config.relative(self.config.snapshots)), *self._unreadable(cases)]
        return Outcome(
            "ledger", file=self.config.relative(self.config.ledger),
            verdicts=(Verdict.CONTRACT if messages else Verdict.PARITY,), messages=tuple(messages),
            data={"problems": [asdict(each) for each in found]},
        )  # fmt: skip

    def _unreadable(self, cases: list[Case]) -> Iterator[str]:
        """What is wrong with the files that say where goldens come from."""
        from parity.goldens import provenance

        for case in cases:
            try:
                provenance.read(self.config, case.name)
            except ContractError as error:
                yield str(error)

    def _once(self, key: Key, compute: Callable[[], Outcome]) -> Outcome:
        """The outcome of ``key``; what makes a check impossible is its outcome too."""
        if key not in self.done:
            try:
                self.done[key] = compute()
            except ParityError as error:
                self.done[key] = _impossible(key, error.verdict, str(error))
            except RecursionError:
                message = "a document is nested too deep to be compared; expected a few dozen levels"
                self.done[key] = _impossible(key, Verdict.CONTRACT, message)
            except OSError as error:
                if (text := refused(error)) is None:
                    raise
                self.done[key] = _impossible(key, Verdict.USAGE, text)
        return self.done[key]

    def _contract(self, case: Case, configuration: str, artifact: Artifact) -> Outcome:
        capture = self.captures.get(case, configuration)
        place = {"case": case.name, "configuration": configuration, "artifact": artifact.name}
        if (broken := unusable(capture, artifact)) is not None:
            verdict, message = broken
            return Outcome("contract", **place, verdicts=(verdict,), messages=(message,))
        contract = self.contracts[artifact.name]
        document = capture.document(artifact.name)
        messages = [f"{v.path or '(top)'}: {v.message}" for v in check.violations(document, contract)]
        messages += [f"{path}: covered by no schema" for path in check.uncovered(document, contract)[: check.LISTED]]
        messages = [f"{message} (schema {contract.schema_id})" for message in messages]
        return Outcome(
            "contract", **place, file=capture.files[artifact.name],
            verdicts=(Verdict.CONTRACT if messages else Verdict.PARITY,), messages=tuple(messages),
        )  # fmt: skip

    def _configurations(self, case: Case, artifact: Artifact) -> Outcome:
        first, second = (self.captures.get(case, name) for name in self.pipeline.configurations[:2])
        place = {
            "case": case.name, "configuration": second.configuration, "artifact": artifact.name,
            "against": first.configuration,
        }  # fmt: skip
        if first.failure is None and second.failure is None and first.has(artifact.name) != second.has(artifact.name):
            has, has_not = (first, second) if first.has(artifact.name) else (second, first)
            note = f"{has.configuration} writes it, {has_not.configuration} does not"
            comparison = absent(expected=first.has(artifact.name), note=note)
            return Outcome("configurations", **place, verdicts=judge(comparison), comparison=comparison)
        for capture in (first, second):
            if (broken := unusable(capture, artifact)) is not None:
                verdict, message = broken
                return Outcome("configurations", **place, verdicts=(verdict,), messages=(message,))
        policy = self.policy("configurations", case, second.configuration, artifact)
        if self._is_other_encoding("configurations", case, second.configuration):
            node, document = self.contracts[artifact.name].node, comparable(second, artifact)
            sized = media.in_the_size_of(self.pipeline, first.document, second.document, document, node)
            with between(self._place(first, artifact), self._place(second, artifact)):
                compared = compare(comparable(first, artifact), sized, node, policy)
            comparison = self._without_the_file(compared, artifact)
        else:
            comparison = self._of_captures(first, second, artifact, policy)
        if artifact.name == RUN and (lines_of := getattr(self.pipeline, "log_lines", None)):
            comparison = with_logs(comparison, lines_of(first), lines_of(second))
        retested = {}
        if policy.declared:
            pair = (comparable(first, artifact), comparable(second, artifact))
            retested = {"declared": declared_again.retested(policy.declared, *pair)}
        outcome = Outcome(
            "configurations", **place, file=second.files[artifact.name], verdicts=judge(comparison),
            comparison=comparison, data=retested,
        )  # fmt: skip
        return self._settled(case, artifact, outcome)

    def _of_captures(self, first: Capture, second: Capture, artifact: Artifact, policy: Policy) -> Comparison:
        contract, name = self.contracts[artifact.name], artifact.name
        with between(self._place(first, artifact), self._place(second, artifact)):
            if is_compared_as_written(artifact):
                plain = first.is_plain(name) and second.is_plain(name)
                return compare_bytes(
                    first.raw(name), second.raw(name), contract, policy, self.known, plain=plain
                ).comparison
            return compare(comparable(first, artifact), comparable(second, artifact), contract.node, policy)

    def _place(self, capture: Capture, artifact: Artifact) -> str:
        """Where an artifact of a capture lies, for people."""
        return self.config.relative(capture.folder / capture.files[artifact.name])

    def _repeated(self, case: Case, artifact: Artifact) -> Outcome:
        first = self.captures.get(case, self.pipeline.reference)
        place = {
            "case": case.name, "configuration": REPEAT, "artifact": artifact.name, "against": first.configuration,
        }  # fmt: skip
        if (broken := unusable(first, artifact)) is not None:
            verdict, message = broken
            return Outcome("repeated", **place, verdicts=(verdict,), messages=(message,))
        second = self.captures.repeated(case, first)
        if (broken := unusable(second, artifact)) is not None:
            verdict, message = broken
            tail = f"\n  {second.failure}" if second.failure else ""
            return Outcome("repeated", **place, verdicts=(verdict,), messages=(message + tail,))
        node = self.contracts[artifact.name].node
        policy = self.policy("repeated", case, REPEAT, artifact)
        comparison = self._of_captures(first, second, artifact, policy)
        texts = [in_given_order(capture.document(artifact.name), node) for capture in (first, second)]
        if not comparison.differences and texts[0] != texts[1]:
            note = "the same values in another order of keys"
            comparison.differences.append(Difference("", "value", "one order", "another", note=note))
            comparison.differing += 1
        file = second.files[artifact.name]
        return Outcome("repeated", **place, file=file, verdicts=judge(comparison), comparison=comparison)

    def _golden(self, case: Case, configuration: str, artifact: Artifact) -> Outcome:
        capture = self.captures.get(case, configuration)
        place = {"case": case.name, "configuration": configuration, "artifact": artifact.name, "against": GOLDEN}
        if (broken := unusable(capture, artifact)) is not None:
            verdict, message = broken
            comparison = absent(expected=True, note=message) if verdict is Verdict.DRIFT else None
            messages = () if comparison else (message,)
            return Outcome("golden", **place, verdicts=(verdict,), messages=messages, comparison=comparison)
        file = f"derived from {GOLDEN}s"
        if artifact.golden:
            file = self.config.relative(self.config.golden(case.name, artifact.golden))
        try:
            golden = self._expected(case, artifact)
        except store.MissingGolden as error:
            comparison = absent(expected=False, note=str(error))
            return Outcome("golden", **place, file=file, verdicts=(Verdict.DRIFT,), comparison=comparison)
        except ContractError as error:
            return Outcome("golden", **place, file=file, verdicts=(error.verdict,), messages=(str(error),))
        comparison = self._against_golden(case, golden, comparable(capture, artifact), artifact, configuration)
        outcome = Outcome("golden", **place, file=file, verdicts=judge(comparison), comparison=comparison)
        return self._settled(case, artifact, outcome)

    def _settled(self, case: Case, artifact: Artifact, outcome: Outcome) -> Outcome:
        self.compared[(outcome.check, case.name, outcome.configuration, artifact.name)] = outcome
        return self.settle(case, artifact, outcome) if outcome.comparison else outcome

    def settle(self, case: Case, artifact: Artifact, outcome: Outcome) -> Outcome:
        """``outcome`` without the differences that do not count after all: none here, which knows no stage."""
        return outcome

    def _expected(self, case: Case, artifact: Artifact) -> Any:
        if artifact.golden:
            return self._stored(self.config.golden(case.name, artifact.golden), artifact)
        by_name = {other.name: other for other in known_artifacts(self.pipeline)}
        needed: list[Artifact] = []

        def golden(name: str) -> Any:
            needed.append(by_name[name])
            return self._expected(case, by_name[name])

        try:
            return self.pipeline.expected(artifact, golden)
        except (AttributeError, IndexError, KeyError, TypeError) as error:
            stored = [other.golden for other in needed if other.golden]
            if not stored:
                raise  # no golden has a part in it
            file = self.config.golden(case.name, stored[-1])
            raise store.broken(file, f"{artifact.name} cannot be derived from it: {error!r}") from error

    def _stored(self, file: Path, artifact: Artifact) -> Any:
        golden = store.read(file)
        node = self.contracts[artifact.name].node
        types = node.types or {name for branch in node.branches for name in branch.types}
        if types and not any(has_type(golden, name) for name in types):
            what = f"expected {' or '.join(sorted(types))}, as the schema of {artifact.name} has it, got {type_name(golden)}"
            raise store.broken(file, what)
        return golden

    def _against_golden(
        self, case: Case, golden: Any, document: Any, artifact: Artifact, configuration: str
    ) -> Comparison:
        policy, node = self.policy("golden", case, configuration, artifact), self.contracts[artifact.name].node
        capture = self.captures.get(case, configuration)
        with between(f"the golden of {case.name} {artifact.name}", self._place(capture, artifact)):
            return self._held_against(case, golden, document, artifact, configuration, policy, node)

    def _held_against(
        self,
        case: Case,
        golden: Any,
        document: Any,
        artifact: Artifact,
        configuration: str,
        policy: Policy,
        node: Node,
    ) -> Comparison:
        if not self._is_other_encoding("golden", case, configuration):
            return compare(golden, document, node, policy)
        by_name = {other.name: other for other in known_artifacts(self.pipeline)}
        sized = media.in_the_size_of(
            self.pipeline, lambda name: self._expected(case, by_name[name]),
            self.captures.get(case, configuration).document, document, node,
        )  # fmt: skip
        return self._without_the_file(compare(golden, sized, node, policy), artifact)

    def _without_the_file(self, comparison: Comparison, artifact: Artifact) -> Comparison:
        hashed = getattr(self.pipeline, "hashed", None)
        return media.without_the_file(comparison, artifact.name, self.pipeline.stages, hashed)
