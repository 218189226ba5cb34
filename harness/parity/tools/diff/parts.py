"""One artifact of a pair: what became of it, and what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from parity.compare.difference import Comparison, Difference
from parity.contract.check import Violation
from parity.verdict import Verdict

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


def counts(parts: Sequence[Part]) -> Mapping[str, int]:
    """The leaves of all parts by how they were compared."""
    total: dict[str, int] = {}
    for part in parts:
        for name, number in part.comparison.counts().items():
            total[name] = total.get(name, 0) + number
    return total


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
