"""The oracle: slow, without any part of the harness, and plain enough to be seen to be right.

A document is read into tagged values: ``("integer", 5)``, ``("real", 5.0)``, ``("list", [...])`` and so on. What it says of
two documents is True (they agree), False (they differ), or None where a pairing of items or the edge of a tolerance may be
seen either way.
"""

from __future__ import annotations

import json
from fractions import Fraction
from itertools import permutations
from typing import Any

from tests.harness.whole.oracle.schema import Spec

Value = tuple[str, Any]
#: Alone below a tolerance's edge by this share, a distance may be seen either way.
_EDGE = Fraction(1, 10**9)
_MOST = Fraction(2) ** 1024 - Fraction(2) ** 970  # from here on a real rounds to no double


class Breach(Exception):
    """The text has no one value."""


def read(raw: bytes | str) -> Value:
    """The text as tagged values; ``Breach`` where it has no one value, ValueError where it is no JSON."""
    text = raw.decode() if isinstance(raw, bytes) else raw
    return _tagged(
        json.loads(
            text,
            parse_int=lambda t: ("integer", int(t)),
            parse_float=_real,
            object_pairs_hook=_object,
            parse_constant=lambda name: ("none", name),
        )
    )


def _real(text: str) -> Value:
    exact = Fraction(text)
    if abs(exact) >= _MOST:
        raise Breach(text)
    return "real", float(exact)


def _object(pairs: list[tuple[str, Any]]) -> Value:
    if len({key for key, _ in pairs}) < len(pairs):
        raise Breach("twice")
    return "object", dict(pairs)


def _tagged(value: Any) -> Value:
    match value:
        case (str(kind), dict(inside)):
            return kind, {key: _tagged(item) for key, item in inside.items()}
        case tuple():
            return value
        case list():
            return "list", [_tagged(item) for item in value]
        case None:
            return "null", None
        case bool():
            return "boolean", value
    return "text", value


def is_clear(value: Value) -> bool:
    """Whether there is no NaN, no infinity and no half of a surrogate pair in it."""
    kind, held = value
    if kind == "list":
        return all(map(is_clear, held))
    if kind == "object":
        return all(_is_whole(key) and is_clear(item) for key, item in held.items())
    return kind != "none" and (kind != "text" or _is_whole(held))


def _is_whole(text: str) -> bool:
    return not any(0xD800 <= ord(letter) <= 0xDFFF for letter in text)


def equal(a: Value, b: Value) -> bool:
    """Whether two documents are equal: in type, in value, −0.0 as 0.0; NaN equals nothing."""
    if a[0] != b[0] or a[0] == "none":
        return False
    if a[0] == "list":
        return len(a[1]) == len(b[1]) and all(map(equal, a[1], b[1]))
    if a[0] == "object":
        return a[1].keys() == b[1].keys() and all(equal(item, b[1][key]) for key, item in a[1].items())
    return a[1] == b[1]


_TYPES = {
    "integer": ("integer",),
    "number": ("integer", "real"),
    "string": ("text",),
    "boolean": ("boolean",),
    "array": ("list",),
    "object": ("object",),
}


def fits(value: Value, spec: Spec) -> bool:
    """Whether a value keeps its schema, and the schema covers all of it."""
    kind, held = value
    if kind == "null":
        return spec.null
    if kind not in _TYPES[spec.type]:
        return False
    if kind == "object":
        known = all(key in spec.fields or spec.rest is not None for key in held)
        there = all(key in held for key in spec.fields if key not in spec.optional)
        return known and there and all(fits(item, _child(spec, key)) for key, item in held.items())
    if kind == "list":
        right_length = spec.length is None or len(held) == spec.length
        return right_length and all(fits(item, spec.item) for item in held)
    if spec.inside is not None:
        inside = _opened(held)
        return inside is not None and is_clear(inside) and fits(inside, spec.inside)
    return True


def _child(spec: Spec, key: str) -> Spec:
    child = spec.fields.get(key, spec.rest)
    assert child is not None
    return child


def _opened(text: str) -> Value | None:
    try:
        return read(text)
    except (Breach, ValueError):
        return None


def agree(a: Value, b: Value, spec: Spec, how: str, *, lenient: bool = False) -> bool | None:
    """Whether B agrees with A. ``how``: ``exact``, ``configurations`` (exact, but for what is declared), ``tolerant``, or
    ``golden`` (tolerant, and what is declared holds a placeholder on side A). ``lenient``: what breaks the schema is
    compared as it is."""
    if spec.ignored == "volatile" or (spec.ignored == "environment" and how in ("tolerant", "golden")):
        return True
    if spec.ignored == "declared" and how in ("configurations", "golden"):
        sides = [(b, "disk:")] + [(a, "web:")] * (how == "configurations")
        return all(side[0] == "text" and side[1].startswith(start) for side, start in sides)
    if lenient and not (_looks(a, spec) and _looks(b, spec)):
        return equal(a, b)
    if a[0] != b[0]:
        return False
    if a[0] == "object":
        if a[1].keys() != b[1].keys():
            return False
        spec_of = lambda key: spec.fields.get(key, spec.rest)  # noqa: E731
        return _all(
            [
                agree(item, b[1][key], spec_of(key), how, lenient=lenient)
                if spec_of(key) is not None
                else equal(item, b[1][key])
                for key, item in a[1].items()
            ]
        )
    if a[0] == "list":
        return _lists(a[1], b[1], spec, how, lenient)
    if spec.inside is not None and a[0] == "text":
        left, right = _opened(a[1]), _opened(b[1])
        if left is None or right is None:
            return a == b
        return agree(left, right, spec.inside, how, lenient=lenient)
    if equal(a, b):
        return True
    if how in ("tolerant", "golden") and (spec.abs or spec.rel):
        return _within(a, b, spec)
    return False


def _looks(value: Value, spec: Spec) -> bool:
    return value[0] in _TYPES[spec.type] or (value[0] == "null" and spec.null)


def _lists(a: list[Value], b: list[Value], spec: Spec, how: str, lenient: bool) -> bool | None:
    assert spec.item is not None
    if len(a) != len(b):
        return False
    in_place = _all([agree(x, y, spec.item, how, lenient=lenient) for x, y in zip(a, b, strict=True)])
    if in_place is not False or not spec.align or how in ("exact", "configurations") or len(a) > 6:
        return in_place
    # Items that are paired by what they are: where another pairing agrees, their order may be open.
    for order in permutations(b):
        if _all([agree(x, y, spec.item, how, lenient=lenient) for x, y in zip(a, order, strict=True)]) is not False:
            return None
    return False


def _within(a: Value, b: Value, spec: Spec) -> bool | None:
    if a[0] == "text":
        distance, allowed = Fraction(_edits(a[1], b[1]), max(1, len(a[1]))), Fraction(spec.abs)
    else:
        one, other = Fraction(a[1]), Fraction(b[1])
        distance, allowed = abs(other - one), max(Fraction(spec.abs), Fraction(spec.rel) * abs(one))
        if a[0] == "real" and abs(distance - allowed) <= _EDGE * max(abs(one), abs(other)):
            return None
    if abs(distance - allowed) <= _EDGE * allowed and distance != allowed:
        return None
    return distance <= allowed


def _edits(a: str, b: str) -> int:
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (x != y))
    return row[-1]


def _all(said: list[bool | None]) -> bool | None:
    if False in said:
        return False
    return None if None in said else True
