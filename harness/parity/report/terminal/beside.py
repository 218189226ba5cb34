"""The findings beside the causes at a terminal, and, when asked for, every difference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity import plain
from parity.compare.difference import describe
from parity.english import many
from parity.report.findings import Finding, findings
from parity.report.terminal.lines import BLANK, FAINT, TITLE, Line, styled, wrapped
from parity.report.words import place
from parity.run.runs import option

#: Differences that are listed when all are asked for; `differences.json` holds them all.
DIFFERENCES = 500
#: Findings, and lines and letters of one, that are shown where not everything is.
SHOWN, LINES, LETTERS = 12, 6, 600


def section(report: Mapping[str, Any], width: int, room: int | None) -> list[Line]:
    """Messages and unexplained differences in about ``room`` lines (None: all of them)."""
    found = findings(report)
    if not found:
        return []
    blocks: list[list[Line]] = []
    for number, each in enumerate(found if room is None else found[:SHOWN], start=1):
        block = list(_finding(number, each, width, whole=room is None))
        if blocks and room is not None and sum(map(len, blocks)) + len(block) > room - 3:
            break
        blocks.append(block)
    beside = " beside the causes" if report["causes"] else ""
    whole = f"`parity report -v{option(report['run_id'])}` shows all"
    first = f", the first {len(blocks)}, {whole}:" if len(blocks) < len(found) else ":"
    head = styled(f"{many(len(found), 'finding')}{beside}{first}", TITLE)
    return [BLANK, head, *(line for block in blocks for line in block)]


def _finding(number: int, finding: Finding, width: int, *, whole: bool) -> Iterator[Line]:
    where, what = finding
    yield from wrapped(plain.line(where), width, first=styled(f"{number:>3}. "), rest="     ")
    lines = plain.block(what, None if whole else LETTERS).split("\n")
    for each in lines if whole else lines[:LINES]:
        # What a message sets in is kept: it shows what belongs to what.
        margin = "     " + " " * min(8, len(each) - len(each.lstrip()))
        yield from wrapped(each.lstrip(), width, first=styled(margin), rest=margin)
    if not whole and len(lines) > LINES:
        yield styled(f"     … and {many(len(lines) - LINES, 'line')} more", FAINT)


def every(differences: Sequence[Mapping[str, Any]], width: int) -> list[Line]:
    """Every difference with its cause, ``DIFFERENCES`` of them at most."""
    if not differences:
        return []
    shown = sorted(differences, key=lambda row: (row["cause"] is None, row["cause"] or "", row["role"] != "own"))
    shown = shown[:DIFFERENCES]
    cut = (
        f", the first {len(shown)}; differences.json beside the report holds all"
        if len(shown) < len(differences)
        else ""
    )
    lines, said = [BLANK, styled(f"{many(len(differences), 'difference')}{cut}:", TITLE)], None
    for row in shown:
        cause = f"{row['cause'] or 'no cause'}{': follows from it' if row['role'] == 'follows' else ''}"
        if cause != said:
            lines.append(styled(f"  {cause}", TITLE))
        said = cause
        text = describe(row, expected=row["against"], actual=row["configuration"])
        lines += wrapped(f"{place(row)} · {text}", width, first=styled("    "), rest="      ")
    return lines
