"""``parity``: run both configurations of a pipeline, compare them with each other and with the goldens."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from harness.verdict import ParityError, Verdict

if TYPE_CHECKING:
    from harness.config import Config

_EXIT_CODES = "\n".join(f"  {int(verdict)}  {verdict.label}: {verdict.meaning}" for verdict in Verdict)


class _Commands(click.Group):
    """Turns the harness' own errors into a text on stderr and the exit code of their verdict."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except ParityError as error:
            click.echo(f"parity: {error.verdict.label}: {error}", err=True)
            sys.exit(int(error.verdict))


@click.group(
    cls=_Commands,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
    epilog="\b\nExample, from a fresh checkout:\n"
    "  parity run                             run, compare, print a verdict\n"
    "  parity run --from reports/captures     compare the last runs again (seconds)\n"
    "  parity golden --case tutorial          record what one case does now as the truth\n"
    "  parity expect                          was everything found that is known to be there?\n\n"
    f"\b\nExit codes:\n{_EXIT_CODES}",
)
@click.option("--config", "file", type=click.Path(dir_okay=False), help="Settings (default: the nearest parity.toml).")
@click.pass_context
def main(ctx: click.Context, file: str | None) -> None:
    """Do two configurations of one pipeline still agree, with each other and with what was accepted?

    Every case of the corpus is run in each configuration. Each file, the returned value, the report, the exit code,
    the lines on stdout and the tree of created files are checked against their schemas, compared exactly between
    the configurations, and within tolerance with the goldens.
    """
    ctx.obj = file


def _config(file: str | None) -> Config:
    from harness import config

    return config.load(Path(file) if file else config.find())


@main.command(
    epilog="\b\nExamples:\n  parity run --case tutorial\n  parity run --from reports/captures --case tutorial\n\n"
    "The runs are kept in reports/captures, one folder per case and configuration, and compare again with --from."
)
@click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case; may be given again.")
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Compare saved captures; run no case.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes that run and compare.")
@click.option("--update", is_flag=True, help="Record goldens where a run is beyond tolerance or there is none.")
@click.pass_obj
def run(file: str | None, cases: tuple[str, ...], given: str | None, jobs: int, update: bool) -> NoReturn:
    """Run the pipeline on every case, compare, and exit with the verdict."""
    _compare(_config(file), cases=cases, given=given, jobs=jobs, update=update)


@main.command(epilog="\b\nExample:\n  parity golden --case tutorial --from reports/captures")
@click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case; may be given again.")
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Record saved captures; run no case.")
@click.option("--jobs", type=click.IntRange(1), default=2, show_default=True, help="Processes that run and compare.")
@click.pass_obj
def golden(file: str | None, cases: tuple[str, ...], given: str | None, jobs: int) -> NoReturn:
    """Record goldens, where the configurations agree; what lies within tolerance is left alone.

    Without --case, goldens that no case needs are removed.
    """
    from harness import cases as corpus
    from harness import config as settings
    from harness import goldens

    config = _config(file)
    if not cases:
        for path in goldens.stale(config, corpus.discover(config), settings.load_pipeline(config).artifacts):
            path.unlink()
            click.echo(f"removed {config.relative(path)}: no artifact of a case needs it", err=True)
    _compare(config, cases=cases, given=given, jobs=jobs, update=True)


