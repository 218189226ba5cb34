"""Documents of an older contract: what today's schemas refuse is compared all the same."""

from __future__ import annotations

from dataclasses import replace

from parity.compare.difference import Comparison
from parity.compare.walk import leaf_count
from parity.tools.diff import schemaless


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
        more = schemaless.compare(each.expected, each.actual)
        made.exact += more.exact
        made.differing += more.differing - min(max(leaf_count(each.expected), leaf_count(each.actual)), made.differing)
        made.differences += [replace(inner, path=each.path + _step(inner.path)) for inner in more.differences]
    return made


def _step(path: str) -> str:
    return f".{path}" if path and path[0] not in "[(" else path
