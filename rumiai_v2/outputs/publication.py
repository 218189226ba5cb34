"""All of a run or nothing: files are staged beside their places, then published by one decision.

``docs/outputs.md`` says how the outputs are read safely meanwhile.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import logging
import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from rumiai_v2.errors import OutputError, Stopped
from rumiai_v2.outputs.files import partial_name, remedy, sync_file, sync_folders, while_missing, write_new
from rumiai_v2.outputs.journal import NAME, Entry, Journal, Place, carry_out, decide, folders_of, read_journal
from rumiai_v2.outputs.ownership import Alone, Owner, Places, remove, remove_unowned
from rumiai_v2.outputs.stamps import OPEN, next_stamp, stamped

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class _Staged:
    partial: Path
    target: Path
    sha256: str | None


@dataclass
class Publication:
    """The files of one run: ``begin``, then ``stage`` each, then ``commit``; ``discard`` takes back what was not decided."""

    _places: Places | None = None
    _alone: Alone | None = None
    _owner: Owner | None = None
    _staged: list[_Staged] = field(default_factory=list)
    _folders: list[Path] = field(default_factory=list)
    #: Chosen right before the decision.
    _stamp: str | None = None

    def begin(self, places: Places) -> None:
        """Own files of this id from now on. What earlier runs decided is put into place, what nobody owns is removed."""
        self._places, self._alone = places, Alone(places, self.make_folder)
        try:
            with self._alone.held():
                settle(places)
                self._owner = Owner(places)
                self._owner.hold()
        except (
            OSError
        ) as error:  # a folder in the place of a lock is the one thing that its own folder does not explain
            lock = error.filename if error.errno == errno.EISDIR else None
            raise _cannot_write(Path(lock or places.insights), error) from None

    def partial(self, target: Path) -> Path:
        """Where ``target`` is written until it is published."""
        return target.with_name(partial_name(target.name.replace(f"_{OPEN}", ""), self._of().token))

    def stage(self, target: Path, content: bytes) -> None:
        """Write ``content`` for ``target``; raises ``OutputError``, and ``discard`` leaves nothing of it."""
        partial = self.partial(target)
        self._staged.append(_Staged(partial, target, hashlib.sha256(content).hexdigest()))

        def write() -> None:
            self.make_folder(target.parent)
            write_new(partial, content)

        try:
            while_missing(write)
        except OSError as error:
            raise _cannot_write(target, error) from None

    def adopt(self, target: Path) -> None:
        """Take over a file that someone else has written as ``partial(target)``."""
        self._staged.append(_Staged(self.partial(target), target, None))

    def commit(self, now: datetime) -> str:
        """Publish everything staged, in this order, and return the stamp; raises ``OutputError``.

        What goes wrong before the decision leaves all of it to ``discard``. After it nothing is taken back any more:
        where a file cannot be put into place, the error says that this is left to the next run.
        """
        places = self._at()
        try:
            self._prepare()
            with self._alone_at().held():
                settle(places)
                self._stamp = stamp = next_stamp(places.insights, now)
                journal = self._journal(stamp)
                decide(places, journal)
                self._carry_out(journal)
            self._release(True)
        except Stopped:
            with self._alone_at().held():
                if not self._was_decided(places):
                    raise
            log.warning("asked to stop when the outputs %s of %s were decided: the run is done", stamp, places.video_id)
        except OSError as error:
            raise _cannot_write(Path(error.filename or places.insights), error) from None
        self._release(True)
        self._forget()
        return stamp

    def discard(self) -> None:
        """Take back what was not decided, carry out what was. Safe to call at any time; never raises ``OSError``."""
        if self._places is not None and self._alone is not None:
            try:
                with self._alone.held():
                    self._take_back(self._places)
            except OutputError as error:
                log.error("%s", error)
            except OSError as error:
                if self._owner is not None:
                    log.warning("%s cannot be cleaned up now (%s)", self._places.insights, error.strerror or error)
                    self._release(self._stamp is None and remove(self._places.partials(self._owner.token)))
        self._remove_folders()
        self._forget()

    def make_folder(self, folder: Path) -> None:
        """Make ``folder`` and its parents; those that were missing are removed again on failure, if empty."""
        missing = [path for path in (folder, *folder.parents) if not path.exists()]
        for path in reversed(missing):
            self._folders.append(path)
            with contextlib.suppress(FileNotFoundError):  # its parent has just been removed: the next line says more
                path.mkdir(exist_ok=True)
        folder.mkdir(parents=True, exist_ok=True)  # raises where a file stands in its place

    def _prepare(self) -> None:
        """Everything that may still go wrong is done before the decision."""
        for each in self._staged:
            if each.target.is_dir():
                raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(each.target))
            if each.sha256 is None:
                sync_file(each.partial)
        sync_folders(each.partial.parent for each in self._staged)
        sync_folders(path.parent for path in self._folders if path.exists())

    def _journal(self, stamp: str) -> Journal:
        places = self._at()
        return Journal(
            stamp=stamp,
            token=self._of().token,
            folders=folders_of(places),
            files=[_entry(places, each, stamp) for each in self._staged],
        )

    def _carry_out(self, journal: Journal) -> None:
        try:
            carry_out(self._at(), journal)
        except OSError as error:
            undone = _undone(self._at(), journal, error, "this run")
            self._release(True)
            self._forget()  # what is staged is the journal's now
            raise undone from None

    def _was_decided(self, places: Places) -> bool:
        """Whether the run was decided when it was interrupted; it is carried out then. Call it in ``Alone.held``."""
        if self._stamp is None:
            return False
        journal = read_journal(places.insights)
        if journal is None or journal.token != self._of().token:
            return not places.partials(self._of().token)  # somebody else has carried it out, or nobody decided
        self._carry_out(journal)
        return True

    def _take_back(self, places: Places) -> None:
        if self._owner is not None:
            decided = self._was_decided(places)
            self._release(decided or remove(places.partials(self._owner.token)))

    def _release(self, gone: bool) -> None:
        """Own nothing any more; ``gone``: nothing of this run is left unpublished."""
        with contextlib.suppress(OSError):  # on a volume that became read-only the owner file stays, unlocked
            self._of().release() if gone else self._of().abandon()

    def _remove_folders(self) -> None:
        inside = {each.target.parent for each in self._staged}
        inside |= {self._places.insights} if self._places is not None else set()
        for folder in sorted({*inside, *self._folders}, key=lambda path: len(path.parts), reverse=True):
            with contextlib.suppress(OSError):  # it is not empty, or not there
                folder.rmdir()

    def _forget(self) -> None:
        self._places = self._alone = self._owner = None
        self._staged.clear()
        self._folders.clear()
        self._stamp = None

    def _at(self) -> Places:
        assert self._places is not None, "begin comes first"
        return self._places

    def _alone_at(self) -> Alone:
        assert self._alone is not None, "begin comes first"
        return self._alone

    def _of(self) -> Owner:
        assert self._owner is not None, "begin comes first"
        return self._owner


def settle(places: Places) -> None:
    """Carry out what was decided, remove what nobody owns. Call it in ``Alone.held``; raises ``OSError``, ``OutputError``."""
    journal = read_journal(places.insights)
    if journal is not None:
        log.warning(
            "putting the outputs %s of %s into place, decided by a run that was killed", journal.stamp, places.video_id
        )
        try:
            carry_out(places, journal, check=True)
        except OSError as error:
            raise _undone(places, journal, error, "an earlier run") from None
    remove_unowned(places)


def _entry(places: Places, each: _Staged, stamp: str) -> Entry:
    target = stamped(each.target, stamp)
    folders: tuple[tuple[Place, Path], ...] = (
        ("insights", places.insights), ("unified", places.unified), ("temp", places.temp),
    )  # fmt: skip
    place, folder = next((place, folder) for place, folder in folders if target.is_relative_to(folder))
    partial = each.partial.relative_to(folder).as_posix()
    return Entry(place=place, partial=partial, target=target.relative_to(folder).as_posix(), sha256=each.sha256)


def _cannot_write(target: Path, error: OSError) -> OutputError:
    return OutputError(
        f"output {target}: cannot be written ({error.strerror or error}); {remedy(error, target)} and run again, "
        "nothing of this run was published"
    )


def _undone(places: Places, journal: Journal, error: OSError, whose: str) -> OutputError:
    return OutputError(
        f"output {error.filename or places.insights}: cannot be put into place ({error.strerror or error}); the outputs of "
        f"{whose} with the stamp {journal.stamp} are decided and count ({places.insights / NAME} names them), and the next run "
        f"of this id puts the rest into place: {remedy(error, Path(error.filename or places.insights))} and run again"
    )
