"""What a whole comparison of saved captures costs, beside a checkout of an older commit: processor time, as a ratio.

``python bench/session.py OLD OLD_CAPTURES CAPTURES [--runs 3] [--write FILE]``. OLD is a checkout with an environment of its
own in ``.venv``; each side compares, by turns, every case that both know, in captures that its own code recorded, with
``parity run --from``. A ratio is the median of those of neighbours; processor time includes all processes of a comparison.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main() -> int:
    """Measure, print, and write where asked."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("old", type=Path)
    parser.add_argument("old_captures", type=Path)
    parser.add_argument("captures", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    cases = sorted(each.name for each in asked.old_captures.iterdir() if (asked.captures / each.name).is_dir())
    sides = [(asked.old.absolute(), asked.old_captures.absolute()), (ROOT, asked.captures.absolute())]
    rows = [[compared(*side, cases) for side in sides] for _ in range(asked.runs)]
    text = told(asked.old, cases, rows)
    print(text)
    if asked.write:
        asked.write.write_text(text, encoding="utf-8")
    return 0


def compared(checkout: Path, captures: Path, cases: list[str]) -> tuple[float, float]:
    """Processor and wall seconds of one comparison, which must end at parity."""
    module = "parity" if (checkout / "harness" / "parity").is_dir() else "harness"
    command = [str(checkout / ".venv/bin/python"), "-m", module, "run", "-q", "--from", str(captures)]
    command += [word for case in cases for word in ("--case", case)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PARITY_", "PYTHON"))}
    before, begun = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            command, cwd=checkout, env={**environment, "TMPDIR": scratch}, text=True, capture_output=True, check=False
        )
    if done.returncode != 0:
        raise SystemExit(f"{checkout}: ended with {done.returncode}\n{done.stdout}{done.stderr}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return used, time.monotonic() - begun


def told(old: Path, cases: list[str], rows: list[list[tuple[float, float]]]) -> str:
    """The page."""
    commits = [
        subprocess.run(["git", "rev-parse", "--short", "HEAD"], cwd=each, text=True, capture_output=True, check=True)
        for each in (old, ROOT)
    ]
    (then, now) = (each.stdout.strip() for each in commits)
    lines = [
        "# What a whole comparison costs",
        "",
        f"Made by `bench/session.py`: `parity run --from` of {len(cases)} cases, by turns with the code of `{then}` and of",
        f"`{now}`, each on captures that its own code recorded; both end at parity. All processes together.",
        "",
        f"| `{then}`: processor | wall | `{now}`: processor | wall | ratio of processor time |",
        "|---:|---:|---:|---:|---:|",
    ]
    for (cpu, wall), (new_cpu, new_wall) in rows:
        lines.append(f"| {cpu:.1f} s | {wall:.1f} s | {new_cpu:.1f} s | {new_wall:.1f} s | {new_cpu / cpu:.2f} |")
    median = statistics.median(new[0] / old_[0] for old_, new in rows)
    lines += ["", f"Median ratio: **{median:.2f}**. {datetime.datetime.now(datetime.UTC):%Y-%m-%d}, "
              f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}.", ""]  # fmt: skip
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