@main.command(
    epilog="\b\nExamples:\n  parity expect --from reports/captures --case tutorial\n"
    "  parity expect --format json\n"
    "  parity expect --form golden_v2_tutorial_1.json --against insights/1\n\n"
    "\b\nExit codes:\n  0  everything that is scripted was found\n  1  something was not, or nothing is scripted\n"
    "  2  captures, case, form or outputs cannot be used"
)
@click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case; may be given again.")
@click.option(
    "--from", "given", type=click.Path(), metavar="DIR", help="Saved captures (default: those of the last run)."
)
@click.option("--form", "form", type=click.Path(), metavar="FILE", help="Check a filled golden form instead.")
@click.option("--against", type=click.Path(), metavar="DIR", help="The outputs that the form is held against.")
@click.option("--format", "form_of", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def expect(
    file: str | None, cases: tuple[str, ...], given: str | None, form: str | None, against: str | None, form_of: str
) -> NoReturn:
    """Hold what is known of each case against its saved run, component by component; run nothing.

    Cases whose media were analysed (live) and replayed recordings are counted apart. A component that no case scripts
    is not counted; in a form, "TBD" is unanswered.
    """
    from harness import cases as corpus
    from harness import config as settings
    from harness import expect as truth

    if (form is None) != (against is None):
        raise ParityError("--form and --against belong together: a filled form, and the outputs to hold it against")
    if form is not None and (cases or given):
        raise ParityError("--form checks one folder of outputs: leave out --case and --from")
    config = _config(file)
    pipeline = settings.load_pipeline(config)
    if form is not None:
        judgement = truth.judge_form(pipeline, Path(form), Path(against))
    else:
        selected = corpus.select(config, cases)
        judgement = truth.judge_cases(pipeline, selected, Path(given) if given else config.captures)
    if form_of == "json":
        click.echo(json.dumps(truth.to_json(judgement), ensure_ascii=False, indent=1))
    else:
        click.echo(truth.to_text(judgement) if judgement.rows else "nothing is scripted")
    sys.exit(0 if judgement.passed else 1)


@main.group()
def corpus() -> None:
    """The cases that are run."""


@corpus.command("list")
@click.pass_obj
def list_cases(file: str | None) -> None:
    """Name every case and the files it consists of."""
    from harness import cases

    for case in cases.discover(_config(file)):
        click.echo(f"{case.name}: {', '.join(sorted(path.name for path in case.folder.iterdir()))}")


@corpus.command()
@click.argument("case")
@click.pass_obj
def render(file: str | None, case: str) -> None:
    """Render the input of CASE from its storyboard or script."""
    from harness import cases
    from harness import config as settings

    config = _config(file)
    pipeline = settings.load_pipeline(config)
    if not hasattr(pipeline, "render"):
        raise ParityError(f"pipeline {pipeline.name} renders no cases")
    for each in cases.select(config, [case]):
        pipeline.render(each)
        click.echo(f"rendered {config.relative(each.folder)}")


@main.group()
def schema() -> None:
    """The schemas that outputs are compared by."""


@schema.command(
    epilog="\b\nExamples:\n  parity schema leaves --format markdown > docs/leaves.md\n"
    "  parity schema leaves --from reports/captures --problems\n\n"
    "\b\nExit codes:\n  0  every leaf varies, or is settled with a reason\n  1  one does not\n"
    "  2  cases, goldens or captures cannot be used"
)
@click.option("--case", "cases", multiple=True, metavar="NAME", help="Only this case; may be given again.")
@click.option("--from", "given", type=click.Path(), metavar="DIR", help="Saved captures (default: the goldens).")
@click.option("--problems", is_flag=True, help="Only the leaves that are not fine.")
@click.option("--format", "form", type=click.Choice(["text", "markdown", "json"]), default="text", show_default=True)
@click.pass_obj
def leaves(file: str | None, cases: tuple[str, ...], given: str | None, problems: bool, form: str) -> NoReturn:
    """Count the values of every schema leaf over all cases: does each vary with the data, or say why not?"""
    from harness import cases as corpus
    from harness import config as settings
    from harness import goldens
    from harness import leaves as counted

    config = _config(file)
    selected, captures = corpus.select(config, cases), Path(given) if given else None
    try:
        rows = counted.table(config, settings.load_pipeline(config), selected, captures)
    except goldens.MissingGolden as error:
        raise ParityError(str(error)) from error
    bad = [row for row in rows if row.problem]
    shown = bad if problems else rows
    if form == "json":
        click.echo(json.dumps([dataclasses.asdict(row) for row in shown], ensure_ascii=False, indent=1))
    else:
        click.echo(counted.to_markdown(shown) if form == "markdown" else counted.to_text(shown))
    click.echo(f"{len(rows)} leaves, {len(bad)} not fine", err=True)
    sys.exit(1 if bad else 0)


def _compare(config: Config, *, cases: tuple[str, ...], given: str | None, jobs: int, update: bool) -> NoReturn:
    from harness import cases as corpus
    from harness.report import build, summary, write

    corpus.select(config, cases)
    saved = Path(given).absolute() if given else None
    if saved is not None and not saved.is_dir():
        raise ParityError(f"--from {given}: no such folder; expected saved captures, as in {config.captures}")
    (config.reports / build.FILE_NAME).unlink(missing_ok=True)
    config.reports.mkdir(parents=True, exist_ok=True)
    pytest_code = _pytest(config, cases=cases, saved=saved, jobs=jobs, update=update)
    if not (config.reports / build.FILE_NAME).is_file():
        click.echo(
            f"parity: usage: pytest ended with code {pytest_code} before anything was compared; its text stands above",
            err=True,
        )
        sys.exit(int(Verdict.USAGE))
    report = write.read(config)
    click.echo(summary.render(report, file=config.relative(config.reports / build.FILE_NAME)))
    code = report["exit_code"]
    if code == Verdict.PARITY and pytest_code != 0:
        click.echo(f"parity: usage: pytest ended with code {pytest_code} though every comparison passed", err=True)
        code = int(Verdict.USAGE)
    sys.exit(code)


def _pytest(config: Config, *, cases: tuple[str, ...], saved: Path | None, jobs: int, update: bool) -> int:
    command = [sys.executable, "-m", "pytest", str(config.suite), "-q", "--no-header", "--tb=no"]
    command += ["--snapshot-disable-unused", "--snapshot-no-colors"]
    command += ["-n", str(jobs), "--dist", "loadgroup", "--no-loadscope-reorder"] if jobs > 1 else []
    command += [f"--junitxml={config.reports / 'junit.xml'}", f"--parity-config={config.file}"]
    command += [f"--parity-case={name}" for name in cases]
    command += [f"--parity-from={saved}"] if saved else []
    command += ["--snapshot-update"] if update else []
    root = Path(__file__).parent.parent
    if saved is None and sys.stderr.isatty():
        return _behind_a_bar(command, config, cases=cases, root=root)
    # Whatever pytest says is progress; stdout belongs to the summary.
    return subprocess.run(command, stdout=sys.stderr.fileno(), cwd=root, check=False).returncode


def _behind_a_bar(command: list[str], config: Config, *, cases: tuple[str, ...], root: Path) -> int:
    from harness import cases as corpus
    from harness import config as settings
    from harness.report import progress

    configurations = settings.load_pipeline(config).configurations
    runs = [(case.name, name) for case in corpus.select(config, cases) for name in configurations]
    log = config.reports / "pytest.log"
    with log.open("wb") as stream, progress.bar(config.captures, runs):
        done = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, cwd=root, check=False)
    if done.returncode not in (0, 1):
        click.echo(log.read_text(encoding="utf-8", errors="replace"), err=True)
    return done.returncode
