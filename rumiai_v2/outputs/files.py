"""Atomic publishing: everything is staged first, then renamed into place in order, or nothing is."""

from __future__ import annotations

import logging
import os
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from rumiai_v2.errors import OutputError

log = logging.getLogger(__name__)

PARTIAL = re.compile(r"\.(?P<name>.+)\.(?P<pid>\d+)\.partial")


def partial_path(target: Path) -> Path:
    """Where ``target`` is written before it is renamed: hidden, beside it, marked with this process."""
    return target.with_name(f".{target.name}.{os.getpid()}.partial")


def _owner_is_gone(partial: Path) -> bool:
    match = PARTIAL.fullmatch(partial.name)
    if match is None:
        return False
    pid = int(match["pid"])
    return pid != os.getpid() and not psutil.pid_exists(pid)


def remove_orphans(folders: Iterable[Path]) -> None:
    """Remove what killed processes left half-written directly in ``folders``."""
    for folder in folders:
        for partial in folder.glob(".*.partial") if folder.is_dir() else ():
            if _owner_is_gone(partial):
                log.warning("removing %s, left by a run that was killed", partial)
                partial.unlink(missing_ok=True)


def write_atomically(target: Path, content: bytes) -> None:
    """Put ``content`` at ``target``, wholly or not at all; raises ``OSError`` and leaves nothing then.

    For a file that is no output of a run, such as the return structure. Its folder must be there.
    """
    partial = target.with_name(f".{secrets.token_hex(8)}.partial")  # short, however long the target's name is
    try:
        with partial.open("xb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        os.replace(partial, target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


@dataclass
class Publication:
    """Files of one run. ``stage`` writes them beside their targets, ``commit`` renames them in the order staged.

    A failure at any point removes every staged and every newly published file, restores a file that was replaced, and
    removes folders that this publication made, so that readers see all of a run or nothing of it.
    """

    _staged: list[tuple[Path, Path]] = field(default_factory=list)
    #: Targets whose renaming has begun, with the copy of what stood there. Noted before the rename, so that an
    #: interruption between the two is taken back too: a begun target whose partial file is gone was renamed.
    _begun: dict[Path, Path | None] = field(default_factory=dict)
    _folders: list[Path] = field(default_factory=list)

    def stage(self, target: Path, content: bytes) -> None:
        """Write ``content`` for ``target``; raises ``OutputError`` (nothing of this file is left)."""
        partial = partial_path(target)
        try:
            self.make_folder(target.parent)
            self._staged.append((partial, target))
            with partial.open("wb") as out:
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise _cannot_write(target, error) from None

    def adopt(self, partial: Path, target: Path) -> None:
        """Take over a file that someone else has written as ``partial_path(target)``."""
        self._staged.append((partial, target))

    def commit(self) -> None:
        """Rename everything into place in the order staged; on failure take all of it back and raise ``OutputError``."""
        for partial, target in self._staged:
            try:
                self._begun[target] = self._backup(target)
                os.replace(partial, target)
            except OSError as error:
                self.discard()
                raise _cannot_write(target, error) from None
        for backup in self._begun.values():
            if backup is not None:
                backup.unlink(missing_ok=True)
        self._forget()

    def discard(self) -> None:
        """Take everything back. Safe to call at any time; after a successful commit it does nothing."""
        for partial, target in reversed(self._staged):
            backup = self._begun.get(target)
            renamed = target in self._begun and not partial.exists()
            partial.unlink(missing_ok=True)
            if backup is not None:
                os.replace(backup, target)
            elif renamed:
                target.unlink(missing_ok=True)
        for folder in reversed(self._folders):
            if folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
        self._forget()

    def _forget(self) -> None:
        self._staged.clear()
        self._begun.clear()
        self._folders.clear()

    @staticmethod
    def _backup(target: Path) -> Path | None:
        """A second name for what stands at ``target``, None if nothing does."""
        if not target.exists():
            return None
        backup = partial_path(target.with_name(target.name + ".before"))
        os.link(target, backup)
        return backup

    def make_folder(self, folder: Path) -> None:
        """Make ``folder`` and its parents; those that were missing are removed again on failure, if empty."""
        missing = [p for p in (folder, *folder.parents) if not p.exists()]
        for path in reversed(missing):
            self._folders.append(path)
            path.mkdir(exist_ok=True)
        folder.mkdir(exist_ok=True)  # raises where a file stands in its place


def _cannot_write(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"output {target}: cannot be written ({error.strerror or error}); make its folder writable and run again, "
        "nothing of this run was published"
    )
