"""``parity schema``: the schemas."""

from __future__ import annotations

import dataclasses
import sys
from typing import NoReturn

import click

from parity.cli.common import case_option, json_text, project, saved_captures
from parity.verdict import ParityError


@click.group(epilog="\b\nExample:\n  parity schema leaves --problems")
def schema() -> None:
    """The schemas that outputs are compared by."""


@schema.command(
    short_help="Count the values of every leaf: does each vary, or say why not?",
    epilog="\b\nExamples:\n  parity schema leaves --format markdown > docs/leaves.md\n"
    "  parity schema leaves --from reports/captures --problems\n\n"
    "\b\nExit codes:\n  0  every leaf varies, or is settled with a reason\n  1  one does not\n"
    "  2  cases, goldens or captures cannot be used",
)
@case_option
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Saved captures (default: the goldens).")
@click.option("--run", "run_id", metavar="ID", help="The captures of this run: its id, or as much of it as is unique.")
@click.option("--problems", is_flag=True, help="Only the leaves that are not fine.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.pass_obj
def leaves(
    file: str | None, cases: tuple[str, ...], given: str | None, run_id: str | None, problems: bool, form: str
) -> NoReturn:
    """Count the values of every schema leaf over all cases: does each vary with the data, or say why not?"""
    from parity.check import coverage as counted
    from parity.goldens import store
    from parity.pipeline import cases as corpus

    config, pipeline = project(file)
    selected = corpus.select(config, cases)
    captures = saved_captures(config, given, run_id) if given or run_id else None
    try:
        rows = counted.table(config, pipeline, selected, captures)
    except store.MissingGolden as error:
        raise ParityError(str(error)) from error
    bad = [row for row in rows if row.problem]
    shown = bad if problems else rows
    if form == "json":
        click.echo(json_text([dataclasses.asdict(row) for row in shown]))
    else:
        click.echo(counted.to_markdown(shown) if form == "markdown" else counted.to_text(shown))
    click.echo(f"{len(rows)} leaves, {len(bad)} not fine", err=True)
    sys.exit(1 if bad else 0)
