"""After every test: is the planted secret in anything that it wrote?

Searched are its captured streams and logs, what the processes it started said, the files below its ``tmp_path`` with
their names, and crash files. ``@pytest.mark.plants("PATTERN", …)`` names what a test plants itself: files by their path below
``tmp_path``, or ``streams``.
"""

from __future__ import annotations

import fnmatch
import subprocess
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests.planted import found_below, found_in

MARKER = "plants(pattern, …): files below tmp_path, or `streams`, in which the test plants the secret itself"
#: What the processes of this test said.
_said: list[bytes] = []
_begun = time.time()


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", MARKER)


def _listen() -> None:
    """Keep what every process says that is asked by ``communicate``, which ``subprocess.run`` does."""
    ask = subprocess.Popen.communicate

    def communicate(self: Any, *args: Any, **kwargs: Any) -> Any:
        answer = ask(self, *args, **kwargs)
        _said.extend(
            text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape") for text in answer if text
        )
        return answer

    subprocess.Popen.communicate = communicate  # type: ignore[method-assign]


_listen()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, None]:
    outcome = yield
    if call.when != "teardown":
        return
    report = outcome.get_result()
    leaks = list(_leaks(item, report))
    _said.clear()
    if leaks and not report.failed:
        report.outcome = "failed"
        report.longrepr = "the planted secret was written:\n" + "\n".join(f"  {place}: {how}" for place, how in leaks)


def _leaks(item: pytest.Item, report: pytest.TestReport) -> Generator[tuple[str, str], None, None]:
    """Place and spelling of every planted secret that ``item`` left."""
    exempt = [pattern for mark in item.iter_markers("plants") for pattern in mark.args]
    if "streams" not in exempt:
        for title, text in report.sections:
            if names := found_in(text.encode("utf-8", "surrogateescape")):
                yield title, ", ".join(names)
        if names := found_in(b"\n".join(_said)):
            yield "streams of a process it started", ", ".join(names)
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if folder is not None:
        for path, names in found_below(folder):
            place = path.relative_to(folder).as_posix()
            if not any(fnmatch.fnmatch(place, pattern) for pattern in exempt):
                yield f"tmp_path/{place}", ", ".join(names)
    for path in Path(tempfile.gettempdir()).glob("rumiai-crash-*.txt"):
        if path.stat().st_mtime >= _begun and (names := found_in(path.read_bytes())):
            yield str(path), ", ".join(names)
