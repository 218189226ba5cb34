"""Every place of a schema, of a compiled one, and of a document along it: the ways that whoever looks everywhere goes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from parity.contract.nodes import Node
from parity.documents import Unreadable, parse
from parity.paths import INSIDE, join

#: Words of a schema that hold further schemas of what stands in a value: by name, in a row, and one alone.
_MAPS = ("properties", "patternProperties", "$defs")
_LISTS = ("oneOf", "anyOf", "allOf", "prefixItems")
_SINGLES = ("items", "additionalProperties", "contentSchema")
#: Those that hold conditions, which say of nothing what it is, and older words.
_MORE_MAPS = ("definitions", "dependentSchemas")
_MORE_SINGLES = (
    "not", "if", "then", "else", "contains", "propertyNames", "unevaluatedItems", "unevaluatedProperties",
)  # fmt: skip


#: Whether a text that is JSON by its schema is looked into.
Opens = Callable[[str], bool]


def _any(text: str) -> bool:
    return True


def parts(schema: Mapping[str, Any], place: str = "#", *, conditions: bool = False) -> Iterator[tuple[str, Any]]:
    """(place, schema) of ``schema`` itself and of every schema inside it; ``conditions``: also of what is only a condition."""
    yield place, schema
    maps, singles = (_MAPS + _MORE_MAPS, _SINGLES + _MORE_SINGLES) if conditions else (_MAPS, _SINGLES)
    inside = [(f"{word}/{key}", part) for word in maps for key, part in schema.get(word, {}).items()]
    inside += [(f"{word}/{index}", part) for word in _LISTS for index, part in enumerate(schema.get(word, ()))]
    inside += [(word, schema[word]) for word in singles if word in schema]
    for step, part in inside:
        if isinstance(part, Mapping):
            yield from parts(part, f"{place}/{step}", conditions=conditions)


def nodes(top: Node) -> list[Node]:
    """``top`` and every node below it, each once, for one may stand inside itself."""
    found = {top: None}
    waiting = [top]
    while waiting:
        new = [node for node in waiting.pop().inside if node not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return list(found)


#: Where a value stands, the value, and its node with the alternative that fits; None where no schema covers it.
Place = tuple[str, Any, Node | None]


def places(
    value: Any, node: Node | None, path: str = "", opens: Opens = _any, *, holders: bool = True
) -> Iterator[Place]:
    """Every place of a document in its order, itself first; without ``holders`` only those that hold no further one."""
    return _places(value, node, path, opens, holders)


def _places(value: Any, node: Node | None, path: str, opens: Opens, holders: bool) -> Iterator[Place]:
    if node is not None and node.branches:
        node = node.choose(value)
    inside: Iterable[tuple[Any, Any]] = ()
    below: Callable[[Any], Node | None] = _nowhere
    if isinstance(value, dict):
        inside = value.items()
        below = node.child if node is not None else _nowhere
    elif isinstance(value, list):
        inside = enumerate(value)
        below = node.item if node is not None else _nowhere
    elif node is not None and node.content is not None and isinstance(value, str) and opens(value):
        with contextlib.suppress(Unreadable):
            inside, below = [(INSIDE, parse(value))], node.below
    if holders or not value or not inside:
        yield path, value, node
    for step, item in inside:
        yield from _places(item, below(step), join(path, step), opens, holders)


def _nowhere(step: str | int) -> None:
    return None


def mapped(value: Any, node: Node | None, change: Callable[[Any, Node | None, str], Any], path: str = "") -> Any:
    """A copy of ``value`` with what ``change`` makes of every leaf, its node and its path; an empty list stays one."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        return {k: mapped(v, node.below(k) if node else None, change, join(path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [mapped(v, node.below(i) if node else None, change, join(path, i)) for i, v in enumerate(value)]
    return change(value, node, path)
