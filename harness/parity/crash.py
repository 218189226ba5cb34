"""What is left of an error that nobody foresaw: a file with its traceback, without known secrets, for those who mend it."""

from __future__ import annotations

import os
import platform
import shlex
import sys
import tempfile
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from parity.files import CannotWrite, write_atomically
from parity.redact import redacted

#: Letters of one file; a traceback may quote whole documents.
_LONGEST = 2_000_000
ADVICE = "send that file to the maintainers of the harness, with what was run"


def write(texts: Iterable[str], folder: Path | None) -> Path:
    """Keep ``texts`` in a new file below ``folder``, in the system's temporary folder where that cannot be; its path."""
    now = datetime.now(UTC)
    name = f"crash-{now:%Y%m%dT%H%M%S.%f}-{os.getpid()}.txt"
    head = [
        f"parity did not foresee this. {now:%Y-%m-%d %H:%M:%S} UTC",
        f"command: {shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])}",
        f"Python {platform.python_version()}, {platform.platform()}",
    ]
    text = "\n\n".join(["\n".join(head), *texts])[:_LONGEST]
    writable = redacted(text).encode("utf-8", "backslashreplace").decode("utf-8") + "\n"
    try:
        if folder is None:
            raise CannotWrite("there is no folder of reports")
        file = folder / name
        write_atomically(file, writable, mode=0o600)
    except CannotWrite:
        file = Path(tempfile.gettempdir()) / f"parity-{name}"
        write_atomically(file, writable, mode=0o600)
    return file


def text_of(error: BaseException) -> str:
    """The traceback of ``error``."""
    return "".join(traceback.format_exception(error)).rstrip()


def told(error: BaseException, folder: Path | None) -> str:
    """Keep the traceback of ``error``, and one sentence about it; the traceback itself where no file can be written."""
    name = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    try:
        file = write([text_of(error)], folder)
    except CannotWrite as unwritable:
        return f"{text_of(error)}\nparity: crash: {name}; no file of it could be written: {unwritable}"
    return f"parity: crash: {name}; this is no verdict: its traceback is in {file}; {ADVICE}"
