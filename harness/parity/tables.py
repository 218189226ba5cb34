"""Tables, as text and as GitHub's Markdown; the first row of one holds the heads."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any


def text(rows: Iterable[Sequence[str]], *, right: Collection[int] = ()) -> list[str]:
    """Lines with the columns under each other; those in ``right`` are aligned to the right."""
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [
            cell.rjust(width) if column in right else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def markdown(
    rows: Iterable[Sequence[Any]], *, right: Collection[int] = (), shown: Callable[[Any], str] = str
) -> list[str]:
    """Lines of GitHub's table; ``shown`` writes a cell so that it stays one, columns in ``right`` are numbers."""
    table = list(rows)
    head, *lines = [f"| {' | '.join(map(shown, row))} |" for row in table]
    rule = "".join("---:|" if column in right else "---|" for column in range(len(table[0])))
    return [head, f"|{rule}", *lines]
