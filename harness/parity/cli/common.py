"""What several subcommands share: the settings, the options that choose, and how it is told what was done."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parity import ending, plain
from parity.pipeline.settings import Config, load
from parity.run import runs
from parity.verdict import UsageError

if TYPE_CHECKING:
    from parity.pipeline.parts import Pipeline
    from parity.report.terminal.lines import Line

case_option = click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case; may be given again.")
ml_option = click.option(
    "--ml",
    type=click.Choice(["fresh", "shared", "replay"]),
    help="How runs come by the services' results: compute them (fresh); let configurations that ask for the very same share "
    "one computation (shared); take them from the goldens (replay). Default: fresh for the cases that the settings name, "
    "shared for the others.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes that run and compare."
)

run_option = click.option(
    "--run", "run_id", metavar="ID", help="Of this run: its id, or as much of it as is unique (default: the last run)."
)
author_option = click.option(
    "--author", metavar="NAME", help="Whose decision it is (default: git's user, or PARITY_AUTHOR)."
)
_SELECTING = (
    click.option("--cause", "causes", multiple=True, metavar="ID", help="What this cause explains, in every golden."),
    click.option("--case", "cases", multiple=True, metavar="NAME", help="Only goldens of this case."),
    click.option("--artifact", "artifacts", multiple=True, metavar="NAME", help="Only this artifact."),
    click.option(
        "--field", "fields", multiple=True, metavar="PATTERN",
        help="Only differences at paths like this, as in '*.averageSceneDuration' or 'entries[*].start'.",
    ),
    click.option("--all", "everything", is_flag=True, help="Everything that is pending."),
)  # fmt: skip


def project(file: str | None) -> tuple[Config, Pipeline]:
    """The settings in ``file`` (None: in the nearest ``parity.toml``), and the pipeline that they name."""
    from parity.pipeline.load import load_pipeline

    config = load(file)
    return config, load_pipeline(config)


def settings_of_run(file: str | None, run_id: str | None) -> Config:
    """The settings with the run that is meant; an error that lists what there is where it is not one."""
    return runs.chosen(load(file), run_id)


def settings_of_any(file: str | None, run_id: str | None) -> Config:
    """The same; where none is meant and there is none yet, the settings without one."""
    config = load(file)
    return runs.chosen(config, run_id) if run_id else runs.current(config)


def saved_captures(config: Config, given: str | None, run_id: str | None) -> Path:
    """The captures in the folder ``given``, or those of a run, by default the last."""
    if given and run_id:
        raise UsageError("--from and --run both say which captures: leave out one")
    return runs.given(config, given) if given else runs.chosen(config, run_id).captures


def json_text(document: Any) -> str:
    """A document as JSON that holds nothing which a terminal would obey."""
    return plain.json_text(json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False))


def said(told: str) -> None:
    """Print what was done, and keep it for whoever cannot read it on stdout."""
    ending.done(told)
    click.echo(plain.printed(told))


@dataclass(frozen=True)
class Display:
    """How much of a report is shown at a terminal, and whether with colours."""

    quiet: bool = False
    verbose: bool = False
    no_color: bool = False

    def lines(self, config: Config, report: Mapping[str, Any]) -> list[Line]:
        """The summary of ``report``, whose files lie in the folder of reports."""
        from parity.report import summary, write
        from parity.report.summary import Detail

        detail = Detail.VERBOSE if self.verbose else Detail.QUIET if self.quiet else Detail.NORMAL
        differences = write.read_differences(config) if self.verbose else ()
        return summary.lines(report, files=summary.files_of(config), detail=detail, differences=differences)

    def show(self, config: Config, report: Mapping[str, Any]) -> None:
        """Print the summary of ``report``."""
        from parity.report import summary

        summary.show(self.lines(config, report), no_color=self.no_color)


def display_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds -q, -v and --no-color; the command gets them together as ``display``."""

    @click.option("-q", "--quiet", is_flag=True, help="Only the verdict, the causes' titles and what to do.")
    @click.option("-v", "--verbose", is_flag=True, help="All causes, messages and differences.")
    @click.option("--no-color", is_flag=True, help="No colours; NO_COLOR and FORCE_COLOR are respected too.")
    @wraps(command)
    def shown(*arguments: Any, quiet: bool, verbose: bool, no_color: bool, **options: Any) -> Any:
        if quiet and verbose:
            raise click.UsageError("-q and -v exclude each other")
        return command(*arguments, display=Display(quiet, verbose, no_color), **options)

    return shown


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options that say on what is decided; the command gets what they select as ``selection``."""

    @wraps(command)
    def chosen(
        *arguments: Any,
        causes: tuple[str, ...],
        cases: tuple[str, ...],
        artifacts: tuple[str, ...],
        fields: tuple[str, ...],
        everything: bool,
        **options: Any,
    ) -> Any:
        from parity.decide.select import Selection

        return command(*arguments, selection=Selection(causes, cases, artifacts, fields, everything), **options)

    for option in reversed(_SELECTING):
        chosen = option(chosen)
    return chosen
