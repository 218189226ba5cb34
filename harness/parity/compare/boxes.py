"""Boxes, whatever form the schema says they are written in, and how far they cover each other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parity.contract.nodes import NUMBERS, Node

#: Boxes that overlap less show different places.
_APART = 0.1
#: Numbers from here on are no places on a picture; integers among them may be more than any real can hold.
_FARTHEST = 1e100


def are_apart(a: Any, b: Any, node: Node | None) -> bool:
    """Whether two boxes show different places; False where one is none."""
    one, other = box_of(a, node), box_of(b, node)
    return one is not None and other is not None and overlap(one, other) < _APART


def box_of(value: Any, node: Node | None) -> tuple[float, float, float, float] | None:
    """A box as x1, y1, x2, y2, from what the schema says of it; None where the value is none."""
    if node is not None and isinstance(value, list | dict):
        node = node.choose(value) or node
    form = node.box if node is not None else None
    if isinstance(value, dict):
        values: list[Any] = [value.get(key) for key in ("x", "y", "width", "height")]
    elif isinstance(value, list) and len(value) == 4:
        values = value
    else:
        return None
    if not all(type(each) in NUMBERS and -_FARTHEST < each < _FARTHEST for each in values):
        return None
    a, b, c, d = values
    return (a, b, c, d) if form == "corners" else (a, b, a + c, b + d)


def overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """Intersection over union of two boxes given by their corners; 0 where both are empty."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    shared = max(0.0, width) * max(0.0, height)
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return shared / (areas - shared) if areas > shared else float(tuple(one) == tuple(other))
