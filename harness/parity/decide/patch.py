"""Some of the differences between a golden and a run, applied to the golden: what accepting one cause of several means."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from parity.documents import Unreadable, parse
from parity.paths import INSIDE, below, join, steps


class Entangled(Exception):
    """Differences that cannot be applied without others."""


@dataclass(frozen=True)
class Change:
    """One difference as a patch needs it: its kind, its place in the run, and in the golden where that is another.

    The place of something ``missing`` is one in the golden.
    """

    kind: str
    path: str
    expected_path: str | None = None

    @property
    def in_golden(self) -> str:
        """Its place in the golden."""
        return self.path if self.expected_path is None else self.expected_path


def patched(golden: Any, run: Any, accepted: Iterable[Change], others: Iterable[Change] = ()) -> Any:
    """A copy of ``golden`` in which the ``accepted`` differences are as in ``run``, and everything else is untouched.

    ``others``: the differences that stay; they say which items of a list are partners. ``Entangled`` where the accepted
    ones cannot be applied alone.
    """
    accepted, others = list(accepted), list(others)
    return _Patch(_Places(accepted), _Places([*accepted, *others])).node(golden, run, "", "")


@dataclass
class _Places:
    """Differences by place, and every place that has one at or below it."""

    changes: Sequence[Change]
    removed: dict[str, Change] = field(default_factory=dict)
    added: dict[str, Change] = field(default_factory=dict)
    replaced: dict[str, Change] = field(default_factory=dict)
    carried: dict[str, Change] = field(default_factory=dict)
    lengths: set[str] = field(default_factory=set)
    orders: set[str] = field(default_factory=set)
    above: tuple[set[str], set[str]] = field(default_factory=lambda: (set(), set()))

    def __post_init__(self) -> None:
        for change in self.changes:
            match change.kind:
                case "missing":
                    self.removed[change.path] = change
                case "extra":
                    self.added[change.path] = change
                case "moved" | "renamed":
                    self.carried[change.in_golden] = change
                case "length":
                    self.lengths.add(change.path)
                case "order":
                    self.orders.add(change.path)
                case _:
                    self.replaced[change.path] = change
            if change.kind != "extra":
                self.above[0].update(_prefixes(change.in_golden))
            if change.kind != "missing":
                self.above[1].update(_prefixes(change.path))

    def below(self, in_golden: str, in_run: str) -> bool:
        """Whether a difference stands at one of these places or below."""
        return in_golden in self.above[0] or in_run in self.above[1]


def _prefixes(path: str) -> Iterable[str]:
    found = ""
    yield found
    for step in steps(path):
        found = join(found, step)
        yield found


@dataclass(frozen=True)
class _Patch:
    """``mine``: the accepted differences; ``all``: those and the ones that stay."""

    mine: _Places
    all: _Places

    def node(self, golden: Any, run: Any, at: str, there: str) -> Any:
        """The patched value of two partners; ``at`` and ``there`` are their places."""
        if there in self.mine.replaced:
            return run
        if not self.mine.below(at, there):
            return golden
        if isinstance(golden, dict) and isinstance(run, dict):
            return self._object(golden, run, at, there)
        if isinstance(golden, list) and isinstance(run, list):
            return self._list(golden, run, at, there)
        if isinstance(golden, str) and isinstance(run, str):
            try:
                texts = parse(golden), parse(run)
            except Unreadable as error:
                raise Entangled(there) from error
            inside = self.node(*texts, at + INSIDE, there + INSIDE)
            return json.dumps(inside, ensure_ascii=False, sort_keys=True)
        raise Entangled(there or at)

    def _object(self, golden: Mapping[str, Any], run: Mapping[str, Any], at: str, there: str) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, value in golden.items():
            place = join(at, key)
            if place in self.mine.removed or place in self.mine.carried:
                continue
            made[key] = self.node(value, run[key], place, join(there, key)) if key in run else value
        arrived = {change.path for change in self.mine.carried.values()} | self.mine.added.keys()
        made |= {key: value for key, value in run.items() if join(there, key) in arrived}
        return made

    def _list(self, golden: Sequence[Any], run: Sequence[Any], at: str, there: str) -> list[Any]:
        if there in self.all.orders:
            return self._whole(run, at, there)
        if there in self.all.lengths:
            both = min(len(golden), len(run))
            made = [self.node(golden[i], run[i], join(at, i), join(there, i)) for i in range(both)]
            return [*made, *(run[both:] if there in self.mine.lengths else golden[both:])]
        gone = {i for i in range(len(golden)) if join(at, i) in self.all.removed}
        new = {i for i in range(len(run)) if join(there, i) in self.all.added}
        carried = self._carried(golden, run, at, there)
        left = [i for i in range(len(golden)) if i not in gone and i not in carried]
        right = [i for i in range(len(run)) if i not in new and i not in carried.values()]
        if len(left) != len(right):
            return self._whole(run, at, there)  # items that are no difference (flips) have no partner either
        told = self._told(set(left), set(right), at, there)
        alike = [i for i in right if i not in told], [i for i in left if i not in told.values()]
        partners = told | dict(zip(*alike, strict=True))
        return self._laid_out(golden, run, (at, there), partners, carried)

    def _told(self, left: Set[int], right: Set[int], at: str, there: str) -> dict[int, int]:
        """Partners in which something differs, index in the run → index in the golden: items of one moment may stand in any
        order, so that their places alone do not tell them. Empty where they contradict each other."""
        found = {}
        for change in self.all.changes:
            if below(change.path, there) and below(change.in_golden, at):
                mine, theirs = steps(change.path[len(there) :])[:1], steps(change.in_golden[len(at) :])[:1]
                if mine and theirs and mine[0] in right and theirs[0] in left:
                    found[int(mine[0])] = int(theirs[0])
        return found if len(set(found.values())) == len(found) else {}

    def _carried(self, golden: Sequence[Any], run: Sequence[Any], at: str, there: str) -> dict[int, int]:
        """Moved items: index in the golden → index in the run."""
        places = {join(there, i): i for i in range(len(run))}
        found = {}
        for index in range(len(golden)):
            change = self.all.carried.get(join(at, index))
            if change is not None:
                if change.path not in places:
                    raise Entangled(change.path)
                found[index] = places[change.path]
        return found

    def _laid_out(
        self,
        golden: Sequence[Any],
        run: Sequence[Any],
        at: tuple[str, str],
        partners: Mapping[int, int],
        carried: Mapping[int, int],
    ) -> list[Any]:
        """The golden's items in their order, without those that go; each that comes stands behind the run's neighbour."""
        behind: dict[int, list[Any]] = {}
        anchor = -1
        moved_to = {there for here, there in carried.items() if join(at[0], here) in self.mine.carried}
        for index, value in enumerate(run):
            if index in partners:
                anchor = partners[index]
            elif index in moved_to or join(at[1], index) in self.mine.added:
                behind.setdefault(anchor, []).append(value)
        back = {here: there for there, here in partners.items()}
        made = list(behind.get(-1, []))
        for index, value in enumerate(golden):
            place = join(at[0], index)
            if index in back:
                made.append(self.node(value, run[back[index]], place, join(at[1], back[index])))
            elif place not in self.mine.removed and place not in self.mine.carried:
                made.append(value)
            made += behind.get(index, [])
        return made

    def _whole(self, run: Sequence[Any], at: str, there: str) -> list[Any]:
        """The run's list, where no difference in it stays behind."""
        mine = {(change.kind, change.path) for change in self.mine.changes}
        for change in self.all.changes:
            inside = at in set(_prefixes(change.in_golden)) or there in set(_prefixes(change.path))
            if inside and (change.kind, change.path) not in mine:
                raise Entangled(there)
        return list(run)
