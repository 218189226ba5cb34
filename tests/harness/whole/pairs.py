"""Two `parity run` at once in one checkout, one clean and one drifted: was each told its own verdict and report?

``python -m tests.harness.whole.pairs 60 --at-once 4 --write docs/pairs.md`` runs that many pairs, so many of them at the same
time, and writes what came of them.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.harness.conftest import IMPORTS, ROOT, Project, fill

CLEAN, DRIFTED = "plain", "drifts"
#: What the two runs of a pair are given: their own case.
_CODES = {CLEAN: 0, DRIFTED: 1}
_REPORT = re.compile(r"reports/runs/(\S+?)/parity\.json")


@dataclass(frozen=True)
class Ended:
    """How one run of a pair ended: its exit code, what it printed, and the report that it named."""

    case: str
    code: int
    said: str
    report: dict[str, Any] | None

    @property
    def wrong(self) -> str | None:
        """What was not its own; None where all was."""
        if self.code != _CODES[self.case]:
            return f"{self.case}: ended {self.code}, expected {_CODES[self.case]}: {self.said[-300:]}"
        if self.report is None:
            return f"{self.case}: names no report of its own: {self.said[-300:]}"
        if self.report["cases"] != [self.case] or self.report["exit_code"] != self.code:
            return f"{self.case}: was given the report of {self.report['cases']} ({self.report['verdict']})"
        if not self.said.startswith(f"parity: {'parity' if self.code == 0 else 'drift'} "):
            return f"{self.case}: was told another verdict: {self.said[:120]}"
        folders = {f"reports/runs/{self.report['run_id']}/captures/{self.case}" for _ in self.report["runs"]}
        if {str(Path(run["folder"]).parent) for run in self.report["runs"]} != folders:
            return f"{self.case}: compared captures of another run: {self.report['runs']}"
        return None


def checkout(folder: Path) -> Project:
    """A toy project with goldens of two cases, one of which has changed since."""
    made = fill(folder)
    made.case(DRIFTED)
    made.write("parity.toml", (made.root / "parity.toml").read_text() + "keep = 40\n")
    done = made.parity("golden", "--reason", "as it is", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    made.case(DRIFTED, mean=0.75)
    return made


def pair(project: Project, *more: str, pairs: int = 1) -> list[Ended]:
    """Start both at once, or so many ``pairs``; how they ended."""
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "PARITY_", "GITHUB_"))}
    environment = {**inherited, "COLUMNS": "200", "PYTHONPATH": IMPORTS}
    started = [
        (
            case,
            subprocess.Popen(
                [sys.executable, "-m", "parity", "run", "--case", case, "--jobs", "1", *more],
                cwd=project.root,
                env=environment,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
            ),
        )
        for case in list(_CODES) * pairs
    ]
    return [_ended(project, case, process) for case, process in started]


def _ended(project: Project, case: str, process: subprocess.Popen[str]) -> Ended:
    said, complained = process.communicate(timeout=300)
    named = _REPORT.search(said)
    file = project.root / named[0] if named else None
    report = json.loads(file.read_text(encoding="utf-8")) if file and file.is_file() else None
    return Ended(case, process.returncode, said or complained, report)


def main() -> int:
    """0 when every run of every pair was told its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pairs", type=int, nargs="?", default=60)
    parser.add_argument("--at-once", type=int, default=1)
    parser.add_argument("--write", type=Path, metavar="FILE")
    given = parser.parse_args()
    begun, wrong, last, done = time.monotonic(), [], 0, 0
    with tempfile.TemporaryDirectory(prefix="parity-pairs-") as folder:
        project = checkout(Path(folder))
        while done < given.pairs:
            many = min(given.at_once, given.pairs - done)
            ended = pair(project, pairs=many)
            done += many
            wrong += [each.wrong for each in ended if each.wrong]
            stale = project.report()["run_id"] not in {each.report["run_id"] for each in ended if each.report}
            last += many * (not stale)
            print(f"{done} of {given.pairs} pairs: {len(wrong)} runs were told something wrong", flush=True)
    print("\n".join(wrong))
    if given.write:
        given.write.write_text(_page(given, wrong, last, time.monotonic() - begun), encoding="utf-8")
    return 1 if wrong or last != given.pairs else 0


def _page(given: argparse.Namespace, wrong: list[str], last: int, seconds: float) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, text=True, capture_output=True, check=True
    ).stdout.strip()
    listed = "".join(f"\n* {each}" for each in wrong)
    return f"""# Two runs at once

`make pairs` starts clean and drifted `parity run` in pairs at the same moment in one checkout, again and again, on the small
pipeline of the tests. Each must end with its own exit code, print its own verdict, name a report that holds its own case, and have
compared captures of its own run.

| | |
|---|---|
| date | {datetime.now(UTC):%Y-%m-%d} |
| commit | `{commit}` |
| machine | {os.cpu_count()} CPUs, {platform.system()} {platform.machine()}, Python {platform.python_version()} |
| pairs | {given.pairs}, {given.at_once} at the same time |
| runs that ended with their own verdict and report | {2 * given.pairs - len(wrong)} of {2 * given.pairs} |
| pairs after which `reports/latest` was one of those that had just ended | {last} of {given.pairs} |
| seconds | {seconds:.0f} |
{listed}"""


if __name__ == "__main__":
    sys.exit(main())
