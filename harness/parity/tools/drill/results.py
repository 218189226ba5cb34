"""What a drill found, as data: one record per fault, mutation and control, and the report that counts them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self

from parity.tools.drill.fault import Finding

#: What must hold: shares of structural and of value mutations that are found, and of all that are found, named.
STRUCTURAL_FOUND = 1.0
VALUES_FOUND = 0.995

FORMAT = "parity-drill/1"

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


def to_json(drill: Drill) -> dict[str, Any]:
    """The whole drill; of mutations every miss and unnamed one, the others as counts per field."""
    promises = drill.promises()
    return {
        "format": FORMAT,
        "passed": all(promises.values()),
        "promises": promises,
        "seed": drill.seed,
        "cases": list(drill.cases),
        "seconds": round(drill.seconds, 1),
        "provenance": drill.provenance,
        "faults": [{**vars(each), "found": each.found, "named": each.named} for each in drill.faults],
        "not_injectable": drill.spared,
        "mutations": {
            "by_kind": counts(drill.structural, lambda each: each.kind),
            "by_size": counts(drill.values, lambda each: each.size),
            "by_class": counts(drill.values, lambda each: each.tolerance_class),
            "by_field": counts(drill.mutations, lambda each: f"{each.artifact} {each.field}".rstrip()),
            "misses": [vars(each) for each in drill.missed],
            "unnamed": [vars(each) for each in drill.unnamed],
        },
        "too_loose": too_loose(drill.values),
        "controls": {
            "by_kind": alarms(drill),
            "false_alarms": [vars(each) for each in drill.alarms],
        },
    }


def counts(mutations: Iterable[MutationResult], key: Callable[[MutationResult], str]) -> dict[str, dict[str, int]]:
    """Per ``key``: injected, detected, named."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: {"injected": 0, "detected": 0, "named": 0})
    for each in mutations:
        row = table[key(each)]
        row["injected"] += 1
        row["detected"] += each.detected
        row["named"] += each.detected and each.named
    return {name: table[name] for name in sorted(table)}


def too_loose(values: Iterable[MutationResult]) -> list[dict[str, Any]]:
    """Fields whose tolerance swallows a physical size, with class, size and one example."""
    found: dict[tuple[str, str], MutationResult] = {}
    for each in values:
        if not each.detected:
            found.setdefault((f"{each.artifact} {each.field}", each.size), each)
    return [
        {
            "field": field,
            "size": size,
            "class": each.tolerance_class,
            "example": f"{each.case} {each.path}: {each.text}",
        }
        for (field, size), each in sorted(found.items())
    ]


def alarms(drill: Drill) -> dict[str, dict[str, int]]:
    """Per kind of control: how many, and false alarms."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: {"controls": 0, "false_alarms": 0})
    for each in drill.controls:
        table[each.kind]["controls"] += 1
        table[each.kind]["false_alarms"] += not each.silent
    return dict(table)


def state(fault: FaultResult) -> str:
    """One word or clause on a fault."""
    if not fault.found:
        return "MISSED"
    return "found and named" if fault.named else "found, NOT NAMED"
