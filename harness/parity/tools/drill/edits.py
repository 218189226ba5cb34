"""What a mutation that breaks the form does to one leaf or one list of a document."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Mapping
from typing import Any

from parity.contract.nodes import Node
from parity.tools.drill.places import Place

#: A key that no document has.
ODD = "drill_odd_key"

#: Done to what holds a value, and the key or index of the value in it.
Edit = Callable[[Any, Any], object]
#: An edit and what it does, in words; None where it would change nothing.
Made = tuple[Edit, str] | None


def put(value: Any) -> Edit:
    """The edit that puts ``value`` in the place."""

    def edit(holder: Any, key: Any) -> None:
        holder[key] = value

    return edit


def _drop(place: Place, rng: random.Random) -> Made:
    return None if place.key is None else (lambda holder, key: holder.pop(key), f"{place.key!r} dropped")


def _add(place: Place, rng: random.Random) -> Made:
    if place.key is None:
        return None
    return lambda holder, key: holder.update({ODD: holder[key]}), f"{ODD!r} added beside {place.key!r}"


def _rename(place: Place, rng: random.Random) -> Made:
    if place.key is None:
        return None
    new = f"{place.key}_2"

    def edit(holder: Any, key: Any) -> None:
        items = [(new if name == key else name, value) for name, value in holder.items()]
        holder.clear()
        holder.update(items)

    return edit, f"{place.key!r} renamed to {new!r}"


def _retype(place: Place, rng: random.Random) -> Made:
    value = place.value
    # Of a leaf that is never compared, its type by the schema is all that is checked: a whole number is a real one too.
    changed = ([value],) if is_ignored(place.node) else retyped(value, rng)
    return put(changed[0]), f"{value!r} → {changed[0]!r}"[:120]


def retyped(value: Any, rng: random.Random) -> tuple[Any]:
    """``value`` as the nearest value of another JSON type: 3 → 3.0, 1 → true, null → "", and the like."""
    if value is None:
        return rng.choice([("",), (0,), (False,), ([],)])
    if isinstance(value, bool):
        return rng.choice([(int(value),), (str(value).lower(),)])
    if isinstance(value, int):
        return rng.choice([(float(value),), (str(value),), *([(bool(value),)] if value in (0, 1) else [])])
    if isinstance(value, float):
        # A whole float as an integer is the drift that is easiest to overlook.
        return (int(value),) if value == int(value) else (str(value),)
    return rng.choice([([value],), ({"text": value},)])


def _null(place: Place, rng: random.Random) -> Made:
    if place.value is None or (is_ignored(place.node) and "null" in place.node.types):
        return None
    return put(None), f"{place.value!r} → null"[:120]


def _reorder(items: list[Any], rng: random.Random) -> Made:
    pairs = [(i, i + 1) for i in range(len(items) - 1) if _text(items[i]) != _text(items[i + 1])]
    if not pairs:
        return None
    first, second = rng.choice(pairs)

    def edit(holder: Any, key: Any) -> None:
        inside = holder[key]
        inside[first], inside[second] = inside[second], inside[first]

    return edit, f"items {first} and {second} exchanged"


def _truncate(items: list[Any], rng: random.Random) -> Made:
    keep = rng.randrange(len(items))

    def edit(holder: Any, key: Any) -> None:
        del holder[key][keep:]

    return edit, f"{len(items)} items cut to {keep}"


def _insert(items: list[Any], rng: random.Random) -> Made:
    at = rng.randrange(len(items))
    return lambda holder, key: holder[key].insert(at, json.loads(_text(holder[key][at]))), f"item {at} doubled"


def _drop_item(items: list[Any], rng: random.Random) -> Made:
    at = rng.randrange(len(items))
    return lambda holder, key: holder[key].pop(at), f"item {at} of {len(items)} dropped"


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


#: Kind of mutation → what makes it, of leaves and of lists, in the order of the report.
LEAVES: Mapping[str, Callable[[Place, random.Random], Made]] = {
    "drop": _drop,
    "add": _add,
    "rename": _rename,
    "retype": _retype,
    "null": _null,
}
LISTS: Mapping[str, Callable[[list[Any], random.Random], Made]] = {
    "reorder": _reorder,
    "truncate": _truncate,
    "insert": _insert,
    "drop item": _drop_item,
}


def is_ignored(node: Node) -> bool:
    """Whether a comparison looks at the type of such a leaf only."""
    return node.rule.volatile is not None
