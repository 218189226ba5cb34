"""Lines of styled text: wrapped to a width, put in columns, printed with or without colours."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import IO

from rich.cells import cell_len, chop_cells
from rich.text import Text

from parity import plain

#: Verdict → how its word is shown. The word is always there: nothing is told by colour alone.
STYLES = {
    "parity": "bold green", "drift": "bold red", "usage": "bold magenta", "contract": "bold magenta",
    "pipeline": "bold red", "unstable": "bold yellow", "stale": "bold yellow", "crash": "bold red",
}  # fmt: skip
#: Letters of one text, whatever it holds.
LONGEST = 2000
LABEL, TITLE, COMMAND, FAINT = "cyan", "bold", "bold cyan", "dim"


#: One line: texts with their styles (rich's names, empty for none).
Line = Text
BLANK = Line()


def styled(text: str, style: str = "") -> Line:
    """One line in one style; nothing in it can break out of it."""
    return Line.assemble((plain.line(text, LONGEST), style))


def wrapped(text: str, width: int, *, first: Line = BLANK, rest: str = "", style: str = "") -> Iterator[Line]:
    """``text`` in lines of at most ``width`` cells: ``first`` begins the first line, ``rest`` the others."""
    room = max(20, width - max(first.cell_len, cell_len(rest)))
    for number, part in enumerate(folded(plain.line(text, LONGEST), room)):
        yield Line.assemble(rest if number else first, (plain.line(part, None), style))


def sentence(text: str | None, width: int, *, style: str = "") -> Iterator[Line]:
    """``text`` in lines of at most ``width`` cells, all but the first set in; nothing where there is none."""
    return wrapped(text, width, rest="  ", style=style) if text else iter(())


def folded(text: str, room: int) -> list[str]:
    """``text`` broken at spaces into parts of at most ``room`` cells, inside a word only where it is longer."""
    parts = [""]
    for word in text.split(" "):
        pieces = chop_cells(word, room) if cell_len(word) > room else [word]
        for number, piece in enumerate(pieces):
            joined = f"{parts[-1]} {piece}" if parts[-1] and not number else piece
            if parts[-1] and (number or cell_len(joined) > room):
                parts.append(piece)
            else:
                parts[-1] = joined
    return parts


def command(text: str, width: int, *, first: Line = BLANK, rest: str = "") -> Iterator[Line]:
    """A command to be copied: where it is broken, the shell reads on."""
    parts = folded(plain.line(text, LONGEST), max(20, width - max(first.cell_len, cell_len(rest)) - 2))
    for number, part in enumerate(parts):
        goes_on = " \\" if number < len(parts) - 1 else ""
        yield Line.assemble(rest if number else first, (part + goes_on, COMMAND))


def table(rows: Sequence[Sequence[tuple[str, str]]], *, right: Collection[int] = (), gap: int = 2) -> Iterator[Line]:
    """Rows of (text, style) under each other; columns in ``right`` are aligned to the right."""
    shown = [[(plain.line(text, LONGEST), style) for text, style in row] for row in rows]
    widths = [max(cell_len(text) for text, _ in column) for column in zip(*shown, strict=True)]
    for row in shown:
        spans = []
        for column, (cell, width) in enumerate(zip(row, widths, strict=True)):
            before, space = (" " * gap * bool(column), ""), (" " * (width - cell_len(cell[0])), "")
            spans += [before, space, cell] if column in right else [before, cell, space]
        yield Line.assemble(*spans)


def text_of(lines: Sequence[Line]) -> str:
    """All of them without styles."""
    return plain.block("\n".join(line.plain.rstrip() for line in lines))


def coloured(stream: IO[str], *, no_color: bool = False, environ: Mapping[str, str] | None = None) -> bool:
    """Whether ``stream`` gets colours: a terminal does, unless NO_COLOR or ``no_color`` says no; FORCE_COLOR says yes."""
    given = os.environ if environ is None else environ
    if no_color or given.get("NO_COLOR"):
        return False
    if forced := given.get("FORCE_COLOR"):
        return forced.lower() not in ("0", "false", "no")
    return stream.isatty() and given.get("TERM") != "dumb"


def ansi_of(lines: Sequence[Line]) -> str:
    """All of them with the sixteen colours that every terminal lets its user choose."""
    from io import StringIO

    from rich.console import Console

    stream = StringIO()
    console = Console(file=stream, force_terminal=True, color_system="standard", width=10_000, _environ={})
    for line in lines:
        console.print(line, soft_wrap=True, highlight=False)
    return stream.getvalue().removesuffix("\n")
