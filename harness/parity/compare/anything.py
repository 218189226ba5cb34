"""The node of a document without a schema: any key, any item and any value may stand anywhere, and all of it is compared."""

from __future__ import annotations

from typing import Any

from parity.contract.nodes import Node

#: Covers every place at and below itself, so that a walk along it skips nothing and pairs the items of every list.
ANYTHING = Node("(no schema)", types=frozenset({"null", "boolean", "integer", "number", "string", "array", "object"}))
ANYTHING.additional = ANYTHING.items = ANYTHING


def is_same(one: Any, other: Any) -> bool:
    """Whether two values are equal with their types told apart; NaN and infinity are the same as nothing."""
    kind = type(one)
    if kind is not type(other):
        return False
    if kind is dict:
        return len(one) == len(other) and all(key in other and is_same(value, other[key]) for key, value in one.items())
    if kind is list:
        return len(one) == len(other) and all(map(is_same, one, other))
    return one == other and (kind is not float or one - one == 0)


def near(expected: Any, actual: Any) -> int:
    """What ``parity.compare.compiled`` calls near: 0 where nothing is to be said of the two values, else -1."""
    return 0 if is_same(expected, actual) else -1
