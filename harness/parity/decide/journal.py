"""A decision is carried out wholly or, after a kill in the middle, by the next command: what is to be written stands first.

The journal lies beside the goldens until every file it names is written. Carrying it out twice does no harm, and a golden
that somebody changed since is not overwritten.
"""

from __future__ import annotations

import contextlib
import glob
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from parity import reading
from parity.files import CannotWrite, refused, write_atomically
from parity.goldens import ledger
from parity.pipeline.settings import Config
from parity.verdict import ContractError, UsageError

FORMAT = "parity-journal/1"
_NAME, _LOCK = ".deciding.json", "decisions.lock"


@dataclass(frozen=True)
class Journal:
    """What one decision writes: files from the project's root → text (None: the file goes), and the ledger's new line.

    ``before``: of those that are goldens, the digests of what they were (None: no file).
    """

    files: Mapping[str, str | None]
    record: str | None
    before: Mapping[str, str | None] = field(default_factory=dict)


@contextlib.contextmanager
def alone(config: Config) -> Iterator[None]:
    """One decision at a time, whoever makes it; what an earlier one left half done is carried out first."""
    config.reports.mkdir(parents=True, exist_ok=True)
    with FileLock(config.reports / _LOCK):
        finish(config)
        yield


@contextlib.contextmanager
def deciding(config: Config) -> Iterator[None]:
    """Like ``alone``, for a decision: what the system refuses before the journal stands leaves nothing decided."""
    try:
        with alone(config):
            yield
    except (CannotWrite, OSError) as error:
        raise UsageError(f"nothing was decided, and no golden was changed: {_cause(error)}") from error


@contextlib.contextmanager
def settled(config: Config) -> Iterator[None]:
    """To read what was decided: like ``alone``, but where somebody is deciding right now (a repeated run takes minutes) it
    does not wait: each file is whole at any time."""
    try:
        config.reports.mkdir(parents=True, exist_ok=True)
        lock = FileLock(config.reports / _LOCK)
        lock.acquire(timeout=0)
    except (Timeout, OSError):  # somebody decides, or nobody can decide here
        yield
        return
    try:
        finish(config)
        yield
    finally:
        lock.release()


def finish(config: Config) -> bool:
    """Carry out what a killed decision left; whether there was anything. Call it inside ``alone`` only."""
    file = config.snapshots.parent / _NAME
    if file.parent.is_dir() and os.access(file.parent, os.W_OK):
        _sweep(file)
    if not file.is_file():
        return False
    journal = _read(config, file)
    _check_untouched(config, journal)
    with _standing(config, file):
        for name in journal.files:
            _sweep(config.root / name)
        if config.ledger is not None:
            _sweep(config.ledger)
        _carry_out(config, journal)
        file.unlink()
    return True


def _read(config: Config, file: Path) -> Journal:
    try:
        found = reading.json_file(file, halves=True)
        journal = reading.model(Journal, {name: each for name, each in dict(found).items() if name != "format"})
        if found["format"] != FORMAT:
            raise reading.Unfit(f"format: expected {FORMAT}, got {found['format']!r:.80}")
        if lost := sorted(set(journal.before) - set(journal.files)):
            raise reading.Unfit(f"before.{lost[0]}: is none of the files")
        for name in journal.files:
            if not (config.root / name).resolve().is_relative_to(config.root.resolve()):
                raise reading.Unfit(f"files.{name}: lies outside the project")
        if journal.record is not None:
            ledger.from_line(journal.record, _NAME)
    except (OSError, ValueError, KeyError, TypeError, reading.Unfit) as error:
        raise ContractError(
            f"{config.relative(file)}: is no journal of a decision ({error}): look at `git status`, remove it, decide again"
        ) from error
    return journal


def write(config: Config, journal: Journal) -> None:
    """Carry out ``journal``: from the moment that it stands on disk it cannot be lost."""
    goldens = {name for name in journal.files if (config.root / name).is_relative_to(config.snapshots)}
    journal = replace(journal, before={name: ledger.digest_at(config.root / name) for name in goldens})
    file = config.snapshots.parent / _NAME
    write_atomically(file, json.dumps({"format": FORMAT, **asdict(journal)}) + "\n")
    with _standing(config, file):
        _carry_out(config, journal)
        file.unlink()


class Unfinished(UsageError):
    """A decision stands, and could not be carried out to its end."""


@contextlib.contextmanager
def _standing(config: Config, file: Path) -> Iterator[None]:
    """What the system refuses in here undoes no decision: the journal stands, and its carrying out can be repeated."""
    try:
        yield
    except (CannotWrite, OSError) as error:
        raise Unfinished(
            f"it is decided, but not yet carried out to its end: {_cause(error)}. The decision stands in "
            f"{config.relative(file)}: when that is mended, the next command carries it out; do not decide again"
        ) from error


def _cause(error: CannotWrite | OSError) -> str:
    return str(error) if isinstance(error, CannotWrite) else refused(error) or str(error)


def _check_untouched(config: Config, journal: Journal) -> None:
    for name, before in journal.before.items():
        text = journal.files[name]
        if ledger.digest_at(config.root / name) not in (before, ledger.text_digest(text)):
            raise ContractError(
                f"{name}: changed while a decision about it was broken off, so it is left alone. Take it back from git, and "
                f"the next command carries the decision out; or remove {config.relative(config.snapshots.parent / _NAME)}, "
                "look at `git status`, and decide again"
            )


def _sweep(file: Path) -> None:
    """Remove what a kill left of writing ``file``: nobody else writes it now."""
    for left in file.parent.glob(f".{glob.escape(file.name)}.????????"):
        left.unlink()


def _carry_out(config: Config, journal: Journal) -> None:
    for name, text in journal.files.items():
        file = config.root / name
        if text is not None:
            write_atomically(file, text)
        else:
            file.unlink(missing_ok=True)
            _without_empty_folders(file.parent, config.snapshots)
    if journal.record is not None and config.ledger is not None:
        ledger.append(config.ledger, ledger.from_line(journal.record, _NAME))


def _without_empty_folders(folder: Path, root: Path) -> None:
    while folder != root and folder.is_relative_to(root) and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
