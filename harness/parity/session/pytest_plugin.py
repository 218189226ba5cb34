"""The pytest face of the comparison: options, the suite fixture, and the report that every session leaves behind.

pytest makes the checks, one test each; xdist may spread them. What they found is finished as ``parity run`` finishes it.
"""

from __future__ import annotations

import contextlib
import pickle
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from parity.check.outcome import Outcome
    from parity.check.suite import Suite
    from parity.pipeline.settings import Config
    from parity.session.finish import Crash

#: Takes an outcome, and fails the test unless it passed.
Judged = Callable[["Outcome"], None]
OUTCOME = pytest.StashKey["Outcome"]()
RUN = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity")
    group.addoption("--parity-config", metavar="FILE", help="settings to compare by (default: parity.toml)")
    group.addoption("--parity-case", action="append", default=[], metavar="NAME", help="only this case; repeatable")
    group.addoption(
        "--parity-ml",
        choices=["fresh", "shared", "replay"],
        help="how runs come by what is costly to compute (default: as the settings say)",
    )
    group.addoption("--parity-from", metavar="DIR", help="compare saved captures instead of running the pipeline")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "parity: compares one artifact of one case")
    worker = getattr(config, "workerinput", None)
    if worker is None:
        from parity.run import runs

        config.stash[RUN] = runs.new_id()
        config.pluginmanager.register(Collector(config), "parity-collector")
    else:
        config.stash[RUN] = worker["parity_run"]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    node.workerinput["parity_run"] = node.config.stash[RUN]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    # An attribute of the report travels from a worker to the controller, and stays out of the JUnit file. Its text must be
    # one that can be encoded: half a surrogate pair would take the worker with it, and all that it was given.
    result = yield
    if item.get_closest_marker("parity") is None:
        return
    from parity import crash
    from parity.session.finish import Crash

    report = result.get_result()
    if (outcome := item.stash.get(OUTCOME, None)) is not None:
        report.parity = pickle.dumps(outcome)
    elif report.failed and call.excinfo is not None:
        report.parity = pickle.dumps(Crash(f"{item.nodeid} ({report.when})", crash.text_of(call.excinfo.value)))
    if report.failed:
        report.longrepr = str(report.longrepr).encode("utf-8", "backslashreplace").decode()


@contextlib.contextmanager
def _suite(config: pytest.Config) -> Iterator[Suite]:
    """The comparison of this session; the pipeline runs once per case and configuration, whichever worker asks."""
    from parity.check.rules import Rules
    from parity.pipeline.load import load_pipeline
    from parity.run import runs
    from parity.session.session import suite_of

    settings, given = settings_of(config), config.getoption("--parity-from")
    with runs.comparing(settings):
        settings = runs.join(settings, config.stash[RUN], compared=runs.given(settings, given) if given else None)
        rules = Rules(settings, load_pipeline(settings))
        yield suite_of(rules, saved=bool(given), ml=config.getoption("--parity-ml"))


def settings_of(config: pytest.Config) -> Config:
    """The settings that this session compares by."""
    from parity.pipeline import settings

    return settings.load(config.getoption("--parity-config"))


@pytest.fixture(scope="session")
def parity_suite(pytestconfig: pytest.Config) -> Iterator[Suite]:
    """The comparison of this session."""
    with _suite(pytestconfig) as suite:
        yield suite


@pytest.fixture
def judged(request: pytest.FixtureRequest) -> Judged:
    """A function that puts an outcome on record and fails the test, with its text, unless it passed."""

    def settle(outcome: Outcome) -> None:
        request.node.stash[OUTCOME] = outcome
        if not outcome.passed:
            pytest.fail(outcome.text(), pytrace=False)

    return settle


class Collector:
    """Lives in the controlling process; writes the report when the session compared anything."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.outcomes: list[Outcome] = []
        self.crashes: list[Crash] = []
        self.started, self.clock = datetime.now(UTC), time.monotonic()
        self.line: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        from parity.session.finish import Crash

        if hasattr(report, "parity"):
            made = pickle.loads(report.parity)
            if isinstance(made, Crash):
                self.crashes.append(made)
            elif report.when == "call":
                self.outcomes.append(made)
        elif report.failed and "parity" in report.keywords:
            self.crashes.append(Crash(f"{report.nodeid} ({report.when})", str(report.longrepr)))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        if not self.outcomes and not self.crashes:
            return
        from parity.pipeline import cases
        from parity.run import runs
        from parity.session.finish import Begun, finish

        chosen = self.config.getoption("--parity-case")
        with _suite(self.config) as suite:
            config = suite.config
            given = config.captures if self.config.getoption("--parity-from") else None
            begun = Begun(cases.select(config, chosen), not chosen, given, self.started, self.clock)
            report = finish(suite, self.outcomes, self.crashes, begun)
            runs.publish(config)
        place = config.relative(runs.folder(config) / runs.REPORT)
        self.line = f"parity: {report['verdict']} (exit code {report['exit_code']}); report: {place}"
        if report["exit_code"] and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        if self.line:
            terminalreporter.write_line(self.line)
