"""What a comparison of two sides is asked for, and what it finds: of the pair, and of each of its artifacts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from parity.compare.difference import Comparison, Difference
from parity.contract.check import Violation
from parity.tools.diff.media import Media, Strictness
from parity.tools.diff.sides import Side
from parity.verdict import Verdict, decide

#: Given as the schema's id: compare every document without one.
NO_SCHEMA = "none"

#: What was made by a run of this harness.
_OF_RUNS = frozenset({"capture", "golden"})


State = Literal["compared", "missing", "extra", "unreadable", "absent", "impossible"]


@dataclass(frozen=True)
class Part:
    """One artifact of a pair. ``violations``: side ("A", "B") and breach of today's schema; ``matched``: how many of the
    fields that were asked for are in it."""

    artifact: str
    state: State
    verdicts: tuple[Verdict, ...]
    comparison: Comparison = field(default_factory=Comparison)
    schema: str | None = None
    files: tuple[str | None, str | None] = (None, None)
    messages: tuple[str, ...] = ()
    violations: tuple[tuple[str, Violation], ...] = ()
    matched: int = 0

    @property
    def may_be_older(self) -> bool:
        """Whether a schema of another version might allow, or know, what today's does not."""
        found = self.comparison
        breaches = any(
            each.kind == "schema" and each.is_finite and not each.is_unreadable for each in found.differences
        )
        return breaches or bool(found.uncompared) or not all(each.never_valid for _, each in self.violations)


@dataclass(frozen=True)
class Options:
    """``analyses``: artifacts, or what stands before their dot; ``tolerances`` False: exactly; empty and None: all, auto."""

    analyses: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    media: str = "auto"
    tolerances: bool | None = None
    schema: str | None = None
    #: Breaches of today's schemas do not count, and what they do not cover is compared without them.
    any_contract: bool = False


@dataclass(frozen=True)
class Pair:
    """Two compared sides; ``expected`` is B where B alone is a golden (``exchanged``)."""

    expected: Side
    actual: Side
    exchanged: bool
    media: Media
    strictness: Strictness
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def labels(self) -> tuple[str, str]:
        """What differences call the expected side and the actual one."""
        return ("B", "A") if self.exchanged else ("A", "B")

    @property
    def counts(self) -> dict[str, int]:
        """The leaves of all parts by how they were compared."""
        return total(part.comparison.counts() for part in self.parts)

    @property
    def verdict(self) -> Verdict:
        """The gravest that applies."""
        return decide(self.verdicts)

    @property
    def may_be_older(self) -> bool:
        """Whether breaches of today's schemas may come from an older contract: not of runs that name one and the same."""
        sides = (self.expected, self.actual)
        versions = [version for side in sides for version in side.told.contracts]
        is_one = len(versions) == 2 and versions[0] == versions[1] and {side.what for side in sides} <= _OF_RUNS
        return not is_one and any(part.may_be_older for part in self.parts)


def total(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """All of ``counts`` together, by name."""
    found = Counter[str]()
    for each in counts:
        found.update(each)
    return dict(found)


def asked_for(name: str, wanted: Sequence[str]) -> bool:
    """Whether ``name`` is one of ``wanted``, or in the group of one."""
    return name in wanted or name.partition(".")[0] in wanted


def grouped(names: Sequence[str]) -> list[str]:
    """Artifacts of one group as one: ``a.ml, a.result, a.complete`` as ``a (ml, result, complete)``."""
    groups: dict[str, list[str]] = {}
    for name in names:
        group, _, form = name.partition(".")
        groups.setdefault(group, []).append(form)
    return [f"{group} ({', '.join(forms)})" if forms != [""] else group for group, forms in groups.items()]


def unreadable(name: str, label: str, why: str, files: tuple[str | None, str | None]) -> Part:
    """The part of an artifact that cannot be compared; ``label``: the side that is to blame."""
    note = f"{label}: {why}" if label else why
    difference = Difference("", "schema", None, None, note=note)
    comparison = Comparison(differing=1, differences=[difference])
    return Part(name, "unreadable", (Verdict.CONTRACT,), comparison, files=files, matched=1)
