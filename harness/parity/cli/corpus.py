"""``parity corpus``: the cases, and making one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from parity import ending, tables
from parity.cli.common import project, said
from parity.pipeline import cases
from parity.pipeline.settings import Config, load
from parity.plain import line, printed
from parity.verdict import ParityError

if TYPE_CHECKING:
    from parity.pipeline.case import Case
    from parity.pipeline.parts import Adopted


@click.group(
    epilog="\b\nExamples:\n  parity corpus list\n  parity corpus add holiday.mp4 --metadata item.json\n"
    "  parity corpus render tutorial"
)
def corpus() -> None:
    """The cases that are run."""


@corpus.command("list", epilog="\b\nExample:\n  parity corpus list")
@click.pass_obj
def list_cases(file: str | None) -> None:
    """Name every case and the files it consists of."""
    for case in cases.discover(load(file)):
        click.echo(printed(f"{case.name}: {', '.join(sorted(path.name for path in case.folder.iterdir()))}"))


@corpus.command(epilog="\b\nExample:\n  parity corpus render tutorial")
@click.argument("case")
@click.pass_obj
def render(file: str | None, case: str) -> None:
    """Render the input of CASE from its storyboard or script."""

    config, pipeline = project(file)
    if not hasattr(pipeline, "render"):
        raise ParityError(f"pipeline {pipeline.name} renders no cases")
    for each in cases.select(config, [case]):
        pipeline.render(each)
        said(f"rendered {config.relative(each.folder)}")


@corpus.command(
    short_help="Make a case of your own FILE.",
    epilog="\b\nExamples:\n  parity corpus add holiday.mp4\n  parity corpus add holiday.mp4 --metadata item.json --run\n\n"
    "\b\nExit codes:\n  0  the case is there (with --run: the verdict of its first run)\n  2  nothing was added; the text says why",
)
@click.argument("video", metavar="FILE", type=click.Path(path_type=Path))
@click.option(
    "--metadata",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="What is known about it, as JSON; else the least.",
)
@click.option("--name", metavar="NAME", help="Name of the case (default: made of the file's name).")
@click.option("--run", "at_once", is_flag=True, help="Run the new case at once.")
@click.pass_context
def add(ctx: click.Context, video: Path, metadata: Path | None, name: str | None, at_once: bool) -> None:
    """Make a case of your own FILE, without saying what is to be found in it.

    The file is looked through to its end and copied; the original stays as it is. No golden is made: the first run leaves
    pending ones, and you decide on them.
    """
    from parity.pipeline import add_case

    config, pipeline = project(ctx.obj)
    case, adopted = add_case.add(config, pipeline, video, metadata=metadata, name=name)
    ending.done(f"added {config.relative(case.folder)}")
    click.echo(_told(config, case, adopted, at_once=at_once))
    if at_once:
        from parity.cli.run import run

        ctx.invoke(run, cases=(case.name,))


def _told(config: Config, case: Case, adopted: Adopted, *, at_once: bool) -> str:
    """What was made, what to think about, and what to do next."""
    facts = (*adopted.facts, ("golden", "none yet: the first run leaves it pending"))
    told = tables.text([(f"  {name}", line(text)) for name, text in facts])
    lines = [f"added {config.relative(case.folder)}", *told]
    sources = config.relative(config.corpus / "CREDITS.md")
    lines += ["", "think about", *(f"  {line(text)}" for text in adopted.advice)]
    lines.append(f"  where it comes from, and under which licence it may be kept here: note that in {sources}")
    if at_once:
        return "\n".join(lines)  # what is next is told by the run's own summary
    lines += ["", "next"]
    steps = (
        (f"  parity run --case {case.name}", "run every configuration on it"),
        ("  parity status", "what is pending"),
        (f'  parity accept --case {case.name} --reason "…"', "make what the run did its golden"),
    )
    return "\n".join([*lines, *tables.text(steps)])
