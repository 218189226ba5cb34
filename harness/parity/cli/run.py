"""``parity run``: the comparison."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, NoReturn

import click

from parity.cli.common import Display, case_option, display_options, jobs_option, ml_option, settings
from parity.cli.comparing import compare
from parity.verdict import ParityError, Verdict

if TYPE_CHECKING:
    from parity.pipeline.parts import ReuseMode


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
    sys.exit(compare(settings(file), Asked(cases, given, ml, jobs), display).report["exit_code"])
