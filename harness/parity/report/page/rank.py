"""What to show first where there is more than fits: something of every cause and case before more of any."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol, TypeVar

from parity.explain.findings import Comparing


class Ranked(Protocol):
    """Something that shows differing values of one comparison."""

    @property
    def where(self) -> Comparing: ...

    @property
    def causes(self) -> dict[str | None, bool]:
        """Causes that it shows something of → whether that is their own."""
        ...


T = TypeVar("T", bound=Ranked)


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
