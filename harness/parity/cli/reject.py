"""``parity reject``: a pending change is not wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from parity.cli.common import author_option, run_option, said, selecting, settings_of_any

if TYPE_CHECKING:
    from parity.decide.select import Selection


@click.command(
    epilog="\b\nExample:\n"
    '  parity reject --cause pacing-values-4e551853 --reason "a slip: it must count shots"\n\n'
    "Rejecting is a note for whoever works here: the difference is found again by every run until its cause is mended."
)
@selecting
@click.option("--reason", metavar="TEXT", help="Why it is not wanted.")
@author_option
@run_option
@click.pass_obj
def reject(file: str | None, reason: str | None, author: str | None, run_id: str | None, selection: Selection) -> None:
    """Note that pending changes of the last run (or of --run) are not wanted; the goldens stay as they are."""
    from parity.decide import decide

    made = decide.reject(settings_of_any(file, run_id), selection, reason=reason, author=author)
    said(f"run {made.run_id}: {made.text()}")
    click.echo("next: mend the cause, then `parity run`")
