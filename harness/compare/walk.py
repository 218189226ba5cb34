"""One walk along a schema compares two documents and counts every leaf of both."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from harness.compare.declared import Declared
from harness.compare.difference import Comparison, Difference, Ignored
from harness.compare.tolerance import EXACT, Tolerance, passes
from harness.contract.check import join
from harness.contract.nodes import Node, Rule
from harness.verdict import ContractError

_NO_RULE = Rule()


@dataclass(frozen=True)
class Policy:
    """How strictly a pair is compared.

    ``tolerances`` None: exactly, environment leaves included (one configuration against another). Else by class
    and without environment leaves (a run against its golden). ``expected_by`` and ``actual_by`` name the
    configurations; ``expected_by`` is None for a golden, whose declared leaves hold no value.
    """

    actual_by: str
    expected_by: str | None = None
    tolerances: Mapping[str, Tolerance] | None = None
    declared: Sequence[Declared] = field(default_factory=tuple)

    def declared_at(self, path: str) -> Declared | None:
        """The declared difference that stands at ``path``."""
        return next((entry for entry in self.declared if entry.matcher.fullmatch(path)), None)

    def tolerance(self, kind: str, where: str) -> Tolerance:
        """The tolerance of class ``kind``."""
        if self.tolerances is None:
            return EXACT
        try:
            return self.tolerances[kind]
        except KeyError:
            known = ", ".join(sorted(self.tolerances))
            raise ContractError(f"{where}: unknown tolerance class {kind!r}; known: {known}") from None


def compare(expected: Any, actual: Any, node: Node, policy: Policy) -> Comparison:
    """Compare two JSON documents along ``node``; every leaf of either is counted once."""
    comparison = Comparison()
    _Walk(policy, comparison).pair(expected, actual, node, "")
    return comparison


def leaf_count(value: object) -> int:
    """Leaves of ``value``; an empty list or object is one."""
    if isinstance(value, dict) and value:
        return sum(leaf_count(item) for item in value.values())
    if isinstance(value, list) and value:
        return sum(leaf_count(item) for item in value)
    return 1


def _kind(value: object) -> type:
    return type(value)


def is_covered(node: Node | None) -> bool:
    """Whether a schema says what stands here; a node without type or values says nothing."""
    return node is not None and bool(node.types or node.values is not None)


@dataclass
class _Walk:
    policy: Policy
    found: Comparison

    def pair(self, expected: Any, actual: Any, node: Node | None, path: str) -> None:
        if node is not None:
            node = node.choose(actual) or node.choose(expected)
        if self._ignored(expected, actual, node, path):
            return
        if isinstance(expected, dict) and isinstance(actual, dict) and (expected or actual):
            self._objects(expected, actual, node, path)
        elif isinstance(expected, list) and isinstance(actual, list) and (expected or actual):
            self._lists(expected, actual, node, path)
        elif not is_covered(node):
            self._uncovered(actual, path)
        elif _kind(expected) is not _kind(actual):
            leaves = max(leaf_count(expected), leaf_count(actual))
            self._differ(Difference(path, "type", expected, actual, unit=node.rule.unit), leaves)
        elif isinstance(expected, str) and node.content is not None:
            self._json_texts(expected, actual, node, path)
        else:
            self._leaves(expected, actual, node, path)

    def _objects(self, expected: dict[str, Any], actual: dict[str, Any], node: Node | None, path: str) -> None:
        for key, value in expected.items():
            child, here = node.child(key) if node else None, join(path, key)
            if key in actual:
                self.pair(value, actual[key], child, here)
            else:
                self._one_sided(Difference(here, "missing", value, None), value, child)
        for key, value in actual.items():
            if key not in expected:
                here = join(path, key)
                self._one_sided(Difference(here, "extra", None, value), value, node.child(key) if node else None)

    def _lists(self, expected: list[Any], actual: list[Any], node: Node | None, path: str) -> None:
        for index, (left, right) in enumerate(zip(expected, actual, strict=False)):
            self.pair(left, right, node.item(index) if node else None, join(path, index))
        if len(expected) != len(actual):
            rest = (expected if len(expected) > len(actual) else actual)[min(len(expected), len(actual)) :]
            note = "compared item by item up to the shorter length"
            self._differ(
                Difference(path, "length", len(expected), len(actual), unit="items", note=note), leaf_count(rest)
            )

    def _json_texts(self, expected: str, actual: str, node: Node, path: str) -> None:
        try:
            left, right = json.loads(expected), json.loads(actual)
        except ValueError:
            self._leaves(expected, actual, node, path)
            return
        self.pair(left, right, node.content, f"{path}(json)")

    def _leaves(self, expected: Any, actual: Any, node: Node, path: str) -> None:
        rule = node.rule
        if not isinstance(expected, int | float) or isinstance(expected, bool):
            if expected == actual:
                self.found.exact += 1
            else:
                self._differ(Difference(path, "value", expected, actual, unit=rule.unit))
            return
        if not math.isfinite(expected) or not math.isfinite(actual):
            note = "NaN and infinity are no values"
            self._differ(Difference(path, "invalid", expected, actual, unit=rule.unit, note=note))
        elif expected == actual:
            self.found.exact += 1
        else:
            allowed = self.policy.tolerance(rule.kind, node.where).allowed(expected)
            if passes(expected, actual, allowed):
                self.found.within_tolerance += 1
                return
            magnitude = abs(actual - expected)
            self._differ(
                Difference(
                    path, "value", expected, actual, magnitude=magnitude, unit=rule.unit, allowed=allowed,
                    would_pass=magnitude, note=f"class {rule.kind}" if self.policy.tolerances is not None else "",
                )
            )  # fmt: skip

    def _ignored(self, expected: Any, actual: Any, node: Node | None, path: str) -> bool:
        policy = self.policy
        entry = policy.declared_at(path) if policy.declared else None
        if entry is not None:
            if isinstance(actual, dict | list):
                raise ContractError(
                    f"declared difference {entry.artifact} {entry.path}: stands on a "
                    f"{'list' if isinstance(actual, list) else 'object'}, may stand on a single leaf only"
                )
            sides = [(policy.expected_by, expected)] if policy.expected_by else []
            for configuration, value in [*sides, (policy.actual_by, actual)]:
                if not entry.fits(configuration, value):
                    pattern = entry.patterns[configuration].pattern
                    note = f"declared for {configuration} as {pattern!r}, which its value does not meet"
                    self._differ(Difference(path, "value", expected, actual, note=note))
                    return True
            self.found.ignored.append(Ignored(path, "declared", entry.reason))
            return True
        rule = node.rule if node is not None else _NO_RULE
        if rule.volatile is not None:
            self.found.ignored.append(Ignored(path, "volatile", rule.volatile))
            return True
        if rule.environment is not None and policy.tolerances is not None:
            self.found.ignored.append(Ignored(path, "environment", rule.environment))
            return True
        return False

    def _one_sided(self, difference: Difference, value: Any, node: Node | None) -> None:
        if node is None:
            self._uncovered(value, difference.path)
        else:
            self._differ(difference, leaf_count(value))

    def _uncovered(self, value: Any, path: str) -> None:
        if isinstance(value, dict) and value:
            for key, item in value.items():
                self._uncovered(item, join(path, key))
        elif isinstance(value, list) and value:
            for index, item in enumerate(value):
                self._uncovered(item, join(path, index))
        else:
            self.found.uncompared.append(path)

    def _differ(self, difference: Difference, leaves: int = 1) -> None:
        self.found.differences.append(difference)
        self.found.differing += max(1, leaves)
