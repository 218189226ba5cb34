"""A report for people at a terminal: the verdict first, then what it rests on, in one screen, then what to do."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from parity.report import words
from parity.report.terminal import after, beside, causes, grid, head
from parity.report.terminal.lines import BLANK, Line, ansi_of, coloured, text_of, wrapped

__all__ = ["LINES", "Detail", "Files", "lines", "render", "show"]

#: Lines that the whole takes when it need not say everything.
LINES = 45
_NARROWEST, _WIDEST = 60, 160


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
    end = [*after.following(report, width, quiet=detail is Detail.QUIET)]
    if detail is Detail.QUIET:
        return [*head.verdict(report, width), *causes.titles(report, width), *end]
    whole = detail is Detail.VERBOSE
    end = [BLANK, *end, *after.whereabouts(report, file=files.report, page=files.page, width=width)]
    begin = [
        *head.verdict(report, width),
        *head.facts(report, width),
        BLANK,
        *grid.grid(report, width, most=None if whole else grid.ROWS),
        BLANK,
        *head.counts(report, width),
        *(wrapped(text, width, rest="  ") if (text := words.truth(report)) else ()),
        *causes.flips(report, width),
    ]
    if whole:
        middle = [
            *causes.section(report, width, None),
            *beside.section(report, width, None),
            *beside.every(differences, width),
        ]
        return [*begin, *middle, *end]
    room = LINES - len(begin) - len(end)
    # The causes come first: what stands beside them takes what they leave, and a few lines in any case.
    kept = max(5, min(room - 14, 12)) if report["causes"] else room
    explained = causes.section(report, width, room - len(beside.section(report, width, kept)))
    found = beside.section(report, width, max(kept, room - len(explained)))
    return [*begin, *explained, *found, *end]


def render(report: Mapping[str, Any], *, file: str, width: int | None = None, detail: Detail = Detail.NORMAL) -> str:
    """The summary as plain text."""
    return text_of(lines(report, files=Files(file), width=width, detail=detail))


def show(found: Sequence[Line], *, no_color: bool = False) -> None:
    """Print lines to stdout, with colours where those are wanted."""
    import sys

    import click

    from parity.plain import encoded

    text = ansi_of(found) if coloured(sys.stdout, no_color=no_color) else text_of(found)
    click.echo(encoded(text), color=True)


def files_of(config: Any) -> Files:
    """What lies in the folder of the run."""
    from parity.report.build import FILE_NAME
    from parity.run import runs

    folder = runs.folder(config)
    page = folder / "parity.html"
    name = config.relative(folder / FILE_NAME)
    return Files(report=name, page=config.relative(page) if page.is_file() else None)
