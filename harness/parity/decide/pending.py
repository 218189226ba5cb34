"""Changes of goldens that wait for a decision: what a run would have the goldens be, kept beside the report.

``pending/`` in the folder of a run holds ``pending.json`` and, for each change, the golden as it was (``base/``) and as the run would have
it (``candidate/``). Nothing in it is a golden: it can be thrown away and made again by a run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from parity import reading
from parity.decide.patch import Change as Difference
from parity.files import write_atomically
from parity.goldens.ledger import Category
from parity.pipeline.settings import Config
from parity.run import runs
from parity.verdict import UsageError

FORMAT = "parity-pending/1"
FOLDER, FILE_NAME = "pending", "pending.json"

State = Literal["open", "accepted", "rejected"]

#: The kind of what is no difference inside a document: the file itself comes, goes, or is written anew.
WHOLE = "whole"


@dataclass(frozen=True)
class Item:
    """One difference of a golden, and what was decided.

    ``kind`` and ``path`` are those of a comparison, or ``whole`` and nothing where the file as such is new or needless;
    ``cause`` is None where none explains it.
    """

    kind: str
    path: str
    expected_path: str | None
    cause: str | None
    state: State = "open"
    #: Place of the decision in ``Pending.decisions``.
    decision: int | None = None

    @property
    def difference(self) -> Difference:
        """As a patch needs it."""
        return Difference(self.kind, self.path, self.expected_path)


@dataclass(frozen=True)
class Change:
    """One golden that a run would have otherwise.

    ``file`` is its path from the project's root; ``before`` and ``after`` are the hashes of the golden when it was compared
    and of the run's text (None: no file, or no text), ``now`` that of the golden with what was accepted since. ``blocked``
    says why it cannot be accepted.
    """

    case: str
    artifact: str
    file: str
    category: Category
    before: str | None
    after: str | None
    now: str | None
    differences: tuple[Item, ...]
    blocked: str | None = None

    @property
    def key(self) -> str:
        """Its name in the ledger: case and file."""
        return f"{self.case}/{Path(self.file).name}"

    @property
    def open(self) -> bool:
        """Whether something of it is undecided."""
        return any(each.state == "open" for each in self.differences)

    @property
    def causes(self) -> list[str]:
        """The causes that explain its differences, each once."""
        return list(dict.fromkeys(each.cause for each in self.differences if each.cause))


@dataclass(frozen=True)
class Origin:
    """The run that the changes of one case come from: its id, its time, its code, and where its captures lie."""

    run_id: str
    made: str
    commit: str
    captures: str
    #: How the run came by what is costly to compute.
    reuse: str
    #: Whether what it read of the services agrees with the golden, so that it was computed before.
    known: bool


@dataclass(frozen=True)
class Decided:
    """What was decided of a cause, an artifact or a field, so that whoever comes second can be told."""

    action: Literal["accepted", "rejected"]
    by: str
    when: str
    reason: str
    record: str | None = None


@dataclass(frozen=True)
class Pending:
    """Everything that waits of one run. ``origins`` is by case, ``causes`` by id: title, kind, stage. ``run_id``: the run."""

    run_id: str = ""
    origins: Mapping[str, Origin] = field(default_factory=dict)
    causes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    changes: tuple[Change, ...] = ()
    decisions: tuple[Decided, ...] = ()

    def blocked(self) -> dict[str, dict[str, str]]:
        """Why nobody can accept what is undecided of a cause or a case, by its name."""
        causes: dict[str, str] = {}
        cases: dict[str, str] = {}
        for change in self.changes:
            if change.blocked and change.open:
                cases.setdefault(change.case, change.blocked)
                for each in change.differences:
                    if each.cause and each.state == "open":
                        causes.setdefault(each.cause, change.blocked)
        return {"causes": causes, "cases": cases}

    def with_changes(self, changed: Iterable[Change]) -> Pending:
        """The same with these in place of those of the same case and file."""
        new = {each.key: each for each in changed}
        return replace(self, changes=tuple(new.get(each.key, each) for each in self.changes))


def folder_of(config: Config) -> Path:
    """Where the changes wait."""
    return runs.folder(config) / FOLDER


def base_of(config: Config, change: Change) -> str | None:
    """The golden as it was compared."""
    return text_at(folder_of(config) / "base" / change.key)


def candidate_of(config: Config, change: Change) -> str | None:
    """The golden as the run would have it."""
    return text_at(folder_of(config) / "candidate" / change.key)


def put(config: Config, key: str, *, base: str | None, candidate: str | None) -> None:
    """Keep both texts of the golden ``key``."""
    for name, text in (("base", base), ("candidate", candidate)):
        file = folder_of(config) / name / key
        if text is None:
            file.unlink(missing_ok=True)
        else:
            write_atomically(file, text)


def text_at(file: Path) -> str | None:
    """What ``file`` holds; None where there is none, or no text in it."""
    try:
        return file.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError, UnicodeDecodeError):
        return None


def load(config: Config) -> Pending:
    """What waits of the run of ``config``, by default the last; nothing where no run has left anything."""
    config = runs.current(config)
    if config.run is None:
        return Pending()
    file = folder_of(config) / FILE_NAME
    try:
        return reading.model(Pending, reading.json_file(file, schema="pending", halves=True))
    except FileNotFoundError as error:
        if (config.run / runs.REPORT).is_file():
            raise UsageError(
                f"{config.relative(file)}: is gone, and with it what waits of that run: make it anew with `parity run`"
            ) from error
        return Pending()
    except reading.Unfit as unfit:
        raise UsageError(f"{file}: {unfit}; remove the folder {FOLDER}, and make it anew with `parity run`") from unfit


def save(config: Config, pending: Pending) -> None:
    """Write what waits."""
    write_atomically(folder_of(config) / FILE_NAME, text_of(pending))


def text_of(pending: Pending) -> str:
    """What waits as the text of ``pending.json``."""
    return json.dumps({"format": FORMAT, **asdict(pending)}, indent=1) + "\n"
