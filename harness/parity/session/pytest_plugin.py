"""The pytest face of the comparison: options, the suite fixture, and the report that every session leaves behind."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator

    from parity.check.outcome import Outcome
    from parity.check.suite import Suite

OUTCOME = pytest.StashKey["Outcome"]()
RUN = pytest.StashKey[str]()


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("parity")
    group.addoption("--parity-config", metavar="FILE", help="settings to compare by (default: parity.toml)")
    group.addoption("--parity-case", action="append", default=[], metavar="NAME", help="only this case; repeatable")
    group.addoption(
        "--parity-ml", choices=["fresh", "shared", "replay"],
        help="how runs come by what is costly to compute (default: as the settings say)",
    )  # fmt: skip
    group.addoption("--parity-from", metavar="DIR", help="compare saved captures instead of running the pipeline")
    group.addoption("--parity-run", metavar="ID", help="the run that this is part of (default: one of its own)")
    group.addoption("--parity-parent", metavar="PID", type=int, help="the process that this one ends with")


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "parity: compares one artifact of one case")
    worker = getattr(config, "workerinput", None)
    if parent := config.getoption("--parity-parent"):
        from parity import guard

        guard.end_with(worker["parity_parent"] if worker else parent)
    if worker is None:
        from parity.run import runs
        from parity.session.collect import Collector

        config.stash[RUN] = config.getoption("--parity-run") or runs.new_id()
        config.pluginmanager.register(Collector(config, config.stash[RUN]), "parity-collector")
    else:
        config.stash[RUN] = worker["parity_run"]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node) -> None:
    node.workerinput["parity_run"] = node.config.stash[RUN]
    node.workerinput["parity_parent"] = os.getpid()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.CallInfo[None], None]:
    # An attribute of the report travels from a worker to the controller, and stays out of the JUnit file. It must be text
    # that can be encoded: half a surrogate pair would take the worker with it, and all that it was given.
    result = yield
    if item.get_closest_marker("parity") is None:
        return
    report = result.get_result()
    if (outcome := item.stash.get(OUTCOME, None)) is not None:
        report.parity = json.dumps(outcome.to_json())
    elif call.excinfo is not None:
        from parity import crash

        report.traceback = crash.text_of(call.excinfo.value).encode("utf-8", "backslashreplace").decode()
    if report.failed:
        report.longrepr = str(report.longrepr).encode("utf-8", "backslashreplace").decode()


@pytest.fixture(scope="session")
def parity_suite(request: pytest.FixtureRequest) -> Generator[Suite, None, None]:
    """The comparison of this session; the pipeline runs once per case and configuration, whichever worker asks."""
    from parity.explain.settle import SettlingSuite
    from parity.pipeline import settings
    from parity.pipeline.load import load_pipeline
    from parity.run import runs
    from parity.run.captures import Captures

    option = request.config.getoption
    config = settings.load(Path(option("--parity-config") or settings.find()))
    run_id, given = request.config.stash[RUN], option("--parity-from")
    with runs.comparing(config):
        config = runs.join(config, run_id, compared=runs.given(config, given) if given else None)
        pipeline = load_pipeline(config)
        captures = Captures(
            config, pipeline, run_id, config.captures if given else None,
            ml=option("--parity-ml"), shared=runs.folder(config) / runs.SHARED,
        )  # fmt: skip
        yield SettlingSuite(config, pipeline, captures)


@pytest.fixture
def judged(request: pytest.FixtureRequest):
    """A function that puts an outcome on record and fails the test, with its text, unless it passed."""

    def settle(outcome: Outcome) -> None:
        request.node.stash[OUTCOME] = outcome
        if not outcome.passed:
            pytest.fail(outcome.text(), pytrace=False)

    return settle
