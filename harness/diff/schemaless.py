"""Documents without a schema: DeepDiff finds what differs, exactly, and it becomes differences like any other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from harness.compare.difference import NOT_FINITE, Comparison, Difference, Kind, type_name
from harness.compare.walk import leaf_count
from harness.contract.check import join

#: Said wherever such a comparison stands.
NOTE = "no schema: compared by DeepDiff, exactly"

_KINDS: dict[str, Kind] = {
    "values_changed": "value",
    "type_changes": "type",
    "dictionary_item_added": "extra",
    "dictionary_item_removed": "missing",
    "iterable_item_added": "extra",
    "iterable_item_removed": "missing",
}


def compare(expected: Any, actual: Any) -> Comparison:
    """Every difference between two JSON documents; each leaf is exact or differing, and NaN differs even from itself.

    DeepDiff pairs the items of lists by Python's ``==``, for which 1, 1.0 and true are one; so each leaf goes in as a
    text that begins with its type, and comes out as what it was.
    """
    left, right = _tagged(expected), _tagged(actual)
    found = Comparison()
    found.differences += _not_finite(expected, actual)
    if left != right:
        found.differences += _differences(left, right)
    found.differing = sum(_leaves(each) for each in found.differences)
    inside = sum(leaf_count(each.actual) for each in found.differences if each.kind != "missing")
    found.exact = max(0, leaf_count(actual) - inside)
    return found


def _differences(left: Any, right: Any) -> Iterator[Difference]:
    from deepdiff import DeepDiff
    from deepdiff.helper import NotPresent

    tree = DeepDiff(left, right, view="tree", verbose_level=2, threshold_to_diff_deeper=0)
    for name, levels in tree.items():
        for level in levels:
            path = ""
            for step in level.path(output_format="list"):
                path = join(path, step)
            before = None if isinstance(level.t1, NotPresent) else _plain(level.t1)
            after = None if isinstance(level.t2, NotPresent) else _plain(level.t2)
            yield _difference(path, _KINDS[name], before, after)


def _difference(path: str, kind: Kind, before: Any, after: Any) -> Difference:
    if kind in ("missing", "extra"):
        return Difference(path, kind, before, after)
    if type_name(before) != type_name(after):
        kind = "type"
    elif isinstance(before, float | int) and not isinstance(before, bool):
        magnitude = abs(after - before)
        if math.isfinite(magnitude):
            return Difference(path, kind, before, after, magnitude=magnitude, allowed=0.0, would_pass=magnitude)
    difference = Difference(path, kind, before, after)
    return difference if difference.is_finite else replace(difference, note=NOT_FINITE)


def _leaves(difference: Difference) -> int:
    return max(leaf_count(difference.expected), leaf_count(difference.actual))


def _not_finite(expected: Any, actual: Any) -> list[Difference]:
    """NaN and infinity of the actual document, which are no JSON, also where the expected one has them too."""
    before = dict(_numbers_that_are_none(expected, ""))
    return [
        Difference(path, "schema", value, value, note=NOT_FINITE)
        for path, value in _numbers_that_are_none(actual, "")
        if path in before and str(before[path]) == str(value)
    ]


def _numbers_that_are_none(value: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _numbers_that_are_none(item, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _numbers_that_are_none(item, join(path, index))
    elif isinstance(value, float) and not math.isfinite(value):
        yield path, value


def _tagged(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _tagged(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_tagged(item) for item in value]
    # −0.0 is 0.0: no measurement tells them apart.
    return f"{type_name(value)} {value + 0.0 if isinstance(value, float) else value}"


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    kind, _, text = value.partition(" ")
    match kind:
        case "null":
            return None
        case "boolean":
            return text == "True"
        case "integer":
            return int(text)
        case "real":
            return float(text)
    return text
