"""Every place of a document along its schema: leaves, lists and objects, each with the node that describes it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from parity.contract.nodes import Node
from parity.paths import join


class _Inside:
    """A step into a text that is JSON itself."""

    def __repr__(self) -> str:
        return "(json)"


INSIDE = _Inside()
Step = str | int | _Inside


@dataclass(frozen=True)
class Place:
    """One value of a document. ``field`` is its path with ``[*]`` for items and ``*`` for keys that are data.

    ``lists``: paths of the lists and list items that the place lies in, innermost last.
    """

    steps: tuple[Step, ...]
    path: str
    field: str
    node: Node
    value: Any
    lists: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The path of what holds it."""
        path = ""
        for step in self.steps[:-1]:
            path = _further(path, step)
        return path


def _further(path: str, step: Step) -> str:
    return f"{path}(json)" if isinstance(step, _Inside) else join(path, step)


def places(document: Any, node: Node) -> Iterator[Place]:
    """All places of ``document`` that ``node`` covers, the document itself first."""
    yield from _places(document, node, Place((), "", "", node, document))


def _places(value: Any, node: Node | None, here: Place) -> Iterator[Place]:
    node = node.choose(value) if node is not None else None
    if node is None:
        return
    yield Place(here.steps, here.path, here.field, node, value, here.lists)
    if isinstance(value, dict):
        for key, item in value.items():
            step = key if key in node.properties else "*"
            yield from _places(item, node.child(key), _below(here, key, join(here.field, step), item))
    elif isinstance(value, list):
        within = Place(here.steps, here.path, here.field, node, value, (*here.lists, here.path))
        for index, item in enumerate(value):
            below = _below(within, index, f"{here.field}[*]", item)
            inside = Place(below.steps, below.path, below.field, node, item, (*below.lists, below.path))
            yield from _places(item, node.item(index), inside)
    elif isinstance(value, str) and node.content is not None:
        inside = json.loads(value)
        yield from _places(inside, node.content, _below(here, INSIDE, f"{here.field}(json)", inside))


def _below(here: Place, step: Step, field: str, value: Any) -> Place:
    return Place((*here.steps, step), _further(here.path, step), field, here.node, value, here.lists)


def changed(document: Any, steps: tuple[Step, ...], change: Callable[[Any, Any], object]) -> Any:
    """A copy of ``document`` in which ``change(holder, key)`` was done to what holds the last of ``steps``."""
    if not steps:
        raise ValueError("the document itself is held by nothing")
    whole = [copy.deepcopy(document)]
    _change(whole, 0, steps, change)
    return whole[0]


def _change(holder: Any, key: Any, steps: tuple[Step, ...], change: Callable[[Any, Any], object]) -> None:
    step, rest = steps[0], steps[1:]
    if isinstance(step, _Inside):
        box = [json.loads(holder[key])]
        _change(box, 0, rest, change) if rest else change(box, 0)
        holder[key] = json.dumps(box[0])
    elif rest:
        _change(holder[key], step, rest, change)
    else:
        change(holder[key], step)
