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
from parity.pipeline.artifacts import failing
from parity.pipeline.reading import reader_of
from parity.pipeline.stages import Graph
from parity.tools.diff import entries, fields, notes, schemaless, sides
from parity.tools.diff import media as stage_zero
from parity.tools.diff.entries import Entries, Key
from parity.tools.diff.fields import Test
from parity.tools.diff.media import Media, Strictness
from parity.tools.diff.pair import NO_SCHEMA, Options, Pair, Part, unreadable
from parity.tools.diff.rank import all_names
from parity.tools.diff.sides import Side, case_of
from parity.verdict import ContractError, UsageError, Verdict, in_order


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
        two = _Two(self, expected, actual, ("B", "A") if exchanged else ("A", "B"), media, strict)
        parts = tuple(two.part(name) for name in entries.names(expected, actual, self.rules, self.options))
        if self.options.fields and not any(part.matched for part in parts):
            raise UsageError(
                f"--field {' '.join(self.options.fields)}: no field of {first.path} or {second.path} is called so"
            )
        found = [verdict for part in parts for verdict in part.verdicts]
        reader, analyses = reader_of(self.rules.pipeline), self.options.analyses
        said = [*notes.of(first, "A", reader, analyses), *notes.of(second, "B", reader, analyses)]
        said += notes.between(first, second, parts)
        if self.failed(expected) or self.failed(actual):
            found.append(Verdict.PIPELINE)
        found += [Verdict.DRIFT for side in (first, second) if side.what == "capture" and side.notes]
        return Pair(expected, actual, exchanged, media, strict, parts, tuple(said), tuple(in_order(found)))

    def failed(self, side: Side) -> bool:
        """Whether the run of a side failed, and not because its case is there to fail."""
        case = case_of(side, self.rules.config)
        return side.failure is not None and not (case and failing(self.rules.pipeline, case))


