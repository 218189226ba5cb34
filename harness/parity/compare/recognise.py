"""Knowing a value again under another name, or an item at another place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from parity.compare import matching, sequence
from parity.compare.difference import leaf_count
from parity.contract.nodes import Node
from parity.contract.visit import mapped, places

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
    kept = mapped(value, node.items, lambda leaf, its, path: None if _says_where(its) else leaf)
    leaves = places(value, node.items, opens=lambda text: False, holders=False)
    is_telling = any(_tells(leaf) and not _says_where(its) and not _is_fixed(its) for _, leaf, its in leaves)
    return sequence.identity(kept) if is_telling else None


def _says_where(leaf: Node | None) -> bool:
    """Whether a leaf says where its item stands."""
    return leaf is not None and leaf.rule.unit in _WHERE


def _is_fixed(leaf: Node | None) -> bool:
    """Whether the schema lists what a leaf may be, which tells no item from another."""
    return leaf is not None and leaf.values is not None


def _tells(value: Any) -> bool:
    """Whether two values of this kind are hardly equal by chance."""
    if isinstance(value, str):
        return len(value) >= _TELLING
    return leaf_count(value) > 1 or (isinstance(value, float) and value - value == 0 and not value.is_integer())
