"""A decision is carried out wholly or, after a kill in the middle, by the next command: what is to be written stands first.

The journal lies beside the goldens until every file it names is written. Carrying it out twice does no harm, and a golden
that somebody changed since is not overwritten.
"""

from __future__ import annotations

import contextlib
import glob
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from filelock import FileLock, Timeout

from harness.config import Config
from harness.decide import ledger
from harness.goldens import write_atomically
from harness.verdict import ContractError

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
def settled(config: Config) -> Iterator[None]:
    """To read what was decided: like ``alone``, but where somebody is deciding right now (a repeated run takes minutes) it
    does not wait: each file is whole at any time."""
    config.reports.mkdir(parents=True, exist_ok=True)
    lock = FileLock(config.reports / _LOCK)
    try:
        lock.acquire(timeout=0)
    except Timeout:
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
    _sweep(file)
    if not file.is_file():
        return False
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        journal = Journal(found["files"], found["record"], found["before"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ContractError(
            f"{config.relative(file)}: is no journal of a decision ({error!r}): look at `git status`, remove it, decide again"
        ) from error
    _check_untouched(config, journal)
    for name in journal.files:
        _sweep(config.root / name)
    if config.ledger is not None:
        _sweep(config.ledger)
    _carry_out(config, journal)
    file.unlink()
    return True


def write(config: Config, journal: Journal) -> None:
    """Carry out ``journal``: from the moment that it stands on disk it cannot be lost."""
    goldens = {name for name in journal.files if (config.root / name).is_relative_to(config.snapshots)}
    journal = replace(journal, before={name: _digest(config.root / name) for name in goldens})
    file = config.snapshots.parent / _NAME
    write_atomically(file, json.dumps({"format": FORMAT, **asdict(journal)}) + "\n")
    _carry_out(config, journal)
    file.unlink()


def _check_untouched(config: Config, journal: Journal) -> None:
    for name, before in journal.before.items():
        text = journal.files[name]
        if _digest(config.root / name) not in (before, ledger.digest(text.encode() if text is not None else None)):
            raise ContractError(
                f"{name}: changed while a decision about it was broken off, so it is left alone. Take it back from git, and "
                f"the next command carries the decision out; or remove {config.relative(config.snapshots.parent / _NAME)}, "
                "look at `git status`, and decide again"
            )


def _digest(file: Path) -> str | None:
    return ledger.digest(file.read_bytes() if file.is_file() else None)


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
