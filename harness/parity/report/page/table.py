"""Ten thousand differences in little room: every text once, rows of numbers that point to them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from parity import plain
from parity.files import encoded

COLUMNS = (
    "cause",
    "role",
    "check",
    "case",
    "configuration",
    "against",
    "artifact",
    "stage",
    "path",
    "kind",
    "expected",
    "actual",
    "magnitude",
    "unit",
    "allowed",
    "would_pass",
    "note",
)
_NUMBERS = frozenset({"magnitude", "allowed", "would_pass"})
_VALUES = frozenset({"expected", "actual"})

#: Letters of a text, of a value; bytes that all rows may have, so that the page stays one that opens at once.
LETTERS, VALUE, ROOM = 240, 160, 2_600_000
#: Letters of any text of the page, with what stands for letters that a reader would obey.
MOST = 300


def table(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The differences, what broke before what follows from it; ``total`` counts those that found no room, too."""
    rows = sorted(rows, key=lambda row: (row["role"] != "own", row["role"] is None))
    numbers: dict[str, int] = {}
    packed: list[list[int | float | None]] = []
    room = ROOM
    for row in rows:
        known = len(numbers)
        cells = [_cell(row, name, numbers) for name in COLUMNS]
        added = list(numbers)[known:] if len(numbers) > known else ()
        room -= 5 * len(COLUMNS) + sum(len(encoded(text)) + 3 for text in added)
        if room < 0:
            break
        packed.append(cells)
    return {"total": len(rows), "columns": list(COLUMNS), "strings": list(numbers), "rows": packed}


def _cell(row: Mapping[str, Any], name: str, numbers: dict[str, int]) -> int | float | None:
    value = row[name]
    if name in _VALUES and row["kind"] == {"expected": "extra", "actual": "missing"}[name]:
        return None  # that side has no value, not even null
    if name not in _VALUES and value is None:
        return None
    if name in _NUMBERS:
        return float(f"{value:.6g}") if abs(value) < float("inf") else None
    text = _value(value) if name in _VALUES else short(value, LETTERS)
    return numbers.setdefault(text, len(numbers))


def short(value: object, letters: int = 260) -> str:
    """The first ``letters`` of ``value`` with its own line breaks, how many there are, and nothing that would be obeyed."""
    shown = plain.block(value, letters)
    return shown if len(shown) <= MOST else f"{shown[: MOST - 1]}…"


def _value(value: Any) -> str:
    """A value so that 1, "1" and null look different."""
    if isinstance(value, str):
        return f'"{short(value, VALUE)}"'
    return short(json.dumps(value, ensure_ascii=False), VALUE)
