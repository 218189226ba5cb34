"""Two leaves: equal in type and value, near enough, or a difference that says by how much.

Also: which leaves are not compared, and by which rule.
"""

from __future__ import annotations

from typing import Any

from parity.compare.difference import NOT_FINITE, Ignored
from parity.compare.policy import Policy
from parity.compare.tally import NO_RULE, Place, Tally, text
from parity.compare.tolerance import UNITS, agree, error_rate, passes
from parity.contract.nodes import NUMBERS, Node
from parity.reals import distance
from parity.verdict import ContractError


def is_same(expected: Any, actual: Any, node: Node) -> bool:
    """Whether two values are leaves of which nothing is to be said."""
    kind, kinds = type(expected), node.scalars
    if kinds is None or kind not in kinds or kind is not type(actual) or expected != actual:
        return False
    return kind is not float or expected - expected == 0


def compare_leaf(tally: Tally, expected: Any, actual: Any, node: Node, place: Place) -> None:
    rule = node.rule
    is_number = type(expected) in NUMBERS
    if is_number and not (expected - expected == 0 == actual - actual):
        tally.differ("schema", expected, actual, place, rule, note=NOT_FINITE)
    elif not node.admits(actual) and not _stands_in(expected, actual):
        tally.differ("schema", expected, actual, place, rule, note=f"expected {' or '.join(sorted(node.types))}")
    elif expected == actual:
        tally.found.exact += 1
    elif is_number or (isinstance(expected, str) and _measures_text(node, tally.policy)):
        _distance(tally, expected, actual, node, place)
    else:
        tally.differ("value", expected, actual, place, rule)


def _stands_in(expected: Any, actual: Any) -> bool:
    """Whether both hold the short text that stands for another artifact, which is compared there."""
    return expected == actual and isinstance(actual, str) and actual.startswith("<the artifact ")


def _measures_text(node: Node, policy: Policy) -> bool:
    tolerance = policy.tolerance(node.rule.kind, node.where)
    return tolerance.unit.lower() in UNITS


def _distance(tally: Tally, expected: Any, actual: Any, node: Node, place: Place) -> None:
    rule, tolerance = node.rule, tally.policy.tolerance(node.rule.kind, node.where)
    if not isinstance(expected, str):
        magnitude, allowed, unit = distance(expected, actual), tolerance.allowed(expected), rule.unit
        is_near = passes(expected, actual, allowed)
    else:
        magnitude, allowed, unit = error_rate(expected, actual, tolerance.unit), tolerance.abs, tolerance.unit
        is_near = agree(expected, actual, tolerance)
    if is_near:
        tally.found.within_tolerance += 1
        return
    kind = rule.kind if tally.policy.tolerances is not None else None
    tally.differ(
        "value",
        expected,
        actual,
        place,
        rule,
        magnitude=magnitude,
        unit=unit,
        allowed=allowed,
        would_pass=magnitude,
        note=f"class {kind}" if kind else "",
        tolerance_class=kind,
    )


def is_ignored(tally: Tally, expected: Any, actual: Any, node: Node | None, place: Place, *, watched: bool) -> bool:
    policy = tally.policy
    path = text(place) if watched else ""
    entry = policy.declared_at(path) if watched else None
    if entry is not None:
        if isinstance(actual, dict | list):
            raise ContractError(
                f"declared difference {entry.artifact} {entry.path}: stands on a "
                f"{'list' if isinstance(actual, list) else 'object'}, may stand on a single leaf only"
            )
        sides = [(policy.expected_by, expected), (policy.actual_by, actual)]
        if policy.actual_by is None and (type(expected), expected) != (type(actual), actual):
            tally.differ("value", expected, actual, place, NO_RULE, note="declared, and two goldens hold two values")
            return True
        for configuration, value in sides:
            if configuration is not None and not entry.fits(configuration, value):
                pattern = entry.patterns[configuration].pattern
                note = f"declared for {configuration} as {pattern!r}, which its value does not meet"
                tally.differ("value", expected, actual, place, NO_RULE, note=note)
                return True
        tally.found.ignored.append(Ignored(path, "declared", entry.reason))
        return True
    rule = node.rule if node is not None else NO_RULE
    if rule.volatile is not None:
        tally.found.ignored.append(Ignored(text(place), "volatile", rule.volatile))
        return True
    of_goldens = policy.actual_by is None and expected == actual
    if rule.environment is not None and (policy.tolerances is not None or of_goldens):
        tally.found.ignored.append(Ignored(text(place), "environment", rule.environment))
        return True
    return False
