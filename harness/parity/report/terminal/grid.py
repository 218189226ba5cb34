"""The matrix case × artifact at a terminal: names above the columns where they fit, else letters with a legend."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from string import ascii_lowercase
from typing import Any

from rich.cells import cell_len

from parity.english import listed, many
from parity.report.matrix import Cell, Matrix, Row, matrix
from parity.report.terminal.lines import FAINT, LABEL, STYLES, Line, sentence, styled, table, wrapped

#: Cases shown where not everything is.
ROWS = 8
_CLEAN = "·"


def grid(report: Mapping[str, Any], width: int, *, most: int | None = ROWS) -> Iterator[Line]:
    """A row for each case that is not clean, ``most`` of them at most; one line for everything that is."""
    found = matrix(report)
    if found.rows:
        rows = found.rows[:most]
        lines = list(_named(found, rows, width))
        if any(_wide(line) > width for line in lines):
            lines = list(_lettered(found, rows, width))
        yield from lines
        if more := [row.case for row in found.rows[len(rows) :]]:
            yield from sentence(f"… and {many(len(more), 'case')} more: {listed(more, 5)}", width)
    yield from sentence(_clean(report, found), width, style=FAINT)


def _clean(report: Mapping[str, Any], found: Matrix) -> str:
    if not found.rows:
        checks = sum(result["case"] is not None for result in report["results"])
        return f"{many(found.clean, 'case')} clean: each artifact in each configuration, {many(checks, 'check')}"
    told = [f"{many(found.clean, 'other case')} clean"] * bool(found.clean)
    told += [f"{many(found.others, 'other kind')} of artifact clean everywhere"] * bool(found.others and found.columns)
    return "; ".join(told) or "no case is clean"


def _wide(line: Line) -> int:
    return cell_len(line.plain.rstrip())


def _named(found: Matrix, rows: Sequence[Row], width: int) -> Iterator[Line]:
    heads = [("case", FAINT), *_everywhere(rows), *((name, LABEL) for name in found.columns)]
    body = [[(row.case, ""), *_cells(found, row, rows, lambda cell: cell.text)] for row in rows]
    lines = list(table([heads, *body]))
    # The comparisons stand behind the cells where there is room, else nowhere: the causes name them too.
    notes = [("in", FAINT), *((row.where, "") for row in rows)]
    noted = list(table([[*cells, note] for cells, note in zip([heads, *body], notes, strict=True)]))
    yield from noted if all(_wide(line) <= width for line in noted) else lines


def _lettered(found: Matrix, rows: Sequence[Row], width: int) -> Iterator[Line]:
    letters = dict(zip(found.columns, _letters(len(found.columns)), strict=True))
    heads = [("case", FAINT), *_everywhere(rows), *((letters[name], LABEL) for name in found.columns)]
    body = [[(row.case, ""), *_cells(found, row, rows, _short)] for row in rows]
    gap = 2 if all(_wide(line) <= width for line in table([heads, *body])) else 1
    yield from table([heads, *body], gap=gap)
    shown = {cell.verdict.label for row in rows for cell in row.cells.values()}
    legend = [f"{letter} {name}" for name, letter in letters.items()]
    legend += [f"{name[0].upper()} {name}" for name in STYLES if name in shown]
    yield from wrapped(" · ".join([*legend, "the number: leaves"]), width, first=styled("  "), rest="  ", style=FAINT)


def _everywhere(rows: Sequence[Row]) -> list[tuple[str, str]]:
    """The column of cases in which nothing is clean, where there are such."""
    return [("all artifacts", LABEL)] if any(row.everywhere for row in rows) else []


def _letters(number: int) -> list[str]:
    one = list(ascii_lowercase)
    return (one + [first + second for first in one for second in one])[:number]


def _short(cell: Cell) -> str:
    return f"{cell.verdict.label[0].upper()}{cell.leaves or ''}"


def _cells(found: Matrix, row: Row, rows: Sequence[Row], told: Callable[[Cell], str]) -> Iterator[tuple[str, str]]:
    if _everywhere(rows):
        yield _cell(row.everywhere, told) if row.everywhere else ("", "")
    for name in found.columns:
        if row.everywhere:
            yield "", ""
        else:
            yield _cell(row.cells[name], told) if name in row.cells else (_CLEAN, FAINT)


def _cell(cell: Cell, told: Callable[[Cell], str]) -> tuple[str, str]:
    return told(cell), STYLES[cell.verdict.label]
