"""``parity calibrate``: learn tolerances from repeated and perturbed runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from parity import ending
from parity.cli.common import case_option
from parity.pipeline.settings import load


@click.command(
    epilog="\b\nExamples:\n  parity calibrate                                run all, show what follows\n"
    "  parity calibrate --condition threads-2 --case tutorial\n"
    "  parity calibrate --from reports/calibration --write   write what the saved runs teach\n"
    "  parity calibrate --check                        seconds; runs nothing\n\n"
    "\b\nExit codes:\n  0  the tolerances are those that follow, and suit\n"
    "  1  they are not, or one is too tight or too loose\n  2  settings, cases, runs or data cannot be used\n"
    "  4  a run failed\n  6  the data were learnt with other versions or weights\n\n"
    "Runs are kept and taken up again: an interrupted calibration goes on where it ended."
)
@case_option
@click.option(
    "--condition", "conditions", multiple=True, metavar="NAME", help="Only this condition; may be given again."
)
@click.option("--repeats", type=click.IntRange(2), help="Runs under the same conditions (default: as in parity.toml).")
@click.option(
    "--from", "given", type=click.Path(), metavar="DIR", help="Saved runs of an earlier calibration; run nothing."
)
@click.option("--fresh", is_flag=True, help="Make every run anew.")
@click.option("--write", is_flag=True, help="Write tolerances, data and page; needs every condition on every case.")
@click.option("--check", "check", is_flag=True, help="Hold the tolerances against the committed data; run nothing.")
@click.pass_obj
def calibrate(
    file: str | None,
    cases: tuple[str, ...],
    conditions: tuple[str, ...],
    repeats: int | None,
    given: str | None,
    fresh: bool,
    write: bool,
    check: bool,
) -> NoReturn:
    """Run the reference configuration again and again, also perturbed, and propose tolerances from the spread.

    Per class: max(floor, factor × spread), for the same media and for other encodings of them. Floors and factors stand
    in parity.toml with their reasons.
    """
    from parity.tools.calibrate import session

    config = load(file)
    if check:
        if cases or conditions or repeats or given or fresh or write:
            raise click.UsageError("--check stands alone: it reads the committed data and runs nothing")
        result = session.check(config)
    else:
        if write and (cases or conditions):
            raise click.UsageError("--write needs every condition on every case: leave out --case and --condition")
        if given and (fresh or repeats):
            raise click.UsageError("--from runs nothing: leave out --fresh and --repeats")
        result = session.calibrate(
            config,
            cases=cases,
            conditions=conditions,
            repeats=repeats,
            given=Path(given) if given else None,
            fresh=fresh,
            write=write,
            say=lambda text: click.echo(text, err=True),
        )
    if result.wrote:
        ending.done(result.wrote)
    click.echo(result.text)
    sys.exit(int(result.verdict))
