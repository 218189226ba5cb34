"""A difference where it was found: the unit that is folded into causes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from parity.check.keys import Check
from parity.compare.difference import Difference
from parity.contract.visit import places
from parity.documents import Nowhere, at
from parity.paths import is_item, parent, pattern
from parity.pipeline.stages import Graph, canonical
from parity.reals import nearest
from parity.typed import is_number


@dataclass(frozen=True)
class Comparing:
    """Which comparison of which case: check, case, whose values are actual and whose are expected."""

    check: Check
    case: str
    configuration: str
    against: str

    @property
    def title(self) -> str:
        """As in the table of a summary."""
        return f"{self.configuration} {'~' if self.check == 'golden' else '='} {self.against}"


@dataclass(frozen=True)
class Finding:
    """One difference. ``place`` is its path under the one name that its value has in all artifacts of its ``stage``.

    ``items``: lengths of the list in both documents, where the difference is an item of a list; ``twin``: whether an
    item that is too many equals another one.
    """

    where: Comparing
    artifact: str
    difference: Difference
    stage: str | None = None
    place: str = ""
    items: tuple[int, int] | None = None
    twin: bool = False
    #: Its place in the list of its comparison, so that equal differences remain two.
    number: int = 0
    #: The file that a report names for the artifact.
    file: str | None = None

    @property
    def pattern(self) -> str:
        """The place with indices left open."""
        return pattern(self.place)

    @property
    def key(self) -> tuple[str, str, str, str, str]:
        """What tells the value apart from others: the same value in two files of a stage has one key."""
        where = self.where
        place = f"{self.place} {self.difference.kind}"
        return (where.check, where.case, where.configuration, str(self.stage), place)


def gather(
    graph: Graph,
    where: Comparing,
    artifact: str,
    differences: list[Difference],
    documents: tuple[Any, Any],
    file: str | None = None,
) -> list[Finding]:
    """The findings of one comparison of one artifact; ``documents`` are the expected and the actual one."""
    found = []
    for number, difference in enumerate(differences):
        stage = graph.stage_of(artifact, difference.path)
        items, twin = _in_list(difference, documents)
        found.append(
            Finding(
                where,
                artifact,
                difference,
                stage.name if stage else None,
                canonical(stage, difference.path),
                items,
                twin,
                number,
                file,
            )
        )
    return found


def _in_list(difference: Difference, documents: tuple[Any, Any]) -> tuple[tuple[int, int] | None, bool]:
    if difference.kind not in ("missing", "extra") or not is_item(difference.path):
        return None, False
    path = parent(difference.path)[0]
    lists = []
    for document in documents:
        try:
            value = at(document, path)
        except Nowhere:
            value = []
        lists.append(value if isinstance(value, list) else [])
    twin = difference.kind == "extra" and sum(each == difference.actual for each in lists[1]) > 1
    return (len(lists[0]), len(lists[1])), twin


def series(findings: list[Finding], documents: Mapping[tuple[Comparing, str], tuple[Any, Any]]) -> list[float]:
    """Every expected number under the pattern of ``findings`` (one artifact of one comparison), in document order."""
    first = findings[0]
    expected = documents.get((first.where, first.artifact), (None, None))[0]
    wanted = pattern(first.difference.expected_path or first.difference.path)
    numbers = [(path, value) for path, value, _ in places(expected, None) if is_number(value)]
    return [nearest(value) for path, value in numbers if pattern(path) == wanted]
