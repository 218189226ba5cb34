"""What the schemas declare of a place, found along its path without any document: the same for every case."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from parity.contract.nodes import Align, Node
from parity.paths import INSIDE
from parity.reals import nearest

#: Seconds, or a stretch of seconds, written as a text: ``7s``, ``5-10s``.
_LABEL = re.compile(r"(\d+(?:\.\d+)?)(?:-\d+(?:\.\d+)?)?s")


@dataclass(frozen=True)
class Link:
    """One place on the way to a value: its node with one alternative chosen, and what is said of it for reports."""

    node: Node
    drawn: Mapping[str, Any]
    align: Align | None

    @cached_property
    def times(self) -> tuple[str, ...]:
        """Names of the fields of this object that are moments of the video, in the schema's order."""
        return time_fields(self.node)


def chain(node: Node, steps: Sequence[str | int]) -> list[Link] | None:
    """The links from the top to ``steps``, one more than there are steps; None where no alternative leads there."""
    for variant, drawn, align in _variants(node, {}, None):
        if not steps:
            return [Link(variant, drawn, align)]
        below = _below(variant, steps[0])
        rest = chain(below, steps[1:]) if below is not None else None
        if rest is not None:
            return [Link(variant, drawn, align), *rest]
    return None


def _variants(
    node: Node, drawn: Mapping[str, Any], align: Align | None
) -> Iterator[tuple[Node, Mapping[str, Any], Align | None]]:
    """``node`` without its alternatives, then each of them; that of null last, for nothing can be drawn of it."""
    drawn, align = {**node.drawn, **drawn}, align or node.align
    if not node.branches or node.properties or node.patterns or node.items is not None:
        yield node, drawn, align
    for branch in sorted(node.branches, key=lambda each: each.types == {"null"}):
        yield from _variants(branch, drawn, align)


def _below(node: Node, step: str | int) -> Node | None:
    if step is INSIDE:
        return node.content
    return node.item(step) if isinstance(step, int) else node.child(step)


def time_fields(node: Node) -> tuple[str, ...]:
    """Names of the fields of an object that are moments of the video."""
    return tuple(name for name, child in node.properties.items() if is_time(child))


def is_time(node: Node) -> bool:
    """Whether a leaf is a moment of the video."""
    return any(drawn.get("media_time") for _, drawn, _ in _variants(node, {}, None))


def box_of(node: Node) -> str | None:
    """How the numbers at this place span a box; None where they do not."""
    return next((drawn["box"] for _, drawn, _ in _variants(node, {}, None) if "box" in drawn), None)


def holders(top: Node) -> frozenset[int]:
    """Identities of the nodes at or below ``top`` in which a box stands somewhere."""
    found: set[int] = set()
    changed = True
    nodes = _all(top)
    while changed:  # a node may stand inside itself, so this is no recursion
        changed = False
        for node in nodes:
            if id(node) not in found and ("box" in node.drawn or any(id(each) in found for each in node.inside)):
                found.add(id(node))
                changed = True
    return frozenset(found)


def _all(top: Node) -> list[Node]:
    seen: dict[int, Node] = {}
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if id(node) not in seen:
            seen[id(node)] = node
            waiting += node.inside
    # The deepest first, so that one pass usually does.
    return list(reversed(seen.values()))


def seconds(value: object) -> float | None:
    """A moment in seconds, be it a number or a text like ``7s``; None of anything else."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return near if math.isfinite(near := nearest(value)) else None
    match = _LABEL.fullmatch(value) if isinstance(value, str) else None
    return float(match[1]) if match else None
