"""Draws the summary of a report as a terminal shows it, as SVG: ``docs/images/parity.svg`` and ``drift.svg``.

``python scripts/terminal_image.py docs/images/parity.svg`` draws reports/latest/parity.json; ``--report FILE`` another report,
``--title TEXT`` says which command was typed. Nothing in the picture is fetched from anywhere: the font is the viewer's.
"""

from __future__ import annotations

import argparse
import io
import json
import re
from pathlib import Path

from rich._export_format import CONSOLE_SVG_FORMAT
from rich.console import Console

from parity.files import write_atomically
from parity.report import summary
from parity.report.terminal.lines import Line, styled

ROOT = Path(__file__).parents[1]
WIDTH = 100


def svg(lines: list[Line], *, title: str, width: int) -> str:
    """A picture of ``lines`` in a terminal ``width`` cells wide."""
    console = Console(record=True, width=width, file=io.StringIO(), force_terminal=True, color_system="truecolor")
    for line in [styled(f"$ {title}", "bold"), *lines]:
        console.print(line, soft_wrap=True, highlight=False)
    # Rich's own frame asks a server for its font.
    frame = re.sub(r"@font-face \{\{.*?\}\}\s*", "", CONSOLE_SVG_FORMAT, flags=re.DOTALL)
    frame = frame.replace("Fira Code, monospace", "monospace")
    drawn = console.export_svg(title=title, code_format=frame, unique_id="terminal")
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"


def main() -> None:
    """Draw one report."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path)
    parser.add_argument("--report", type=Path, default=ROOT / "reports/latest/parity.json")
    parser.add_argument("--title", default="make parity")
    parser.add_argument("--width", type=int, default=WIDTH)
    given = parser.parse_args()
    report = json.loads(given.report.read_text(encoding="utf-8"))
    # A page is written by every run; its path is part of what is shown.
    lines = summary.lines(report, files=summary.Files(page="reports/latest/parity.html"), width=given.width)
    write_atomically(given.out, svg(lines, title=given.title, width=given.width))


if __name__ == "__main__":
    main()
