"""How large a value mutation is: physical sizes, stated here and nowhere derived from a tolerance.

| what a leaf holds | by | size |
|---|---|---|
| seconds (real) | unit ``s`` | one frame of the case's media |
| pixels | unit ``px``, real | 2 |
| place in the frame | class ``landmark`` or unit ``relative`` | 2 px as a share of the frame's shorter side |
| confidence | classes ``probability``, ``object_confidence``, ``ocr_confidence`` | 0.02 |
| share, correlation | class ``ratio``, or unit ``ratio`` or ``%`` | 5 % of the range the schema gives, else 5 % of the value |
| any other real number | what is left | 5 % of the value (0.05 of its unit where it is 0) |
| whole number | type | 1 |
| text | type | one character; in a text of several words also one word |
| one of several values | ``enum``, a flag | another of them |

A change goes up, or down where up leaves the schema's range.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parity.contract.nodes import Node

PIXELS = 2.0
CONFIDENCE = 0.02
SHARE = 0.05
COUNT = 1

_CONFIDENCES = frozenset({"probability", "object_confidence", "ocr_confidence"})
_LETTERS = "abcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True)
class Scale:
    """What sizes of a case depend on: seconds per frame, and the frame's shorter side (px)."""

    frame: float
    side: float


@dataclass(frozen=True)
class Change:
    """The changed value; ``size`` names the row of the table above, ``text`` says how large the change is."""

    value: Any
    size: str
    text: str


def changes(value: Any, node: Node, scale: Scale, rng: random.Random) -> list[Change]:
    """The value mutations of a leaf, each by one physical size; none for null or where nothing else is allowed."""
    if value is None:
        return []
    if isinstance(value, bool):
        return [Change(not value, "flag", f"{value} → {not value}")]
    if node.values is not None and (others := [v for v in node.values if v is not None and v != value]):
        other = others[rng.randrange(len(others))]
        return [Change(other, "other value", f"{value!r} → {other!r}")]
    if isinstance(value, str):
        return _texts(value, rng)
    if isinstance(value, int):
        return _number(value, node, COUNT, "count")
    return _number(value, node, *_size(value, node, scale))


def _size(value: float, node: Node, scale: Scale) -> tuple[float, str]:
    unit, kind = node.rule.unit, node.rule.kind
    if unit == "s" or kind == "time":
        return scale.frame, "one frame"
    if unit == "px":
        return PIXELS, "2 px"
    if kind == "landmark" or unit == "relative":
        return PIXELS / scale.side, "2 px"
    if kind in _CONFIDENCES:
        return CONFIDENCE, "0.02 confidence"
    low, high = bounds(node)
    if (kind == "ratio" or unit in ("ratio", "%")) and low is not None and high is not None:
        return SHARE * (high - low), "5 % of the range"
    return (SHARE * abs(value) or SHARE), "5 % of the value"


def _number(value: float, node: Node, size: float, name: str) -> list[Change]:
    low, high = bounds(node)
    for changed in (value + size, value - size):
        fits = (low is None or changed >= low) and (high is None or changed <= high)
        if fits and changed != value:
            return [Change(changed, name, f"{value!r} → {changed!r}")]
    return []


def bounds(node: Node) -> tuple[float | None, float | None]:
    """Least and greatest value by the node's schema; None where it gives none."""
    schema = getattr(node.validator, "schema", None)
    if not isinstance(schema, Mapping):
        return None, None
    low = [schema[key] for key in ("minimum", "exclusiveMinimum") if key in schema]
    high = [schema[key] for key in ("maximum", "exclusiveMaximum") if key in schema]
    return (max(low) if low else None), (min(high) if high else None)


def _texts(value: str, rng: random.Random) -> list[Change]:
    at = rng.randrange(len(value)) if value else 0
    letter = rng.choice([each for each in _LETTERS if value[at : at + 1] != each])
    edited = value[:at] + letter + value[at + 1 :]
    found = [Change(edited, "one character", f"{_short(value)} → {_short(edited)}")]
    words = value.split(" ")
    if len(words) > 1:
        word = rng.randrange(len(words))
        other = " ".join([*words[:word], "drill", *words[word + 1 :]])
        if other != value:
            found.append(Change(other, "one word", f"{_short(value)} → {_short(other)}"))
    return found


def _short(text: str, length: int = 40) -> str:
    return repr(text if len(text) <= length else text[:length] + "…")
