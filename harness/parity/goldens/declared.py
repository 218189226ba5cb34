"""Declared runner differences: single leaves that each configuration must fill in its own, stated way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from parity import reading
from parity.verdict import ContractError

_KEYS = {"artifact", "path", "reason", "owner", "expires", "patterns"}
_TEXTS = ("artifact", "path", "reason", "owner")
#: A role in small letters: a name or an address would not fit.
_ROLE = re.compile(r"[a-z][a-z -]*[a-z]")


@dataclass(frozen=True)
class Declared:
    """One record of the ledger. ``path`` may hold ``[*]`` for any list item; ``patterns`` are by configuration.

    ``owner`` is the role that answers for it until ``expires``, the last day on which it holds. ``cases`` is empty
    where it holds in every case; ``line`` is its place in the ledger.
    """

    artifact: str
    path: str
    reason: str
    owner: str
    expires: date
    patterns: Mapping[str, re.Pattern[str]]
    matcher: re.Pattern[str]
    cases: tuple[str, ...] = ()
    line: int = 0

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
        entry: Any = reading.json_text(line)
    except reading.Unfit as unfit:
        raise ContractError(f"{where}: {unfit}; mend it, or take it back from git") from unfit
    if not isinstance(entry, dict) or set(entry) - {"cases"} != _KEYS:
        raise ContractError(
            f"{where}: expected an object with the keys {sorted(_KEYS)} and at most cases beside them, got {line[:120]}"
        )
    for key in _TEXTS:
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise ContractError(f"{where}: {key} must be a text, got {entry[key]!r}")
    if entry["artifact"] not in artifacts:
        raise ContractError(f"{where}: unknown artifact {entry['artifact']!r}; known: {', '.join(sorted(artifacts))}")
    if not _ROLE.fullmatch(entry["owner"]):
        raise ContractError(
            f"{where}: owner must be a role in small letters, as in 'platform integration', never a person; "
            f"got {entry['owner']!r}"
        )
    cases = entry.get("cases", [])
    if not isinstance(cases, list) or not all(isinstance(name, str) for name in cases) or cases != sorted(set(cases)):
        raise ContractError(f"{where}: cases must be a list of names in order, each once, got {cases!r}")
    patterns = entry["patterns"]
    if not isinstance(patterns, dict) or set(patterns) != configurations:
        raise ContractError(f"{where}: patterns must have one entry for each of {sorted(configurations)}")
    try:
        compiled = {name: re.compile(pattern) for name, pattern in patterns.items()}
    except (re.error, TypeError, OverflowError, RecursionError) as error:
        raise ContractError(f"{where}: a pattern is no regular expression: {error}") from error
    return Declared(
        artifact=entry["artifact"],
        path=entry["path"],
        reason=entry["reason"],
        owner=entry["owner"],
        expires=_day(entry["expires"], where),
        patterns=compiled,
        matcher=re.compile(re.escape(entry["path"]).replace(r"\[\*\]", r"\[\d+\]")),
        cases=tuple(cases),
        line=number,
    )


def _day(value: object, where: str) -> date:
    try:
        day = date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    # Other ways of writing a day are read too, so it is written anew.
    if day is None or day.isoformat() != value:
        raise ContractError(f"{where}: expires must be a day as in 2026-01-31, got {value!r}")
    return day
