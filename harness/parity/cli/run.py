"""``parity run``: the comparison at a terminal: how far it is, its summary, what CI is told, and the exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from parity import ending
from parity.cli.common import Display, case_option, display_options, jobs_option, ml_option
from parity.pipeline.settings import Config, load
from parity.plain import encoded
from parity.run import runs
from parity.verdict import ParityError, Verdict

if TYPE_CHECKING:
    from parity.pipeline.parts import ReuseMode
    from parity.session.session import Asked, Finished


@click.command(
    epilog="\b\nExamples:\n  parity run --case tutorial\n  parity run --ml replay\n"
    "  parity run --from reports/captures --case tutorial\n\n"
    "Each run has its folder below reports/runs, and reports/latest leads to the last; what the pipeline left lies in\n"
    "captures there (reports/captures: the last), and compares again with --from.\n\n"
    "\b\nExit codes:\n" + "\n".join(f"  {int(each)}  {each.label}: {each.meaning}" for each in Verdict)
)
@case_option
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Compare saved captures; run no case.")
@ml_option
@jobs_option
@display_options
@click.pass_obj
def run(
    file: str | None, cases: tuple[str, ...], given: str | None, ml: ReuseMode | None, jobs: int, display: Display
) -> NoReturn:
    """Run the pipeline on every case, compare, and exit with the verdict.

    What is shared is shared within this comparison only: a request that differs between the configurations is computed for
    each, and is a difference.
    """
    from parity.session.session import Asked

    if given and ml:
        raise ParityError("--from compares saved captures and runs nothing: leave out --ml")
    sys.exit(compare(load(file), Asked(cases, given, ml, jobs), display).report["exit_code"])


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
