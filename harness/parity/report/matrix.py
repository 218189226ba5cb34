"""The matrix case × artifact, condensed: only cases and artifacts in which something is not clean, artifacts in groups."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.verdict import Verdict, decide

#: Column of checks that are about a whole run, and of known truths.
RUN, TRUTH = "run", "ground truth"


@dataclass(frozen=True)
class Cell:
    """What is wrong with the artifacts of one group in one case; ``leaves`` differ or are compared by nothing."""

    verdict: Verdict
    leaves: int

    @property
    def text(self) -> str:
        """``drift 16``."""
        return f"{self.verdict.label} {self.leaves}" if self.leaves else self.verdict.label


@dataclass(frozen=True)
class Row:
    """One case that is not clean. ``everywhere``: what all its artifacts share, so that its cells need no columns."""

    case: str
    cells: Mapping[str, Cell]
    where: str
    everywhere: Cell | None


@dataclass(frozen=True)
class Matrix:
    """``columns``: groups that are not clean; ``clean`` and ``others`` count clean cases and groups."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    clean: int
    others: int


def group(artifact: str) -> str:
    """The group of an artifact: the forms of one result, told apart behind the dot, belong together."""
    return artifact.partition(".")[0]


def matrix(report: Mapping[str, Any]) -> Matrix:
    """The matrix of a report; cases in its order, columns in the order of its artifacts."""
    groups = list(dict.fromkeys([*map(group, report["artifacts"]), RUN, TRUTH]))
    checked: dict[str, dict[str, list[Mapping[str, Any]]]] = {case: {} for case in report["cases"]}
    for result in report["results"]:
        if result["case"] in checked:
            checked[result["case"]].setdefault(_column(result), []).append(result)
    rows = [row for case, found in checked.items() if (row := _row(case, found, groups)) is not None]
    shown = {name for row in rows if row.everywhere is None for name in row.cells}
    columns = tuple(name for name in groups if name in shown)
    known = {name for found in checked.values() for name in found} - {TRUTH}
    return Matrix(columns, tuple(rows), len(checked) - len(rows), len(known - shown))


def _column(result: Mapping[str, Any]) -> str:
    if result["artifact"] is not None:
        return group(result["artifact"])
    return TRUTH if result["check"] == "expectations" else RUN


def _row(case: str, found: Mapping[str, Sequence[Mapping[str, Any]]], groups: Iterable[str]) -> Row | None:
    unclean = {name: _cell(found[name]) for name in groups if name in found}
    unclean = {name: cell for name, cell in unclean.items() if cell.verdict is not Verdict.PARITY}
    if not unclean:
        return None
    verdicts = {cell.verdict for cell in unclean.values()}
    everywhere = None
    if len(verdicts) == 1 and unclean.keys() >= found.keys() - {TRUTH} and len(unclean) > 1:
        everywhere = Cell(next(iter(verdicts)), sum(cell.leaves for cell in unclean.values()))
    wrong = [result for results in found.values() for result in results if result["verdicts"] != ["parity"]]
    return Row(case, unclean, comparisons(wrong), everywhere)


def _cell(results: Iterable[Mapping[str, Any]]) -> Cell:
    verdict, leaves = [], 0
    for result in results:
        verdict += [Verdict[name.upper()] for name in result["verdicts"]]
        leaves += result["counts"]["differing"] + result["counts"]["uncompared"]
    return Cell(decide(verdict), leaves)


def comparisons(found: Iterable[Mapping[str, Any]]) -> str:
    """Which comparisons those are: ``local and production ~ golden, local = production``; or the checks' names."""
    grouped: dict[str, list[str]] = {}
    for each in found:
        if each["against"]:
            title = f"{'~' if each['check'] == 'golden' else '='} {each['against']}"
        else:
            title = {"run": "run", "contract": "schema", "expectations": "ground truth"}.get(
                each["check"], each["check"]
            )
        grouped.setdefault(title, []).append(each["configuration"] or "")
    told = []
    for title, names in sorted(grouped.items(), key=lambda item: (item[0][0] not in "~=", item[0])):
        listed = " and ".join(sorted({name for name in names if name}))
        told.append(f"{listed} {title}" if title[0] in "~=" else f"{title} of {listed}" if listed else title)
    return ", ".join(told)
