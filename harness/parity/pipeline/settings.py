"""``parity.toml``: which pipeline, cases, schemas and goldens a comparison works on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity import reading
from parity.typed import Must, are_texts, is_number
from parity.verdict import UsageError

FILE_NAME = "parity.toml"

#: Names the settings file when it does not stand in the working folder.
ENVIRONMENT = "PARITY_CONFIG"

_PATHS = ("corpus", "schemas", "tolerances", "snapshots", "declared", "reports", "captures")
_NEEDED = ("pipeline", *_PATHS)
_TEXT = Must("be a text", lambda value: isinstance(value, str) and value != "")
_NAMES = Must("be a list of names", are_texts)
#: What each key of ``[parity]`` must hold.
_KEYS = {
    **dict.fromkeys((*_NEEDED, "sync", "ledger"), _TEXT),
    **dict.fromkeys(("configurations", "cases", "fresh"), _NAMES),
    "max_ignored": Must("be a share from 0 to 1", lambda value: is_number(value) and 0 <= value <= 1),
    "keep": Must("be a number of runs, 1 or more", lambda value: type(value) is int and value >= 1),
}


@dataclass(frozen=True)
class Config:
    """The settings of one project; every path is absolute.

    ``cases`` is empty when every folder of the corpus is a case. ``max_ignored`` is the largest share of a
    case's leaves that may stay uncompared by a rule. ``reports`` is the folder of all runs; ``captures`` leads to those of
    the last run, and is the folder of its own captures in the settings of one run (``parity.run.runs``).
    """

    file: Path
    pipeline: str
    corpus: Path
    schemas: Path
    tolerances: Path
    snapshots: Path
    declared: Path
    reports: Path
    captures: Path
    cases: tuple[str, ...] = ()
    max_ignored: float = 0.01
    #: Cases in which a run shares nothing unless it is told to.
    fresh: tuple[str, ...] = ()
    #: The compared configurations, in order: the first is what the second must be equal to; empty for the pipeline's own.
    configurations: tuple[str, ...] = ()
    #: The rules of ``parity sync`` as ``package.module:NAME``; None where the project has none.
    sync: str | None = None
    #: Who accepted which golden, and why; None where the project keeps no such ledger.
    ledger: Path | None = None
    #: How many runs are kept.
    keep: int = 10
    #: The folder of the run that is made or read; None before one is chosen.
    run: Path | None = None
    #: ``captures`` as they are set, also in the settings of one run.
    captures_of_last: Path = Path()

    @property
    def root(self) -> Path:
        """The folder that relative paths in messages and reports start from."""
        return self.file.parent

    def relative(self, path: Path) -> str:
        """``path`` as people read it: from the project's root where it lies inside."""
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else str(path)

    def golden(self, case: str, file_name: str) -> Path:
        """Where the golden ``file_name`` of ``case`` lies."""
        return self.snapshots / case / file_name


def find(start: Path | None = None) -> Path:
    """The settings file: the one ``PARITY_CONFIG`` names, else the nearest ``parity.toml`` at or above ``start``."""
    named = os.environ.get(ENVIRONMENT)
    if named:
        return Path(named).absolute()
    start = (start or Path.cwd()).absolute()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file():
            return folder / FILE_NAME
    raise UsageError(f"no {FILE_NAME} in {start} or above it: run inside a project, or name one with --config FILE")


def load(file: str | Path | None) -> Config:
    """Read ``file`` (None: the one that ``find`` finds); a missing key, an unknown key or a wrong type is an error that names it."""
    file = Path(file) if file else find()
    try:
        document = reading.toml_file(file)
    except FileNotFoundError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except reading.Unfit as unfit:
        raise UsageError(f"{file}: {unfit}; mend it, or take it back from git") from unfit
    if outside := sorted(key for key, value in document.items() if not isinstance(value, dict)):
        raise UsageError(f"{file}: key {outside[0]!r} stands in no table; the settings stand in [parity]")
    table = document.get("parity")
    if not isinstance(table, dict):
        raise UsageError(f"{file}: has no table [parity]; expected keys: pipeline, {', '.join(_PATHS)}")
    if unknown := sorted(set(table) - set(_KEYS)):
        raise UsageError(f"{file}: unknown key {unknown[0]!r} in [parity]; known: {', '.join(sorted(_KEYS))}")
    values: dict[str, Any] = {key: table.get(key) for key in (*_NEEDED, *table)}
    for key, value in values.items():
        if not _KEYS[key].check(value):
            raise UsageError(f"{file}: [parity] {key} must {_KEYS[key].words}, got {value!r}")
    folder, share = file.absolute().parent, values.pop("max_ignored", Config.max_ignored)
    paths = {key: folder / value for key, value in values.items() if key in (*_PATHS, "ledger")}
    names = {key: tuple(value) for key, value in values.items() if _KEYS[key] is _NAMES}
    values |= {**paths, **names, "file": file.absolute(), "captures_of_last": paths["captures"]}
    return Config(**values, max_ignored=float(share))


def reports_folder(file: str | None) -> Path | None:
    """The folder of reports that ``file`` (None: the nearest) name; None where they cannot be read."""
    try:
        return load(file).reports
    except Exception:  # whatever is wrong with them: a crash is told all the same
        return None
