"""Drives the suite: pytest compares, its report is summed up, and the verdict is the exit code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from harness.commands.common import Display
from harness.files import write_atomically
from harness.redact import redacted
from harness.report.plain import encoded, printed
from harness.verdict import ParityError, Verdict

if TYPE_CHECKING:
    from harness.cases import Case
    from harness.config import Config


SHOWN = Display()
#: What pytest printed.
LOG = "pytest.log"


def compare(
    config: Config, *, cases: tuple[str, ...], given: str | None, ml: str | None, jobs: int, display: Display = SHOWN
) -> int:
    """Run (or load from ``given``) the ``cases``, compare, print the summary, return the verdict's exit code.

    ``ml`` says for all runs how they come by the services' results; None leaves it to the settings.
    """
    from harness import cases as corpus
    from harness.decide import journal
    from harness.report import broken_off, build, write

    with journal.alone(config):
        pass  # what a killed decision left is carried out before anything is compared with it
    _check_schemas(config)
    _check_reuse(config, corpus.select(config, cases), ml)
    saved = Path(given).absolute() if given else None
    if saved is not None and not saved.is_dir():
        raise ParityError(f"--from {given}: no such folder; expected saved captures, as in {config.captures}")
    (config.reports / build.FILE_NAME).unlink(missing_ok=True)
    config.reports.mkdir(parents=True, exist_ok=True)
    pytest_code = _pytest(config, cases=cases, saved=saved, ml=ml, jobs=jobs)
    if not (config.reports / build.FILE_NAME).is_file():
        return broken_off.code(config, pytest_code, config.reports / LOG)
    report = write.read(config)
    display.show(config, report)
    _tell_ci(config, report)
    if report["exit_code"] == Verdict.PARITY and pytest_code != 0:
        return broken_off.code(config, pytest_code, config.reports / LOG, passed=True)
    return report["exit_code"]


def _tell_ci(config: Config, report: dict[str, Any]) -> None:
    """On GitHub: the report as the job's summary, and the causes beside the changed files."""
    from harness.report import annotations, markdown, write

    if name := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(name).open("a", encoding="utf-8") as stream:
            stream.write((config.reports / markdown.FILE_NAME).read_text(encoding="utf-8"))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        commands = annotations.render(report, config.root, write.read_differences(config))
        click.echo(encoded(commands + "\n" * bool(commands)), nl=False)


def _check_schemas(config: Config) -> None:
    """Say before anything runs what is wrong with the schemas and the tolerances."""
    from harness import config as settings
    from harness.compare import project

    project.tolerances(config, project.all_schemas(config, settings.load_pipeline(config)))


def _check_reuse(config: Config, selected: list[Case], ml: str | None) -> None:
    """Say before anything runs what of the settings or of ``--ml`` cannot be done."""
    from harness import cases as corpus
    from harness import config as settings
    from harness.compare import reuse

    reuse.check(config, corpus.discover(config))
    pipeline = settings.load_pipeline(config)
    for case in selected:
        reuse.mode_of(config, pipeline, case, ml)


def _pytest(config: Config, *, cases: tuple[str, ...], saved: Path | None, ml: str | None, jobs: int) -> int:
    command = [sys.executable, "-m", "pytest", str(config.suite), "-q", "--no-header", "--tb=no"]
    command += ["--snapshot-disable-unused", "--snapshot-no-colors"]
    command += ["-n", str(jobs), "--dist", "loadgroup", "--no-loadscope-reorder"] if jobs > 1 else []
    command += [f"--parity-config={config.file}"]
    command += [f"--parity-case={name}" for name in cases]
    command += [f"--parity-from={saved}"] if saved else []
    command += [f"--parity-ml={ml}"] if ml else []
    root = Path(__file__).parent.parent.parent
    # How far it is is told on stderr; stdout belongs to the summary.
    return _watched(command, config, cases=cases, saved=saved, root=root)


def _watched(command: list[str], config: Config, *, cases: tuple[str, ...], saved: Path | None, root: Path) -> int:
    from harness import cases as corpus
    from harness import config as settings
    from harness.report import build, progress

    configurations = settings.load_pipeline(config).configurations
    made = () if saved else corpus.select(config, cases)
    log = config.reports / LOG
    watch = progress.Watch(config.captures, [(case.name, name) for case in made for name in configurations], log)
    shown = progress.bar(watch) if sys.stderr.isatty() else progress.lines(watch, sys.stderr)
    with log.open("wb") as stream, shown:
        done = subprocess.run(command, stdout=stream, stderr=subprocess.STDOUT, cwd=root, check=False)
    if (text := log.read_text(encoding="utf-8", errors="replace")) != (clean := redacted(text)):
        write_atomically(log, clean)
    if done.returncode not in (0, 1) or not (config.reports / build.FILE_NAME).is_file():
        click.echo(printed(clean), err=True)
    return done.returncode
