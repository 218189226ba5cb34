"""The terminal side of a run: labelled lines on stdout, a bar with time left on stderr, logs on stderr.

What happens to the standard streams never changes what a run does or how it ends: a stream that is closed, full or gone
takes nothing more, and says so when it is asked what it has lost.
"""

from __future__ import annotations

import io
import json
import logging
import os
import select
import sys
from typing import Any, NamedTuple

from rumiai_v2.progress import PERCENT, overall
from rumiai_v2.redact import redacted, redacted_document
from rumiai_v2.shown import shown, shown_document


class Descriptor(io.RawIOBase):
    """Writes to a descriptor and never fails. ``lost`` says why something could not be written; what follows is lost, too."""

    def __init__(self, number: int, lost: str | None = None) -> None:
        super().__init__()
        self.number = number
        self.lost_because = lost
        self.lost = False
        self.taken = 0

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self.number

    def isatty(self) -> bool:
        return os.isatty(self.number)

    def write(self, data: Any) -> int:
        rest = memoryview(data).cast("B")
        size = len(rest)
        while rest and self.lost_because is None:
            try:
                done = os.write(self.number, rest)
            except BlockingIOError:  # whoever started us shares it and has made it so
                select.select([], [self.number], [])
            except OSError as error:
                self.lost_because = error.strerror or str(error)
            else:
                self.taken += done
                rest = rest[done:]
        self.lost = self.lost or bool(rest)
        return size


class Stream(io.TextIOWrapper):
    """A standard stream as text without secrets, in UTF-8 whatever the locale is: it never fails, and writes at once."""

    def __init__(self, descriptor: Descriptor) -> None:
        # The stubs want a buffer that has a name, which is asked only where somebody prints the stream.
        super().__init__(descriptor, encoding="utf-8", newline="\n", write_through=True)  # type: ignore[arg-type]
        self.descriptor = descriptor

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # click asks in this way whether a stream takes bytes
            raise TypeError(f"expected a text, got {type(text).__name__}")
        super().write(redacted(shown(text)))
        return len(text)

    def document(self, value: Any) -> None:
        """Write ``value`` as JSON."""
        value = redacted_document(shown_document(value))
        super().write(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n")

    @property
    def lost(self) -> str | None:
        """Why something that was written here was lost; None where all has arrived."""
        return self.descriptor.lost_because if self.descriptor.lost else None

    @property
    def untouched(self) -> bool:
        """Whether nothing was written here yet, not even in vain."""
        return not self.descriptor.taken and not self.descriptor.lost


class Streams(NamedTuple):
    """stdout and stderr of this process."""

    out: Stream
    err: Stream

    def error(self, text: str, *, as_json: bool) -> None:
        """Say on stderr what went wrong, or where that is lost on stdout, unless a document stands alone there."""
        self.err.write(f"error: {text}\n")
        if self.err.lost and not as_json:
            self.out.write(f"error: {text}\n")

    def tell_losses(self, *, as_json: bool) -> None:
        """What one stream could not take is said on the other; a document on stdout stays alone there."""
        if self.out.lost:
            self.err.write(f"warning: stdout could not be written ({self.out.lost}): what was to stand there is lost\n")
        if self.err.lost and not as_json:
            self.out.write(f"⚠️ stderr could not be written ({self.err.lost}): what was to stand there is lost\n")


def guard_streams() -> Streams:
    """Put streams that never fail in the place of stdout and stderr; these two."""
    closed = [number for number in (0, 1, 2) if not _is_open(number)]
    for _ in closed:
        # The lowest free number is taken: without this, the next file that is opened would be stdout.
        os.set_inheritable(os.open(os.devnull, os.O_RDWR), True)
    out, err = (Stream(Descriptor(number, "it is closed" if number in closed else None)) for number in (1, 2))
    sys.stdout, sys.stderr = out, err
    return Streams(out, err)


def claim_stdout(out: Stream) -> None:
    """Keep the real stdout for ``out`` alone and send whatever else writes to it (native code included) to stderr."""
    out.descriptor.number = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = sys.stderr


def _is_open(number: int) -> bool:
    try:
        os.fstat(number)
    except OSError:
        return False
    return True


def set_up_logging(level: str) -> None:
    logging.basicConfig(
        level=logging.WARNING, stream=sys.stderr, format="%(asctime)s %(levelname)s %(name)s: %(message)s", force=True
    )
    logging.getLogger("rumiai_v2").setLevel(level)


class ConsoleProgress:
    """Prints ``📊 <label>... (<n>%)`` lines to ``out``; on a terminal a progress bar on stderr besides."""

    def __init__(self, out: Stream) -> None:
        self.out = out
        self.label = ""
        self.bar: Any = None
        self.task: Any = None

    def __enter__(self) -> ConsoleProgress:
        if sys.stderr.isatty():
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

            self.bar = Progress(
                TextColumn("{task.description}"),
                BarColumn(),
                TextColumn("{task.percentage:>3.0f}%"),
                TimeElapsedColumn(),
                TextColumn("left"),
                TimeRemainingColumn(),
                console=Console(stderr=True),
                transient=True,
            )
            self.bar.start()
            self.task = self.bar.add_task("starting", total=100.0)
        return self

    def __exit__(self, *_: object) -> None:
        if self.bar is not None:
            self.bar.stop()

    def stage(self, label: str) -> None:
        self.label = label
        self.note(f"📊 {label}... ({PERCENT[label]}%)")
        self.advance(0.0)

    def advance(self, fraction: float, doing: str = "") -> None:
        if self.bar is not None:
            text = f"{self.label}: {doing}" if doing else self.label
            self.bar.update(self.task, completed=overall(self.label, fraction), description=text)

    def note(self, text: str) -> None:
        if self.bar is not None and self.out.isatty():
            self.bar.console.print(text, markup=False, highlight=False)  # above the bar, on the same screen
            return
        self.out.write(text + "\n")
