"""What the schemas declare of a place, found along its path: the boxes there, and the moment of the video it is about."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any

from parity.contract.nodes import Align, Node
from parity.contract.visit import nodes
from parity.documents import Nowhere, at
from parity.paths import written
from parity.reals import nearest
from parity.typed import is_number

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
    for variant, drawn, align in _variants(node):
        if not steps:
            return [Link(variant, drawn, align)]
        below = variant.below(steps[0])
        rest = chain(below, steps[1:]) if below is not None else None
        if rest is not None:
            return [Link(variant, drawn, align), *rest]
    return None


def _variants(
    node: Node, drawn: Mapping[str, Any] = MappingProxyType({}), align: Align | None = None
) -> Iterator[tuple[Node, Mapping[str, Any], Align | None]]:
    """``node`` without its alternatives, then each of them; that of null last, for nothing can be drawn of it."""
    drawn, align = {**node.drawn, **drawn}, align or node.align
    if not node.branches or node.properties or node.patterns or node.items is not None:
        yield node, drawn, align
    for branch in sorted(node.branches, key=lambda each: each.types == {"null"}):
        yield from _variants(branch, drawn, align)


def time_fields(node: Node) -> tuple[str, ...]:
    """Names of the fields of an object that are moments of the video."""
    fields = node.properties.items()
    return tuple(name for name, child in fields if any(said.get("media_time") for _, said, _ in _variants(child)))


def box_of(node: Node) -> str | None:
    """How the numbers at this place span a box; None where they do not."""
    return next((drawn["box"] for _, drawn, _ in _variants(node) if "box" in drawn), None)


def holders(top: Node) -> frozenset[Node]:
    """The nodes at or below ``top`` in which a box stands somewhere."""
    every = nodes(top)
    found, more = set(), {node for node in every if "box" in node.drawn}
    while more:  # a node may stand inside itself, so this is no recursion
        found |= more
        more = {node for node in every if node not in found and not found.isdisjoint(node.inside)}
    return frozenset(found)


def seconds(value: object) -> float | None:
    """A moment in seconds, be it a number or a text like ``7s``; None of anything else."""
    if is_number(value):
        return near if math.isfinite(near := nearest(value)) else None
    match = _LABEL.fullmatch(value) if isinstance(value, str) else None
    return float(match[1]) if match else None


# ── the moment that a value is about ─────────────────────────────────────────────────────────────────────────


def has_moment(node: Node, steps: Sequence[str | int]) -> bool:
    """Whether the schema says when the value at ``steps`` is."""
    links = chain(node, steps)
    if links is None:
        return False
    return any(_kinds(links, steps, depth) for depth in range(len(links)))


def _kinds(links: Sequence[Link], steps: Sequence[str | int], depth: int) -> bool:
    link = links[depth]
    after = steps[depth] if depth < len(steps) else None
    return (
        bool(link.drawn.get("media_time") or link.times)
        or (isinstance(after, int) and (link.align is not None or "series" in link.drawn))
        or (isinstance(after, str) and bool(link.node.patterns) and seconds(after) is not None)
    )


def moment_of(node: Node, document: Any, steps: Sequence[str | int], length: float | None) -> float | None:
    """When the value at ``steps`` of ``document`` is (s): its own time, that of what it belongs to, or its list's.

    Of a window of time its middle. ``length``: how long the video is (s).
    """
    links = chain(node, steps)
    if links is None:
        return None
    for depth in range(len(links) - 1, -1, -1):
        try:
            value = at(document, written(steps[:depth]))
        except Nowhere:
            continue
        found = _here(links[depth], value, steps[depth] if depth < len(steps) else None, length)
        if found is not None:
            return found
    return None


def _here(link: Link, value: Any, step: str | int | None, length: float | None) -> float | None:
    if link.drawn.get("media_time"):
        return seconds(value)
    if isinstance(value, Mapping):
        times = [seconds(value[name]) for name in link.times if name in value]
        known = [time for time in times if time is not None]
        if known:
            return known[0]
        return seconds(step) if link.node.patterns and isinstance(step, str) else None
    if isinstance(value, list) and isinstance(step, int) and step < len(value):
        return _in_list(link, value, step, length)
    return None


def _in_list(link: Link, items: list[Any], index: int, length: float | None) -> float | None:
    series = link.drawn.get("series")
    name = series["x"] if series else link.align.by if link.align else None
    if name == "index" and series:
        width = series.get("step") or (length / len(items) if length else None)
        return (index + 0.5) * width if width else None
    if name is None or not _is_timed(link, name):
        return None
    here, after = (_time(items, each, name) for each in (index, index + 1))
    if here is None or series is None:
        return here
    return (here + after) / 2 if after is not None and after > here else here


def _is_timed(link: Link, name: str) -> bool:
    if link.node.items is None:
        return False
    is_whole = name == "item"
    if "series" in link.drawn and not is_whole:
        return True
    links = chain(link.node.items, () if is_whole else (name,)) or []
    return any(each.drawn.get("media_time") or ("string" in each.node.types and not is_whole) for each in links[-1:])


def _time(items: list[Any], index: int, name: str) -> float | None:
    if not 0 <= index < len(items):
        return None
    item = items[index]
    return seconds(item if name == "item" else item.get(name) if isinstance(item, Mapping) else None)
