"""``parity drill``: faults put in on purpose, and whether the comparison finds them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

from parity import ending
from parity.cli.common import case_option, project, run_option, saved_captures
from parity.verdict import ParityError

#: Beside the report of a comparison.
FILE_NAME = "drill.json"


@click.command(
    epilog="\b\nExamples:\n  parity drill --only faults\n  parity drill --only mutations --case tutorial --seed 7\n"
    "  parity drill --only faults --fault D4\n  parity drill --fresh 20 --write docs/drill.md\n\n"
    "\b\nExit codes:\n  0  everything was found and named, without a false alarm\n  1  a promise does not hold\n"
    "  2  captures, cases or faults cannot be used"
)
@case_option
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Captures to mutate (default: the last run's).")
@run_option
@click.option("--only", type=click.Choice(["faults", "mutations", "controls"]), multiple=True, help="Only this part.")
@click.option("--fault", "faults", multiple=True, metavar="ID", help="Only this fault; may be given again.")
@click.option(
    "--mutations",
    type=click.IntRange(1),
    default=4000,
    show_default=True,
    help="How many, at least; below 2000 a sample of the fields, else each.",
)
@click.option("--seed", type=int, default=1, show_default=True, help="The same seed makes the same mutations.")
@click.option("--fresh", type=click.IntRange(0), default=0, metavar="N", help="Run two cases anew, N times each.")
@click.option(
    "--perturbed", type=click.Path(file_okay=False), metavar="DIR", help="Saved runs of a calibration, as controls."
)
@click.option("--write", "page", type=click.Path(dir_okay=False), metavar="FILE", help="Write the page of the results.")
@click.pass_obj
def drill(
    file: str | None,
    cases: tuple[str, ...],
    given: str | None,
    run_id: str | None,
    only: tuple[str, ...],
    faults: tuple[str, ...],
    mutations: int,
    seed: int,
    fresh: int,
    perturbed: str | None,
    page: str | None,
) -> NoReturn:
    """Put known faults in and change captures on purpose: is each found and named, and nothing else reported?

    Faults are put into the second configuration, by a launcher of its own; services answer from a recording. Mutations
    change the captures of the last `parity run` in one place each. Controls change nothing.
    """
    from parity.files import write_atomically
    from parity.pipeline import cases as corpus
    from parity.tools.drill import render, results, run

    config, pipeline = project(file)
    parts = only or run.PARTS
    if page and (faults or cases or set(parts) != set(run.PARTS)):
        raise ParityError("--write needs the whole drill: leave out --only, --fault and --case")
    run.rehearsal_of(pipeline)  # one without faults is told so before captures are looked for
    # Faults make captures of their own.
    saved = (
        config.captures if set(parts) == {"faults"} and not (given or run_id) else saved_captures(config, given, run_id)
    )
    selected = corpus.select(config, cases)
    result = run.run(
        config,
        pipeline,
        selected,
        saved=saved,
        parts=parts,
        mutations=mutations,
        seed=seed,
        fresh=fresh,
        perturbed=Path(perturbed).absolute() if perturbed else None,
        only=faults,
        tell=lambda line: click.echo(line, err=True),
    )
    report = results.to_json(result)
    target = config.reports / FILE_NAME
    write_atomically(target, json.dumps(report, ensure_ascii=False, indent=1) + "\n")
    if page:
        write_atomically(Path(page).absolute(), render.to_markdown(report))
    ending.done(f"wrote {' and '.join([config.relative(target), *([page] if page else [])])}")
    click.echo(render.to_text(result, file=config.relative(target)))
    sys.exit(0 if report["passed"] else 1)
