"""Compare one pair of sides, artifact by artifact; nothing that a file holds ends the comparison."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from parity.check import comparer as held
from parity.check.outcome import absent, judge
from parity.check.rules import Rules
from parity.compare import accounted
from parity.compare.accounted import between
from parity.compare.difference import Comparison
from parity.compare.walk import Policy
from parity.contract import check
from parity.contract.check import Contract, Violation
from parity.pipeline.artifacts import artifacts_of, failing
from parity.pipeline.reading import reader_of
from parity.pipeline.stages import Graph
from parity.tools.diff import entries, fields, notes, schemaless, sides
from parity.tools.diff import media as stage_zero
from parity.tools.diff.entries import Entries, Key
from parity.tools.diff.fields import Test
from parity.tools.diff.media import Media, Strictness
from parity.tools.diff.pair import Options, Pair, Part, State, asked_for, unreadable
from parity.tools.diff.rank import all_names
from parity.tools.diff.sides import Side, case_of
from parity.verdict import ContractError, UsageError, Verdict, in_order

#: Given as the schema's id: compare every document without one.
NO_SCHEMA = "none"


@dataclass
class Comparer:
    """What pairs are compared by: the rules of a project, and what was asked for."""

    rules: Rules
    options: Options
    _contracts: dict[str, Contract] = field(default_factory=dict)

    @cached_property
    def graph(self) -> Graph:
        """The stages of the pipeline, asked by place."""
        return Graph(self.rules.pipeline.stages)

    @cached_property
    def meant(self) -> Test | None:
        """Which fields are asked for; None when all are."""
        return fields.matcher(self.options.fields) if self.options.fields else None

    def contract(self, schema_id: str) -> Contract:
        """The contract of a schema; an id that is none is an error that names the known ones."""
        if schema_id not in self._contracts:
            schemas = self.rules.schemas  # a broken one is nobody's wrong option
            try:
                schemas.get(schema_id)
            except ContractError as error:
                raise UsageError(f"--schema: {error}, or {NO_SCHEMA!r} to compare without one") from error
            self._contracts[schema_id] = check.build(schemas, schema_id)
        return self._contracts[schema_id]

    def compared(
        self,
        left: Path,
        right: Path,
        *,
        cases: Iterable[str] = (),
        stamps: tuple[str | None, str | None] = (None, None),
    ) -> tuple[Entries, list[tuple[Key, Pair]]]:
        """What two paths mean together, and the pairs of it compared; ``stamps`` choose in folders of outputs."""
        config, pipeline, schema = self.rules.config, self.rules.pipeline, self.options.schema
        found = entries.pair_up(left, right, pipeline, cases)
        pairs = []
        for key, *paths in found.pairs:
            read = (
                sides.read(path, config, pipeline, stamp=stamp, schema=schema)
                for path, stamp in zip(paths, stamps, strict=True)
            )
            pairs.append((key, self.pair(*read)))
        return found, pairs

    def pair(self, first: Side, second: Side) -> Pair:
        """Compare A (``first``) with B (``second``)."""
        exchanged = second.what == "golden" and first.what != "golden"
        expected, actual = (second, first) if exchanged else (first, second)
        media = stage_zero.judge(first, second, self.options.media)
        strict = stage_zero.strictness(expected, actual, media, self.rules.tolerances, wanted=self.options.tolerances)
        labels = ("B", "A") if exchanged else ("A", "B")
        parts = tuple(
            self._part(name, expected, actual, labels, media, strict) for name in self._names(expected, actual)
        )
        if self.options.fields and not any(part.matched for part in parts):
            raise UsageError(
                f"--field {' '.join(self.options.fields)}: no field of {first.path} or {second.path} is called so"
            )
        found = [verdict for part in parts for verdict in part.verdicts]
        reader, analyses = reader_of(self.rules.pipeline), self.options.analyses
        said = [*notes.of(first, "A", reader, analyses), *notes.of(second, "B", reader, analyses)]
        said += notes.between(first, second, parts)
        if self._failed(expected) or self._failed(actual):
            found.append(Verdict.PIPELINE)
        found += [Verdict.DRIFT for side in (first, second) if side.what == "capture" and side.notes]
        return Pair(expected, actual, exchanged, media, strict, parts, tuple(said), tuple(in_order(found)))

    def _names(self, expected: Side, actual: Side) -> list[str]:
        """The artifacts to compare, in the pipeline's order, then what it does not know."""
        if expected.single:
            return self._of_files(expected, actual)
        known = list(self.rules.artifacts)
        there = expected.names | actual.names
        usual = self._usual(expected, actual) & (expected.possible | actual.possible | expected.names)
        if expected.what == "golden" and case_of(expected, self.rules.config):
            # Of a case whose run must fail only some artifacts have a golden; what else it left stands in its tree.
            there = expected.names | (actual.names & usual)
        names = [name for name in known if name in there or name in usual] + sorted(there - set(known))
        wanted = self.options.analyses
        chosen = [name for name in names if not wanted or asked_for(name, wanted)]
        for each in wanted:
            if not any(asked_for(name, [each]) for name in names):
                groups = sorted({name.partition(".")[0] for name in names})
                raise UsageError(f"--analysis {each}: not known; known: {', '.join(groups)}")
        if not any(name in there for name in chosen):
            raise UsageError(f"neither {expected.path} nor {actual.path} has any of: {', '.join(chosen)}")
        return chosen

    def _failed(self, side: Side) -> bool:
        """Whether the run of a side failed, and not because its case is there to fail."""
        case = case_of(side, self.rules.config)
        return side.failure is not None and not (case and failing(self.rules.pipeline, case))

    def _usual(self, expected: Side, actual: Side) -> set[str]:
        """What both sides should have: of a case of the corpus what its runs leave, else what every run leaves."""
        case = case_of(expected, self.rules.config) or case_of(actual, self.rules.config)
        artifacts = artifacts_of(self.rules.pipeline, case) if case else self.rules.pipeline.artifacts
        return {artifact.name for artifact in artifacts}

    def _of_files(self, expected: Side, actual: Side) -> list[str]:
        if self.options.analyses:
            raise UsageError("--analysis chooses among the files of two folders, and these are files")
        (first,), (second,) = expected.names, actual.names
        if first != second and not self.options.schema:
            raise UsageError(
                f"{expected.path} is {first}, {actual.path} is {second}: compare two of one kind, or say how with "
                f"--schema ID (--schema {NO_SCHEMA}: without any)"
            )
        return [first]

    def _part(
        self, name: str, expected: Side, actual: Side, labels: tuple[str, str], media: Media, strict: Strictness
    ) -> Part:
        partner = next(iter(actual.names)) if actual.single else name
        files = (expected.files.get(name), actual.files.get(partner))
        if not (expected.has(name) and actual.has(partner)):
            return replace(self._one_sided(name, expected, actual, labels), files=files)
        for side, label, here in ((expected, labels[0], name), (actual, labels[1], partner)):
            if here in side.unreadable:
                return unreadable(name, label, side.unreadable[here], files)
        schema = self._schema_of(name, expected, actual)
        documents = (expected.documents[name], actual.documents[partner])
        contract = None if schema is None else self.contract(schema)
        try:
            if contract is None:
                return self._without_schema(name, documents, files)
            return self._along(contract, name, documents, (expected, actual), labels, media, strict, files)
        except RecursionError:
            return unreadable(name, "", "nested too deep to be compared", files)

    def _schema_of(self, name: str, expected: Side, actual: Side) -> str | None:
        if self.options.schema:
            return None if self.options.schema == NO_SCHEMA else self.options.schema
        known = self.rules.artifacts.get(name)
        return expected.schemas.get(name) or actual.schemas.get(name) or (known.schema if known else None)

    def _one_sided(self, name: str, expected: Side, actual: Side, labels: tuple[str, str]) -> Part:
        parity = (Verdict.PARITY,)
        if not expected.has(name) and not actual.has(name):
            return Part(name, "absent", parity)
        has, lacks, label = (expected, actual, labels[1]) if expected.has(name) else (actual, expected, labels[0])
        if name not in lacks.possible and name in self.rules.artifacts:
            return Part(name, "impossible", parity)
        if (expected.failure is None) != (actual.failure is None):
            return Part(name, "absent", parity, messages=("one of the runs failed before it",))
        comparison = absent(expected=has is expected, note=f"{label} has no such file")
        state: State = "missing" if has is expected else "extra"
        matched = 0 if self.meant is None else 1
        return Part(name, state, judge(comparison), comparison, matched=matched)

    def _without_schema(self, name: str, documents: tuple[Any, Any], files: tuple[str | None, str | None]) -> Part:
        with between(*files):
            comparison = schemaless.compare(*documents)
        matched = 0
        if self.meant is not None:
            asked = fields.Asked.of(*documents, None, self.meant)
            comparison = fields.narrowed(comparison, comparison, asked, self.meant)
            matched = len(asked.actual) + len(comparison.differences)
        return Part(
            name, "compared", judge(comparison), comparison, files=files, messages=(schemaless.NOTE,), matched=matched
        )

    def _along(
        self,
        contract: Contract,
        name: str,
        documents: tuple[Any, Any],
        sides: tuple[Side, Side],
        labels: tuple[str, str],
        media: Media,
        strict: Strictness,
        files: tuple[str | None, str | None],
    ) -> Part:
        expected, actual = sides
        policy, node = self._policy(name, expected, actual, strict), contract.node

        def of_any_contract(found: Comparison, left: Any, right: Any) -> Comparison:
            found = schemaless.without_todays_schema(found)
            accounted.check(left, right, node, found)
            return found

        def along(by: Policy) -> Comparison:
            left, right = (
                held.Side(document, side.path, side.documents.__getitem__)
                for document, side in zip(documents, sides, strict=True)
            )
            adapt = of_any_contract if self.options.any_contract else None
            other_media = media.state == "different"
            return held.held(self.rules, name, node, left, right, by, other_media=other_media, adapt=adapt)

        comparison = along(policy)
        matched = 0
        if self.meant is None:
            violations = self._violations(name, contract, documents, sides, labels, comparison)
        else:
            meant, holds = self._called(name, self.meant), self._called(name, fields.holder(self.options.fields))
            exact = comparison
            if strict.tolerances is not None:
                exact = along(replace(policy, tolerances=None))
            asked = fields.Asked.of(*documents, node, meant)

            def about(each: Violation) -> bool:
                return any(meant(place) or holds(place) or asked.has(place) for place in each.places)

            violations = self._violations(name, contract, documents, sides, labels, comparison, about)
            comparison = fields.narrowed(comparison, exact, asked, meant, holds)
            matched = len(asked.actual) + len(comparison.differences) + len(violations)
        verdicts = in_order([*judge(comparison), *([Verdict.CONTRACT] if violations else [])])
        return Part(
            name,
            "compared",
            tuple(verdicts),
            comparison,
            schema=contract.schema_id,
            files=files,
            violations=violations,
            matched=matched,
        )

    def _policy(self, name: str, expected: Side, actual: Side, strict: Strictness) -> Policy:
        """Declared differences count between two configurations, and in goldens, which hold a placeholder for them.

        Of two goldens the placeholders are compared.
        """
        first, second = expected.configuration, actual.configuration
        golden = expected.what == "golden"
        case = case_of(actual, self.rules.config) or case_of(expected, self.rules.config)
        replayed = case is not None and self.rules.pipeline.replayed(case)
        goldens = golden and actual.what == "golden"
        known = goldens or second in self.rules.pipeline.configurations
        apart = golden or (first in self.rules.pipeline.configurations and first != second)
        counts = known and apart and not replayed
        declared = [entry for entry in self.rules.declared if entry.artifact == name] if counts else []
        return Policy(
            actual_by=None if goldens else second or "B",
            expected_by=None if golden else first or "A",
            tolerances=strict.tolerances,
            declared=[entry for entry in declared if case is None or entry.holds_in(case.name)],
            uncovered=self.options.any_contract,
        )

    def _violations(
        self,
        name: str,
        contract: Contract,
        documents: tuple[Any, Any],
        sides: tuple[Side, Side],
        labels: tuple[str, str],
        comparison: Comparison,
        about: Callable[[Violation], bool] | None = None,
    ) -> tuple[tuple[str, Violation], ...]:
        """What breaks today's schema on either side and no difference says already; goldens hold placeholders."""
        said = {each.path for each in comparison.differences if each.kind == "schema"}
        found: list[tuple[str, Violation]] = []
        if self.options.any_contract:
            return ()
        for label, side, document in sorted(zip(labels, sides, documents, strict=True), key=lambda each: each[0]):
            if side.what == "golden":
                continue
            try:
                breaches = check.violations(side.whole.get(name, document), contract, about)
            except (ValueError, OverflowError, RecursionError) as error:
                breaches = [Violation("", f"cannot be validated: {error}")]
            found += [(label, each) for each in breaches if each.path not in said]
        return tuple(found)

    def _called(self, name: str, meant: Test) -> Test:
        """``meant`` of a field by its path, by its path in the text that holds it, or by that in another artifact."""
        return lambda path: (
            meant(path) or meant(path.rpartition("(json).")[2]) or any(map(meant, all_names(self.graph, name, path)))
        )
