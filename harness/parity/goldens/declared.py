"""Declared runner differences: single leaves that each configuration must fill in its own, stated way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated

from parity import paths, reading
from parity.typed import UNREAD, Closed, Must, are_different_texts, is_text, matching
from parity.verdict import ContractError


def _is_day(value: object) -> bool:
    """Other ways of writing a day are read too, so it is written anew."""
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _compiles(value: object) -> bool:
    try:
        return isinstance(value, str | re.Pattern) and bool(re.compile(value))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"is no regular expression: {error}") from error


Said = Annotated[str, Must("be a text", is_text)]
#: A name or an address would not fit.
_ROLE = matching("[a-z][a-z -]*[a-z]")
_IN_ORDER = Must(
    "be a list of names in order, each once", lambda value: are_different_texts(value) and value == sorted(value)
)
Role = Annotated[str, Must("be a role in small letters, as in 'platform integration', never a person", _ROLE)]
Day = Annotated[date, Must("be a day as in 2026-01-31", _is_day)]
Pattern = Annotated[re.Pattern[str], Must("be a regular expression", _compiles)]
Cases = Annotated[tuple[str, ...], _IN_ORDER]


@dataclass(frozen=True)
class Declared(Closed):
    """One record of the ledger. ``path`` may hold ``[*]`` for any list item; ``patterns`` are by configuration.

    ``owner`` is the role that answers for it until ``expires``, the last day on which it holds. ``cases`` is empty
    where it holds in every case; ``line`` is its place in the ledger.
    """

    artifact: Said
    path: Said
    reason: Said
    owner: Role
    expires: Day
    patterns: Mapping[str, Pattern]
    cases: Cases = ()
    line: int = field(default=0, metadata=UNREAD)

    @cached_property
    def matcher(self) -> re.Pattern[str]:
        """What fits every path that it is about."""
        return paths.matcher(self.path)

    @property
    def name(self) -> str:
        """What messages call it; no two records of a ledger have the same."""
        return f"{self.artifact} {self.path}" + (f" (in {', '.join(self.cases)})" if self.cases else "")

    def holds_in(self, case: str) -> bool:
        """Whether the record is about ``case``."""
        return not self.cases or case in self.cases

    def fits(self, configuration: str, value: object) -> bool:
        """Whether the whole value has the configuration's pattern; a value that is no text counts as its JSON."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return self.patterns[configuration].fullmatch(text) is not None


def load(file: Path, *, configurations: Iterable[str], artifacts: Iterable[str]) -> list[Declared]:
    """Every record of ``file``, one JSON object per line; no file is no record, a broken line is an error.

    An expired record loads like any other: it still says what was declared, and the comparison fails by it.
    """
    if not file.exists():
        return []
    configurations, artifacts = set(configurations), set(artifacts)
    records: list[Declared] = []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{file}: cannot be read: {error}; mend it, or take it back from git") from error
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        record = _parse(line, where, number, configurations=configurations, artifacts=artifacts)
        for other in records:
            if (record.artifact, record.path) == (other.artifact, other.path) and _meet(record, other):
                raise ContractError(f"{where}: {record.name} is declared twice, in line {other.line} too")
        records.append(record)
    return records


def _meet(one: Declared, other: Declared) -> bool:
    return not one.cases or not other.cases or bool(set(one.cases) & set(other.cases))


def _parse(line: str, where: str, number: int, *, configurations: set[str], artifacts: set[str]) -> Declared:
    try:
        record = replace(reading.model(Declared, reading.json_text(line)), line=number)
    except reading.Unfit as unfit:
        raise ContractError(f"{where}: {unfit}; mend it, or take it back from git") from unfit
    if record.artifact not in artifacts:
        raise ContractError(f"{where}: unknown artifact {record.artifact!r}; known: {', '.join(sorted(artifacts))}")
    if set(record.patterns) != configurations:
        raise ContractError(f"{where}: patterns must have one entry for each of {sorted(configurations)}")
    return record
