"""What the commands that decide share: who decides, and the options that say on what."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

author_option = click.option(
    "--author", metavar="NAME", help="Whose decision it is (default: git's user, or PARITY_AUTHOR)."
)
_OPTIONS = (
    click.option("--cause", "causes", multiple=True, metavar="ID", help="What this cause explains, in every golden."),
    click.option("--case", "cases", multiple=True, metavar="NAME", help="Only goldens of this case."),
    click.option("--artifact", "artifacts", multiple=True, metavar="NAME", help="Only this artifact."),
    click.option(
        "--field", "fields", multiple=True, metavar="PATTERN",
        help="Only differences at paths like this, as in '*.averageSceneDuration' or 'entries[*].start'.",
    ),
    click.option("--all", "everything", is_flag=True, help="Everything that is pending."),
)  # fmt: skip


def selecting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Adds the options, each of which may be given again; the command gets what they select as ``selection``."""

    @wraps(command)
    def chosen(
        *arguments: Any,
        causes: tuple[str, ...],
        cases: tuple[str, ...],
        artifacts: tuple[str, ...],
        fields: tuple[str, ...],
        everything: bool,
        **options: Any,
    ) -> Any:
        from parity.decide.select import Selection

        return command(*arguments, selection=Selection(causes, cases, artifacts, fields, everything), **options)

    for option in reversed(_OPTIONS):
        chosen = option(chosen)
    return chosen
