"""``parity.toml``: which pipeline, cases, schemas and goldens a comparison works on."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity import reading
from parity.verdict import UsageError

FILE_NAME = "parity.toml"

#: Names the settings file when it does not stand in the working folder.
ENVIRONMENT = "PARITY_CONFIG"

_PATHS = ("corpus", "schemas", "tolerances", "snapshots", "declared", "reports", "captures")


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


def load(file: Path) -> Config:
    """Read ``file``; a missing key, an unknown key or a wrong type is an error that names it."""
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
    allowed = {"pipeline", "configurations", "cases", "fresh", "max_ignored", "sync", "ledger", "keep", *_PATHS}
    if unknown := sorted(set(table) - allowed):
        raise UsageError(f"{file}: unknown key {unknown[0]!r} in [parity]; known: {', '.join(sorted(allowed))}")
    values: dict[str, Any] = {"file": file.absolute()}
    for key in ("pipeline", *_PATHS):
        value = table.get(key)
        if not isinstance(value, str) or not value:
            raise UsageError(f"{file}: [parity] {key} must be a text, got {value!r}")
        values[key] = value if key == "pipeline" else (file.absolute().parent / value)
    for key in ("sync", "ledger"):
        value = table.get(key)
        if value is not None and (not isinstance(value, str) or not value):
            raise UsageError(f"{file}: [parity] {key} must be a text, got {value!r}")
    ledger = file.absolute().parent / table["ledger"] if "ledger" in table else None
    lists = {}
    for key in ("configurations", "cases", "fresh"):
        lists[key] = table.get(key, [])
        if not isinstance(lists[key], list) or not all(isinstance(name, str) for name in lists[key]):
            raise UsageError(f"{file}: [parity] {key} must be a list of names, got {lists[key]!r}")
    share = table.get("max_ignored", 0.01)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 <= share <= 1:
        raise UsageError(f"{file}: [parity] max_ignored must be a share from 0 to 1, got {share!r}")
    keep = table.get("keep", Config.keep)
    if isinstance(keep, bool) or not isinstance(keep, int) or keep < 1:
        raise UsageError(f"{file}: [parity] keep must be a number of runs, 1 or more, got {keep!r}")
    named = {key: tuple(names) for key, names in lists.items()}
    return Config(
        **values, **named, max_ignored=float(share), sync=table.get("sync"), ledger=ledger, keep=keep,
        captures_of_last=values["captures"],
    )  # fmt: skip


def reports_folder(file: str | None) -> Path | None:
    """The folder of reports that ``file`` (None: the nearest) name; None where they cannot be read."""
    try:
        return load(Path(file) if file else find()).reports
    except Exception:  # whatever is wrong with them: a crash is told all the same
        return None
