"""Writing so that a kill or a power cut leaves a file whole or absent; names of files that are not published yet."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Made = TypeVar("Made")

#: How many hexadecimal digits tell one run from another.
_TOKEN_BYTES = 8
#: How often a folder that somebody removes again is made again, until something else must be wrong.
_TRIES = 100
#: A folder is to be made where something else stands.
_IN_THE_WAY = {errno.EEXIST}
#: File systems that cannot sync a folder say so with one of these.
_CANNOT_SYNC = {errno.EINVAL, errno.ENOTSUP, errno.EBADF}


def new_token() -> str:
    """A text that no other run has, in whatever container or at whatever time."""
    return secrets.token_hex(_TOKEN_BYTES)


def partial_name(name: str, token: str) -> str:
    """What the file ``name`` is called until the run ``token`` publishes it: hidden, beside its place."""
    return f".{name}.{token}.partial"


def while_missing(make: Callable[[], Made]) -> Made:
    """What ``make`` returns, which makes a folder and uses it: a run that fails removes folders that are empty."""
    for _ in range(_TRIES):
        with suppress(FileNotFoundError):
            return make()
    return make()


def remedy(error: OSError, path: Path) -> str:
    """What to do so that ``path`` can be written, where ``error`` says why it could not be."""
    if error.errno in _IN_THE_WAY:
        file = next((each for each in (path, *path.parents) if os.path.lexists(each) and not each.is_dir()), path)
        return f"{file} stands where a folder belongs: move it away, or name another folder,"
    if error.errno == errno.EISDIR:
        return "a folder stands in its place: move it away"
    return "make its folder writable"


def is_same(a: Path, b: Path) -> bool:
    """Whether both are there and are one file or folder; what cannot be reached is not the same as anything."""
    try:
        return a.samefile(b)
    except OSError:
        return False


def write_new(path: Path, content: bytes) -> None:
    """Make ``path`` with ``content``, on disk when this returns; raises ``OSError``, also where it exists."""
    with path.open("xb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def write_atomically(target: Path, content: bytes) -> None:
    """Put ``content`` at ``target``, wholly or not at all; raises ``OSError`` and leaves nothing then.

    For a file that is no output of a run, such as the return structure. Its folder must be there.
    """
    partial = target.with_name(f".{new_token()}.partial")  # short, however long the target's name is
    try:
        write_new(partial, content)
        os.replace(partial, target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def regular_content(path: Path, *, largest: int | None = None) -> bytes:
    """The bytes of ``path``, which is no pipe that nobody writes to; raises ``OSError``, also beyond ``largest`` bytes."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "it is no file", str(path))
    with path.open("rb") as file:
        content = file.read(-1 if largest is None else largest + 1)
    if largest is not None and len(content) > largest:
        raise OSError(errno.EFBIG, f"it has more than {largest / 1e6:g} MB", str(path))
    return content


def sync_file(path: Path) -> None:
    """Bring on disk what somebody else wrote at ``path``."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def sync_folders(folders: Iterable[Path]) -> None:
    """Bring on disk which names stand in ``folders``: renaming is lost in a power cut before this."""
    for folder in sorted(set(folders)):
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in _CANNOT_SYNC:
                raise
        finally:
            os.close(descriptor)
