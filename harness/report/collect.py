"""A pytest plugin that gathers the outcomes of a session, from all workers, into one report."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest


class Collector:
    """Lives in the controlling process; writes the report when the session compared anything."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.results: list[dict[str, Any]] = []
        self.crashes: list[str] = []
        self.started = datetime.now(UTC)
        self.clock = time.monotonic()
        self.line: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and hasattr(report, "parity"):
            self.results.append(report.parity)
        elif report.failed and "parity" in report.keywords:
            last = str(report.longrepr).strip().splitlines()[-1:] or ["no text"]
            self.crashes.append(f"{report.nodeid} ({report.when}): {last[0][:500]}")

    @pytest.hookimpl(optionalhook=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> Any:
        from harness.report import schedule

        return schedule.make(config, log)

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
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
        from harness import cases
        from harness import config as settings
        from harness.compare import declared
        from harness.failing import known_artifacts
        from harness.report import build, write
        from harness.verdict import ContractError

        option = self.config.getoption
        config = settings.load(Path(option("--parity-config") or settings.find()))
        pipeline = settings.load_pipeline(config)
        names = [artifact.name for artifact in known_artifacts(pipeline)]
        try:
            records = declared.load(config.declared, configurations=pipeline.configurations, artifacts=names)
        except ContractError:
            records = []  # every comparison has failed with this error already, which names the line
        given = option("--parity-from")
        selected = cases.select(config, option("--parity-case"))
        report = build.build(
            self.results,
            pipeline=pipeline,
            cases=selected,
            declared=records,
            explanation=build.explanation(config, pipeline, self.results, selected, Path(given) if given else None),
            session=build.Session(
                started=self.started.isoformat(timespec="seconds"),
                finished=datetime.now(UTC).isoformat(timespec="seconds"),
                seconds=round(time.monotonic() - self.clock, 3),
                given=config.relative(Path(given).absolute()) if given else None,
                updated=bool(option("update_snapshots", False)),
                selected=bool(option("--parity-case")),
                max_ignored=config.max_ignored,
                crashes=tuple(self.crashes),
            ),
        )
        return report, config.relative(write.save(report, config))
