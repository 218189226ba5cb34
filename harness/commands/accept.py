"""``parity accept``: a pending change becomes the golden, with a reason."""

from __future__ import annotations

import sys
from typing import Any

import click

from harness.commands.common import settings
from harness.commands.deciding import author_option, selecting, selection
from harness.report.plain import printed


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
@click.pass_obj
def accept(file: str | None, reason: str | None, author: str | None, **chosen: Any) -> None:
    """Write pending changes into the goldens, and record who accepted them and why.

    Different options narrow each other; an option that is given again widens. Never writes when CI is set.
    """
    from harness.decide import decide

    config = settings(file)
    decide.not_in_ci()
    if reason is None and sys.stdin.isatty():
        reason = click.prompt("Why", err=True)
    made = decide.accept(
        config, selection(**chosen), reason=reason or "", author=author, say=lambda line: click.echo(line, err=True)
    )
    click.echo(printed(made.text()))
    for name in made.files:
        click.echo(f"  {name}")
    if made.files:
        click.echo("next: `git diff` shows what was written; `parity run --from reports/captures` compares again")
