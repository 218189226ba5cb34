"""Runs: every comparison has a folder of its own below the reports, so that two at once never meet.

``reports/runs/<id>/`` holds the report in all its forms, what waits for a decision, pytest's log and the captures (of a run
that compared saved ones a pointer to those). ``reports/latest`` points to the last run that ended with a report, and the
``captures`` of the settings to the captures of that. A pointer is a symbolic link, or where the file system has none a file
that names its target.

Whoever makes or reads a run holds a lock in its folder until the process ends, however it ends: the system releases it.
Only what nobody holds is ever removed. The standard library's locks are taken because they can be shared by readers.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shlex
import shutil
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from parity.pipeline import settings
from parity.pipeline.settings import Config
from parity.run import locks, pointers
from parity.verdict import UsageError

RUNS, LATEST, CAPTURES, REPEATS, SHARED, LOG = "runs", "latest", "captures", "repeats", "shared", "run.log"
#: The file that is written last: where it is, the run has ended with a report.
REPORT = "parity.json"
#: Locks: in each run; of the list of runs; of the goldens while they are compared.
_LOCK, _LISTING, _COMPARING = ".lock", "runs.lock", "comparing.lock"
_ID = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")

#: Locks of the runs that this process makes or reads.
_held: dict[Path, int] = {}


class Busy(UsageError):
    """Goldens cannot be decided on while they are compared."""


class Lost(UsageError):
    """The pointer to the last run leads to none, though there are runs."""


def new_id() -> str:
    """When it began and what tells it from others of that second."""
    return f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{uuid.uuid4().hex[:6]}"


def begin(config: Config, *, compared: Path | None = None) -> Config:
    """A new run: the settings with its folder, which nobody removes before this process ends.

    ``compared``: the saved captures that it is about; None where it makes its own. Runs of long ago are removed.
    """
    with _listing(config):
        while (place := config.reports / RUNS / new_id()).exists():
            pass  # somebody else began one in the same second, and by chance with the same digits
        _make(place, compared)
        _remove_old(config)
    return _of(config, place)


def join(config: Config, run_id: str, *, compared: Path | None = None) -> Config:
    """The settings with the run ``run_id`` that several processes of one session make; the first makes its folder."""
    place = config.reports / RUNS / run_id
    with _listing(config):
        if not place.is_dir():
            _make(place, compared)
        _hold(place)
    return _of(config, place)


def _make(place: Path, compared: Path | None) -> None:
    """The folder of a new run, held by this process; the caller alone may list runs meanwhile."""
    place.parent.mkdir(exist_ok=True)
    place.mkdir()
    _hold(place)
    if compared is None:
        (place / CAPTURES).mkdir()
    else:
        pointers.point(place / CAPTURES, compared)


def publish(config: Config) -> None:
    """From now on the run of ``config`` is the last; so are its captures."""
    with _listing(config):
        pointers.point(config.reports / LATEST, folder(config))
        pointers.point(config.captures_of_last, config.reports / LATEST / CAPTURES)


def folder(config: Config) -> Path:
    """The folder of the run that was chosen; of the last where none was."""
    return config.run or chosen(config).run  # type: ignore[return-value]


def chosen(config: Config, given: str | None = None) -> Config:
    """The settings with the run that ``given`` names (an id, or as much of one as is unique); None: with the last.

    The run stays until this process ends.
    """
    if config.run is not None and given is None:
        return config
    with _listing(config):
        place = _last(config) if given is None else config.reports / RUNS / _named(config, given)
        if place is None:
            raise UsageError(
                _lost(config) or f"no run in {config.relative(config.reports)}: make one with `parity run`"
            )
        _hold(place)
    return _of(config, place)


def last(config: Config) -> Config | None:
    """The settings with the last run; None where there is none yet."""
    config = replace(config, run=None)
    return chosen(config) if _last(config) is not None else None


def current(config: Config) -> Config:
    """The settings with the run that was chosen, else with the last; without one where there is none yet.

    A pointer that leads to no run is an error: what waits there would be taken for nothing.
    """
    if config.run is not None:
        return config
    if (found := last(config)) is None and (lost := _lost(config)) is not None:
        raise Lost(lost)
    return found or config


def ids(config: Config) -> list[str]:
    """The runs that ended with a report, the newest first."""
    return [each.name for each in _folders(config) if (each / REPORT).is_file()]


def given(config: Config, path: str | Path) -> Path:
    """``path`` as it is now, absolute: pointers to the last run are followed once, so that it means one run to the end.

    What lies in a run stays until this process ends.
    """
    place, runs = Path(os.path.abspath(path)), config.reports / RUNS
    root = next((each for each in (config.captures_of_last, config.reports) if place.is_relative_to(each)), None)
    if root is None:
        return place
    with _listing(config):
        place = pointers.followed(root, place.relative_to(root).parts)
        if place.is_relative_to(runs) and place != runs:
            own = runs / place.relative_to(runs).parts[0]
            if (own / _LOCK).is_file():
                _hold(own)
    return place


def option(run_id: str) -> str:
    """What a printed command takes so that it stays about the run ``run_id``, whichever is the last when it is typed."""
    return f" --run {shlex.quote(run_id.rpartition('-')[2])}" if run_id else ""


def report_file(root: Path, arguments: Sequence[str]) -> Path:
    """The report that a script of the project at ``root`` is about: a file, that of ``--run ID``, or of the last run."""
    if list(arguments[:1]) == ["--run"]:
        config = settings.load(root / settings.FILE_NAME)
        return folder(chosen(config, " ".join(arguments[1:]))) / REPORT
    return Path(arguments[0]) if arguments else pointers.pointed(root / "reports" / LATEST) / REPORT


@contextlib.contextmanager
def comparing(config: Config) -> Iterator[int]:
    """The goldens are compared: they do not change. Waits for a decision; gives the lock, for children that take part."""
    file = locks.lock_file(config.reports / _COMPARING)
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield file
    finally:
        os.close(file)


@contextlib.contextmanager
def deciding(config: Config) -> Iterator[None]:
    """The goldens change: nothing is compared. ``Busy`` where something is."""
    file = locks.lock_file(config.reports / _COMPARING)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise Busy(
            "a run is going on, and goldens must not change under its comparison: nothing was decided; decide when it has ended"
        ) from error
    finally:
        os.close(file)


def _of(config: Config, place: Path) -> Config:
    return replace(config, run=place, captures=pointers.pointed(place / CAPTURES))


def _last(config: Config) -> Path | None:
    place = pointers.pointed(config.reports / LATEST)
    return place if (place / REPORT).is_file() and (place / _LOCK).is_file() else None


def _lost(config: Config) -> str | None:
    """What is said where the pointer to the last run leads to none, and there are runs."""
    pointer, known = config.reports / LATEST, ids(config)
    if not known or not os.path.lexists(pointer):
        return None
    return (
        f"{config.relative(pointer)}: expected a link to the last run, leads to {config.relative(pointers.pointed(pointer))}, which is "
        f"no whole run: make one with `parity run`, or choose with --run; there are, the newest first: {', '.join(known)}"
    )


def _named(config: Config, wanted: str) -> str:
    known = ids(config)
    names = {each: (each, each.partition("-")[2]) for each in known}
    fitting = [each for each in known if wanted in names[each]]
    fitting = fitting or [each for each in known if wanted and any(name.startswith(wanted) for name in names[each])]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise UsageError(
            f"--run {wanted}: fits {len(fitting)} runs ({', '.join(fitting)}): give more of the one that is meant"
        )
    there = ", ".join(known) or "none"
    raise UsageError(f"--run {wanted}: no run with a report is called so; there are, the newest first: {there}")


def _folders(config: Config) -> list[Path]:
    """The folders of all runs, the newest first."""
    runs = config.reports / RUNS
    found = [each for each in runs.iterdir() if _ID.fullmatch(each.name)] if runs.is_dir() else []
    return sorted(found, reverse=True)


# ── what is kept ─────────────────────────────────────────────────────────────────────────────────────────────


def _remove_old(config: Config) -> None:
    """Remove all but the newest runs, the last, and those whose captures these compared; nothing that somebody holds."""
    found = _folders(config)
    kept = {*found[: config.keep], pointers.pointed(config.reports / LATEST)}
    kept |= {pointers.pointed(each / CAPTURES).parent for each in kept}
    for place in found:
        if place not in kept:
            locks.remove(place, place / _LOCK)
    for left in (config.reports / RUNS).glob(".gone-*"):
        shutil.rmtree(left, ignore_errors=True)  # of a removal that was broken off; the next begin tries again


# ── locks ────────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def _listing(config: Config) -> Iterator[None]:
    """Nobody else makes, chooses or removes a run meanwhile."""
    file = locks.lock_file(config.reports / _LISTING)
    try:
        fcntl.flock(file, fcntl.LOCK_EX)
        _put_aside(config)
        yield
    finally:
        os.close(file)


def _hold(place: Path) -> None:
    if place not in _held:
        file = locks.lock_file(place / _LOCK)
        fcntl.flock(file, fcntl.LOCK_SH)
        _held[place] = file


# ── pointers ─────────────────────────────────────────────────────────────────────────────────────────────────


def _put_aside(config: Config) -> None:
    """Make room for the pointers where folders stand: from before there were runs, or a copy that followed links."""
    for place in (config.reports / LATEST, config.captures_of_last):
        if place.is_dir() and not place.is_symlink() and os.access(place.parent, os.W_OK):
            aside = place.with_name(f"{place.name}-before-{uuid.uuid4().hex[:6]}")
            place.rename(aside)
            pointers.point(place, aside)
