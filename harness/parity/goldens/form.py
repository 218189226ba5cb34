"""A run as a golden: leaves that a golden comparison ignores hold a placeholder instead of their value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from parity.contract.nodes import Node
from parity.contract.visit import mapped
from parity.documents import Unreadable, parse
from parity.goldens.declared import Declared
from parity.paths import INSIDE, join
from parity.reals import unsigned

VOLATILE, ENVIRONMENT, DECLARED = "<volatile>", "<environment>", "<declared>"


def masked(value: Any, node: Node | None, declared: Sequence[Declared] = (), path: str = "") -> Any:
    """A copy of ``value`` with ``<volatile>``, ``<environment>`` and ``<declared>`` in place of ignored leaves."""

    def mask(leaf: Any, node: Node | None, path: str) -> Any:
        if any(entry.matcher.fullmatch(path) for entry in declared):
            return DECLARED
        if node is None:
            return leaf
        if node.rule.volatile is not None:
            return VOLATILE
        if node.rule.environment is not None:
            return ENVIRONMENT
        if isinstance(leaf, str) and node.content is not None:
            try:
                inside = masked(parse(leaf), node.content, declared, join(path, INSIDE))
            except Unreadable:
                return leaf  # the contract names it; as a golden it is the text that it is
            return json.dumps(inside, ensure_ascii=False, sort_keys=True)
        return leaf

    return mapped(value, node, mask, path)


def canonical(document: Any) -> str:
    """The one text of a document: sorted keys, indent 1, shortest floats, readable letters, a last line end."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def in_given_order(document: Any, node: Node) -> str:
    """The text of a document with its keys as they stand, without the values that change from run to run."""

    def settled(leaf: Any, node: Node | None, path: str) -> Any:
        if node is not None and node.rule.volatile is not None:
            return VOLATILE
        if isinstance(leaf, str) and node is not None and node.content is not None:
            return in_given_order(parse(leaf), node.content)
        return unsigned(leaf)

    return json.dumps(mapped(document, node, settled), ensure_ascii=False)
