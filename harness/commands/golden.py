"""``parity golden``: recording what a run does as the truth."""

from __future__ import annotations

from typing import NoReturn

import click

from harness.commands.common import case_option, jobs_option, settings
from harness.commands.comparing import compare


@click.command(epilog="\b\nExample:\n  parity golden --case tutorial --from reports/captures")
@case_option
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Record saved captures; run no case.")
@jobs_option
@click.pass_obj
def golden(file: str | None, cases: tuple[str, ...], given: str | None, jobs: int) -> NoReturn:
    """Record goldens, where the configurations agree; what lies within tolerance is left alone.

    Without --case, goldens that no case needs are removed.
    """
    from harness import cases as corpus
    from harness import config as project
    from harness import goldens

    config = settings(file)
    if not cases:
        for path in goldens.stale(config, corpus.discover(config), project.load_pipeline(config)):
            path.unlink()
            click.echo(f"removed {config.relative(path)}: no artifact of a case needs it", err=True)
    # Computed by each configuration: only then does their agreement say that the truth can be computed again.
    compare(config, cases=cases, given=given, ml=None if given else "fresh", jobs=jobs, update=True)
