"""The ledger of acceptances: one record per line, only ever appended to, so that branches merge line by line."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from parity import plain, reading
from parity.files import encoded, write_atomically
from parity.typed import Closed, Must, Text, are_different_texts, are_texts, is_object, is_string, is_text, matching
from parity.verdict import ContractError

Category = Literal["create", "fix", "update", "trim"]
"""``create``: there is no golden yet; ``fix``: it differs from the run; ``update``: it says the same in another form;
``trim``: no case needs it any more."""

#: Letters of a reason that a message shows.
_SHOWN = 120


def _is_moment(value: object) -> bool:
    try:
        return isinstance(value, str) and datetime.fromisoformat(value).tzinfo is not None
    except ValueError:
        return False


Digest = Annotated[str, Must("be a digest of 16 hexadecimal digits or null", matching("[0-9a-f]{16}"))]
_SOME = Must("be an object with at least one golden", lambda value: isinstance(value, dict) and value)
Key = Annotated[str, Must("be named by case and file, as in case/file.json", matching("[^/]+/[^/]+"))]


@dataclass(frozen=True)
class Recorded(Closed):
    """What one record did to one golden.

    ``before`` and ``after`` are digests, None where there is no file. ``previous``: ids of the records that it follows;
    none where it begins the golden's history, several where it brings diverged ones together.
    """

    category: Annotated[Category, Must(f"be one of {', '.join(get_args(Category))}", get_args(Category).__contains__)]
    before: Digest | None
    after: Digest | None
    previous: Annotated[tuple[str, ...], Must("be a list of ids, each once", are_different_texts)]


@dataclass(frozen=True)
class Record(Closed):
    """One decision. ``changes``: ``<case>/<file>.json`` → what was done to it; ``date`` is ISO 8601 with its zone.

    ``fingerprints`` are the ids of the accepted causes.
    """

    id: Text
    date: Annotated[Text, Must("be a moment with its zone as in 2026-01-31T12:00:00+00:00", _is_moment)]
    author: Text
    commit: Text | None
    reason: Annotated[str, Must("say why", is_text), Must("be a text", is_string)]
    fingerprints: Annotated[tuple[str, ...], Must("be a list of texts", are_texts)]
    title: Text
    selection: Annotated[Mapping[str, Any], Must("be an object", is_object)]
    run_id: Text | None
    changes: Annotated[Mapping[Key, Recorded], _SOME]

    def name(self) -> str:
        """What messages call it: id, day, author and reason, in one harmless line."""
        author, reason = (plain.line(text, _SHOWN) for text in (self.author, self.reason))
        return f"{self.id} ({self.date[:10]}, {author}: {reason})"


def digest(content: bytes | None) -> str | None:
    """The first 16 hexadecimal digits of the SHA-256 of ``content``; None of no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()[:16]


def text_digest(text: str | None) -> str | None:
    """The digest of a file that holds ``text``; None of no file."""
    return digest(None if text is None else encoded(text))


def digest_at(file: Path) -> str | None:
    """The digest of ``file``; None where there is none."""
    return digest(file.read_bytes() if file.is_file() else None)


def make(
    *,
    date: str,
    author: str,
    commit: str | None,
    reason: str,
    fingerprints: Iterable[str],
    title: str,
    selection: Mapping[str, Any],
    run_id: str | None,
    changes: Mapping[str, Recorded],
) -> Record:
    """A record whose id is the first 12 hexadecimal digits of the SHA-256 of everything else in it."""
    in_order = {key: changes[key] for key in sorted(changes)}
    record = Record("", date, author, commit, reason, tuple(fingerprints), title, dict(selection), run_id, in_order)
    return replace(record, id=_id(to_json(record)))


def to_json(record: Record) -> dict[str, Any]:
    """The record as it stands in the ledger."""
    return dict(_lists(asdict(record)))


