"""Files of the harness itself: each is written wholly or not at all, and what the system refuses is said in one sentence."""

from __future__ import annotations

import errno
import os
import tempfile
from pathlib import Path

from parity.verdict import UsageError

#: What the system refuses for reasons of its own: no fault of the harness, and nothing that it could mend.
_REFUSED = {
    number: remedy
    for remedy, numbers in {
        "make room on that disk": (errno.ENOSPC, errno.EDQUOT),
        "raise the limit on the size of files (`ulimit -f`)": (errno.EFBIG,),
        "let this user read and write there": (errno.EACCES, errno.EPERM),
        "it must not be mounted read-only": (errno.EROFS,),
        "look at the disk": (errno.EIO, errno.ESTALE, errno.ENODEV, errno.ENXIO),
        "raise the limit on open files (`ulimit -n`)": (errno.EMFILE, errno.ENFILE),
        "a shorter name is needed": (errno.ENAMETOOLONG,),
        "mend the links": (errno.ELOOP,),
        "something else stands where that file or folder should be": (errno.ENOTDIR, errno.EISDIR, errno.EEXIST),
    }.items()
    for number in numbers
}


class CannotWrite(UsageError):
    """A file could not be written; whatever was there is there still."""


def refused(error: OSError) -> str | None:
    """What the system refused, in one sentence with what to do; None where it is not the system that is to blame."""
    if (remedy := _REFUSED.get(error.errno or 0)) is None:
        return None
    place = f"{os.fsdecode(error.filename)}: " if isinstance(error.filename, str | bytes) else ""
    return f"{place}{error.strerror}; {remedy}"


def encoded(text: str) -> bytes:
    """``text`` as it stands in a file; half of a surrogate pair, which none can hold, as its escape: JSON says the same."""
    return text.encode("utf-8", "backslashreplace")


def write_atomically(file: Path, text: str, *, mode: int = 0o644) -> None:
    """Replace ``file`` by ``text``, wholly or not at all; ``CannotWrite`` where that fails."""
    try:
        _replace(file, text, mode)
    except OSError as error:
        remedy = _REFUSED.get(error.errno or 0, "look at that folder")
        raise CannotWrite(f"{file}: cannot be written: {error.strerror or error}; {remedy}") from error


def _replace(file: Path, text: str, mode: int) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(encoded(text))
        os.chmod(name, mode)
        os.replace(name, file)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
