"""Whose files are whose: each run holds a lock of the system for its whole life, so nobody has to guess who lives.

The owner file ``insights/<id>/.owner.<token>.lock`` belongs to the run whose files are marked with that token. The system
releases its lock when the run ends, however it ends, and for every container that sees the folder; process numbers say
nothing there. Making owner files, cleaning and publishing happen one at a time per id, under a second lock, so nobody
meets an owner file that is not locked yet. Both files go with their last user.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from filelock import FileLock, Timeout

from rumiai_v2.outputs.files import new_token, partial_name, while_missing

log = logging.getLogger(__name__)

ALONE = ".publishing.lock"
OWNER = re.compile(r"\.owner\.(?P<token>[0-9a-f]{16})\.lock")
#: How often somebody who waits for a lock tries again (s).
_POLL = 0.01


@dataclass(frozen=True)
class Places:
    """Where the outputs of one id stand: ``insights`` is its own folder, ``insights/<id>``; the others hold all ids."""

    video_id: str
    insights: Path
    unified: Path
    temp: Path

    @property
    def unified_file(self) -> Path:
        return self.unified / f"{self.video_id}.json"

    @property
    def video_file(self) -> Path:
        return self.temp / f"{self.video_id}.mp4"

    def partials(self, token: str) -> list[Path]:
        """The files that the run ``token`` left unpublished."""
        inside = partial_name("*", token)
        outside = (file.with_name(partial_name(file.name, token)) for file in (self.unified_file, self.video_file))
        return [
            *self.insights.glob(inside),
            *self.insights.glob(f"*/{inside}"),
            *filter(os.path.exists, outside),  # in a folder that cannot be reached it has left none
        ]


class Owner:
    """One run's lock. Make it in ``Alone.held``."""

    def __init__(self, places: Places) -> None:
        self.token = new_token()
        self._file = places.insights / f".owner.{self.token}.lock"
        self._lock = _lock(self._file)

    def hold(self) -> None:
        self._lock.acquire(blocking=False)

    def release(self) -> None:
        """Nothing of this run is left unpublished: its lock goes."""
        try:
            self._file.unlink(missing_ok=True)
        finally:
            self._lock.release()

    def abandon(self) -> None:
        """Something of this run could not be removed: the owner file stays and says so to the next run."""
        self._lock.release()


class Alone:
    """One at a time among all who make owner files, clean or publish in ``insights/<id>``.

    ``make_folder`` makes that folder where it is not there. The lock's file is removed by whoever holds it: one that was
    waited for may be gone then, and its folder with it.
    """

    def __init__(self, places: Places, make_folder: Callable[[Path], None]) -> None:
        self._file = places.insights / ALONE
        self._make_folder = partial(make_folder, places.insights)
        self._descriptors: list[int] = []
        self._lock = _lock(self._file, self._descriptors.append)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Raises ``OSError``. After an interruption in the middle of it the next one goes on with the same lock."""
        while_missing(self._acquire)
        try:
            yield
        finally:
            try:
                with contextlib.suppress(OSError):  # on a volume that became read-only it stays, in nobody's way
                    self._file.unlink(missing_ok=True)
            finally:
                self._lock.release(force=True)

    def _acquire(self) -> None:
        while True:
            self._make_folder()
            self._lock.acquire()
            if _is_at(self._file, self._descriptors[-1]):
                return
            self._lock.release(force=True)


def remove_unowned(places: Places) -> None:
    """Remove what runs of this id left that nobody owns any more. Call it in ``Alone.held``."""
    for file in places.insights.glob(".owner.*.lock"):
        match = OWNER.fullmatch(file.name)
        if match is None:
            continue
        lock = _lock(file)
        try:
            lock.acquire(blocking=False)
        except (Timeout, PermissionError):
            continue  # it lives, or belongs to somebody else
        try:
            left = places.partials(match["token"])
            if left:
                log.warning("removing %d files of %s, left by a run that was killed", len(left), places.video_id)
            if remove(left):
                file.unlink(missing_ok=True)
        finally:
            lock.release()


def remove(files: list[Path]) -> bool:
    """Whether all of ``files`` are gone; one that cannot be removed is named in the log."""
    gone = True
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            log.warning("%s cannot be removed now (%s); a later run of this id will try", file, error.strerror)
            gone = False
    return gone


def _lock(file: Path, on_acquired: Callable[[int], None] | None = None) -> FileLock:
    # Never the library's stand-in for file systems without locks: it judges by process number.
    return FileLock(file, thread_local=False, poll_interval=_POLL, fallback_to_soft=False, on_acquired=on_acquired)


def _is_at(file: Path, descriptor: int) -> bool:
    """Whether ``descriptor`` is what stands at ``file``, and no earlier file of that name."""
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except FileNotFoundError:
        return False
