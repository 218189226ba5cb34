"""Declared differences tested anew in every comparison: one that nothing needs any more, or that expired, is stale."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from parity.documents import all_at
from parity.english import many
from parity.goldens.declared import Declared


def retested(records: Iterable[Declared], first: Any, second: Any) -> list[dict[str, Any]]:
    """What two configurations' documents say of each record: places where something stands, and whether it is equal."""
    rows = []
    for record in records:
        sides = [all_at(document, record.path) for document in (first, second)]
        # As JSON, which tells 1, 1.0 and true apart.
        equal = json.dumps(sides[0], sort_keys=True) == json.dumps(sides[1], sort_keys=True)
        rows.append({"record": record.name, "places": max(map(len, sides)), "equal": equal})
    return rows


def stale(
    records: Iterable[Declared], results: Sequence[Mapping[str, Any]], *, today: date, complete: bool
) -> list[dict[str, Any]]:
    """Every record by which a comparison fails: why, and what to do about it.

    ``results`` are outcomes as JSON; those that compare two configurations carry what ``retested`` says. Whether a
    record is still needed can be told only when ``complete``: when every check of every case was made.
    """
    found = []
    for record in records:
        why, problem = _problem(record, results, today=today, complete=complete)
        if why is None:
            continue
        found.append(
            {
                "artifact": record.artifact,
                "path": record.path,
                "cases": list(record.cases),
                "owner": record.owner,
                "expires": record.expires.isoformat(),
                "why": why,
                "message": f"{record.name}, line {record.line} of the ledger: {problem}",
            }
        )
    return found


def _problem(
    record: Declared, results: Sequence[Mapping[str, Any]], *, today: date, complete: bool
) -> tuple[str, str] | tuple[None, None]:
    if today > record.expires:
        return "expired", (
            f"expired on {record.expires.isoformat()}; its owner ({record.owner}) must decide: renew it with a later "
            "date and a reason that still holds, or remove it and what makes the configurations differ"
        )
    if not complete:
        return None, None
    concerned = [
        result
        for result in results
        if result["check"] == "configurations"
        and result["artifact"] == record.artifact
        and record.holds_in(result["case"])
    ]
    # A pair that could not be compared says nothing about the record; it fails by itself.
    if any({"crash", "pipeline", "usage"} & set(result["verdicts"]) for result in concerned):
        return None, None
    rows = [
        row
        for result in concerned
        for row in result.get("data", {}).get("declared", [])
        if row["record"] == record.name and row["places"]
    ]
    if not rows:
        return "no place", "stands nowhere any more; remove the record"
    if all(row["equal"] for row in rows):
        return "equal", (
            f"the configurations no longer differ there, in any of {many(len(rows), 'case')}; "
            "remove the record, so that the values are compared again"
        )
    return None, None
