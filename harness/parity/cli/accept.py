"""``parity accept``: a pending change becomes the golden, with a reason."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from parity.cli.common import author_option, run_option, said, selecting, settings_of_any
from parity.pipeline.settings import Config

if TYPE_CHECKING:
    from parity.decide.select import Selection


@click.command(
    epilog="\b\nExamples:\n"
    '  parity accept --cause pacing-values-4e551853 --reason "mean over shots, not cuts"\n'
    '  parity accept --case minimal --reason "first golden of a new clip"\n'
    "  parity accept --field '*.flowScore' --case minimal --reason \"…\"\n\n"
    "A cause is applied to every golden that it explains, and to nothing else. Where the configurations shared what they "
    "computed, the case is run once more first: what a repeated run does not give is never accepted. `git diff` shows what "
    "was written; the record stands in the ledger."
)
@selecting
@click.option("--reason", metavar="TEXT", help="Why the goldens change; asked for on a terminal when it is missing.")
@author_option
@run_option
@click.pass_obj
def accept(file: str | None, reason: str | None, author: str | None, run_id: str | None, selection: Selection) -> None:
    """Write pending changes of the last run (or of --run) into the goldens, and record who accepted them and why.

    Different options narrow each other; an option that is given again widens. Never writes when CI is set.
    """
    from parity.decide import decide

    config = settings_of_any(file, run_id)
    decide.not_in_ci()
    if reason is None and sys.stdin.isatty():
        reason = click.prompt("Why", err=True)
    again = _again(config) if config.run else None  # read before anything is decided: what it says may be unfit
    made = decide.accept(
        config, selection, reason=reason or "", author=author, say=lambda line: click.echo(line, err=True)
    )
    said(f"run {made.run_id}: {made.text()}")
    for name in made.files:
        click.echo(f"  {name}")
    if made.files:
        click.echo(f"next: `git diff` shows what was written; `{again}` compares again")


def _again(config: Config) -> str:
    """What compares the captures of the run once more."""
    from parity.pipeline import cases as corpus
    from parity.report import write

    cases = write.read(config)["cases"]
    everything = {case.name for case in corpus.discover(config)} == set(cases)
    only = "" if everything else "".join(f" --case {case}" for case in cases)
    return f"parity run --from {config.relative(config.captures)}{only}"
