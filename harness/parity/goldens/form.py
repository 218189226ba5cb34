"""A run as a golden: leaves that a golden comparison ignores hold a placeholder instead of their value."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from parity.contract.nodes import Node
from parity.documents import Unreadable, parse
from parity.goldens.declared import Declared
from parity.paths import join

VOLATILE, ENVIRONMENT, DECLARED = "<volatile>", "<environment>", "<declared>"


def masked(value: Any, node: Node | None, declared: Sequence[Declared] = (), path: str = "") -> Any:
    """A copy of ``value`` with ``<volatile>``, ``<environment>`` and ``<declared>`` in place of ignored leaves."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        return {k: masked(v, node.child(k) if node else None, declared, join(path, k)) for k, v in value.items()}
    if isinstance(value, list):
        return [masked(v, node.item(i) if node else None, declared, join(path, i)) for i, v in enumerate(value)]
    if any(entry.matcher.fullmatch(path) for entry in declared):
        return DECLARED
    if node is None:
        return value
    if node.rule.volatile is not None:
        return VOLATILE
    if node.rule.environment is not None:
        return ENVIRONMENT
    if isinstance(value, str) and node.content is not None:
        try:
            inside = parse(value)
        except Unreadable:
            return value  # the contract names it; as a golden it is the text that it is
        return json.dumps(masked(inside, node.content, declared, f"{path}(json)"), ensure_ascii=False, sort_keys=True)
    return value


def canonical(document: Any) -> str:
    """The one text of a document: sorted keys, indent 1, shortest floats, readable letters, a last line end."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False) + "\n"


def in_given_order(document: Any, node: Node) -> str:
    """The text of a document with its keys as they stand, without the values that change from run to run."""
    return json.dumps(_settled(document, node), ensure_ascii=False)


def _settled(value: Any, node: Node | None) -> Any:
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict):
        return {k: _settled(v, node.child(k) if node else None) for k, v in value.items()}
    if isinstance(value, list):
        return [_settled(v, node.item(i) if node else None) for i, v in enumerate(value)]
    if node is not None and node.rule.volatile is not None:
        return VOLATILE
    if isinstance(value, str) and node is not None and node.content is not None:
        return in_given_order(parse(value), node.content)
    # −0.0 is 0.0.
    return value + 0.0 if isinstance(value, float) else value
