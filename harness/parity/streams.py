"""Standard streams that stop no command: where they are closed, full or broken, what is said is lost, and that is known.

A reader that leaves early (``parity status | head -1``) has seen what it wanted. A disk that is full has lost something.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import select
import sys
from typing import Any


class _Lenient(io.RawIOBase):
    """Writes to ``raw``; once that fails, drops the rest and keeps why."""

    def __init__(self, raw: io.FileIO) -> None:
        self.raw = raw
        self.error: OSError | None = None

    def write(self, data: Any, /) -> int:
        if self.error is None:
            try:
                while (written := self.raw.write(data)) is None:
                    select.select([], [self], [])  # it does not wait by itself, and takes nothing now
                return written
            except OSError as error:
                self.error = error
        return len(data)

    def fileno(self) -> int:
        return self.raw.fileno()

    def isatty(self) -> bool:
        return self.raw.isatty()

    def writable(self) -> bool:
        return True


def install() -> None:
    """Make the streams of this process such; streams that a test or another program has put there stay."""
    for number in range(3):
        # The next file that is opened would be a standard stream otherwise.
        with contextlib.suppress(OSError):
            if not _is_open(number):
                os.open(os.devnull, os.O_RDWR)
    sys.stdin = sys.stdin if sys.stdin is not None else open(os.devnull, encoding="utf-8")  # noqa: SIM115
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif stream is getattr(sys, f"__{name}__"):
            setattr(sys, name, _lenient(stream))


def why_lost() -> str | None:
    """Why something that was meant for stdout is lost; None where nothing is, or where nobody wanted it."""
    raw = getattr(getattr(sys.stdout, "buffer", None), "raw", None)
    error = raw.error if isinstance(raw, _Lenient) else None
    return None if error is None or error.errno == errno.EPIPE else error.strerror or str(error)


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def _lenient(stream: Any) -> io.TextIOWrapper:
    stream.flush()
    raw = _Lenient(getattr(stream.buffer, "raw", stream.buffer))  # unbuffered, there is nothing below
    return io.TextIOWrapper(
        io.BufferedWriter(raw), encoding=stream.encoding, errors="backslashreplace", line_buffering=True
    )
