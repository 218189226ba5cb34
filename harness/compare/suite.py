"""All checks of a comparison, as functions of case, configuration and artifact."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from typing import Any

from harness import goldens
from harness.capture import summary
from harness.cases import Case
from harness.compare import declared as ledger
from harness.compare import tolerance
from harness.compare.captures import REPEAT, Captures
from harness.compare.declared import Declared
from harness.compare.difference import Comparison, Difference
from harness.compare.documents import comparable, unusable
from harness.compare.mask import canonical, in_given_order, masked
from harness.compare.outcome import Check, Outcome, absent, judge
from harness.compare.walk import Policy, compare
from harness.config import Config
from harness.contract import check, registry
from harness.contract.check import Contract
from harness.pipelines.base import Artifact, Pipeline
from harness.verdict import ContractError, ParityError, Verdict

GOLDEN = "golden"

#: Check, case, configuration, artifact.
Key = tuple[Check, str | None, str | None, str | None]


@dataclass
class Suite:
    """One comparison: what to compare it by, and the captures; every check is computed once."""

    config: Config
    pipeline: Pipeline
    captures: Captures
    done: dict[Key, Outcome] = field(default_factory=dict)

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """Artifact name → its contract."""
        schemas = registry.load(self.config.schemas)
        schemas = schemas.with_documents(self.pipeline.derived_schemas(schemas.documents))
        by_schema: dict[str, Contract] = {}
        for artifact in self.pipeline.artifacts:
            if artifact.schema not in by_schema:
                by_schema[artifact.schema] = check.build(schemas, artifact.schema)
        return {artifact.name: by_schema[artifact.schema] for artifact in self.pipeline.artifacts}

    @cached_property
    def tolerances(self) -> Any:
        """Tolerance classes by name."""
        return tolerance.load(self.config.tolerances)

    @cached_property
    def declared(self) -> list[Declared]:
        """The declared differences between configurations."""
        names = [artifact.name for artifact in self.pipeline.artifacts]
        return ledger.load(self.config.declared, configurations=self.pipeline.configurations, artifacts=names)

    def declared_for(self, case: Case, artifact: str) -> list[Declared]:
        """Those of one artifact; none where every configuration reads the same recording."""
        if self.pipeline.replayed(case):
            return []
        return [entry for entry in self.declared if entry.artifact == artifact]

    def run(self, case: Case, configuration: str) -> Outcome:
        """Did the configuration run to its end, and does what it left behind fit together?"""
        return self._once(("run", case.name, configuration, None), lambda: self._run(case, configuration))

    def _run(self, case: Case, configuration: str) -> Outcome:
        capture = self.captures.get(case, configuration)
        found, messages = [], list(capture.problems)
        if capture.failure:
            found.append(Verdict.PIPELINE)
            messages.insert(0, f"{configuration}: {capture.failure}\n  see {self.config.relative(capture.folder)}")
        if capture.problems:
            found.append(Verdict.DRIFT)
        return Outcome(
            "run", case.name, configuration, verdicts=tuple(found) or (Verdict.PARITY,), messages=tuple(messages),
            data={**summary(capture), "folder": self.config.relative(capture.folder)},
        )  # fmt: skip

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

    def forget_golden(self, case: Case, artifact: Artifact) -> None:
        """Compute golden comparisons of ``artifact`` again: its golden has been rewritten."""
        for configuration in self.pipeline.configurations:
            self.done.pop(("golden", case.name, configuration, artifact.name), None)

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
            artifact = next(each for each in self.pipeline.artifacts if each.name == name)
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
        files = [self.config.relative(path) for path in goldens.stale(self.config, cases, self.pipeline.artifacts)]
        messages = tuple(f"{file}: no artifact of a case needs it; remove it" for file in files)
        verdict = Verdict.STALE if files else Verdict.PARITY
        return Outcome("stale", verdicts=(verdict,), messages=messages, data={"files": files})

    def _once(self, key: Key, compute: Callable[[], Outcome]) -> Outcome:
        """The outcome of ``key``; what makes a check impossible is its outcome too."""
        if key not in self.done:
            try:
                self.done[key] = compute()
            except ParityError as error:
                check_name, case, configuration, artifact = key
                self.done[key] = Outcome(
                    check_name, case, configuration, artifact, verdicts=(error.verdict,), messages=(str(error),)
                )
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
        policy = Policy(
            expected_by=first.configuration,
            actual_by=second.configuration,
            declared=self.declared_for(case, artifact.name),
        )
        node = self.contracts[artifact.name].node
        comparison = compare(comparable(first, artifact), comparable(second, artifact), node, policy)
        file = second.files[artifact.name]
        return Outcome("configurations", **place, file=file, verdicts=judge(comparison), comparison=comparison)

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
        policy = Policy(expected_by=first.configuration, actual_by=REPEAT)
        comparison = compare(first.document(artifact.name), second.document(artifact.name), node, policy)
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
            file = self.config.relative(goldens.path_of(self.config, case.name, artifact.golden))
        try:
            golden = self._expected(case, artifact)
        except goldens.MissingGolden as error:
            comparison = absent(expected=False, note=str(error))
            return Outcome("golden", **place, file=file, verdicts=(Verdict.DRIFT,), comparison=comparison)
        comparison = self._against_golden(case, golden, comparable(capture, artifact), artifact, configuration)
        return Outcome("golden", **place, file=file, verdicts=judge(comparison), comparison=comparison)

    def _expected(self, case: Case, artifact: Artifact) -> Any:
        if artifact.golden:
            return goldens.read(goldens.path_of(self.config, case.name, artifact.golden))
        by_name = {other.name: other for other in self.pipeline.artifacts}
        return self.pipeline.expected(artifact, lambda name: self._expected(case, by_name[name]))

    def _against_golden(
        self, case: Case, golden: Any, document: Any, artifact: Artifact, configuration: str
    ) -> Comparison:
        policy = Policy(
            actual_by=configuration, tolerances=self.tolerances, declared=self.declared_for(case, artifact.name)
        )
        return compare(golden, document, self.contracts[artifact.name].node, policy)
