"""``parity sync``: the static check of both configurations."""

from __future__ import annotations

import gc
import sys
from typing import NoReturn

import click

from parity.tools.sync import command, history


@click.command(
    epilog="\b\nExamples:\n  parity sync\n  parity sync --rule one-path --format json\n"
    "  parity sync --root ../older-checkout --no-history\n  python3 -m harness.sync      the same, before anything is installed\n\n"
    "\b\nExit codes:\n  0  in sync\n  1  drift: a rule is broken\n  2  settings or arguments cannot be used"
)
@click.option(
    "--root", type=click.Path(), metavar="DIR", help="Check this tree instead of the one around the settings."
)
@click.option("--commit", metavar="ID", help="Check this commit or tree, as git holds it, instead of the files.")
@click.option("--rule", "only", multiple=True, metavar="ID", help="Only this rule; may be given again.")
@click.option("--format", "form", type=click.Choice(command.FORMATS), default="text", show_default=True)
@click.option("--no-history", is_flag=True, help="Do not look for the last commit that was in sync.")
@click.option(
    "--depth",
    type=click.IntRange(1),
    default=history.DEPTH,
    show_default=True,
    help="How many commits are judged at most.",
)
@click.pass_obj
def sync(
    file: str | None,
    root: str | None,
    commit: str | None,
    only: tuple[str, ...],
    form: str,
    no_history: bool,
    depth: int,
) -> NoReturn:
    """Check source, schemas, goldens and pages for whatever would let the configurations drift apart; run nothing.

    Takes less than a second and imports nothing of the pipeline. When a rule is broken, the commits are searched for
    the last one that was in sync, and for the one that broke each rule.
    """
    gc.disable()  # a third of the time: syntax trees are many small objects, and all of them live to the end
    verdict = command.run(
        file, root=root, commit=commit, only=only, form=form, with_history=not no_history, depth=depth, echo=click.echo
    )
    sys.exit(int(verdict))
