"""Where the return structure is written besides: looked at before anything runs, so that nothing is lost to it.

A file is replaced as a whole, a link is followed, a device or a pipe is written through. What the run reads, what it writes
itself and what its standard streams lead to is refused.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from rumiai_v2.errors import OutputError, UsageError
from rumiai_v2.outputs.files import is_same, write_atomically

_THROUGH = {stat.S_IFCHR, stat.S_IFIFO}


class ReturnFile:
    """``given`` as the user has named it. ``UsageError`` where nothing can be written there.

    ``streams`` are the descriptors of the standard streams.
    """

    def __init__(self, given: Path, streams: Iterable[int]) -> None:
        self.given = given
        self._checked = self._refuses = False
        if str(given) == "-":
            raise self._refused("got -", "name a file; --json prints the structure on stdout")
        try:
            found = _stat(given)
            self._target = Path(os.path.realpath(given))
            kind = stat.S_IFREG if found is None else stat.S_IFMT(found.st_mode)
            self._through = kind in _THROUGH
            place = given if self._through else _first_there(self._target.parent)
        except (OSError, ValueError) as error:  # ValueError: a NUL
            why = getattr(error, "strerror", None) or str(error)
            raise self._refused(f"it cannot be reached ({why})", "name another file") from None
        if not self._through and kind != stat.S_IFREG:
            raise self._refused("got a folder, a disk or a socket", "name a file")
        if found and kind != stat.S_IFCHR and any(os.path.samestat(found, os.fstat(number)) for number in streams):
            raise self._refused("got a standard stream", "--json prints the structure on stdout")
        if not self._through and not place.is_dir():
            raise self._refused(f"{place} stands where a folder belongs", "move it away, or name another file")
        if not os.access(place, os.W_OK):
            raise self._refused(f"{place} cannot be written", "make it writable, or name another file")

    def check(self, inputs: Iterable[Path], *, unified: Path, insights: Path, temp: Path) -> None:
        """``UsageError`` where it is one of ``inputs``, or where runs put their outputs."""
        for path in inputs:
            if self._target == Path(os.path.realpath(path)) or is_same(self.given, path):
                raise self._refused(f"got {path}, which this run reads", "name another file")
        within = self._target.parent
        unified, insights, temp = (Path(os.path.realpath(folder)) for folder in (unified, insights, temp))
        if (
            (within == unified and self._target.suffix == ".json")
            or (within == temp and self._target.suffix == ".mp4")
            or (within != insights and within.is_relative_to(insights))
        ):
            raise self._refused("got a place of outputs", "name a file in another folder")
        self._checked = True

    def write(self, content: bytes) -> None:
        """``OutputError`` where it cannot be written; a file that stood there then still does. Nothing where it was refused."""
        if self._refuses:
            return
        try:
            if self._through:
                with open(os.open(self.given, os.O_WRONLY | os.O_NOCTTY), "wb") as out:
                    out.write(content)
                return
            if not self._checked and self._target.exists():
                raise OutputError(
                    f"return file {self.given}: not written: it was there before, and the run ended before it was known "
                    "whether it is one of its own files"
                )
            self._target.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(self._target, content)
        except OSError as error:
            raise OutputError(f"return file {self.given}: cannot be written ({error.strerror or error})") from None

    def _refused(self, why: str, remedy: str) -> UsageError:
        self._refuses = True
        return UsageError(f"--return-file {self.given}: expected a file that can be written, {why}; {remedy}")


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return None


def _first_there(folder: Path) -> Path:
    """``folder``, or the first above it that is there."""
    return next(each for each in (folder, *folder.parents) if each.exists())
