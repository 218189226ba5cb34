"""Drives the suite: pytest compares, its report is summed up, and the verdict is the exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from harness.verdict import ParityError, Verdict

if TYPE_CHECKING:
    from harness.cases import Case
    from harness.config import Config


def compare(
    config: Config, *, cases: tuple[str, ...], given: str | None, ml: str | None, jobs: int, update: bool
) -> NoReturn:
    """Run (or load from ``given``) the ``cases``, compare, print the summary, exit with the verdict.

    ``ml`` says for all runs how they come by the services' results; None leaves it to the settings.
    """
    from harness import cases as corpus
    from harness.report import build, summary, write

    _check_reuse(config, corpus.select(config, cases), ml)
    saved = Path(given).absolute() if given else None
    if saved is not None and not saved.is_dir():
        raise ParityError(f"--from {given}: no such folder; expected saved captures, as in {config.captures}")
    (config.reports / build.FILE_NAME).unlink(missing_ok=True)
    config.reports.mkdir(parents=True, exist_ok=True)
    pytest_code = _pytest(config, cases=cases, saved=saved, ml=ml, jobs=jobs, update=update)
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


def _check_reuse(config: Config, selected: list[Case], ml: str | None) -> None:
    """Say before anything runs what of the settings or of ``--ml`` cannot be done."""
    from harness import cases as corpus
    from harness import config as settings
    from harness.compare import reuse

    reuse.check(config, corpus.discover(config))
    pipeline = settings.load_pipeline(config)
    for case in selected:
        reuse.mode_of(config, pipeline, case, ml)


def _pytest(
    config: Config, *, cases: tuple[str, ...], saved: Path | None, ml: str | None, jobs: int, update: bool
) -> int:
    command = [sys.executable, "-m", "pytest", str(config.suite), "-q", "--no-header", "--tb=no"]
    command += ["--snapshot-disable-unused", "--snapshot-no-colors"]
    command += ["-n", str(jobs), "--dist", "loadgroup", "--no-loadscope-reorder"] if jobs > 1 else []
    command += [f"--junitxml={config.reports / 'junit.xml'}", f"--parity-config={config.file}"]
    command += [f"--parity-case={name}" for name in cases]
    command += [f"--parity-from={saved}"] if saved else []
    command += [f"--parity-ml={ml}"] if ml else []
    command += ["--snapshot-update"] if update else []
    root = Path(__file__).parent.parent.parent
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
