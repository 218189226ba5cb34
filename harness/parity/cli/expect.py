"""``parity expect``: known truths held against saved runs."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NoReturn

import click

from parity.cli.common import case_option, json_text, project, run_option, saved_captures
from parity.verdict import ParityError


@click.command(
    epilog="\b\nExamples:\n  parity expect --from reports/captures --case tutorial\n"
    "  parity expect --format json\n"
    "  parity expect --form golden_v2_tutorial_1.json --against insights/1\n\n"
    "\b\nExit codes:\n  0  everything that is scripted was found\n  1  something was not, or nothing is scripted\n"
    "  2  captures, case, form or outputs cannot be used"
)
@case_option
@click.option(
    "--from", "given", type=click.Path(), metavar="DIR", help="Saved captures (default: those of the last run)."
)
@run_option
@click.option("--form", "form", type=click.Path(), metavar="FILE", help="Check a filled golden form instead.")
@click.option("--against", type=click.Path(), metavar="DIR", help="The outputs that the form is held against.")
@click.option("--format", "form_of", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def expect(
    file: str | None,
    cases: tuple[str, ...],
    given: str | None,
    run_id: str | None,
    form: str | None,
    against: str | None,
    form_of: str,
) -> NoReturn:
    """Hold what is known of each case against its saved run, component by component; run nothing.

    Cases whose media were analysed (live) and replayed recordings are counted apart. A component that no case scripts
    is not counted; in a form, "TBD" is unanswered.
    """
    from parity import plain
    from parity.check import truth
    from parity.pipeline import cases as corpus

    if (form is None) != (against is None):
        raise ParityError("--form and --against belong together: a filled form, and the outputs to hold it against")
    if form is not None and (cases or given or run_id):
        raise ParityError("--form checks one folder of outputs: leave out --case, --from and --run")
    config, pipeline = project(file)
    if form is not None and against is not None:
        judgement = truth.judge_form(pipeline, Path(form), Path(against))
    else:
        selected = corpus.select(config, cases)
        judgement = truth.judge_cases(pipeline, selected, saved_captures(config, given, run_id))
    if form_of == "json":
        click.echo(json_text(truth.to_json(judgement)))
    else:
        click.echo(plain.printed(truth.to_text(judgement) if judgement.rows else "nothing is scripted"))
    sys.exit(0 if judgement.passed else 1)
