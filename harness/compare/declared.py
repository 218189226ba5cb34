"""Declared runner differences: single leaves that each configuration must fill in its own, stated way."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness.verdict import ContractError

_KEYS = {"artifact", "path", "reason", "patterns"}


@dataclass(frozen=True)
class Declared:
    """One record of the ledger. ``path`` may hold ``[*]`` for any list item; ``patterns`` are by configuration."""

    artifact: str
    path: str
    reason: str
    patterns: Mapping[str, re.Pattern[str]]
    matcher: re.Pattern[str]

    def fits(self, configuration: str, value: object) -> bool:
        """Whether the whole value has the configuration's pattern; a value that is no text counts as its JSON."""
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        return self.patterns[configuration].fullmatch(text) is not None


def load(file: Path, *, configurations: Iterable[str], artifacts: Iterable[str]) -> list[Declared]:
    """Every record of ``file``, one JSON object per line; no file is no record, a broken line is an error."""
    if not file.exists():
        return []
    configurations, artifacts = set(configurations), set(artifacts)
    records: list[Declared] = []
    seen: set[tuple[str, str]] = set()
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        record = _parse(line, where, configurations=configurations, artifacts=artifacts)
        if (record.artifact, record.path) in seen:
            raise ContractError(f"{where}: {record.artifact} {record.path} is declared twice")
        seen.add((record.artifact, record.path))
        records.append(record)
    return records


def _parse(line: str, where: str, *, configurations: set[str], artifacts: set[str]) -> Declared:
    try:
        entry: Any = json.loads(line)
    except ValueError as error:
        raise ContractError(f"{where}: is not JSON: {error}") from error
    if not isinstance(entry, dict) or set(entry) != _KEYS:
        raise ContractError(f"{where}: expected an object with the keys {sorted(_KEYS)}, got {line[:120]}")
    for key in ("artifact", "path", "reason"):
        if not isinstance(entry[key], str) or not entry[key].strip():
            raise ContractError(f"{where}: {key} must be a text, got {entry[key]!r}")
    if entry["artifact"] not in artifacts:
        raise ContractError(f"{where}: unknown artifact {entry['artifact']!r}; known: {', '.join(sorted(artifacts))}")
    patterns = entry["patterns"]
    if not isinstance(patterns, dict) or set(patterns) != configurations:
        raise ContractError(f"{where}: patterns must have one entry for each of {sorted(configurations)}")
    try:
        compiled = {name: re.compile(pattern) for name, pattern in patterns.items()}
    except (re.error, TypeError) as error:
        raise ContractError(f"{where}: a pattern is no regular expression: {error}") from error
    matcher = re.compile(re.escape(entry["path"]).replace(r"\[\*\]", r"\[\d+\]"))
    return Declared(entry["artifact"], entry["path"], entry["reason"], compiled, matcher)
