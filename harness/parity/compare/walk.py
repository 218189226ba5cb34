"""One walk along a schema compares two documents and counts every leaf of either once.

Items of lists are compared by functions compiled from the schema (``parity.compare.compiled``); only where these find
something does the walk look field by field. Which item is which is told by ``lists``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from parity.compare import accounted
from parity.compare.anything import ANYTHING
from parity.compare.compiled import Way, compiled
from parity.compare.difference import Comparison, leaf_count
from parity.compare.leaf import compare_leaf, is_ignored, is_same
from parity.compare.lists import compare_lists
from parity.compare.policy import Policy
from parity.compare.recognise import renamed
from parity.compare.tally import Equals, Place, Tally, below, rule_of, text
from parity.contract.nodes import Node
from parity.documents import Unreadable, parse
from parity.paths import INSIDE

__all__ = ["Equals", "Policy", "Walk", "compare", "compare_valid", "leaf_count"]


def compare(expected: Any, actual: Any, node: Node, policy: Policy) -> Comparison:
    """Compare two JSON documents along ``node``; every leaf of either is counted once."""
    walk = Walk(policy, Comparison(), Way.of(policy.tolerances))
    walk.pair(expected, actual, node, None, watched=bool(policy.declared))
    accounted.check(expected, actual, node, walk.found)
    return walk.found


def compare_valid(expected: Any, actual: Any, node: Node, policy: Policy) -> tuple[Comparison, list[Equals]]:
    """The same for a valid ``expected`` and an ``actual``, both without NaN and infinity, in less time.

    Items of lists are first asked whether they are equal, which Python answers fast but blurs 1, 1.0 and True. In the
    end all equal items are written as JSON, where types show: if the texts are not the same, everything is compared
    again without this. Also returns the lists with equal items, which are as valid as their partners.
    """
    walk = Walk(policy, Comparison(), Way.of(policy.tolerances), quick=True)
    walk.pair(expected, actual, node, None, watched=bool(policy.declared))
    if not walk.equal_in_type():
        return compare(expected, actual, node, policy), []
    accounted.check(expected, actual, node, walk.found)
    return walk.found, walk.equals


@dataclass
class Walk(Tally):
    """Goes through two documents side by side."""

    def pair(self, expected: Any, actual: Any, node: Node | None, place: Place, *, watched: bool) -> None:
        """Compare what stands at ``place``; ``watched``: a declared difference may stand there or below."""
        if node is not None and node.branches:
            node = node.choose(actual) or node.choose(expected)
        node = self._covering(node)
        if is_ignored(self, expected, actual, node, place, watched=watched):
            return
        kind = type(expected)
        if kind is dict and type(actual) is dict and (expected or actual):
            self._objects(expected, actual, node, place, watched=watched)
        elif kind is list and type(actual) is list and (expected or actual):
            compare_lists(self, expected, actual, node, place, watched=watched)
        elif node is None or not node.covers:
            self.uncovered(actual, place)
        elif kind is not type(actual):
            self.differ("type", expected, actual, place, node.rule, max(leaf_count(expected), leaf_count(actual)))
        elif kind is str and node.content is not None:
            self._json_texts(expected, actual, node, place)
        else:
            compare_leaf(self, expected, actual, node, place)

    def _objects(
        self, expected: dict[str, Any], actual: dict[str, Any], node: Node | None, place: Place, *, watched: bool
    ) -> None:
        gone = [key for key in expected if key not in actual]
        new = [key for key in actual if key not in expected]
        names = renamed(expected, actual, gone, new, node) if gone and new else {}
        for key, value in expected.items():
            child = self._covering(node.child(key) if node else None)
            if key in actual:
                if child is not None and not watched and is_same(value, actual[key], child):
                    self.found.exact += 1
                    continue
                here = below(place, key)
                self._member(value, actual[key], node, child, here, watched=watched and self.policy.watches(text(here)))
            elif key in names:
                here, other = below(place, names[key], key), self._covering(node.child(names[key]) if node else None)
                note = "" if other is not None else "no schema covers the new name"
                self.differ("renamed", value, actual[names[key]], here, rule_of(child), leaf_count(value), note=note)
            else:
                self.one_sided("missing", value, child, below(place, key))
        for key in new:
            if key not in names.values():
                child = self._covering(node.child(key) if node else None)
                self.one_sided("extra", actual[key], child, below(place, key))

    def _covering(self, node: Node | None) -> Node | None:
        """``node``, or one that covers anything where it says nothing and that is to be compared all the same."""
        return ANYTHING if self.policy.uncovered and (node is None or node.says_nothing) else node

    def _member(
        self, expected: Any, actual: Any, node: Node | None, child: Node | None, place: Place, *, watched: bool
    ) -> None:
        """One field. Objects whose keys are data have many alike, which the compiled functions go through faster."""
        if child is not None and node is not None and (node.patterns or node.additional is child) and not watched:
            functions = compiled(child, self.way)
            if (near := functions.near(expected, actual)) >= 0:
                self.count(leaf_count(expected), near)
                return
        self.pair(expected, actual, child, place, watched=watched)

    def _json_texts(self, expected: str, actual: str, node: Node, place: Place) -> None:
        try:
            left, right = parse(expected), parse(actual)
        except Unreadable:
            compare_leaf(self, expected, actual, node, place)
            return
        # No validator looked into the text.
        outer, self.quick = self.quick, False
        self.pair(left, right, node.content, below(place, INSIDE), watched=bool(self.policy.declared))
        self.quick = outer
