"""What is shown on a terminal while runs take their minutes: one bar, with the time left as the last runs took it."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.capture import MANIFEST, STDOUT

#: Seconds that a run is taken to last when none was made before.
_UNKNOWN = 60.0


def expected_seconds(captures: Path, runs: list[tuple[str, str]]) -> dict[tuple[str, str], float]:
    """How long each (case, configuration) took last time."""
    seconds = {}
    for case, configuration in runs:
        try:
            manifest = json.loads((captures / case / configuration / MANIFEST).read_text(encoding="utf-8"))
            seconds[case, configuration] = float(manifest["seconds"])
        except (OSError, ValueError, KeyError, TypeError):
            seconds[case, configuration] = _UNKNOWN  # no earlier run to go by
    return seconds


def done_seconds(
    captures: Path, expected: dict[tuple[str, str], float], *, since: float, now: float
) -> tuple[float, list[str]]:
    """Seconds' worth of runs that are done since ``since`` (epoch seconds), and what the running ones said last."""
    done, doing = 0.0, []
    for (case, configuration), seconds in expected.items():
        manifest = captures / case / configuration / MANIFEST
        if manifest.is_file() and manifest.stat().st_mtime >= since:
            done += seconds
            continue
        for building in (captures / case).glob(f".{configuration}-*"):
            done += min(now - building.stat().st_mtime, 0.97 * seconds)
            stdout = building / STDOUT
            lines = stdout.read_text(encoding="utf-8", errors="replace").splitlines() if stdout.is_file() else []
            doing.append(f"{case}/{configuration}: {lines[-1] if lines else 'starting'}")
    return done, doing


@contextmanager
def bar(captures: Path, runs: list[tuple[str, str]]) -> Iterator[None]:
    """Show a bar on stderr until the block ends."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    expected = expected_seconds(captures, runs)
    since, stop = time.time(), threading.Event()
    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn(), TextColumn("left"))
    text = TextColumn("{task.description}")
    with Progress(*columns, TimeRemainingColumn(), text, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("starting", total=sum(expected.values()))

        def watch() -> None:
            while not stop.wait(0.5):
                try:
                    done, doing = done_seconds(captures, expected, since=since, now=time.time())
                except OSError:
                    continue  # a run was renamed into place between two looks
                progress.update(task, completed=done, description="; ".join(doing) or "comparing")

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            stop.set()
            watcher.join()