def load(file: Path) -> list[Record]:
    """Every record of ``file`` in its order, each once; no file is no record, a broken line is an error that names it."""
    if not file.exists():
        return []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{file}: cannot be read as a ledger: {error}") from error
    records: dict[str, tuple[int, Record]] = {}
    # Other line ends of Unicode may stand in a reason.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        record = from_line(line, where)
        before, other = records.setdefault(record.id, (number, record))
        if other != record:
            raise ContractError(f"{where}: record {record.id} stands in line {before} too, with other content")
    return [record for _, record in records.values()]


def append(file: Path, record: Record) -> None:
    """Put ``record`` at the end of ``file``, wholly or not at all; nothing happens where it stands there already."""
    if any(other.id == record.id for other in load(file)):
        return
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    end = "" if not text or text.endswith("\n") else "\n"
    write_atomically(file, f"{text}{end}{line_of(record)}\n")


def from_line(line: str, where: str) -> Record:
    """The record in one line of a ledger; ``where`` is what messages call the place."""
    try:
        entry = reading.json_text(line, halves=True)
    except reading.Unfit as unfit:
        raise ContractError(
            f"{where}: {unfit}: the line was cut off or edited; the ledger is only ever appended to: take it back from git"
        ) from unfit
    try:
        record = reading.model(Record, entry)
    except reading.Unfit as unfit:
        raise ContractError(f"{where}: {unfit}; take the line back from git") from unfit
    for key, change in record.changes.items():
        if (change.category == "trim") != (change.after is None):
            raise ContractError(
                f"{where}: {key}: {change.category} cannot end at {change.after!r}: a trim ends at null, nothing else does"
            )
    if record.id != (true := _id(entry)):
        raise ContractError(
            f"{where}: record {record.id:.40} was edited: its content has the id {true}. The ledger is only ever appended "
            "to: take the line back from git"
        )
    return record


def line_of(record: Record) -> str:
    """The record as one line of JSON in which nothing can fool a terminal or a reader of a diff."""
    text = json.dumps(to_json(record), ensure_ascii=False, separators=(",", ":"))
    # Inside JSON such characters only stand in texts, where an escape means the same.
    return "".join(_escaped(char) if unicodedata.category(char) in _HIDDEN else char for char in text)


_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}


def _escaped(char: str) -> str:
    return json.dumps(char)[1:-1] if ord(char) > 0x7F else f"\\u{ord(char):04x}"


def tips(records: Iterable[Record], key: str) -> tuple[str, ...]:
    """Ids of the records of ``key`` that none follows; several where branches decided side by side, none without any."""
    own = [record for record in records if key in record.changes]
    known = {record.id for record in own}
    steps = steps_of(own, key)
    followed = {steps[previous] for record in own for previous in record.changes[key].previous if previous in known}
    return tuple(record.id for record in own if steps[record.id] not in followed)


def steps_of(records: Sequence[Record], key: str) -> dict[str, Hashable]:
    """Record id → its step in the history of ``key``: records that lead from the same to the same are one step.

    ``records`` must all be about ``key``.
    """
    changes = {record.id: record.changes[key] for record in records}
    numbers: dict[Hashable, int] = {}
    steps: dict[str, Hashable] = {}
    open_: list[str] = list(reversed(changes))
    entered: set[str] = set()
    while open_:
        here = open_[-1]
        if here in steps:
            open_.pop()
            continue
        # What was entered before and is met again would follow itself; then it counts as unknown.
        missing = [p for p in changes[here].previous if p in changes and p not in steps and p not in entered]
        entered.add(here)
        if missing:
            open_ += missing
            continue
        before = frozenset(steps.get(previous, previous) for previous in changes[here].previous)
        steps[here] = numbers.setdefault((before, changes[here].after), len(numbers))
        open_.pop()
    return steps


def _lists(value: Any) -> Any:
    """Tuples as lists, as they come back from JSON."""
    if isinstance(value, Mapping):
        return {key: _lists(each) for key, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value


def _id(document: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in document.items() if name != "id"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]
