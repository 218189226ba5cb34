"""A pytest plugin that gathers the outcomes of a session, from all workers, into one report."""

from __future__ import annotations

import json
import shutil
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from parity.ending import INTERRUPTED

if TYPE_CHECKING:
    from parity.decide.pending import Pending


class Collector:
    """Lives in the controlling process; writes the report when the session compared anything."""

    def __init__(self, config: pytest.Config, run_id: str) -> None:
        self.config, self.run_id = config, run_id
        self.results: list[dict[str, Any]] = []
        self.crashes: list[str] = []
        self.tracebacks: list[str] = []
        #: Whether `parity run` has started this session: then nothing that fails may go unnoticed.
        self.driven = bool(config.getoption("--parity-config"))
        self.interrupted = False
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        self.line: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and hasattr(report, "parity"):
            self.results.append(json.loads(report.parity))
        elif report.failed and (self.driven or "parity" in report.keywords):
            # A worker that died has a report without keywords and traceback, and of the phase "???".
            self._crashed(f"{report.nodeid} ({report.when})", getattr(report, "traceback", str(report.longrepr)))

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and self.driven:
            self._crashed(f"{report.nodeid} (collection)", str(report.longrepr))

    def pytest_internalerror(self, excrepr: Any) -> None:
        if self.driven:
            self._crashed("pytest itself", str(excrepr))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        # What could not be collected ends a session in the same way.
        self.interrupted = excinfo.type is KeyboardInterrupt

    def _crashed(self, place: str, text: str) -> None:
        """Keep what failed unforeseen: its place and last line for the report, all of it for a file."""
        last = text.strip().splitlines()[-1:] or ["no text"]
        self.crashes.append(f"{place}: {last[0][:500]}")
        self.tracebacks.append(f"{place}\n{text}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        from parity.session import schedule

        return schedule.make(config, log)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if self.interrupted and self.driven:
            session.exitstatus = INTERRUPTED  # the rest is not known, so there is no report
            return
        if not self.results and not self.crashes:
            return
        report, file = self._report()
        self.line = f"parity: {report['verdict']} (exit code {report['exit_code']}); report: {file}"
        if report["exit_code"] and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.line:
            terminalreporter.write_line(self.line)

    def _report(self) -> tuple[dict[str, Any], str]:
        from parity.goldens import declared
        from parity.pipeline import cases, settings
        from parity.pipeline.artifacts import known_artifacts
        from parity.pipeline.load import load_pipeline
        from parity.report import build, write
        from parity.report.page import write as page
        from parity.run import runs
        from parity.verdict import ContractError

        option = self.config.getoption
        given = option("--parity-from")
        config = settings.load(Path(option("--parity-config") or settings.find()))
        config = runs.join(config, self.run_id, compared=runs.given(config, given) if given else None)
        pipeline = load_pipeline(config)
        names = [artifact.name for artifact in known_artifacts(pipeline)]
        try:
            records = declared.load(config.declared, configurations=pipeline.configurations, artifacts=names)
        except ContractError:
            records = []  # every comparison has failed with this error already, which names the line
        selected = cases.select(config, option("--parity-case"))
        explanation, differences = build.explanation(
            config, pipeline, self.results, selected, config.captures if given else None
        )
        staged, failed = self._staged(config, pipeline, selected, explanation["causes"], differences)
        report = build.build(
            self.results,
            pipeline=pipeline,
            cases=selected,
            declared=records,
            explanation=explanation,
            machines=self._machines(config, pipeline),
            session=build.Session(
                started=self.started.isoformat(timespec="seconds"),
                finished=datetime.now(UTC).isoformat(timespec="seconds"),
                seconds=round(time.monotonic() - self.clock, 3),
                given=config.relative(config.captures) if given else None,
                run_id=self.run_id,
                pending=sum(change.open for change in staged.changes) if staged else None,
                pending_failed=failed,
                pending_blocked=staged.blocked() if staged else None,
                selected=bool(option("--parity-case")),
                max_ignored=config.max_ignored,
                crashes=self._kept_crashes(config),
            ),
        )
        write.save_differences(differences, config)
        write.save_forms(report, differences, config)
        report["page_failed"] = page.drawn(config, report, differences)
        shutil.rmtree(runs.folder(config) / runs.SHARED, ignore_errors=True)
        file = write.save(report, config)
        if option("--parity-run") is None:
            runs.publish(config)  # otherwise whoever asked for the run does
        return report, config.relative(file)

    def _kept_crashes(self, config: Any) -> tuple[str, ...]:
        """Each with the name of the file that holds the tracebacks of all."""
        from parity import crash

        if not self.crashes:
            return ()
        file = config.relative(crash.write(self.tracebacks, config.reports))
        return tuple(f"{each}; traceback in {file}" for each in self.crashes)

    def _machines(self, config: Any, pipeline: Any) -> list[dict[str, Any]]:
        from parity.report import build
        from parity.tools.calibrate import machines
        from parity.verdict import ContractError

        try:
            return machines.compared(config, pipeline, build.runs(self.results))
        except ContractError:
            return []  # the tolerances cannot be read: every comparison has failed with this error already

    def _staged(
        self, config: Any, pipeline: Any, selected: Any, causes: Any, differences: Any
    ) -> tuple[Pending | None, str | None]:
        """What waits after this comparison; a ledger that cannot be read must not cost anybody the report."""
        from parity import crash
        from parity.decide import propose
        from parity.verdict import ParityError

        comparison = propose.Comparison(
            run_id=self.run_id,
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            results=self.results,
            differences=differences,
            causes=causes,
            cases=selected,
            captures=config.captures,
            complete=not self.config.getoption("--parity-case"),
        )
        try:
            return propose.stage(config, pipeline, comparison), None
        except ParityError as error:
            return None, str(error)
        except Exception as error:  # it must not cost anybody the report, in which it stands
            self._crashed("what waits for a decision", crash.text_of(error))
            return None, f"{type(error).__name__}: {error}"
