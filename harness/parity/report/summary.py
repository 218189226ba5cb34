"""A report for people at a terminal: the verdict first, then what it rests on, in one screen, then what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

import click

from parity.english import many
from parity.plain import encoded
from parity.report import words
from parity.report.build import COUNTS, FILE_NAME, totals
from parity.report.following import elsewhere, steps
from parity.report.terminal import causes, grid
from parity.report.terminal.lines import (
    BLANK,
    FAINT,
    LABEL,
    STYLES,
    Line,
    ansi_of,
    coloured,
    command,
    sentence,
    styled,
    table,
    text_of,
    wrapped,
)  # fmt: skip
from parity.run import runs
from parity.run.runs import option
from parity.verdict import Verdict

#: Lines that the whole takes when it need not say everything.
LINES = 45
_NARROWEST, _WIDEST = 60, 160
_HEADS = ("exact", "within", "flip", "ignored", "uncompared", "differing")
_SHORT = ("exact", "within", "flip", "ignored", "uncomp.", "differ")
_INDENT = " " * 8


class Detail(Enum):
    """How much is said: verdict and titles; one screen; everything."""

    QUIET = "quiet"
    NORMAL = "normal"
    VERBOSE = "verbose"


@dataclass(frozen=True)
class Files:
    """Where the report lies, and its page (None: there is none)."""

    report: str = "reports/latest/parity.json"
    page: str | None = None


def lines(
    report: Mapping[str, Any],
    *,
    files: Files,
    width: int | None = None,
    detail: Detail = Detail.NORMAL,
    differences: Sequence[Mapping[str, Any]] = (),
) -> list[Line]:
    """The summary; ``width`` in cells, that of the terminal when None (60 to 160)."""
    width = max(_NARROWEST, min(_WIDEST, width or shutil.get_terminal_size((100, 24)).columns))
    end = [*_following(report, width, quiet=detail is Detail.QUIET)]
    if detail is Detail.QUIET:
        return [*_verdict(report, width), *causes.titles(report, width), *end]
    whole = detail is Detail.VERBOSE
    end = [BLANK, *end, *_whereabouts(report, files, width)]
    begin = [
        *_verdict(report, width),
        *_facts(report, width),
        BLANK,
        *grid.grid(report, width, most=None if whole else grid.ROWS),
        BLANK,
        *_counts(report, width),
        *sentence(words.truth(report), width),
        *causes.flips(report, width),
    ]
    if whole:
        middle = [
            *causes.section(report, width, None),
            *causes.beside(report, width, None),
            *causes.every(differences, width),
        ]
        return [*begin, *middle, *end]
    room = LINES - len(begin) - len(end)
    # The causes come first: what stands beside them takes what they leave, and a few lines in any case.
    kept = max(5, min(room - 14, 12)) if report["causes"] else room
    explained = causes.section(report, width, room - len(causes.beside(report, width, kept)))
    found = causes.beside(report, width, max(kept, room - len(explained)))
    return [*begin, *explained, *found, *end]


def show(found: Sequence[Line], *, no_color: bool = False) -> None:
    """Print lines to stdout, with colours where those are wanted."""
    text = ansi_of(found) if coloured(sys.stdout, no_color=no_color) else text_of(found)
    click.echo(encoded(text), color=True)


def files_of(config: Any) -> Files:
    """What lies in the folder of the run."""
    folder = runs.folder(config)
    page = folder / "parity.html"
    name = config.relative(folder / FILE_NAME)
    return Files(report=name, page=config.relative(page) if page.is_file() else None)


# ── the top: the verdict, what must be said before anything else, the counts of all comparisons ──────────────


def _verdict(report: Mapping[str, Any], width: int) -> Iterator[Line]:
    """One line that begins with the verdict's word, and one for the other verdicts that apply."""
    found = Verdict(report["exit_code"])
    begin = styled("parity: ") + styled(found.label, STYLES[found.label]) + styled(f" (exit code {int(found)}): ")
    yield from wrapped(found.meaning, width, first=begin, rest="  ")
    for name in report["verdicts"]:
        if name != found.label:
            begin = styled("also: ") + styled(name, STYLES[name]) + styled(": ")
            yield from wrapped(Verdict[name.upper()].meaning, width, first=begin, rest="  ")


def _facts(report: Mapping[str, Any], width: int) -> Iterator[Line]:
    """What was compared, and whether the media were the same."""
    yield from sentence(words.facts(report), width, style=FAINT)
    for note in (words.other_encodings(report), words.machines(report)):
        yield from sentence(note, width, style="yellow")


def _counts(report: Mapping[str, Any], width: int) -> Iterator[Line]:
    """A row per kind of comparison, over all cases: leaves by how they were compared."""
    narrow = width < 80
    rows = [[(head, FAINT) for head in ("comparison", *(_SHORT if narrow else _HEADS))]]
    for title, row in totals(report).items():
        rows.append([(title, ""), *(_number(name, row[name]) for name in COUNTS)])
    yield from table(rows, right=range(1, 7), gap=1 if narrow else 2)


def _number(name: str, value: int) -> tuple[str, str]:
    wrong = value and name in ("differing", "uncompared")
    return str(value), STYLES["drift"] if wrong else ""


# ── the end: what to run next, what waits for a decision, where the whole stands ─────────────────────────────


def _following(report: Mapping[str, Any], width: int, *, quiet: bool) -> Iterator[Line]:
    """The next steps, each with its command on the same line where that fits; ``quiet``: no finding is shown."""
    for number, step in enumerate(steps(report, elsewhere(report) if quiet else "shown above")):
        begin = styled(_INDENT if number else "next    ", LABEL)
        if step.command is None:
            yield from wrapped(step.text, width, first=begin, rest=_INDENT)
        else:
            yield from _told(begin, step.text, step.command, width)


def _told(begin: Line, text: str, run: str, width: int) -> Iterator[Line]:
    if len(_INDENT) + len(text) + 2 + len(run) <= width:
        yield from command(run, width, first=begin + styled(f"{text}: "), rest=_INDENT)
    else:
        yield from wrapped(f"{text}:", width, first=begin, rest=_INDENT)
        yield from command(run, width, first=styled(f"{_INDENT}  "), rest=f"{_INDENT}    ")


def _whereabouts(report: Mapping[str, Any], files: Files, width: int) -> Iterator[Line]:
    """How many goldens wait for a decision, and the files."""
    if number := (report.get("pending") or {}).get("goldens"):
        text = f"{many(number, 'golden')} with changes to decide on"
        yield from _told(styled("pending ", LABEL), text, f"parity status{option(report['run_id'])}", width)
    if failed := report.get("page_failed"):
        yield from wrapped(
            f"the page could not be drawn: {failed}; the files hold everything",
            width,
            first=styled("page    ", LABEL),
            rest=_INDENT,
        )
    yield from wrapped(
        " · ".join(filter(None, (files.page, files.report))), width, first=styled("report  ", LABEL), rest=_INDENT
    )
