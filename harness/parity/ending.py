"""How a process of the harness ends: with its verdict, or with a code that cannot be taken for one."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import NoReturn

from parity import crash, plain, streams
from parity.files import refused
from parity.redact import look_again
from parity.verdict import HarnessError, ParityError, Verdict

#: What stdout was meant to hold could not be written; interrupted; asked to stop. None of them is a verdict.
UNTOLD, INTERRUPTED, TERMINATED = 74, 130, 143

#: What this process has done that stays, whether or not it could be printed.
_done: list[str] = []


def process(run: Callable[[], int | None], *, reports: Callable[[], Path | None]) -> NoReturn:
    """Run a command as this whole process, and end with what it returns.

    ``reports`` finds the folder for the file of a crash.
    """
    _done.clear()
    with _terminable():
        code = _code(run, reports)
        sys.stdout.flush()
    if (lost := streams.why_lost()) is not None:
        stays = f"; done all the same, and not undone: {'; '.join(_done)}" if _done else ""
        say(f"parity: stdout could not be written: {lost}; what stands there is not complete{stays}")
        code = code or UNTOLD
    sys.exit(code)


def done(what: str) -> None:
    """Note that ``what`` was done, in a clause, so that whoever cannot read it on stdout is told on stderr."""
    _done.append(what)


def _code(run: Callable[[], int | None], reports: Callable[[], Path | None]) -> int:
    try:
        streams.install()
        look_again()
        return run() or 0
    except SystemExit as end:
        return end.code if isinstance(end.code, int) else 0 if end.code is None else crashed(end, reports())
    except KeyboardInterrupt:
        say("parity: interrupted")
        return INTERRUPTED
    except HarnessError as error:
        return crashed(error, reports())
    except ParityError as error:
        say(f"parity: {error.verdict.label}: {error}")
        return int(error.verdict)
    except OSError as error:
        if (text := refused(error)) is None:
            return crashed(error, reports())
        say(f"parity: usage: {text}")
        return int(Verdict.USAGE)
    except Exception as error:
        return crashed(error, reports())


def crashed(error: BaseException, folder: Path | None) -> int:
    """Say on stderr that the harness failed and which file holds more; the exit code."""
    say(crash.told(error, folder))
    return int(Verdict.CRASH)


def say(text: str) -> None:
    """A line for people on stderr, harmless and without secrets."""
    print(plain.lines(text), file=sys.stderr, flush=True)


@contextmanager
def _terminable() -> Iterator[None]:
    """Being asked to stop leaves in order whatever is being done."""

    def terminated(number: int, frame: FrameType | None) -> NoReturn:
        sys.exit(TERMINATED)

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminated)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
