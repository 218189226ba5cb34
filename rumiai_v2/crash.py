"""An error nobody foresaw: its traceback goes to a file, and one sentence says where that is and what to do.

It may come from anywhere, an import that fails included: nothing but the standard library is needed here.
"""

from __future__ import annotations

import os
import platform
import secrets
import sys
import tempfile
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from rumiai_v2 import CONTRACT_VERSION
from rumiai_v2.redact import redacted
from rumiai_v2.shown import shown


def reported(error: BaseException) -> str:
    """Write the crash file of ``error``; the text for the person who runs the program."""
    said = shown(redacted(f"{type(error).__name__}: {error}".rstrip(": ")))
    details = shown(redacted("".join(traceback.format_exception(error))))
    try:
        place = f"its traceback is in {_written(_page(said, details))}: report it with that file"
    except OSError as refused:
        print(details, file=sys.stderr)
        place = f"no file could hold its traceback ({refused.strerror or refused}), it stands on stderr: report it"
    return f"{said}; this is a defect of the program, nothing that you did wrong; {place}, and try again"


def _page(said: str, details: str) -> str:
    now = datetime.now(UTC).isoformat(timespec="seconds")
    about = f"contract {CONTRACT_VERSION}, Python {platform.python_version()}, {platform.platform()}"
    return f"{said}\n\n{now}, {about}\n\n{details}"


def _written(text: str) -> Path:
    """A new file in the first folder that takes one; it is whole, or it is not there. Raises OSError."""
    name = f"rumiai-crash-{datetime.now(UTC):%Y%m%d_%H%M%S}-{secrets.token_hex(4)}.txt"
    refused: OSError | None = None
    for folder in _folders():
        partial, target = folder / f".{name}.partial", folder / name
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(text.encode())
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, target)
            return target
        except OSError as error:
            refused = error
            _remove(partial)
    raise refused or FileNotFoundError("there is no temporary folder")


def _remove(partial: Path) -> None:
    try:
        partial.unlink(missing_ok=True)
    except OSError:
        return  # its folder cannot be reached or written: that is why nothing stands there


def _folders() -> Iterator[Path]:
    """The folder for temporary files that the settings name, then the system's."""
    try:
        from rumiai_v2.settings import load_settings

        yield load_settings().temp_dir
    except Exception:
        pass  # whatever is broken may be the settings, or what reads them
    yield Path(tempfile.gettempdir())
