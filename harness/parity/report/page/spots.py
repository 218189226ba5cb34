"""Every differing value told once: not for each file that repeats it, nor for each configuration that has it alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol, TypeVar

from parity.explain.findings import Comparing
from parity.paths import pattern, steps
from parity.pipeline.stages import Graph, canonical


@dataclass(frozen=True)
class Spot:
    """One differing value in the plainest of its files. ``alike``: the configurations that have the very same there."""

    where: Comparing
    alike: tuple[str, ...]
    artifact: str
    row: Mapping[str, Any]

    @property
    def path(self) -> str:
        """Its place in the actual document (of what is missing: in the expected one)."""
        return str(self.row["path"])

    @property
    def expected_path(self) -> str:
        """Its place in the expected document."""
        return str(self.row["expected_path"] or self.row["path"])

    @property
    def cause(self) -> str | None:
        """Id of the cause it belongs to."""
        cause: str | None = self.row["cause"]
        return cause

    @property
    def causes(self) -> dict[str | None, bool]:
        """Its cause → whether it is that cause's own."""
        return {self.cause: self.is_own}

    @property
    def is_own(self) -> bool:
        """Whether it is what broke, not what follows from it."""
        return bool(self.row["role"] == "own")

    @property
    def is_missing(self) -> bool:
        """Whether only the expected side has it."""
        return bool(self.row["kind"] == "missing")

    @cached_property
    def steps(self) -> list[str | int]:
        """The steps of its path."""
        return steps(self.path)

    @cached_property
    def field(self) -> tuple[str, str]:
        """Its artifact, and its path there with indices left open."""
        return self.artifact, pattern(self.path)


def fold(rows: Iterable[Mapping[str, Any]], graph: Graph) -> list[Spot]:
    """The spots of ``rows`` (those of ``differences.json``) in their order; whole documents are left out."""
    plainest: dict[tuple[Any, ...], Mapping[str, Any]] = {}
    for row in rows:
        if not row["path"]:
            continue
        stage = graph.by_name.get(row["stage"] or "")
        place = canonical(stage, row["path"])
        where = tuple(row[name] for name in ("check", "case", "configuration", "against", "stage", "kind"))
        key = (*where, place if stage is not None else (row["artifact"], place))
        known = plainest.get(key)
        if known is None or len(row["path"]) < len(known["path"]):
            plainest[key] = row
    alike: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for row in plainest.values():
        same = (row["check"], row["case"], row["against"], row["artifact"], row["path"], row["kind"])
        alike.setdefault((*same, repr(row["expected"]), repr(row["actual"])), []).append(row)
    return [_spot(same) for same in alike.values()]


def _spot(same: list[Mapping[str, Any]]) -> Spot:
    first = same[0]
    where = Comparing(first["check"], first["case"], first["configuration"], first["against"])
    return Spot(where, tuple(row["configuration"] for row in same), first["artifact"], first)


# ── what to show first, where there is more than fits ────────────────────────────────────────────────────────


class Ranked(Protocol):
    """Something that shows differing values of one comparison."""

    @property
    def where(self) -> Comparing: ...

    @property
    def causes(self) -> dict[str | None, bool]:
        """Causes that it shows something of → whether that is their own."""
        ...


T = TypeVar("T", bound=Ranked)


def by_cause(shown: Iterable[Ranked]) -> dict[str, list[int]]:
    """Causes → the places in ``shown`` of what shows something of them."""
    found: dict[str, list[int]] = {}
    for number, each in enumerate(shown):
        for cause in each.causes:
            if cause is not None:
                found.setdefault(cause, []).append(number)
    return found


def in_turn(found: Iterable[T], order: Sequence[str], *, weight: Callable[[T], Any]) -> list[T]:
    """``found``, the best of each cause and case first, then the second best of each, and so on.

    ``order``: ids of the causes, heaviest first; what belongs to none comes last. Of one cause and case, what is the
    cause's own comes before what follows from it, the smaller ``weight`` first.
    """
    numbers = {cause: number for number, cause in enumerate(order)}
    groups: dict[tuple[int, str], list[T]] = {}
    for each in found:
        cause = min(each.causes, key=lambda name: (not each.causes[name], numbers.get(name or "", len(order))))
        groups.setdefault((numbers.get(cause or "", len(order)), each.where.case), []).append(each)
    turns: list[tuple[int, int, str, T]] = []
    for (number, case), members in groups.items():
        members.sort(key=lambda each: (not any(each.causes.values()), each.where.check != "golden", weight(each)))
        turns += [(turn, number, case, each) for turn, each in enumerate(members)]
    return [each for *_, each in sorted(turns, key=lambda turn: turn[:3])]
