"""The one comparison of two sides along a contract: of the runs of a case, of a golden and a run, of whatever `parity diff` gets.

And of the log lines of two runs: the same ones in the same order, whatever else stands on stderr.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from parity.check import encodings
from parity.check.rules import Rules
from parity.compare.accounted import between
from parity.compare.difference import Comparison, Difference
from parity.compare.walk import Policy, compare
from parity.contract.nodes import Node

#: What becomes of a comparison of two documents before facts of the media are left out.
Adapt = Callable[[Comparison, Any, Any], Comparison]

#: Where a difference of log lines stands, beside the fields of the run's own document.
PATH = "log"


@dataclass(frozen=True)
class Side:
    """One document; ``place`` says where it lies, for people. ``others`` gives further documents of its run, by artifact."""

    document: Any
    place: object
    others: Callable[[str], Any]


def held(
    rules: Rules,
    artifact: str,
    node: Node,
    expected: Side,
    actual: Side,
    policy: Policy,
    *,
    other_media: bool,
    adapt: Adapt | None = None,
) -> Comparison:
    """``actual`` held against ``expected`` along the compiled schema of ``artifact``.

    ``other_media``: they are of different encodings of one video: boxes are brought to one size, facts of the file ignored.
    ``HarnessError`` that names both places where the documents differ and nothing was found.
    """
    document, pipeline = actual.document, rules.pipeline
    if other_media:
        document = encodings.in_the_size_of(pipeline, expected.others, actual.others, document, node)
    with between(expected.place, actual.place):
        found = compare(expected.document, document, node, policy)
        if adapt is not None:
            found = adapt(found, expected.document, document)
    if not other_media:
        return found
    return encodings.without_the_file(found, artifact, pipeline.stages, getattr(pipeline, "hashed", None))


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
