"""Records of a ledger for tests, made as a decision makes them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from parity.goldens.ledger import Record, Recorded, digest, make

KEY = "plain/scores.json"


def state(name: str | None) -> str | None:
    """The digest of a file that holds ``name``; None stands for no file."""
    return None if name is None else digest(name.encode())


def record(
    before: str | None, after: str | None, *previous: Record, key: str = KEY, by: str = "Ada", **fields: Any
) -> Record:
    """A record that leads the golden ``key`` from one content to another, after the records ``previous``."""
    category = "trim" if after is None else "fix" if before else "create"
    change = Recorded(category, state(before), state(after), tuple(each.id for each in previous))
    return of({key: change}, by=by, **fields)


def of(changes: Mapping[str, Recorded], *, by: str = "Ada", **fields: Any) -> Record:
    """A record of ``changes``."""
    given = {
        "date": "2026-03-01T12:00:00+00:00",
        "author": by,
        "commit": "0123456789ab",
        "reason": f"{by} meant it",
        "fingerprints": ["scoring-scale-0a1b2c"],
        "title": "mean is half as large",
        "selection": {"cases": ["plain"]},
        "run_id": "run-1",
        "changes": changes,
    }
    return make(**{**given, **fields})
