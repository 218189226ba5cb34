"""Documents that no schema describes, or an older one: compared exactly by the same engine, along a node that covers any place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from parity.compare.anything import ANYTHING
from parity.compare.difference import Comparison, Difference
from parity.compare.walk import Policy, leaf_count
from parity.compare.walk import compare as along

#: Said wherever such a comparison stands.
NOTE = "no schema: every value exactly, the items of lists by the fewest edits"

_EXACTLY = Policy(expected_by="expected", actual_by="actual")


def compare(expected: Any, actual: Any) -> Comparison:
    """Every difference between two JSON documents; each leaf is exact or differing, and NaN differs even from itself."""
    found = along(expected, actual, ANYTHING, _EXACTLY)
    found.differences = [_told(each) for each in found.differences]
    return found


def _told(difference: Difference) -> Difference:
    """NaN or infinity beside itself is what no schema could allow; beside anything else it is another value."""
    if difference.kind == "schema" and str(difference.expected) != str(difference.actual):
        return replace(difference, kind="value")
    return difference


def without_todays_schema(found: Comparison) -> Comparison:
    """``found``, by a policy that compares what no schema covers, in which no leaf is a breach of the schema: each is
    equal, or differs.

    NaN and infinity stay what they are in any contract: no values.
    """
    made = replace(found, differences=[])
    for each in found.differences:
        if each.kind != "schema" or not each.is_finite:
            made.differences.append(each)
            continue
        more = compare(each.expected, each.actual)
        made.exact += more.exact
        made.differing += more.differing - min(max(leaf_count(each.expected), leaf_count(each.actual)), made.differing)
        made.differences += [replace(inner, path=each.path + _step(inner.path)) for inner in more.differences]
    return made


def _step(path: str) -> str:
    return f".{path}" if path and path[0] not in "[(" else path
