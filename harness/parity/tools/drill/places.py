"""Every place of a document along its schema: leaves, lists and objects, each with the node that describes it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from parity.contract.nodes import Node
from parity.paths import INSIDE, join, written

Steps = tuple[str | int, ...]


@dataclass(frozen=True)
class Place:
    """One value of a document. ``field`` is its path with ``[*]`` for items and ``*`` for keys that are data.

    ``lists``: paths of the lists and list items that the place lies in, innermost last.
    """

    steps: Steps
    path: str
    field: str
    node: Node
    value: Any
    lists: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The path of what holds it."""
        return written(self.steps[:-1])

    @property
    def key(self) -> str | None:
        """Its key in the object that holds it; None where no object does."""
        step = self.steps[-1]
        return step if isinstance(step, str) and step is not INSIDE else None


def places(
    value: Any, node: Node | None, steps: Steps = (), path: str = "", field: str = "", lists: tuple[str, ...] = ()
) -> Iterator[Place]:
    """All places of ``value`` that ``node`` covers, itself first; it stands at ``steps``, or is the document."""
    node = node.choose(value) if node is not None else None
    if node is None:
        return
    yield Place(steps, path, field, node, value, lists)
    if isinstance(value, dict):
        for key, item in value.items():
            step = key if key in node.properties else "*"
            yield from places(item, node.child(key), (*steps, key), join(path, key), join(field, step), lists)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            here = join(path, index)
            yield from places(item, node.item(index), (*steps, index), here, f"{field}[*]", (*lists, path, here))
    elif isinstance(value, str) and node.content is not None:
        yield from places(json.loads(value), node.content, (*steps, INSIDE), path + INSIDE, field + INSIDE, lists)


def changed(document: Any, steps: Steps, change: Callable[[Any, Any], object]) -> Any:
    """A copy of ``document`` in which ``change(holder, key)`` was done to what holds the last of ``steps``."""
    whole = [copy.deepcopy(document)]
    _change(whole, 0, steps, change)
    return whole[0]


def _change(holder: Any, key: Any, steps: Steps, change: Callable[[Any, Any], object]) -> None:
    if not steps:
        change(holder, key)
    elif steps[0] is INSIDE:
        box = [json.loads(holder[key])]
        _change(box, 0, steps[1:], change)
        holder[key] = json.dumps(box[0])
    else:
        _change(holder[key], steps[0], steps[1:], change)
