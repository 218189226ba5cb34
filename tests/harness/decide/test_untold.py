"""What a command has done is told on stderr where stdout takes nothing: the disk behind it is full, the deed stands."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.harness.conftest import ROOT, Project

LOST = "parity: stdout could not be written: No space left on device; what stands there is not complete"
STANDS = f"{LOST}; done all the same, and not undone: "


def untold(project: Project, *arguments: str) -> tuple[int, list[str]]:
    """The exit code, and the lines of stderr that are about stdout."""
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "parity", *arguments],
            cwd=project.root,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=120,
            env={**environ, "PYTHONPATH": str(ROOT)},
        )
    return done.returncode, [line for line in done.stderr.splitlines() if "stdout" in line]


def test_what_was_accepted_is_told_and_stands(two_causes):
    run = two_causes.report()["run_id"]
    code, said = untold(two_causes, "accept", "--all", "--reason", "meant")
    record = json.loads(two_causes.parity("status", "--json").stdout)["records"][0]
    assert code == 74
    assert len(said) == 1
    assert said[0].startswith(f"{STANDS}run {run}: accepted ")
    assert said[0].endswith(f", record {record['id']}; nothing else waits")
    assert two_causes.read("snapshots/plain/scores.json")["Core"]["mean"] == 0.75


def test_what_was_rejected_is_told(two_causes):
    run = two_causes.report()["run_id"]
    code, said = untold(two_causes, "reject", "--all")
    assert code == 74
    assert said[0].startswith(f"{STANDS}run {run}: rejected ")


def test_what_was_recorded_is_told_with_the_runs_before_and_after(two_causes):
    code, said = untold(two_causes, "golden", "--from", "reports/captures", "--reason", "meant", "--jobs", "1")
    last = two_causes.report()["run_id"]
    assert code == 74
    assert len(said) == 1
    clauses = said[0].removeprefix(STANDS)
    assert ": drift, its report is reports/runs/" in clauses
    assert ": accepted " in clauses
    assert clauses.endswith(f"run {last}: parity, its report is reports/runs/{last}/parity.json")


@pytest.mark.parametrize(
    ("command", "code"), [(("run", "--from", "reports/captures", "--jobs", "1"), 1), (("status", "--check"), 1)]
)
def test_a_verdict_is_kept_and_that_it_could_not_be_printed_is_told(two_causes, command, code):
    ended, said = untold(two_causes, *command)
    told = f"{STANDS}run {two_causes.report()['run_id']}: drift, its report is " if command[0] == "run" else LOST
    assert (ended, len(said)) == (code, 1)
    assert said[0].startswith(told)


def test_who_only_asked_is_told_of_no_deed(kept):
    assert untold(kept, "status") == (74, [LOST])


def test_nothing_is_decided_where_the_report_of_the_run_cannot_be_read(two_causes):
    report = two_causes.root / "reports/latest/parity.json"
    report.write_text("[]")
    done = two_causes.parity("accept", "--all", "--reason", "meant")
    assert (done.returncode, done.stdout) == (2, "")
    assert "no report in" in done.stderr
    assert two_causes.read("snapshots/plain/scores.json")["Core"]["mean"] == 0.5
