"""The checks as pieces of work, and the processes that make them.

These are forked from this one, so that what it has read and compiled is theirs, too.

A worker that dies costs the check in which it died, and nothing else: another takes over what is left. Each leads a group
of processes, which ends with it; all of them end with this process, however it ends.
"""

from __future__ import annotations

import contextlib
import faulthandler
import io
import multiprocessing
import os
import pickle
import signal
import sys
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, cast

from parity import crash, guard
from parity.check import keys
from parity.check.keys import Key
from parity.check.outcome import Outcome
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline, ReuseMode
from parity.pipeline.settings import Config
from parity.run.reuse import mode_of
from parity.session.finish import Crash


@dataclass(frozen=True)
class Unit:
    """Checks that one worker makes, in order; ``case`` None: of the whole project. ``runs``: whether they make captures."""

    case: Case | None
    keys: tuple[Key, ...]
    runs: bool = False

    def after(self, key: Key) -> Unit | None:
        """What is left of it behind ``key``."""
        rest = self.keys[self.keys.index(key) + 1 :]
        return replace(self, keys=rest) if rest else None


def units(
    config: Config, pipeline: Pipeline, cases: Sequence[Case], *, saved: bool, ml: ReuseMode | None
) -> list[Unit]:
    """All of them, the runs first.

    Runs of one case that share what they compute are one piece of work: beside each other, the second would wait for the
    first. ``saved``: nothing is run. ``ml``: how all runs come by what is costly to compute.
    """

    def of_runs(case: Case) -> Iterator[Unit]:
        found = tuple(keys.of_runs(pipeline, case))
        if not saved and mode_of(config, pipeline, case, ml) == "shared":
            yield Unit(case, found, runs=True)
        else:
            yield from (Unit(case, (key,), runs=True) for key in found)

    made = [unit for case in cases for unit in of_runs(case)]
    return [*made, *(Unit(case, tuple(keys.of_case(pipeline, case))) for case in cases), Unit(None, keys.WHOLE)]


@dataclass
class Queue:
    """What is left to do, and which cases are being run meanwhile: what these leave is compared when it is there."""

    left: list[Unit]
    running: list[Unit] = field(default_factory=list)

    def take(self) -> Unit | None:
        """The next piece of work that can be done now; None where there is none, or none yet."""
        waiting = {unit.case.name for unit in (*self.left, *self.running) if unit.runs and unit.case}
        ready = (unit for unit in self.left if unit.runs or unit.case is None or unit.case.name not in waiting)
        if (unit := next(ready, None)) is not None:
            self.left.remove(unit)
            self.running.append(unit)
        return unit

    def done(self, unit: Unit, rest: Unit | None = None) -> None:
        """``unit`` is done but for ``rest``, which is next."""
        self.running.remove(unit)
        self.left[:0] = [rest] if rest else []


# ── the processes ────────────────────────────────────────────────────────────────────────────────────────────

#: Makes one check.
Check = Callable[[Unit, Key], Outcome]
Result = Outcome | Crash

#: Seconds between two looks at how far it is.
_EVERY = 0.5
_FORK = multiprocessing.get_context("fork")


class _Worker:
    def __init__(self, check: Check, root: Path, log: Path) -> None:
        self.line, theirs = _FORK.Pipe()
        self.process = _FORK.Process(target=_work, args=(theirs, check, root, log, os.getpid()))
        self.process.start()
        theirs.close()
        self.unit: Unit | None = None
        #: The check that it makes now.
        self.key: Key | None = None

    def give(self, unit: Unit) -> None:
        self.unit, self.key = unit, unit.keys[0]
        with contextlib.suppress(OSError):  # it has just died; its line says so next
            self.line.send(unit)

    def end(self) -> None:
        """End it with everything that it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(cast(int, self.process.pid), signal.SIGKILL)
        self.process.kill()
        self.process.join()
        self.line.close()

    def epitaph(self) -> Crash:
        """What is said of a check in which it died."""
        self.process.join()
        code = self.process.exitcode or 0
        how = f"was killed by {signal.Signals(-code).name}" if code < 0 else f"ended with code {code}"
        return Crash(str(self.key), f"the process that made this check {how}")


def spread(
    found: Sequence[Unit], check: Check, *, jobs: int, root: Path, log: Path, tell: Callable[[int], None]
) -> Generator[Result, None, None]:
    """Have ``jobs`` workers make the checks of all units; their results as they come.

    They work in the folder ``root`` and print into ``log``. ``tell`` is called with the number of checks that are made, about
    every half a second.
    """
    queue, made = Queue(list(found)), 0
    workers: list[_Worker] = []
    try:
        while True:
            _employ(workers, queue, jobs, lambda: _Worker(check, root, log))
            if not (busy := {each.line: each for each in workers if each.unit}):
                return
            for line in wait(list(busy), timeout=_EVERY):
                for result in _said(busy[cast(Connection, line)], queue, workers):
                    made += 1
                    yield result
            tell(made)
    finally:
        for each in workers:
            each.end()


def _employ(workers: list[_Worker], queue: Queue, jobs: int, start: Callable[[], _Worker]) -> None:
    """Give everybody something to do; more workers are started while there is work for them."""
    idle = [each for each in workers if each.unit is None]
    while (idle or len(workers) < jobs) and (unit := queue.take()) is not None:
        if not idle:
            workers.append(start())
            idle = workers[-1:]
        idle.pop().give(unit)


def _said(worker: _Worker, queue: Queue, workers: list[_Worker]) -> Iterator[Result]:
    """What a worker has to say: that it makes a check, what came of it, that it is done with its unit; or that it died."""
    unit, said = worker.unit, None
    assert unit is not None
    try:
        said = worker.line.recv()
    except (EOFError, OSError):
        yield worker.epitaph()
        queue.done(unit, unit.after(worker.key or unit.keys[0]))
        workers.remove(worker)
        worker.end()
        return
    match said:
        case Key():
            worker.key = said
        case None:
            queue.done(unit)
            worker.unit = None
        case _:
            yield pickle.loads(said)


# ── in the worker ────────────────────────────────────────────────────────────────────────────────────────────


def _work(line: Connection, check: Check, root: Path, log: Path, parent: int) -> None:
    """Make the checks of each unit that is given, until nobody gives any more."""
    os.setpgid(0, 0)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    guard.end_with(parent)
    _settle_down(root, log)
    while True:
        try:
            unit = line.recv()
        except EOFError:
            return
        for key in unit.keys:
            line.send(key)
            line.send(_made(check, unit, key))
        line.send(None)


def _made(check: Check, unit: Unit, key: Key) -> bytes:
    """The result of one check, whatever happens in it, as it travels."""
    result: Any
    try:
        result = check(unit, key)
        return pickle.dumps(result)
    except RecursionError:
        result = Outcome.too_deep(key)
    except BaseException as error:  # also of what a pipeline's own code raises to end its process
        result = Crash(str(key), crash.text_of(error))
    return pickle.dumps(result)


def _settle_down(root: Path, log: Path) -> None:
    """Work in the project's folder; read nothing; print into the log."""
    os.chdir(root)
    printed = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for number, file in ((0, nothing), (1, printed), (2, printed)):
        os.dup2(file, number)
    raw = io.FileIO(1, "w", closefd=False)
    sys.stdout = sys.stderr = io.TextIOWrapper(raw, "utf-8", errors="backslashreplace", write_through=True)
    faulthandler.enable(2)
