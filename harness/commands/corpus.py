"""``parity corpus``: the cases."""

from __future__ import annotations

import click

from harness.commands.common import settings
from harness.verdict import ParityError


@click.group()
def corpus() -> None:
    """The cases that are run."""


@corpus.command("list")
@click.pass_obj
def list_cases(file: str | None) -> None:
    """Name every case and the files it consists of."""
    from harness import cases

    for case in cases.discover(settings(file)):
        click.echo(f"{case.name}: {', '.join(sorted(path.name for path in case.folder.iterdir()))}")


@corpus.command()
@click.argument("case")
@click.pass_obj
def render(file: str | None, case: str) -> None:
    """Render the input of CASE from its storyboard or script."""
    from harness import cases
    from harness import config as project

    config = settings(file)
    pipeline = project.load_pipeline(config)
    if not hasattr(pipeline, "render"):
        raise ParityError(f"pipeline {pipeline.name} renders no cases")
    for each in cases.select(config, [case]):
        pipeline.render(each)
        click.echo(f"rendered {config.relative(each.folder)}")
