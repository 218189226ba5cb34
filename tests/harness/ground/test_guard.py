"""A program under a guard is the program itself to whoever started it: exit code, signal, environment, errors."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import pytest

from parity.guard import Guarded
from tests.harness.conftest import IMPORTS


def run(*argv: str, env=None, **options) -> int:
    guarded = Guarded(argv, env=dict(os.environ) if env is None else env, **options)
    try:
        return guarded.wait(20)
    finally:
        guarded.kill()


@pytest.mark.parametrize("code", [0, 1, 70, 127, 255])
def test_its_exit_code_is_that_of_the_program(code):
    assert run("/bin/sh", "-c", f"exit {code}") == code


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSEGV, signal.SIGTERM, signal.SIGINT])
def test_it_ends_by_the_signal_that_ended_the_program(number):
    assert run("/bin/sh", "-c", f"kill -{int(number)} $$") == -number


def test_what_cannot_be_started_is_named():
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        run("/no-such-program")
    with pytest.raises(PermissionError, match="/etc"):
        run("/etc")


@pytest.mark.parametrize(
    "environment", [{}, {"LC_CTYPE": "C.UTF-8", "A": "b"}, {"LC_ALL": "C"}, {"PYTHONPATH": "/nowhere"}]
)
def test_the_program_sees_the_environment_that_it_was_given_and_no_more(environment, tmp_path):
    with (tmp_path / "seen").open("wb") as stream:
        assert run("/usr/bin/env", "-0", env=environment, stdout=stream) == 0
    seen = dict(each.split("=", 1) for each in (tmp_path / "seen").read_text().split("\0") if each)
    assert seen == environment


def test_the_program_reads_nothing_and_has_no_file_open_but_its_streams(tmp_path):
    with (tmp_path / "seen").open("wb") as stream:
        assert run("/bin/sh", "-c", "cat; ls /proc/self/fd | wc -l", stdout=stream) == 0
    # ls has the three streams, and the folder that it lists.
    assert (tmp_path / "seen").read_text().split() == ["4"]


def test_the_whole_session_goes_when_the_starter_is_killed(tmp_path):
    program = f"sleep 100 & echo $! > {tmp_path}/helper.new; mv {tmp_path}/helper.new {tmp_path}/helper; sleep 100"
    starter = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import os, sys; from parity.guard import Guarded; "
            f"Guarded(['/bin/sh', '-c', {program!r}], env=dict(os.environ)).wait()",
        ],
        env={**os.environ, "PYTHONPATH": IMPORTS},
    )
    end = time.monotonic() + 20
    while not (tmp_path / "helper").exists() and time.monotonic() < end:
        time.sleep(0.02)
    helper = int((tmp_path / "helper").read_text())
    os.kill(helper, 0)
    starter.kill()
    starter.wait()
    while time.monotonic() < end and not _gone(helper):
        time.sleep(0.02)
    assert _gone(helper)


def _gone(number: int) -> bool:
    try:
        with open(f"/proc/{number}/stat") as stream:
            return stream.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):  # gone before it was opened, or before it was read
        return True
