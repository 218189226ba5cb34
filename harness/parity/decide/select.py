"""Which of the pending differences a decision is about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from fnmatch import fnmatchcase
from typing import Any

from parity.decide.pending import Change, Item, Pending
from parity.paths import pattern
from parity.run.runs import option
from parity.verdict import UsageError


@dataclass(frozen=True)
class Selection:
    """What is decided on: everything that meets each of the given kinds of names. ``fields`` are patterns of paths.

    Of one kind, any name will do: two causes select what either explains. ``everything`` stands alone.
    """

    causes: tuple[str, ...] = ()
    cases: tuple[str, ...] = ()
    artifacts: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    everything: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing was asked for."""
        return not (self.everything or self.causes or self.cases or self.artifacts or self.fields)

    def to_json(self) -> dict[str, Any]:
        """As a record of the ledger holds it: what was given, nothing else."""
        return {name: list(each) if each is not True else True for name, each in asdict(self).items() if each}

    def text(self) -> str:
        """As the command line would say it."""
        if self.everything:
            return "--all"
        named = (("cause", self.causes), ("case", self.cases), ("artifact", self.artifacts), ("field", self.fields))
        return " ".join(f"--{name} {each}" for name, given in named for each in given)

    def holds(self, change: Change, item: Item) -> bool:
        """Whether it is about ``item``."""
        if self.everything:
            return True
        return (
            (not self.causes or item.cause in self.causes)
            and (not self.cases or change.case in self.cases)
            and (not self.artifacts or change.artifact in self.artifacts)
            and (not self.fields or any(_meets(item.path, field) for field in self.fields))
        )


def _meets(path: str, field: str) -> bool:
    """A pattern fits the whole path, the path from its last text on, or either with ``[*]`` for every index."""
    inside = path.rpartition("(json)")[2].lstrip(".")
    return any(
        text == field or fnmatchcase(text, _globbed(field)) for text in (path, inside, pattern(path), pattern(inside))
    )


def _globbed(field: str) -> str:
    """Square brackets are indices here, never a set of letters."""
    return field.replace("[", "[[]")


def check(selection: Selection, pending: Pending) -> None:
    """``UsageError`` where nothing was asked for, both all and a part, or a name that nothing pending has."""
    if selection.empty:
        raise UsageError(
            "say what: --cause ID, --case NAME, --artifact NAME, --field PATTERN or --all; "
            f"`parity status{option(pending.run_id)}` shows what waits"
        )
    if selection.everything and selection != Selection(everything=True):
        raise UsageError(f"--all is everything: leave out {selection.text() or 'the other options'}")
    known: Mapping[str, tuple[Iterable[str], Iterable[str]]] = {
        "cause": (selection.causes, pending.causes),
        "case": (selection.cases, {each.case for each in pending.changes}),
        "artifact": (selection.artifacts, {each.artifact for each in pending.changes}),
    }
    for kind, (asked, there) in known.items():
        names = sorted(there)
        for name in asked:
            if name not in names:
                listed = ", ".join(names) or "none"
                raise UsageError(
                    f"nothing pending has the {kind} {name!r}; pending: {listed} (`parity status{option(pending.run_id)}`)"
                )


def chosen(selection: Selection, pending: Pending) -> Iterator[tuple[Change, list[int]]]:
    """Every change that the selection touches, and the places of its selected differences, whatever their state."""
    for change in pending.changes:
        found = [number for number, item in enumerate(change.differences) if selection.holds(change, item)]
        if found:
            yield change, found
