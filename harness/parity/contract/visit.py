"""Every place of a schema, of a compiled one, and of a document along it: the ways that whoever looks everywhere goes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

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


def parts(
    schema: Mapping[str, Any], place: str = "#", *, conditions: bool = False
) -> Iterator[tuple[str, Any]]:
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


class Place(NamedTuple):
    """One value of a document: where it stands, and its node with the alternative that fits; None where no schema covers it.

    ``given`` is the node as the schema has it, ``step`` the last one of ``path``, ``above`` what holds the value.
    """

    path: str
    value: Any
    node: Node | None
    given: Node | None
    step: str | int = ""
    above: Place | None = None

    @property
    def known(self) -> Node:
        """The node, where there is one."""
        assert self.node is not None
        return self.node

    @property
    def line(self) -> list[Place]:
        """What holds the value, from the top down, and this place itself."""
        return [*self.above.line, self] if self.above is not None else [self]

    @property
    def steps(self) -> tuple[str | int, ...]:
        """The keys and indices from the top to here."""
        return tuple(place.step for place in self.line[1:])


def places(document: Any, node: Node | None, opens: Opens = _any) -> Iterator[Place]:
    """Every place of ``document`` in its order, the document itself first."""
    return (place for place, _ in _visited(document, node, opens))


def leaves(document: Any, node: Node | None, opens: Opens = _any) -> Iterator[Place]:
    """The places that hold no further one; an empty list or object is one."""
    return (place for place, is_leaf in _visited(document, node, opens) if is_leaf)


def _visited(document: Any, node: Node | None, opens: Opens) -> Iterator[tuple[Place, bool]]:
    waiting = [Place("", document, node.choose(document) if node is not None else None, node)]
    while waiting:
        here = waiting.pop()
        inside = _inside(here, opens)
        yield here, not inside
        waiting += reversed(inside)


def _inside(here: Place, opens: Opens) -> list[Place]:
    path, value, node, *_ = here
    steps: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, dict):
        steps = value.items()
    elif isinstance(value, list):
        steps = enumerate(value)
    elif isinstance(value, str) and node is not None and node.content is not None and opens(value):
        with contextlib.suppress(Unreadable):
            steps = [(INSIDE, parse(value))]
    made = []
    for step, item in steps:
        given = node.below(step) if node is not None else None
        made.append(Place(join(path, step), item, given.choose(item) if given is not None else None, given, step, here))
    return made


def mapped(value: Any, node: Node | None, change: Callable[[Any, Node | None, str], Any], path: str = "") -> Any:
    """A copy of ``value`` with what ``change`` makes of every leaf, its node and its path; an empty list stays one."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        return {k: mapped(v, node.below(k) if node else None, change, join(path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [mapped(v, node.below(i) if node else None, change, join(path, i)) for i, v in enumerate(value)]
    return change(value, node, path)