@dataclass(frozen=True)
class _Two:
    """Two sides, and how they are compared; ``labels`` are what differences call the expected side and the actual one."""

    by: Comparer
    expected: Side
    actual: Side
    labels: tuple[str, str]
    media: Media
    strict: Strictness

    def part(self, name: str) -> Part:
        """The artifact of that name compared; of two files it is that of the expected one."""
        expected, actual = self.expected, self.actual
        partner = next(iter(actual.names)) if actual.single else name
        files = (expected.files.get(name), actual.files.get(partner))
        if not (expected.has(name) and actual.has(partner)):
            return replace(self._one_sided(name), files=files)
        for side, label, here in ((expected, self.labels[0], name), (actual, self.labels[1], partner)):
            if here in side.unreadable:
                return unreadable(name, label, side.unreadable[here], files)
        schema = self._schema_of(name)
        contract = None if schema is None else self.by.contract(schema)
        documents = (expected.documents[name], actual.documents[partner])
        try:
            found = self._along(contract, name, documents) if contract else self._without_schema(name, documents, files)
        except RecursionError:
            return unreadable(name, "", "nested too deep to be compared", files)
        return replace(found, files=files)

    def _schema_of(self, name: str) -> str | None:
        wanted = self.by.options.schema
        if wanted:
            return None if wanted == NO_SCHEMA else wanted
        known = self.by.rules.artifacts.get(name)
        return self.expected.schemas.get(name) or self.actual.schemas.get(name) or (known.schema if known else None)

    def _one_sided(self, name: str) -> Part:
        expected, actual = self.expected, self.actual
        parity = (Verdict.PARITY,)
        if not expected.has(name) and not actual.has(name):
            return Part(name, "absent", parity)
        here = expected.has(name)
        lacks, label = (actual, self.labels[1]) if here else (expected, self.labels[0])
        if name not in lacks.possible and name in self.by.rules.artifacts:
            return Part(name, "impossible", parity)
        if (expected.failure is None) != (actual.failure is None):
            return Part(name, "absent", parity, messages=("one of the runs failed before it",))
        comparison = absent(expected=here, note=f"{label} has no such file")
        matched = 0 if self.by.meant is None else 1
        return Part(name, "missing" if here else "extra", judge(comparison), comparison, matched=matched)

    def _without_schema(self, name: str, documents: tuple[Any, Any], files: tuple[str | None, str | None]) -> Part:
        with between(*files):
            comparison = schemaless.compare(*documents)
        matched = 0
        if self.by.meant is not None:
            asked = fields.Asked.of(*documents, None, self.by.meant)
            comparison = fields.narrowed(comparison, comparison, asked, self.by.meant)
            matched = len(asked.actual) + len(comparison.differences)
        return Part(name, "compared", judge(comparison), comparison, messages=(schemaless.NOTE,), matched=matched)

    def _along(self, contract: Contract, name: str, documents: tuple[Any, Any]) -> Part:
        policy, node, options = self._policy(name), contract.node, self.by.options

        def of_any_contract(found: Comparison, left: Any, right: Any) -> Comparison:
            found = schemaless.without_todays_schema(found)
            accounted.check(left, right, node, found)
            return found

        def along(by: Policy) -> Comparison:
            left, right = (
                held.Side(document, side.path, side.documents.__getitem__)
                for document, side in zip(documents, (self.expected, self.actual), strict=True)
            )
            adapt = of_any_contract if options.any_contract else None
            other_media = self.media.state == "different"
            return held.held(self.by.rules, name, node, left, right, by, other_media=other_media, adapt=adapt)

        comparison = along(policy)
        matched = 0
        if self.by.meant is None:
            violations = self._violations(name, contract, documents, comparison)
        else:
            meant, holds = self._called(name, self.by.meant), self._called(name, fields.holder(options.fields))
            exact = along(replace(policy, tolerances=None)) if self.strict.tolerances is not None else comparison
            asked = fields.Asked.of(*documents, node, meant)

            def about(each: Violation) -> bool:
                return any(meant(place) or holds(place) or asked.has(place) for place in each.places)

            violations = self._violations(name, contract, documents, comparison, about)
            comparison = fields.narrowed(comparison, exact, asked, meant, holds)
            matched = len(asked.actual) + len(comparison.differences) + len(violations)
        verdicts = in_order([*judge(comparison), *([Verdict.CONTRACT] if violations else [])])
        return Part(
            name,
            "compared",
            tuple(verdicts),
            comparison,
            schema=contract.schema_id,
            violations=violations,
            matched=matched,
        )

    def _policy(self, name: str) -> Policy:
        """Declared differences count between two configurations, and in goldens, which hold a placeholder for them.

        Of two goldens the placeholders are compared.
        """
        rules = self.by.rules
        case = case_of(self.actual, rules.config) or case_of(self.expected, rules.config)
        first, second = self.expected.configuration, self.actual.configuration
        golden = self.expected.what == "golden"
        replayed = case is not None and rules.pipeline.replayed(case)
        goldens = golden and self.actual.what == "golden"
        known = goldens or second in rules.pipeline.configurations
        apart = golden or (first in rules.pipeline.configurations and first != second)
        counts = known and apart and not replayed
        declared = [entry for entry in rules.declared if entry.artifact == name] if counts else []
        return Policy(
            actual_by=None if goldens else second or "B",
            expected_by=None if golden else first or "A",
            tolerances=self.strict.tolerances,
            declared=[entry for entry in declared if case is None or entry.holds_in(case.name)],
            uncovered=self.by.options.any_contract,
        )

    def _violations(
        self,
        name: str,
        contract: Contract,
        documents: tuple[Any, Any],
        comparison: Comparison,
        about: Callable[[Violation], bool] | None = None,
    ) -> tuple[tuple[str, Violation], ...]:
        """What breaks today's schema on either side and no difference says already; goldens hold placeholders."""
        said = {each.path for each in comparison.differences if each.kind == "schema"}
        found: list[tuple[str, Violation]] = []
        if self.by.options.any_contract:
            return ()
        sides = zip(self.labels, (self.expected, self.actual), documents, strict=True)
        for label, side, document in sorted(sides, key=lambda each: each[0]):
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
            meant(path) or meant(path.rpartition("(json).")[2]) or any(map(meant, all_names(self.by.graph, name, path)))
        )
