"""What the commands that decide share: who decides, and the options that say on what."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from parity.decide.select import Selection

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
    """Adds the options; each may be given again, and different ones narrow each other."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def selection(causes: Any, cases: Any, artifacts: Any, fields: Any, everything: bool) -> Selection:
    """The selection that the options make."""
    from parity.decide.select import Selection

    return Selection(tuple(causes), tuple(cases), tuple(artifacts), tuple(fields), everything)
