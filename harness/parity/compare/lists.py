"""Two lists: which item is which, what stands on one side only, and what moved.

An item may stand on one side only because noise decided: its detector's score lies within a margin of its threshold.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from parity.compare import align, matching, order, recognise, sequence, shortcuts
from parity.compare.align import Partners, are_apart
from parity.compare.anything import ANYTHING
from parity.compare.compiled import Compiled, compiled
from parity.compare.difference import Comparison, Flip, leaf_count
from parity.compare.leaf import is_same
from parity.compare.policy import Policy
from parity.compare.tally import Equals, Place, Tally, below, rule_of, text
from parity.contract.nodes import NUMBERS, Node, Rule


def compare_lists(
    walk: Tally, expected: list[Any], actual: list[Any], node: Node | None, place: Place, *, watched: bool
) -> None:
    """Compare two lists at ``place`` along ``node``, each item with its partner."""
    if walk.policy.uncovered and (node is None or not (node.items or node.prefix)):
        node = ANYTHING
    if node is None or node.items is None or node.prefix:
        _by_index(walk, expected, actual, node, place, watched=watched)
        return
    watched = watched and walk.policy.watches(text(below(place, 0)))
    if len(expected) == len(actual) == node.length[1] and node.align is None:
        _in_place(walk, expected, actual, node.items, place, watched=watched)
        return
    functions = compiled(node.items, walk.way)
    near = _never if watched else functions.near
    if node.series and node.align is None:
        common = min(len(expected), len(actual))
        rows = columns = shortcuts.clear(walk, expected[:common], actual[:common], functions, near, None)
        pairs = Partners(list(zip(rows, columns, strict=True)))
        _length(walk, expected, actual, common, place)
    else:
        rows, columns = shortcuts.unclear(walk, expected, actual, node, functions, near)
        if rows and rows is columns and node.align is not None and not watched:
            if _all_agree(walk, expected, actual, rows, node, functions, place):
                return
            rows = columns = shortcuts.spotted(walk, expected, actual, rows, node, functions, place)
        if not rows and not columns:
            return
        pairs = _partners(walk.policy, expected, actual, rows, columns, node, functions.like)
        if rows is columns and node.align is not None and pairs.pairs != [(i, i) for i in rows]:
            _better(walk, expected, actual, pairs, rows, node, place, watched=watched)
            return
    _take(walk, expected, actual, pairs, node, place, watched=watched)


def _all_agree(
    walk: Tally,
    expected: list[Any],
    actual: list[Any],
    rows: Sequence[int],
    node: Node,
    functions: Compiled,
    place: Place,
) -> bool:
    """Compare the partners where there is a pairing in which all agree and none changes its order beyond its moment.

    ``rows`` do not agree index by index; all others do, and are counted.
    """
    if walk.policy.tolerances is None:
        return False  # what is equal to two is equal to both
    rest = set(rows)
    unlike = [i for i in rows if functions.like(expected[i], actual[i]) < 0]
    pairs = matching.complete(
        set(range(len(expected))) - set(unlike),
        unlike,
        order.same_moment(walk.policy, expected, node),
        lambda i, j: functions.like(expected[i], actual[j]) >= 0,
        order.are_apart(walk.policy, expected, node),
    )
    if pairs is None or order.out_of_order(walk.policy, expected, actual, Partners(pairs), node):
        return False
    for i, j in pairs:
        if i not in rest and i == j:
            continue
        if i not in rest:
            walk.count(-leaf_count(expected[i]), -functions.near(expected[i], actual[i]))
        walk.pair(expected[i], actual[j], node.items, below(place, j, i), watched=False)
    return True


def _by_index(
    walk: Tally, expected: list[Any], actual: list[Any], node: Node | None, place: Place, *, watched: bool
) -> None:
    common = min(len(expected), len(actual))
    for index in range(common):
        here = below(place, index)
        item = node.item(index) if node else None
        walk.pair(expected[index], actual[index], item, here, watched=watched)
    if node is not None:
        _length(walk, expected, actual, common, place)
        return
    for index in range(common, max(len(expected), len(actual))):
        rest = expected if len(expected) > len(actual) else actual
        walk.uncovered(rest[index], below(place, index))


def _in_place(walk: Tally, expected: list[Any], actual: list[Any], item: Node, place: Place, *, watched: bool) -> None:
    """Lists of a length that the schema fixes, like the numbers of a box: each place has its own meaning."""
    for index, (a, b) in enumerate(zip(expected, actual, strict=True)):
        if not watched and is_same(a, b, item):
            walk.found.exact += 1
        else:
            walk.pair(a, b, item, below(place, index), watched=watched)


def _length(walk: Tally, expected: list[Any], actual: list[Any], common: int, place: Place) -> None:
    if len(expected) != len(actual):
        rest = (expected if len(expected) > len(actual) else actual)[common:]
        rule = Rule(unit="items")
        note = "compared item by item up to the shorter length"
        walk.differ("length", len(expected), len(actual), place, rule, leaf_count(rest), note=note)


def _partners(
    policy: Policy,
    expected: list[Any],
    actual: list[Any],
    rows: Sequence[int],
    columns: Sequence[int],
    node: Node,
    near: align.Near,
) -> Partners:
    if node.align is None:
        return sequence.partners(expected, actual, rows, columns, near)
    return align.partners(expected, actual, rows, columns, node=node, near=near, slack=policy.slack(node))


def _better(
    walk: Tally,
    expected: list[Any],
    actual: list[Any],
    partners: Partners,
    rows: Sequence[int],
    node: Node,
    place: Place,
    *,
    watched: bool,
) -> None:
    """Compare the partners, or ``rows``, none of which agrees, index by index where that leaves fewer differences."""
    outer, before = walk.found, len(walk.equals)
    found: list[tuple[Comparison, list[Equals]]] = []
    for each in (partners, Partners([(i, i) for i in rows])):
        walk.found = Comparison()
        _take(walk, expected, actual, each, node, place, watched=watched)
        found.append((walk.found, walk.equals[before:]))
        del walk.equals[before:]
        if not walk.found.differences or (node.flip is None and len(walk.found.differences) <= len(rows)):
            break
    walk.found = outer
    best, equals = min(found, key=lambda one: len(one[0].differences))
    walk.found.add(best)
    walk.equals += equals


def _take(
    walk: Tally, expected: list[Any], actual: list[Any], partners: Partners, node: Node, place: Place, *, watched: bool
) -> None:
    """Compare the partners, and say what stands alone, was moved, or stands in another order."""
    item = node.items
    moved = sequence.same_elsewhere(
        partners,
        lambda i: recognise.known_by(expected[i], node),
        lambda j: recognise.known_by(actual[j], node),
    )
    out_of_order = order.out_of_order(walk.policy, expected, actual, partners, node)
    rule = walk.policy.flip_rule(node)
    allowed = rule.most(max(len(expected), len(actual))) if rule is not None else 0
    for i, j in partners.pairs:
        if (i, j) in out_of_order:
            continue
        if allowed > 1 and _relabelled(walk.policy, expected[i], actual[j], node):
            _take_flip(walk, "missing", expected[i], node, below(place, i), place)
            _take_flip(walk, "extra", actual[j], node, below(place, j), place)
            allowed -= 2
        else:
            walk.pair(expected[i], actual[j], item, below(place, j, i), watched=watched)
    if out_of_order:
        order.compare_out_of_order(walk, expected, actual, out_of_order, item, place, watched=watched)
    for i, j in moved:
        leaves = max(leaf_count(expected[i]), leaf_count(actual[j]))
        note = _journey(expected[i], actual[j], node)
        walk.differ("moved", expected[i], actual[j], below(place, j, i), rule_of(item), leaves, note=note)
    for kind, items, places in (("missing", expected, partners.missing), ("extra", actual, partners.extra)):
        for index in places:
            here = below(place, index)
            if allowed > 0 and _take_flip(walk, kind, items[index], node, here, place):
                allowed -= 1
            else:
                child = item.choose(items[index]) or item if item is not None else None
                walk.one_sided(kind, items[index], child, here)


def _relabelled(policy: Policy, expected: Any, actual: Any, node: Node) -> bool:
    """Whether partners differ in name or place by what the schema says, and noise decides on both: they are two items."""
    if node.align is None or node.items is None or not (isinstance(expected, dict) and isinstance(actual, dict)):
        return False
    names = [(name, node.items.child(name)) for name in node.align.then if not name.startswith("iou:")]
    labels = [name for name, child in names if child is not None and child.rule.kind == "exact"]
    boxes = [name.removeprefix("iou:") for name in node.align.then if name.startswith("iou:")]
    is_apart = any(are_apart(expected.get(name), actual.get(name), node.items.child(name)) for name in boxes)
    if not is_apart and all(expected.get(name) == actual.get(name) for name in labels):
        return False
    return _score(policy, expected, node) is not None and _score(policy, actual, node) is not None


def _score(policy: Policy, value: Any, node: Node) -> float | None:
    """The item's score when it is so near the threshold that noise decides on the item; None when it does not."""
    if node.flip is None or (rule := policy.flip_rule(node)) is None:
        return None
    if node.flip.score is None:
        return rule.threshold
    score = value.get(node.flip.score) if isinstance(value, dict) else None
    return score if isinstance(score, int | float) and type(score) in NUMBERS and rule.near(score) else None


def _take_flip(tally: Tally, kind: Any, value: Any, node: Node, here: Place, place: Place) -> bool:
    """Whether noise decides on this item; then it is counted as a flip."""
    rule, score = tally.policy.flip_rule(node), _score(tally.policy, value, node)
    if node.flip is None or rule is None or score is None:
        return False
    path = text(here, expected=kind == "missing")
    tally.found.flips.append(Flip(path, kind, text(place), score, rule.threshold, rule.margin, node.flip.kind))
    tally.found.flipped += leaf_count(value)
    return True


def _journey(expected: Any, actual: Any, node: Node) -> str:
    """From when to when an item moved, where it has a time and that is what changed."""
    if node.align is None or not isinstance(expected, dict) or not isinstance(actual, dict):
        return ""
    before, after = expected.get(node.align.by), actual.get(node.align.by)
    return f"its {node.align.by} is {after}, was {before}" if before != after else ""


def _never(expected: Any, actual: Any) -> int:
    return -1
