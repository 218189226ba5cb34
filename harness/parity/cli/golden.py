"""``parity golden``: run, show, ask, record."""

from __future__ import annotations

import sys
from typing import NoReturn

import click

from parity.cli.common import Display, author_option, case_option, display_options, jobs_option, said, saved_captures
from parity.cli.run import compare
from parity.english import many
from parity.pipeline.settings import Config, load
from parity.run import runs
from parity.verdict import UsageError


@click.command(
    epilog='\b\nExamples:\n  parity golden --case tutorial\n  parity golden --reason "torch 2.14"\n'
    '  parity golden --from reports/captures --reason "…"\n\n'
    "Without a terminal a reason is needed. Where CI is set nothing is ever written."
)
@case_option
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Record saved captures; run no case.")
@click.option("--reason", metavar="TEXT", help="Why the goldens change; asked for on a terminal, after all was shown.")
@click.option("--run", "run_id", metavar="ID", help="Record the captures of this run; run no case.")
@author_option
@jobs_option
@display_options
@click.pass_obj
def golden(
    file: str | None,
    cases: tuple[str, ...],
    given: str | None,
    run_id: str | None,
    reason: str | None,
    author: str | None,
    jobs: int,
    display: Display,
) -> NoReturn:
    """Run every case anew, show what differs, ask why, and record it as the goldens.

    Each configuration computes everything itself, so that their agreement shows that the truth can be computed again. What
    lies within tolerance is left alone; what cannot be accepted stays pending. To accept one cause of several, use
    `parity accept` after `parity run`.
    """
    from parity.decide import decide
    from parity.decide.select import Selection
    from parity.session.session import Asked

    decide.not_in_ci()
    if reason is None and not sys.stdin.isatty():
        raise UsageError('no terminal to ask on: give a reason, as in make golden REASON="why the goldens change"')
    config = load(file)
    saved = str(saved_captures(config, given, run_id)) if given or run_id else None
    finished = compare(config, Asked(cases, saved, None if saved else "fresh", jobs), display)
    made_by, code = finished.config, finished.report["exit_code"]
    wanted, option = _wanted(made_by, cases), runs.option(runs.folder(made_by).name)
    if not wanted:
        none = f"no golden can be recorded: `parity report{option}` shows what still differs"
        click.echo(none if code else "every golden stands")
        sys.exit(code)
    click.echo(f"\n{many(len(wanted), 'golden')} to record:")
    click.echo("\n".join(wanted))
    if reason is None:
        reason = click.prompt(
            "Why do they change (empty: leave them pending)", default="", show_default=False, err=True
        )
    if not reason.strip():
        click.echo(f"nothing was written; `parity status{option}` shows what waits")
        sys.exit(code)
    made = decide.accept(
        made_by,
        Selection(cases=cases, everything=not cases),
        reason=reason,
        author=author,
        blocked="left",
        say=lambda line: click.echo(line, err=True),
    )
    said(f"run {made.run_id}: {made.text()}")
    click.echo("comparing once more, with what was recorded")
    sys.exit(compare(config, Asked(cases, made_by.captures, jobs=jobs), display).report["exit_code"])


def _wanted(config: Config, cases: tuple[str, ...]) -> list[str]:
    """The goldens that can be recorded, one line each."""
    from parity.decide import pending

    changes = [each for each in pending.load(config).changes if each.open and not (cases and each.case not in cases)]
    return [f"  {each.category:<6}  {each.file}" for each in changes if not each.blocked]
