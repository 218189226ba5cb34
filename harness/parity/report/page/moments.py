"""The moment of the video that a differing value is about, as far as its schema says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parity.contract.nodes import Node
from parity.documents import Nowhere, at
from parity.report.page.lines import text
from parity.report.page.marks import Link, chain, seconds


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
            value = at(document, text(steps[:depth]))
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
    if name == "item":
        return any(drawn.get("media_time") for drawn in _drawn(link.node.items, ()))
    if "series" in link.drawn:
        return True
    links = chain(link.node.items, (name,))
    return links is not None and bool("string" in links[-1].node.types or links[-1].drawn.get("media_time"))


def _drawn(node: Node, steps: Sequence[str | int]) -> list[Mapping[str, Any]]:
    return [link.drawn for link in chain(node, steps) or ()]


def _time(items: list[Any], index: int, name: str) -> float | None:
    if not 0 <= index < len(items):
        return None
    item = items[index]
    return seconds(item if name == "item" else item.get(name) if isinstance(item, Mapping) else None)
