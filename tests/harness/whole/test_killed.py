"""A comparison that is killed or interrupted takes everything along that it started, and leaves the last run as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from tests.harness.conftest import IMPORTS, Project, fill

#: How the line of a helper ends.
HELPER = "# sleeper's helper "
#: Seconds within which everything has to be gone.
SOON = 10


@pytest.fixture(scope="module")
def slow(tmp_path_factory) -> Project:
    """A project with a finished run, whose pipeline now sleeps for minutes, a helper of its own beside it."""
    made = fill(tmp_path_factory.mktemp("slow"))
    assert made.parity("golden", "--reason", "as it is", "--jobs", "1").returncode == 0
    made.write(
        "parity.toml",
        (made.root / "parity.toml").read_text().replace("toy.pipeline:PIPELINE", "whole.sleeping:PIPELINE"),
    )
    for name in ("second", "third"):
        made.case(name)
    return made


@contextmanager
def started(project: Project, *arguments: str, pipelines: int) -> Iterator[subprocess.Popen[str]]:
    """`parity`, as soon as so many pipelines run with their helpers; whatever is left of it at the end is ended."""
    inherited = {
        k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_", "GITHUB_"))
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "parity", *arguments],
        cwd=project.root,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**inherited, "PYTHONPATH": IMPORTS},
    )
    try:
        end = time.monotonic() + 60
        while len([line for line in family(project).values() if line.endswith(HELPER)]) < pipelines:
            assert time.monotonic() < end, family(project)
            time.sleep(0.05)
        yield process
    finally:
        for number in family(project):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        process.communicate()


def gone(project: Project) -> bool:
    """Whether nothing of it runs any more, soon."""
    end = time.monotonic() + SOON
    while (left := family(project)) and time.monotonic() < end:
        time.sleep(0.05)
    return not left


def family(project: Project) -> dict[int, str]:
    """Every process that has to do with the project, by its number: started for it, or in a folder of it."""
    found = {}
    for place in Path("/proc").iterdir():
        if not place.name.isdecimal() or int(place.name) == os.getpid():
            continue
        try:
            line = (place / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            state = (place / "stat").read_text().rpartition(")")[2].split()[0]
            inside = str(project.root) in line or str((place / "cwd").readlink()).startswith(str(project.root))
        except OSError:
            continue  # it has ended
        if inside and state != "Z":
            found[int(place.name)] = line
    return found


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_outlives_a_run_that_is_ended(slow, number):
    last, before = slow.run, set((slow.root / "reports/runs").iterdir())
    with started(slow, "run", "--jobs", "2", pipelines=2) as process:
        running = family(slow).values()
        assert all(any(word in line for line in running) for word in ("parity run", "guard.py"))
        assert len([line for line in running if "parity run" in line]) == 3, "two workers, and who started them"
        process.send_signal(number)
        said, complained = process.communicate(timeout=SOON)
        assert (process.returncode, said) == (-number if number == signal.SIGKILL else 128 + number, "")
        assert gone(slow), family(slow)
    assert slow.run == last
    (broken,) = set((slow.root / "reports/runs").iterdir()) - before
    assert not (broken / "parity.json").exists()
    if number != signal.SIGKILL:
        text = f"parity: the run {broken.name} was broken off and has no report"
        assert f"{text}; the last run is still {Path(last).name}\n" in complained
        assert "Traceback" not in complained
    assert slow.parity("report", "-q").stdout.startswith("parity: parity ")


def test_a_killed_worker_takes_its_pipeline_along_and_another_goes_on(slow):
    def helpers() -> set[int]:
        return {number for number, line in family(slow).items() if line.endswith(HELPER)}

    with started(slow, "run", "--jobs", "1", "--case", "second", pipelines=1) as process:
        (first,) = helpers()
        (worker,) = (n for n, line in family(slow).items() if "parity run" in line and n != process.pid)
        os.kill(worker, signal.SIGKILL)
        end = time.monotonic() + SOON
        while not (now := helpers()) or first in now:
            assert time.monotonic() < end, family(slow)
            time.sleep(0.05)
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=SOON)
        assert gone(slow), family(slow)
