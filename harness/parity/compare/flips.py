"""Items that one side lacks because noise decided: their detector's score lies within a margin of its threshold."""

from __future__ import annotations

from typing import Any

from parity.compare.boxes import are_apart
from parity.compare.difference import Flip, leaf_count
from parity.compare.policy import Policy
from parity.compare.tally import Tally
from parity.compare.trail import Place, text
from parity.contract.nodes import NUMBERS, Node

_EXACT_CLASS = "exact"


def most(policy: Policy, expected: list[Any], actual: list[Any], node: Node) -> int:
    if node.flip is None or (rule := policy.flip_rule(node.flip.kind, node.where)) is None:
        return 0
    return rule.most(max(len(expected), len(actual))) if rule.budget > 0 else 0


def relabelled(policy: Policy, expected: Any, actual: Any, node: Node) -> bool:
    """Whether partners differ in name or place by what the schema says, and noise decides on both: they are two items."""
    if node.align is None or node.items is None or not (isinstance(expected, dict) and isinstance(actual, dict)):
        return False
    names = [(name, node.items.child(name)) for name in node.align.then if not name.startswith("iou:")]
    labels = [name for name, child in names if child is not None and child.rule.kind == _EXACT_CLASS]
    boxes = [name.removeprefix("iou:") for name in node.align.then if name.startswith("iou:")]
    is_apart = any(are_apart(expected.get(name), actual.get(name), node.items.child(name)) for name in boxes)
    if not is_apart and all(expected.get(name) == actual.get(name) for name in labels):
        return False
    return _score(policy, expected, node) is not None and _score(policy, actual, node) is not None


def _score(policy: Policy, value: Any, node: Node) -> float | None:
    """The item's score when it is so near the threshold that noise decides on the item; None when it does not."""
    if node.flip is None or (rule := policy.flip_rule(node.flip.kind, node.where)) is None:
        return None
    if node.flip.score is None:
        return rule.threshold
    score = value.get(node.flip.score) if isinstance(value, dict) else None
    return score if isinstance(score, int | float) and type(score) in NUMBERS and rule.near(score) else None


def take(tally: Tally, kind: Any, value: Any, node: Node, here: Place, place: Place) -> bool:
    """Whether noise decides on this item; then it is counted as a flip."""
    if node.flip is None or (score := _score(tally.policy, value, node)) is None:
        return False
    rule = tally.policy.flip_rule(node.flip.kind, node.where)
    assert rule is not None
    path = text(here, expected=kind == "missing")
    tally.found.flips.append(Flip(path, kind, text(place), score, rule.threshold, rule.margin, node.flip.kind))
    tally.found.flipped += leaf_count(value)
    return True
