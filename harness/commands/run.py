"""``parity run``: the comparison."""

from __future__ import annotations

from typing import NoReturn

import click

from harness.commands.common import case_option, jobs_option, ml_option, settings
from harness.commands.comparing import compare
from harness.verdict import ParityError


@click.command(
    epilog="\b\nExamples:\n  parity run --case tutorial\n  parity run --ml replay\n"
    "  parity run --from reports/captures --case tutorial\n\n"
    "The runs are kept in reports/captures, one folder per case and configuration, and compare again with --from."
)
@case_option
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Compare saved captures; run no case.")
@ml_option
@jobs_option
@click.option("--update", is_flag=True, help="Record goldens where a run is beyond tolerance or there is none.")
@click.pass_obj
def run(
    file: str | None, cases: tuple[str, ...], given: str | None, ml: str | None, jobs: int, update: bool
) -> NoReturn:
    """Run the pipeline on every case, compare, and exit with the verdict.

    What is shared is shared within this comparison only: a request that differs between the configurations is computed for
    each, and is a difference.
    """
    if given and ml:
        raise ParityError("--from compares saved captures and runs nothing: leave out --ml")
    if update and ml == "replay":
        raise ParityError("--update would record what it replays: use --ml fresh or --ml shared")
    compare(settings(file), cases=cases, given=given, ml=ml, jobs=jobs, update=update)
