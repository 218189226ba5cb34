"""Documents of an older contract: what today's schemas refuse or do not know is compared all the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from harness.compare.difference import Comparison, Difference
from harness.compare.walk import leaf_count
from harness.diff import schemaless
from harness.explain.places import Nowhere, at

_NOTHING = object()


def without_todays_schema(found: Comparison, expected: Any, actual: Any) -> Comparison:
    """``found`` in which no leaf is a breach of the schema or uncompared: each is equal, or differs.

    NaN and infinity stay what they are in any contract: no values.
    """
    made = replace(found, differences=[], uncompared=[])
    for each in found.differences:
        if each.kind != "schema" or not each.is_finite:
            made.differences.append(each)
            continue
        size = max(leaf_count(each.expected), leaf_count(each.actual))
        made.differing -= min(size, made.differing)
        _add(made, each.path, each.expected, each.actual)
    for path in found.uncompared:
        _add(made, path, _value(expected, path), _value(actual, path))
    return made


def _add(made: Comparison, path: str, expected: Any, actual: Any) -> None:
    if expected is _NOTHING or actual is _NOTHING:
        kind = "extra" if expected is _NOTHING else "missing"
        sides = (None, actual) if expected is _NOTHING else (expected, None)
        more = Comparison(differing=1, differences=[Difference("", kind, *sides)])
    else:
        more = schemaless.compare(expected, actual)
    made.exact += more.exact
    made.differing += more.differing
    made.differences += [replace(each, path=path + _step(each.path)) for each in more.differences]


def _step(path: str) -> str:
    return f".{path}" if path and path[0] not in "[(" else path


def _value(document: Any, path: str) -> Any:
    try:
        return at(document, path)
    except Nowhere:
        return _NOTHING
