"""What is said of a pair beside its differences: what does not fit, older shapes, what one side cannot have."""

from __future__ import annotations

from collections.abc import Sequence

from parity.pipeline.reading import Reader
from parity.tools.diff.pair import Part, asked_for, grouped
from parity.tools.diff.sides import Side


def contract_versions(side: Side) -> str:
    """The contract versions that a side names, for people."""
    return " and ".join(side.told.contracts) or "none"


def of(side: Side, label: str, reader: Reader, analyses: Sequence[str]) -> list[str]:
    """What does not fit in a side, one sentence each; of documents only the ones that are asked for."""
    failed = [f"{label}: the run failed: {side.failure}"] if side.failure else []
    odd: dict[str, list[str]] = {}
    for name, document in side.documents.items():
        if not analyses or asked_for(name, analyses):
            for oddity in reader.oddities(name, document):
                odd.setdefault(oddity, []).append(name)
    oddities = [f"{label}: {oddity}: {', '.join(grouped(names))}" for oddity, names in odd.items()]
    return [*failed, *(f"{label}: {note}" for note in side.notes), *oddities]


def between(first: Side, second: Side, parts: Sequence[Part]) -> list[str]:
    """What is to be said of both sides together."""
    notes = []
    one, other = first.told.subject, second.told.subject
    if one and other and one != other:
        notes.append(f"A is of {one}, B of {other}")
    for state, text in (("absent", "on neither side"), ("impossible", "not compared, one kind of side has none")):
        if names := [part.artifact for part in parts if part.state == state and not part.messages]:
            notes.append(f"{text}: {', '.join(grouped(names))}")
    said: dict[str, list[str]] = {}
    for part in parts:
        # Where nothing has a schema, how the pair is compared says so already.
        for message in part.messages if any(each.schema for each in parts) else ():
            said.setdefault(message, []).append(part.artifact)
    return [*notes, *(f"{message}: {', '.join(grouped(names))}" for message, names in said.items())]
