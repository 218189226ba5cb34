"""``parity review``: the report as a local page on which goldens are decided."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from parity import ending
from parity.cli.common import run_option, settings_of_run
from parity.english import many
from parity.pipeline.settings import load

if TYPE_CHECKING:
    from parity.decide.decide import Decision


@click.command(
    epilog="\b\nExamples:\n  parity review\n  parity review --port 8123 --no-open   on a machine without a display\n\n"
    "Over SSH: forward that very port (ssh -L 8123:127.0.0.1:8123 …) and open the printed address."
)
@click.option("--port", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="Default: a free one.")
@click.option("--no-open", is_flag=True, help="Print the address; open no browser.")
@run_option
@click.pass_obj
def review(file: str | None, port: int, no_open: bool, run_id: str | None) -> None:
    """Look at the last run in a browser; accept or reject what changed, until Ctrl-C.

    Each cause, artifact or field is accepted with a reason (the goldens are written, the ledger gets a record) or
    rejected (the goldens stay). Without --run, the page of a run that ends meanwhile is shown as soon as it is loaded
    again. The page is served to this machine only, at an address with a token that is new at each
    start. `parity accept` and `parity reject` do the same without a page.
    """
    from parity.decide import decide

    config = settings_of_run(file, run_id)
    decide.not_in_ci()
    from parity.tools.review.serve import serve

    if run_id is None:
        config = load(file)  # the last at any time, also when a run ends meanwhile
    made = serve(config, port=port, browser=not no_open, say=click.echo).made
    if made:
        ending.done(f"{_summary(made)} (run {made[-1].run_id})")
    click.echo(f"parity review: ended; {_summary(made)}")


def _summary(made: Sequence[Decision]) -> str:
    """What a review came to: ``1 accepted (record 0123456789ab), 2 rejected; 3 goldens still wait``."""
    if not made:
        return "nothing was decided"
    accepted = [each for each in made if each.action == "accepted"]
    records = [each.record for each in accepted if each.record]
    named = f" (record{'s' * (len(records) > 1)} {', '.join(records)})" if records else ""
    rejected = len(made) - len(accepted)
    parts = [f"{len(accepted)} accepted{named}"] * bool(accepted) + [f"{rejected} rejected"] * bool(rejected)
    left = made[-1].open
    return f"{', '.join(parts)}; {many(left, 'golden')} still wait{'s' * (left == 1)}; look at `git diff`"
