"""How far a comparison is and how long it takes yet: a bar at a terminal, elsewhere a line every half a minute."""

from __future__ import annotations

import contextlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import IO

from parity import plain
from parity.pipeline.capture import MANIFEST, STDOUT

#: Seconds that a run is taken to last when none was made before.
_UNKNOWN = 60.0
#: Seconds between two lines in a log, and how much of the work the comparing after the runs is.
EVERY, _COMPARING = 30.0, 0.04
#: Letters shown of what one run said last.
_SAID = 60

Run = tuple[str, str]


@dataclass(frozen=True)
class State:
    """``share`` of the work that is done (0 to 1), and what is being done."""

    share: float
    text: str


@dataclass
class Watch:
    """Looks at what the runs leave on disk, and is told how many of ``checks`` were made.

    ``runs``: (case, configuration) that are to be made, none where saved ones are compared. ``earlier``: captures of the run
    before, by which the time that each takes is estimated.
    """

    captures: Path
    runs: Sequence[Run]
    earlier: Path
    checks: int
    since: float = field(default_factory=time.time)

    @cached_property
    def expected(self) -> dict[Run, float]:
        """How long each run is going to take, in seconds."""
        return expected_seconds(self.earlier, self.runs)

    def state(self, made: int, now: float) -> State:
        """How far it is at ``now`` (epoch seconds), when ``made`` checks are made."""
        checks = 100 * made // max(1, self.checks)
        if not self.runs:
            return State(0.97 * checks / 100, f"comparing saved captures, {_told(checks)}")
        done, finished, doing = done_seconds(self.captures, self.expected, since=self.since, now=now)
        compared = checks / 100 * (finished == len(self.runs))
        share = (1 - _COMPARING) * done / sum(self.expected.values()) + _COMPARING * compared
        what = "; ".join(doing) or (f"comparing, {_told(checks)}" if finished else "starting")
        return State(share, f"{finished} of {len(self.runs)} runs: {what}")


#: Is told how many checks are made; shows how far a comparison is for as long as its context lasts.
Tell = Callable[[int], None]
Shown = Callable[[Watch], AbstractContextManager[Tell]]


def _told(checks: int) -> str:
    return f"{checks} % of the checks" if checks < 100 else "all checks made; writing the report"


def expected_seconds(captures: Path, runs: Sequence[Run]) -> dict[Run, float]:
    """How long each (case, configuration) took last time."""
    seconds = {}
    for case, configuration in runs:
        try:
            manifest = json.loads((captures / case / configuration / MANIFEST).read_text(encoding="utf-8"))
            seconds[case, configuration] = max(0.01, float(manifest["seconds"]))
        except (OSError, ValueError, KeyError, TypeError, RecursionError, OverflowError):
            seconds[case, configuration] = _UNKNOWN  # no earlier run to go by
    return seconds


def done_seconds(
    captures: Path, expected: dict[Run, float], *, since: float, now: float
) -> tuple[float, int, list[str]]:
    """Seconds' worth of runs that are done since ``since`` (epoch), how many runs, and what the running ones said last."""
    done, finished, doing = 0.0, 0, []
    for (case, configuration), seconds in expected.items():
        manifest = captures / case / configuration / MANIFEST
        if manifest.is_file() and manifest.stat().st_mtime >= since:
            done, finished = done + seconds, finished + 1
            continue
        for building in (captures / case).glob(f".{configuration}-*"):
            done += min(now - building.stat().st_mtime, 0.97 * seconds)
            stdout = building / STDOUT
            lines = stdout.read_text(encoding="utf-8", errors="replace").splitlines() if stdout.is_file() else []
            doing.append(f"{case}/{configuration}: {plain.line(lines[-1], _SAID) if lines else 'starting'}")
    return done, finished, doing


def left(share: float, elapsed: float) -> str:
    """The time that is left as people say it, when ``share`` of the work took ``elapsed`` seconds."""
    if share < 0.01:
        return "time left not known yet"
    seconds = elapsed * (1 - share) / share
    if seconds >= 90:
        return f"about {seconds / 60:.0f} min left"
    return f"about {max(5, 5 * round(seconds / 5))} s left"


@contextmanager
def nothing(watch: Watch) -> Iterator[Tell]:
    """Show nothing."""
    yield lambda made: None


@contextmanager
def bar(watch: Watch) -> Iterator[Tell]:
    """Show a bar on stderr until the block ends."""
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

    columns = (BarColumn(), TextColumn("{task.percentage:>3.0f}%"), TimeElapsedColumn(), TextColumn("left"))
    text, console = TextColumn("{task.description}", markup=False), Console(stderr=True)
    # Without a thread of its own: workers are forked meanwhile.
    shown = Progress(*columns, TimeRemainingColumn(), text, console=console, transient=True, auto_refresh=False)
    with shown as progress:
        task = progress.add_task("starting", total=1.0)

        def tell(state: State) -> None:
            progress.update(task, completed=state.share, description=state.text, refresh=True)

        yield _telling(watch, 0.5, tell)


@contextmanager
def lines(watch: Watch, stream: IO[str] | None = None, *, every: float = EVERY) -> Iterator[Tell]:
    """Print a line to ``stream`` (stderr) every ``every`` seconds: share, time left, what is being done."""

    def say(state: State) -> None:
        told = f"{100 * state.share:.0f} %, {left(state.share, time.time() - watch.since)}"
        print(plain.line(f"parity: {told}; {state.text}", None), file=stream or sys.stderr, flush=True)

    yield _telling(watch, every, say)


def _telling(watch: Watch, every: float, say: Callable[[State], None]) -> Tell:
    """Tells how far it is, but no more often than ``every`` seconds."""
    told = time.monotonic()

    def tell(made: int) -> None:
        nonlocal told
        if (now := time.monotonic()) - told < every:
            return
        told = now
        with contextlib.suppress(OSError):  # a run was renamed into place between two looks
            say(watch.state(made, time.time()))

    return tell
