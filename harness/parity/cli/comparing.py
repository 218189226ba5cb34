"""A comparison at a terminal: how far it is, its summary, what CI is told, and the exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from parity import ending
from parity.cli.common import Display
from parity.plain import encoded
from parity.run import runs

if TYPE_CHECKING:
    from parity.pipeline.settings import Config
    from parity.session.session import Asked, Finished


def compare(config: Config, asked: Asked, display: Display) -> Finished:
    """Compare, and print the summary."""
    from parity.session import progress, session

    # How far it is is told on stderr; stdout belongs to the summary.
    finished = session.run(config, asked, shown=progress.bar if sys.stderr.isatty() else progress.lines)
    folder, report = runs.folder(finished.config), finished.report
    place = finished.config.relative(folder / runs.REPORT)
    ending.done(f"run {folder.name}: {report['verdict']}, its report is {place}")
    display.show(finished.config, report)
    _tell_ci(finished)
    return finished


def _tell_ci(finished: Finished) -> None:
    """On GitHub: the report as the job's summary, and the causes beside the changed files."""
    from parity.report import annotations, markdown, write

    config = finished.config
    if name := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(name).open("a", encoding="utf-8") as stream:
            stream.write((runs.folder(config) / markdown.FILE_NAME).read_text(encoding="utf-8"))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        commands = annotations.render(finished.report, config.root, write.read_differences(config))
        click.echo(encoded(commands + "\n" * bool(commands)), nl=False)
