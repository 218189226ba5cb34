"""Drives the suite: pytest compares, its report is summed up, and the verdict is the exit code."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from parity import ending
from parity.cli.common import Display
from parity.files import write_atomically
from parity.plain import encoded, printed
from parity.redact import redacted
from parity.run import runs
from parity.verdict import ParityError, Verdict

if TYPE_CHECKING:
    from parity.pipeline.case import Case
    from parity.pipeline.settings import Config
    from parity.session.progress import Watch


SHOWN = Display()


def compare(
    config: Config,
    *,
    cases: tuple[str, ...],
    given: str | None,
    ml: str | None,
    jobs: int,
    display: Display | None = SHOWN,
) -> tuple[int, Config | None]:
    """Run (or load from ``given``) the ``cases``, compare, print the summary; the verdict's exit code, and the settings
    with the run that this made (None where it came to no report). Without a ``display`` nothing is printed.

    ``ml`` says for all runs how they come by the services' results; None leaves it to the settings.
    """
    from parity.decide import journal
    from parity.pipeline import cases as corpus
    from parity.report import broken_off, write

    with journal.alone(config):
        pass  # what a killed decision left is carried out before anything is compared with it
    _check_schemas(config)
    _check_reuse(config, corpus.select(config, cases), ml)
    saved = runs.given(config, given) if given else None
    if saved is not None and not saved.is_dir():
        raise ParityError(f"--from {given}: no such folder; expected saved captures, as in {config.captures}")
    earlier = last.captures if (last := runs.last(config)) else config.captures
    with runs.comparing(config) as lock:
        config = runs.begin(config, compared=saved)
        try:
            pytest_code = _pytest(
                config, cases=cases, saved=saved, ml=ml, jobs=jobs, earlier=earlier, locks=(lock, runs.lock_of(config))
            )
        except (KeyboardInterrupt, SystemExit):
            ending.say(_broken_off(config))
            raise
    folder = runs.folder(config)
    if not (folder / runs.REPORT).is_file():
        return broken_off.code(config, pytest_code, folder / runs.LOG), None
    report = write.read(config)
    ending.done(f"run {folder.name}: {report['verdict']}, its report is {config.relative(folder / runs.REPORT)}")
    if display is not None:
        display.show(config, report)
    _tell_ci(config, report)
    if report["exit_code"] == Verdict.PARITY and pytest_code != 0:
        return broken_off.code(config, pytest_code, folder / runs.LOG, passed=True), None
    runs.publish(config)
    return report["exit_code"], config


def _tell_ci(config: Config, report: dict[str, Any]) -> None:
    """On GitHub: the report as the job's summary, and the causes beside the changed files."""
    from parity.report import annotations, markdown, write

    if name := os.environ.get("GITHUB_STEP_SUMMARY"):
        with Path(name).open("a", encoding="utf-8") as stream:
            stream.write((runs.folder(config) / markdown.FILE_NAME).read_text(encoding="utf-8"))
    if os.environ.get("GITHUB_ACTIONS") == "true":
        commands = annotations.render(report, config.root, write.read_differences(config))
        click.echo(encoded(commands + "\n" * bool(commands)), nl=False)


def _check_schemas(config: Config) -> None:
    """Say before anything runs what is wrong with the schemas and the tolerances."""
    from parity.check import contracts
    from parity.pipeline.load import load_pipeline

    contracts.tolerances(config, contracts.all_schemas(config, load_pipeline(config)))


def _check_reuse(config: Config, selected: list[Case], ml: str | None) -> None:
    """Say before anything runs what of the settings or of ``--ml`` cannot be done."""
    from parity.pipeline import cases as corpus
    from parity.pipeline.load import load_pipeline
    from parity.run import reuse

    reuse.check(config, corpus.discover(config))
    pipeline = load_pipeline(config)
    for case in selected:
        reuse.mode_of(config, pipeline, case, ml)


def _broken_off(config: Config) -> str:
    last = runs.last(config)
    kept = f"the last run is still {runs.folder(last).name}" if last else "there is no last run yet"
    return f"parity: the run {runs.folder(config).name} was broken off and has no report; {kept}"


def _pytest(
    config: Config, *, cases: tuple[str, ...], saved: Path | None, ml: str | None, jobs: int, earlier: Path,
    locks: tuple[int, ...],
) -> int:  # fmt: skip
    checks = Path(str(find_spec("parity.session.checks").origin))
    command = [sys.executable, "-m", "pytest", str(checks), "-q", "--no-header", "--tb=no"]
    # Neither the options nor the plugins of the project's own tests have a say in a comparison, nor does it move what is
    # imported: the project's folder, in which it runs, stands first.
    command += ["-c", os.devnull, f"--rootdir={checks.parents[2]}", "--noconftest", "--import-mode=importlib"]
    command += ["-p", "no:cacheprovider"]  # it would be shared with other runs
    # What else is installed has no say in a comparison, and costs each of its processes a third of its start.
    command += ["--disable-plugin-autoload", "-p", "syrupy", "-p", "xdist", "-p", "parity.session.pytest_plugin"]
    command += ["--snapshot-disable-unused", "--snapshot-no-colors"]
    command += ["-n", str(jobs), "--dist", "loadgroup", "--no-loadscope-reorder"] if jobs > 1 else []
    command += [f"--parity-config={config.file}", f"--parity-run={runs.folder(config).name}"]
    command += [f"--parity-parent={os.getpid()}"]
    command += [f"--parity-case={name}" for name in cases]
    command += [f"--parity-from={saved}"] if saved else []
    command += [f"--parity-ml={ml}"] if ml else []
    # How far it is is told on stderr; stdout belongs to the summary.
    watch = _watch(config, cases=cases, saved=saved, earlier=earlier)
    return _watched(command, watch, root=config.root, locks=locks)


def _watch(config: Config, *, cases: tuple[str, ...], saved: Path | None, earlier: Path) -> Watch:
    from parity.pipeline import cases as corpus
    from parity.pipeline.load import load_pipeline
    from parity.session import progress

    configurations = load_pipeline(config).configurations
    made = () if saved else corpus.select(config, cases)
    expected = [(case.name, name) for case in made for name in configurations]
    return progress.Watch(config.captures, expected, runs.folder(config) / runs.LOG, earlier)


def _watched(command: list[str], watch: Watch, *, root: Path, locks: tuple[int, ...]) -> int:
    """pytest's exit code. It leads a group of processes, which ends as one when this process is asked to end."""
    from parity.session import progress

    shown = progress.bar(watch) if sys.stderr.isatty() else progress.lines(watch, sys.stderr)
    with watch.log.open("wb") as stream, shown:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT, cwd=root, process_group=0,
            pass_fds=locks,
        )  # fmt: skip
        try:
            code = process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if (text := watch.log.read_text(encoding="utf-8", errors="replace")) != (clean := redacted(text)):
        write_atomically(watch.log, clean)
    if code not in (0, 1) or not watch.log.with_name(runs.REPORT).is_file():
        click.echo(printed(clean), err=True)
    return code
