"""Publishing under kills, signals, crowds and odd volumes, in full: ``python -m tests.outputs.campaign --write PAGE``.

Needs the rights of root for namespaces and mounts (a container's are enough), and a quarter of an hour. Everything happens
in ``--in``, a folder in memory by default, so that no disk sets the pace.
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import platform
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from tests.harness.conftest import IMPORTS
from tests.outputs import situations
from tests.outputs.runs import ROOT, Place

Row = tuple[str, str, str]


def kills(place: Path) -> Row:
    moments = situations.moments(place)
    seen = Counter(situations.killed_at(place, moment) for moment in range(1, moments + 1))
    return (
        "SIGKILL at every moment of a replay beside an earlier run, then a run that follows",
        f"{moments} moments",
        f"{seen['nothing']} times nothing, {seen['all']} times all of it; nothing else left after the next run",
    )


def stops(place: Path) -> Row:
    moments = situations.moments(place)
    seen = Counter(situations.stopped_at(place, moment, earlier=0) for moment in range(1, moments - 1))
    return (
        "SIGTERM at as many moments of the first replay of an id",
        f"{sum(seen.values())} moments",
        f"{seen['nothing']} times nothing and 143, {seen['all']} times all of it and 0; nothing else left at once",
    )


def crowd(place: Path) -> Row:
    whole = situations.at_once(place, groups=100)
    return "simultaneous replays of one id, in groups of ten", "1000 runs", f"{whole} whole runs"


def delay(place: Path) -> Row:
    situations.delayed(place, 6.0)
    return "the third rename takes 6 s, a second replay begins meanwhile", "1 pair", "both whole"


def containers(place: Path) -> Row:
    moments = situations.moments(place)
    for seed in range(50):
        situations.in_two_containers(place, seed, moments, situations.own_process_numbers)
    return (
        "two process-number namespaces on one folder, one rests at a random moment; a killed run of another id beside them",
        "50 pairs, seeds 0 to 49",
        "both whole, the other id untouched",
    )


def read_only(place: Path) -> Row:
    world = situations.fresh(place)
    world.recording(1)
    tried = ("insights", "unified_analysis")
    for name in tried:
        (place / name).mkdir()
        mounts = [("--bind", str(place / name), str(place / name)), ("-o", "remount,bind,ro", str(place / name))]
        code = situations.mounted(place, mounts, lambda: _command_line(world, "OutputError"))
        assert code == 1, (name, code)
        assert world.files() == [], world.files()
        (place / name).rmdir()
    return (
        f"{' or '.join(tried)} mounted read-only, through the command line",
        f"{len(tried)} runs",
        "1, JSON, nothing left",
    )


def devices(place: Path) -> Row:
    world = situations.fresh(place)
    world.recording(1)
    names = ("temp", "insights", "unified_analysis")
    for name in names:
        (place / name).mkdir()

    def action() -> int:
        assert len({(place / name).stat().st_dev for name in names}) == len(names)
        assert (_command_line(world, None), _command_line(world, None)) == (0, 0)
        world.assert_tidy(2)
        return 0

    assert situations.mounted(place, [("-t", "tmpfs", "none", str(place / name)) for name in names], action) == 0
    return f"{', '.join(names)} on three devices, through the command line", "2 runs", "both whole"


def _command_line(world: Place, error_type: str | None) -> int:
    done = subprocess.run(
        [sys.executable, "-m", "rumiai_v2", "replay", str(world.recording(1)), "--json"],
        cwd=world.root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": IMPORTS},
    )
    returned = json.loads(done.stdout)
    assert returned.get("error_type") == error_type, returned
    return done.returncode


PARTS: tuple[Callable[[Path], Row], ...] = (kills, stops, crowd, delay, containers, read_only, devices)


def _told(part: Callable[[Path], Row], place: Path) -> Row:
    row = part(place / part.__name__)
    print(" | ".join(row), flush=True)
    return row


PAGE = """# All of a run, under kills

What [publishing](outputs.md) was put through; `make publish-campaign` writes this page. A moment is each opening for writing, rename,
removal, making of a folder and locking, and around each fsync the time before, after, and with half of the file on disk. After each
of them the pipeline's reader, `parity diff`'s and that of a replay were asked what they see.

| what | how often | what was seen |
|---|---|---|
{rows}

Hard links are used nowhere, so no volume without them was made. Measured on {date}, commit {commit}, Python {python}, filelock
{filelock}, {system}, in {minutes:.0f} minutes.
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--in", dest="place", type=Path, default=Path("/dev/shm/rumiai-publish-campaign"))
    parser.add_argument("--jobs", type=int, default=len(PARTS), help="parts that run side by side")
    parser.add_argument("--write", type=Path)
    options = parser.parse_args()
    logging.disable(logging.CRITICAL)
    started, rows = time.monotonic(), []
    git = ["git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=12", "--exclude=*"]
    commit = subprocess.run(git, capture_output=True, text=True, check=True).stdout.strip()
    try:
        with ProcessPoolExecutor(options.jobs) as pool:
            for row in pool.map(_told, PARTS, [options.place] * len(PARTS)):
                rows.append(row)
    finally:
        shutil.rmtree(options.place, ignore_errors=True)
    page = PAGE.format(
        rows="\n".join(f"| {' | '.join(row)} |" for row in rows),
        date=f"{datetime.now(UTC):%Y-%m-%d}",
        commit=commit,
        python=platform.python_version(),
        filelock=version("filelock"),
        system=f"{platform.system()} {platform.release()}",
        minutes=(time.monotonic() - started) / 60,
    )
    if options.write:
        options.write.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
