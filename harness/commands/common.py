"""What several subcommands share: the settings, and the options that choose cases and captures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from harness.config import Config

case_option = click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case; may be given again.")
ml_option = click.option(
    "--ml",
    type=click.Choice(["fresh", "shared", "replay"]),
    help="How runs come by the services' results: compute them (fresh); let configurations that ask for the very same share "
    "one computation (shared); take them from the goldens (replay). Default: fresh for the cases that the settings name, "
    "shared for the others.",
)
jobs_option = click.option(
    "--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes that run and compare."
)


def settings(file: str | None) -> Config:
    """The settings in ``file``; those of the nearest ``parity.toml`` when none is given."""
    from harness import config

    return config.load(Path(file) if file else config.find())
