"""What a drill found, as data: one record per fault, mutation and control."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

from parity.tools.drill.fault import Finding

#: What must hold: shares of structural and of value mutations that are found, and of all that are found, named.
STRUCTURAL_FOUND = 1.0
VALUES_FOUND = 0.995

LISTED = 8
#: Where runs with a fault take place: nobody finds anything there afterwards.
SCRATCH = "parity-drill-"
_SCRATCH = re.compile(rf"\S*/{SCRATCH}[^/\s]+")

#: Told what is done now.
Tell = Callable[[str], None]


@dataclass(frozen=True)
class FaultResult:
    """One fault, put in. ``found``: the verdict was not parity; ``named``: every stated place was found, and no other.

    ``lines`` are the first findings, ``missed`` the stated places without one, ``unrelated`` findings elsewhere.
    """

    id: str
    title: str
    does: str
    means: str
    scene: str
    case: str
    findings: int
    lines: tuple[str, ...]
    missed: tuple[str, ...]
    unrelated: tuple[str, ...]

    @property
    def found(self) -> bool:
        return self.findings > 0

    @property
    def named(self) -> bool:
        return self.found and not self.missed and not self.unrelated


@dataclass(frozen=True)
class Mutated:
    """What one mutation changes: ``field`` of the schema at ``path``, or a file; ``size`` is set for values alone.

    ``text`` says what is done, ``tolerance_class`` is that of the field.
    """

    kind: str
    size: str
    case: str
    artifact: str
    field: str
    path: str
    text: str
    tolerance_class: str


@dataclass(frozen=True)
class MutationResult(Mutated):
    """One mutation. ``detected``: the verdict was not parity, and of a value also not against the golden alone.

    ``elsewhere``: how many differences stand at other places of the same artifact.
    """

    detected: bool
    by_golden: bool
    named: bool
    elsewhere: int
    why: str = ""

    @classmethod
    def of(cls, made: Mutated, *, detected: bool, by_golden: bool, named: bool, elsewhere: int, why: str) -> Self:
        """What was found of the mutation ``made``."""
        told = {each.name: getattr(made, each.name) for each in fields(Mutated)}
        return cls(**told, detected=detected, by_golden=by_golden, named=named, elsewhere=elsewhere, why=why)


@dataclass(frozen=True)
class ControlResult:
    """One run or change without a fault. ``lines``: what was found all the same."""

    kind: str
    what: str
    lines: tuple[str, ...]

    @property
    def silent(self) -> bool:
        return not self.lines


@dataclass
class Drill:
    """Everything one drill did."""

    seed: int
    cases: tuple[str, ...]
    faults: list[FaultResult] = field(default_factory=list)
    spared: list[dict[str, str]] = field(default_factory=list)
    mutations: list[MutationResult] = field(default_factory=list)
    controls: list[ControlResult] = field(default_factory=list)
    provenance: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0

    def hold(self, kind: str, what: str, found: Sequence[Finding]) -> None:
        """Note a control, and what was ``found`` in it."""
        self.controls.append(ControlResult(kind, what, lines_of(found)))

    @property
    def values(self) -> list[MutationResult]:
        return [each for each in self.mutations if each.size]

    @property
    def structural(self) -> list[MutationResult]:
        return [each for each in self.mutations if not each.size]

    @property
    def missed(self) -> list[MutationResult]:
        return [each for each in self.mutations if not each.detected]

    @property
    def unnamed(self) -> list[MutationResult]:
        return [each for each in self.mutations if each.detected and not each.named]

    @property
    def alarms(self) -> list[ControlResult]:
        return [each for each in self.controls if not each.silent]

    def promises(self) -> dict[str, bool]:
        """What was promised of the parts that were drilled, and whether it holds."""
        found: dict[str, bool] = {}
        if self.faults:
            found["every fault found"] = all(each.found for each in self.faults)
            found["every fault named"] = all(each.named for each in self.faults)
        if self.structural:
            found["structural mutations found: 100 %"] = share(self.structural) >= STRUCTURAL_FOUND
        if self.values:
            found["value mutations found: at least 99.5 %"] = share(self.values) >= VALUES_FOUND
        if self.mutations:
            found["every mutation that was found is named"] = not self.unnamed
        if self.controls:
            found["no false alarm"] = not self.alarms
        return found


def share(mutations: Sequence[MutationResult]) -> float:
    """The share that was detected; 1 of none."""
    return sum(each.detected for each in mutations) / len(mutations) if mutations else 1.0


def lines_of(found: Sequence[Finding]) -> tuple[str, ...]:
    """The first findings as they are listed, one line each."""
    return tuple(
        f"[{each.check}] {_SCRATCH.sub('<scratch>', each.line)}".splitlines()[0][:300] for each in found[:LISTED]
    )
