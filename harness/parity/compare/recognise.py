"""Knowing a value again under another name, or an item at another place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parity.compare import matching, sequence
from parity.compare.difference import leaf_count
from parity.contract.nodes import Node

#: Units of leaves that say where an item stands, not what it is.
_WHERE = frozenset({"s", "ms", "index"})

#: Shortest text by which an item can be known again elsewhere.
_TELLING = 3


def renamed(
    expected: Mapping[str, Any],
    actual: Mapping[str, Any],
    gone: Sequence[str],
    new: Sequence[str],
    node: Node | None,
) -> dict[str, str]:
    """Old key → new key, for keys of one side only whose values are equal; each is used once.

    Where the schema knows the new name too, the value must be one that two fields do not share by chance.
    """
    known = [key for key in new if node is None or node.child(key) is None or _tells(actual[key])]
    return dict(
        matching.equals(
            ((sequence.identity(expected[key]), key) for key in gone),
            ((sequence.identity(actual[key]), key) for key in known),
        )
    )


def known_by(value: Any, node: Node) -> str | None:
    """What an item is apart from where it stands; None where that is too little to know it again."""
    if node.align is None or node.items is None:
        return sequence.identity(value)
    kept, telling = _without_place(value, node.items)
    return sequence.identity(kept) if telling else None


def _tells(value: Any) -> bool:
    """Whether two values of this kind are hardly equal by chance."""
    if isinstance(value, str):
        return len(value) >= _TELLING
    return leaf_count(value) > 1 or (isinstance(value, float) and value - value == 0 and not value.is_integer())


def _without_place(value: Any, node: Node | None) -> tuple[Any, bool]:
    """``value`` without the leaves that say where it stands, and whether what is left tells it from others."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        parts = {k: _without_place(v, node.child(k) if node else None) for k, v in value.items()}
        return {k: v for k, (v, _) in parts.items()}, any(telling for _, telling in parts.values())
    if isinstance(value, list):
        items = [_without_place(v, node.item(i) if node else None) for i, v in enumerate(value)]
        return [v for v, _ in items], any(telling for _, telling in items)
    if node is not None and node.rule.unit in _WHERE:
        return None, False
    return value, (node is None or node.values is None) and _tells(value)
