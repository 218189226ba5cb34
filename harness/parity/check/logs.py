"""Log lines of two configurations: the same ones in the same order, whatever else stands on stderr."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import replace

from parity.compare.difference import Comparison, Difference

#: Where a difference of log lines stands, beside the fields of the run's own document.
PATH = "log"


def with_logs(comparison: Comparison, expected: Sequence[str], actual: Sequence[str]) -> Comparison:
    """``comparison`` and what becomes of the lines in it: each is one more leaf, equal, missing or extra."""
    found: list[Difference] = []
    equal = 0
    for line in difflib.ndiff(expected, actual):
        if line.startswith("- "):
            found.append(Difference(PATH, "missing", line[2:], None, note="a log line"))
        elif line.startswith("+ "):
            found.append(Difference(PATH, "extra", None, line[2:], note="a log line"))
        elif line.startswith("  "):
            equal += 1
    return replace(
        comparison,
        exact=comparison.exact + equal,
        differing=comparison.differing + len(found),
        differences=[*comparison.differences, *found],
    )
