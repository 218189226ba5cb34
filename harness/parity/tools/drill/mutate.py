"""Seeded mutations of real captures: what each does, and a sample of them that hits every field at least once."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.paths import INSIDE, join
from parity.tools.drill.edits import LEAVES, LISTS, ODD, Edit, put, retyped
from parity.tools.drill.places import Place, changed
from parity.tools.drill.results import Mutated
from parity.tools.drill.sizes import Scale, changes

#: Kinds of mutation in the order of the report. Those of values are sized; the others break the form.
VALUE = "value"
OF_LEAVES, OF_LISTS = tuple(LEAVES), tuple(LISTS)
OF_DOCUMENTS = ("result string unequal", "wrong prefix", "not a number")


@dataclass(frozen=True)
class Mutation(Mutated):
    """One mutation of one artifact of one case; ``document`` is the whole mutated document.

    ``lists`` are the lists and items around the place, ``parent`` what holds it.
    """

    parent: str
    lists: tuple[str, ...]
    document: Callable[[], Any]
    #: Whether a comparison with the golden must show it too: not where the golden holds no value.
    in_golden: bool


#: The schema's field: artifact, path without data, and which of several alternatives.
Key = tuple[str, str, str]


@dataclass(frozen=True)
class Target:
    """One place of one artifact of one case, with what a mutation there must know."""

    case: str
    artifact: str
    place: Place
    document: Any
    scale: Scale
    ignored: bool = False
    in_golden: bool = True

    @property
    def key(self) -> Key:
        """The field it belongs to."""
        return self.artifact, self.place.field, self.place.node.where


def sample(targets: Iterable[Target], *, values: int, structural: int, seed: int, cover: bool = True) -> list[Mutation]:
    """Mutations of ``targets``: ``values`` of a physical size, ``structural`` that break the form.

    With ``cover`` every field that occurs is hit by at least one of each, so there may be more; then they take turns
    over the fields. The same seed and targets give the same mutations.
    """
    rng = random.Random(seed)
    fields: dict[Key, list[Target]] = defaultdict(list)
    for target in targets:
        fields[target.key].append(target)
    leaves = _those(fields, lambda value: not isinstance(value, dict | list))
    lists = _those(fields, lambda value: isinstance(value, list) and len(value) > 0)
    chosen = list(_values(leaves, values, rng, cover=cover))
    turns = [
        *((kind, key, leaves[key]) for kind, key in _rotated(OF_LEAVES, sorted(leaves), rng)),
        *((kind, key, lists[key]) for kind, key in _rotated(OF_LISTS, sorted(lists), rng)),
    ]
    turns += [(kind, key, found) for kind in OF_DOCUMENTS for key, found in sorted(leaves.items()) if _may(kind, found)]
    rng.shuffle(turns)
    chosen += _structural(
        turns, structural, rng, least={*leaves, *lists} if cover else set(), each=max(1, structural // 50)
    )
    return chosen


def _those(fields: Mapping[Key, list[Target]], test: Callable[[Any], bool]) -> dict[Key, list[Target]]:
    """The fields that have places whose value passes ``test``, with these places."""
    passing = {key: [target for target in found if test(target.place.value)] for key, found in fields.items()}
    return {key: found for key, found in passing.items() if found}


def _may(kind: str, found: list[Target]) -> bool:
    """Whether a kind that concerns a whole document can be told by these places."""
    place = found[0].place
    if kind == "result string unequal":
        return INSIDE in place.steps
    if kind == "wrong prefix":
        return len(place.steps) > 1 and all(isinstance(step, str) and step is not INSIDE for step in place.steps[:2])
    return any(isinstance(target.place.value, float) for target in found)


def _of_document(kind: str, target: Target, rng: random.Random) -> Mutation | None:
    place = target.place
    if kind == "not a number":
        value = rng.choice([float("nan"), float("inf")])
        return _mutation(kind, target, put(value), f"{place.value!r} → {value}")
    if kind == "result string unequal":
        found = retyped(place.value, rng)
        return _mutation(kind, target, put(found[0]), f"in the text alone: {place.value!r} → {found[0]!r}"[:120])
    key = str(place.steps[0])
    return Mutation(
        kind,
        "",
        target.case,
        target.artifact,
        key,
        key,
        f"{key!r} → 'drill{key}'",
        "",
        "",
        (),
        lambda: {f"drill{name}" if name == key else name: value for name, value in target.document.items()},
        target.in_golden,
    )


def _rotated(kinds: Sequence[str], keys: Sequence[Key], rng: random.Random) -> Iterator[tuple[str, Key]]:
    for key in keys:
        yield from ((kind, key) for kind in rng.sample(kinds, len(kinds)))


def _values(leaves: Mapping[Key, list[Target]], wanted: int, rng: random.Random, *, cover: bool) -> Iterator[Mutation]:
    """By turns over the fields; a field whose places are all null, or ignored, has no value to change."""
    made, least = 0, cover
    while True:
        before = made
        for key in rng.sample(sorted(leaves), len(leaves)):
            if made >= wanted and not least:
                return
            for mutation in _of_value(leaves[key], rng):
                made += 1
                yield mutation
        least = False
        if made == before:
            return


def _of_value(targets: list[Target], rng: random.Random) -> list[Mutation]:
    for target in rng.sample(targets, min(len(targets), 20)):
        place = target.place
        if target.ignored or not place.steps or place.node.content is not None:
            continue
        found = changes(place.value, place.node, target.scale, rng)
        if found:
            return [_mutation(VALUE, target, put(each.value), each.text, size=each.size) for each in found]
    return []


def _structural(
    turns: list[tuple[str, Key, list[Target]]],
    wanted: int,
    rng: random.Random,
    *,
    least: set[Key],
    each: int,
) -> list[Mutation]:
    """Those that ``least`` and ``each`` ask for, and by turns more of any kind up to ``wanted``."""
    made: list[Mutation] = []
    later: list[tuple[str, Key, list[Target]]] = []
    open_fields, whole = set(least), Counter[str]()
    for kind, key, targets in turns:
        due = whole[kind] < each if kind in OF_DOCUMENTS else key in open_fields
        mutation = _of_kind(kind, targets, rng) if due else None
        if mutation is None:
            later.append((kind, key, targets))
        else:
            made.append(mutation)
            whole[kind] += 1
            open_fields -= {key} if kind not in OF_DOCUMENTS else set()
    for kind, _, targets in later:
        if len(made) >= wanted:
            break
        if (mutation := _of_kind(kind, targets, rng)) is not None:
            made.append(mutation)
    return made


def _of_kind(kind: str, targets: list[Target], rng: random.Random) -> Mutation | None:
    for target in rng.sample(targets, min(len(targets), 20)):
        place = target.place
        if not place.steps:
            continue
        if kind in OF_DOCUMENTS:
            return _of_document(kind, target, rng)
        found = LEAVES[kind](place, rng) if kind in OF_LEAVES else LISTS[kind](place.value, rng)
        if found is not None:
            return _mutation(kind, target, *found)
    return None


def _mutation(kind: str, target: Target, change: Edit, text: str, *, size: str = "") -> Mutation:
    place = target.place
    return Mutation(
        kind,
        size,
        target.case,
        target.artifact,
        place.field,
        join(place.parent, ODD) if kind == "add" else place.path,  # what is added stands at a key of its own
        text,
        place.node.rule.kind,
        place.parent,
        place.lists,
        lambda: changed(target.document, place.steps, change),
        target.in_golden,
    )
