"""Which list or object of windows a value stands in, so that both sides of it can be drawn as a curve.

A list is one when its schema says ``series``, or orders it by a moment (``align``); an object when its keys are stretches of
time. Nothing here knows a field by its name.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from parity.contract.nodes import Node
from parity.paths import INSIDE
from parity.reals import nearest
from parity.report.page.marks import Link, chain, seconds

Steps = tuple[str | int, ...]
_NUMBERS = frozenset({"number", "integer", "boolean"})


@dataclass(frozen=True)
class Line:
    """One drawable value of every item. ``depth``: how many steps lead to the list or object that holds the items.

    ``x``: the field of an item that says when, None where its place in the list or its key does; ``step``: seconds from
    one place to the next, None where the list spans the video evenly. ``leaf``: the steps from an item to the value;
    ``apart``: fields of an item by which several of one moment are told apart. ``labels``: what the value may be where
    it is no number.
    """

    kind: Literal["list", "windows"]
    depth: int
    x: str | None
    step: float | None
    leaf: Steps
    apart: tuple[str, ...]
    x_unit: str
    y_unit: str
    labels: tuple[str, ...] | None

    @property
    def y_title(self) -> str:
        """What the value is called; empty where the items are the values."""
        return next((str(step) for step in reversed(self.leaf) if isinstance(step, str)), "")


def line_of(node: Node, steps: Sequence[str | int]) -> Line | None:
    """The innermost curve that the value at ``steps`` is a point of; None where it is part of none."""
    links = chain(node, steps)
    if links is None:
        return None
    for depth in range(len(steps), -1, -1):
        link, rest = links[depth], tuple(steps[depth:])
        found = _list(link, depth, rest) if not rest or isinstance(rest[0], int) else None
        found = found or (_windows(link, depth, rest) if rest and isinstance(rest[0], str) else None)
        if found is not None:
            return found
    return None


def _list(link: Link, depth: int, rest: Steps) -> Line | None:
    series, align, items = link.drawn.get("series"), link.align, link.node.items
    if items is None or INSIDE in rest:
        return None
    if series is not None:
        x, step, declared = series["x"], series.get("step"), series.get("y")
    elif align is not None:
        x, step, declared = align.by, None, link.node.flip.score if link.node.flip else None
    else:
        return None
    asked = rest[1:]
    if asked in ((), (x,)):  # an item, the whole list, or when an item is: what the list is about
        asked = (declared,) if declared else ()
    leaf = _drawable(items, asked) if asked or series is not None else None
    by = None if x == "index" else x
    when = _unit_of_time(items, by) if by else "s" if step else ""
    if leaf is None or when is None:
        return None
    then = tuple(name for name in (align.then if align else ()) if ":" not in name and (name,) != asked[:1])
    return Line("list", depth, by, step, asked, then, when, _unit(leaf), _labels(leaf))


def _windows(link: Link, depth: int, rest: Steps) -> Line | None:
    if not link.node.patterns or seconds(rest[0]) is None:
        return None
    inside = link.node.child(str(rest[0]))
    leaf = _drawable(inside, rest[1:]) if inside is not None else None
    if leaf is None:
        return None
    return Line("windows", depth, None, None, rest[1:], (), "s", _unit(leaf), _labels(leaf))


def _drawable(node: Node, steps: Steps) -> Node | None:
    """The leaf at ``steps`` of an item where it is a number or one of some words; None of anything else."""
    if any(isinstance(step, int) for step in steps):
        return None
    links = chain(node, steps)
    leaf = links[-1].node if links else None
    if leaf is None or leaf.rule.volatile or not (leaf.types & _NUMBERS or _labels(leaf)):
        return None
    return leaf


def _unit(leaf: Node) -> str:
    """The unit of a number; words have none."""
    return "" if _labels(leaf) else leaf.rule.unit or ""


def _labels(leaf: Node) -> tuple[str, ...] | None:
    if leaf.types & _NUMBERS or leaf.values is None:
        return None
    return tuple(value for value in leaf.values if isinstance(value, str)) or None


def _unit_of_time(items: Node, name: str) -> str | None:
    """The unit of the field that orders a list; None where it orders by something else than time."""
    links = chain(items, (name,))
    if links is None:
        return None
    leaf = links[-1]
    if "string" in leaf.node.types:
        return "s"
    timed = leaf.drawn.get("media_time") or leaf.node.rule.unit in ("s", "index")
    return (leaf.node.rule.unit or "").replace("index", "") if timed else None


@dataclass(frozen=True)
class Point:
    """One item: when, what (None: nothing there), and the fields that tell it from others of its moment."""

    x: float
    y: float | None
    of: tuple[Any, ...]


def points(line: Line, holder: Any, span: tuple[float, str]) -> list[Point]:
    """Every item of ``holder`` as a point. ``span``: how long a list is that spans the video evenly, and in what unit."""
    is_windows = line.kind == "windows" and isinstance(holder, dict)
    items = holder.items() if is_windows else enumerate(holder) if isinstance(holder, list) else ()
    found = [
        Point(x, _y(line, item), tuple(_field(item, name) for name in line.apart))
        for place, item in items
        if (x := x_of(line, item, place, len(holder), span)) is not None
    ]
    return sorted(found, key=lambda point: point.x) if is_windows else found


def x_of(line: Line, item: Any, place: int | str, count: int, span: tuple[float, str]) -> float | None:
    """When an item is; of a window, when it begins."""
    if isinstance(place, str):
        return seconds(place)
    if line.x is not None:
        return seconds(_field(item, line.x))
    return place * line.step if line.step else place * span[0] / max(1, count)


def _field(item: Any, name: str) -> Any:
    return item.get(name) if isinstance(item, dict) else None


def _y(line: Line, item: Any) -> float | None:
    value = item
    for step in line.leaf:
        value = _field(value, str(step))
    if line.labels is not None:
        return line.labels.index(value) if value in line.labels else None
    if not isinstance(value, int | float):
        return None
    return near if math.isfinite(near := nearest(value)) else None
