"""Documents without a schema: compared exactly by the same engine, along a node that covers any place."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from parity.compare.anything import ANYTHING
from parity.compare.difference import Comparison, Difference
from parity.compare.walk import Policy
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
