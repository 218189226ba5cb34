"""Does every leaf of the schemas say something? A count of the values each takes over many documents.

A leaf is named by its path with ``[*]`` for any item and ``*`` for any key that is data; where the items of a list are
of several kinds, the kind stands behind them, as in ``entries[*]<text>.data``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from parity.contract.nodes import CONTAINERS, Node, Rule

#: Values of a leaf that are told apart; more are not counted.
MOST = 1000


@dataclass
class Leaf:
    """One leaf of a schema and what was found there; ``unexplained`` counts nulls without a reason."""

    path: str
    rule: Rule
    values: set[str] = field(default_factory=set)
    seen: int = 0
    nulls: int = 0
    unexplained: int = 0
    reasons: set[str] = field(default_factory=set)

    def take(self, value: object, reason: str | None, *, wants_reason: bool) -> None:
        """Count one value."""
        self.seen += 1
        if value is not None:
            if len(self.values) < MOST:
                self.values.add(json.dumps(value, ensure_ascii=False, sort_keys=True))
            return
        self.nulls += 1
        if reason is not None:
            self.reasons.add(reason)
        elif wants_reason:
            self.unexplained += 1


def leaves_of(node: Node) -> dict[str, Leaf]:
    """Every leaf of a schema by its path, in the schema's order."""
    found: dict[str, Leaf] = {}
    for path, rule in _leaves(node, "", ()):
        found.setdefault(path, Leaf(path, rule))
    return found


def count(document: Any, node: Node, leaves: Mapping[str, Leaf], reasons: Mapping[str, str] | None) -> None:
    """Count the values of ``document``; ``reasons``: path without indices → why it is null, None to ask for none."""
    for path, value in _values(document, node, ""):
        if (leaf := leaves.get(path)) is not None:
            leaf.take(value, _reason(path, reasons or {}), wants_reason=reasons is not None)


def _leaves(node: Node, path: str, above: tuple[Node, ...]) -> Iterator[tuple[str, Rule]]:
    if node in above:
        return
    above = (*above, node)
    for branch in node.branches:
        if branch.types != {"null"}:
            yield from _leaves(branch, path + _kind(node, branch), above)
    children = [(f"{path}.{key}" if path else key, child) for key, child in node.properties.items()]
    children += [(f"{path}.*" if path else "*", child) for _, child in node.patterns]
    children += [(f"{path}.*" if path else "*", node.additional)] if node.additional else []
    children += [(f"{path}[{index}]", child) for index, child in enumerate(node.prefix)]
    children += [(f"{path}[*]", node.items)] if node.items else []
    for place, child in children:
        yield from _leaves(child, place, above)
    if not children and not node.branches and not node.types & CONTAINERS:
        yield path, node.rule


def _values(value: Any, node: Node | None, path: str) -> Iterator[tuple[str, Any]]:
    if node is None:
        return
    at: Node | None = node
    while at is not None and at.branches:
        branch = at.alternative(value)
        path += _kind(at, branch) if branch is not None else ""
        at = branch
    chosen = node.choose(value)
    if chosen is None:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            step = key if key in chosen.properties else "*"
            yield from _values(item, chosen.child(key), f"{path}.{step}" if path else step)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            step = f"[{index}]" if index < len(chosen.prefix) else "[*]"
            yield from _values(item, chosen.item(index), path + step)
    else:
        yield path, value


def _kind(node: Node, branch: Node) -> str:
    """What tells ``branch`` from the other alternatives; nothing where there is only null beside it."""
    others = [each for each in node.branches if each.types != {"null"}]
    if len(others) < 2 or branch.types == {"null"}:
        return ""
    for key, child in branch.properties.items():
        if child.values is not None and len(child.values) == 1:
            return f"<{child.values[0] if isinstance(child.values[0], str) else key}>"
    return f"<{others.index(branch) + 1}>"


def _reason(path: str, reasons: Mapping[str, str]) -> str | None:
    """The reason given for ``path`` or for something it is part of."""
    parts = re.sub(r"\[[^\]]*\]|<[^>]*>", "", path).split(".")
    for end in range(len(parts), 0, -1):
        if (reason := reasons.get(".".join(parts[:end]))) is not None:
            return reason
    return None
