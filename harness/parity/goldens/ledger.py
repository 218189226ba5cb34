"""The ledger of acceptances: one record per line, only ever appended to, so that branches merge line by line."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal, get_args

from parity import plain, reading
from parity.verdict import ContractError

Category = Literal["create", "fix", "update", "trim"]
"""``create``: there is no golden yet; ``fix``: it differs from the run; ``update``: it says the same in another form;
``trim``: no case needs it any more."""

_KEY, _DIGEST = re.compile(r"[^/]+/[^/]+"), re.compile(r"[0-9a-f]{16}")
#: Letters of a reason that a message shows.
_SHOWN = 120
_TEXTS = ("id", "date", "author", "reason", "title")
_TEXTS_OR_NULL = ("commit", "run_id")


@dataclass(frozen=True)
class Recorded:
    """What one record did to one golden.

    ``before`` and ``after`` are digests, None where there is no file. ``previous``: ids of the records that it follows;
    none where it begins the golden's history, several where it brings diverged ones together.
    """

    category: Category
    before: str | None
    after: str | None
    previous: tuple[str, ...] = ()


@dataclass(frozen=True)
class Record:
    """One decision. ``changes``: ``<case>/<file>.json`` → what was done to it; ``date`` is ISO 8601 with its zone.

    ``fingerprints`` are the ids of the accepted causes. ``line`` is its place in the ledger, 0 before it has one.
    """

    id: str
    date: str
    author: str
    commit: str | None
    reason: str
    fingerprints: tuple[str, ...]
    title: str
    selection: Mapping[str, Any]
    run_id: str | None
    changes: Mapping[str, Recorded]
    line: int = field(default=0, compare=False)

    def name(self) -> str:
        """What messages call it: id, day, author and reason, in one harmless line."""
        author, reason = (plain.line(text, _SHOWN) for text in (self.author, self.reason))
        return f"{self.id} ({self.date[:10]}, {author}: {reason})"


def digest(content: bytes | None) -> str | None:
    """The first 16 hexadecimal digits of the SHA-256 of ``content``; None of no file."""
    return None if content is None else hashlib.sha256(content).hexdigest()[:16]


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
    record = Record(
        "", date, author, commit, reason, tuple(fingerprints), title, dict(selection), run_id,
        {key: changes[key] for key in sorted(changes)},
    )  # fmt: skip
    return Record(**{**_fields(record), "id": _id(to_json(record))})


def to_json(record: Record) -> dict[str, Any]:
    """The record as it stands in the ledger."""
    fields = _fields(record)
    del fields["line"]
    changes = {key: {**asdict(change), "previous": list(change.previous)} for key, change in record.changes.items()}
    return {
        **fields,
        "fingerprints": list(record.fingerprints),
        "selection": _lists(record.selection),
        "changes": changes,
    }


def load(file: Path) -> list[Record]:
    """Every record of ``file`` in its order, each once; no file is no record, a broken line is an error that names it."""
    if not file.exists():
        return []
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContractError(f"{file}: cannot be read as a ledger: {error}") from error
    records: dict[str, Record] = {}
    # Other line ends of Unicode may stand in a reason.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        where = f"{file}, line {number}"
        record = _parse(line, where, number)
        other = records.setdefault(record.id, record)
        if other != record:
            raise ContractError(f"{where}: record {record.id} stands in line {other.line} too, with other content")
    return list(records.values())


def append(file: Path, record: Record) -> None:
    """Put ``record`` at the end of ``file``, wholly or not at all; nothing happens where it stands there already."""
    from parity.files import write_atomically

    if any(other.id == record.id for other in load(file)):
        return
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    end = "" if not text or text.endswith("\n") else "\n"
    write_atomically(file, f"{text}{end}{line_of(record)}\n")


def from_line(line: str, where: str) -> Record:
    """The record in one line of a ledger; ``where`` is what messages call the place."""
    return _parse(line, where, 0)


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


def _fields(record: Record) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _lists(value: Any) -> Any:
    """Tuples as lists, as they come back from JSON."""
    if isinstance(value, Mapping):
        return {key: _lists(each) for key, each in value.items()}
    return [_lists(each) for each in value] if isinstance(value, list | tuple) else value


def _id(document: Mapping[str, Any]) -> str:
    rest = {name: value for name, value in document.items() if name != "id"}
    text = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("ascii")).hexdigest()[:12]


def _parse(line: str, where: str, number: int) -> Record:
    try:
        entry: Any = reading.json_text(line, halves=True)
    except reading.Unfit as unfit:
        raise ContractError(
            f"{where}: {unfit}: the line was cut off or edited; the ledger is only ever appended to: take it back from git"
        ) from unfit
    wanted = [name for name in Record.__dataclass_fields__ if name != "line"]
    if not isinstance(entry, dict) or set(entry) != set(wanted):
        raise ContractError(f"{where}: expected an object with the keys {sorted(wanted)}, got {line[:120]}")
    for name in (*_TEXTS, *_TEXTS_OR_NULL):
        if not isinstance(entry[name], str) and not (name in _TEXTS_OR_NULL and entry[name] is None):
            raise ContractError(f"{where}: {name} must be a text, got {entry[name]!r:.120}")
    _check_date(entry["date"], where)
    if not entry["reason"].strip():
        raise ContractError(f"{where}: reason must say why, got {entry['reason']!r:.120}")
    if not _is_texts(entry["fingerprints"]):
        raise ContractError(f"{where}: fingerprints must be a list of texts, got {entry['fingerprints']!r:.120}")
    if not isinstance(entry["selection"], dict):
        raise ContractError(f"{where}: selection must be an object, got {entry['selection']!r:.120}")
    if not isinstance(entry["changes"], dict) or not entry["changes"]:
        raise ContractError(
            f"{where}: changes must be an object with at least one golden, got {entry['changes']!r:.120}"
        )
    if odd := [key for key in entry["changes"] if not _KEY.fullmatch(key)]:
        raise ContractError(f"{where}: a golden is named by case and file, as in case/file.json; got {odd[0]!r:.120}")
    changes = {key: _recorded(change, f"{where}: {key}") for key, change in entry["changes"].items()}
    if entry["id"] != (true := _id(entry)):
        raise ContractError(
            f"{where}: record {entry['id']:.40} was edited: its content has the id {true}. The ledger is only ever appended "
            "to: take the line back from git"
        )
    return Record(**{**entry, "fingerprints": tuple(entry["fingerprints"]), "changes": changes, "line": number})


def _check_date(text: str, where: str) -> None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ContractError(
            f"{where}: date must be a moment with its zone as in 2026-01-31T12:00:00+00:00, got {text!r:.120}"
        )


def _recorded(change: Any, where: str) -> Recorded:
    wanted = set(Recorded.__dataclass_fields__)
    if not isinstance(change, dict) or set(change) != wanted:
        raise ContractError(f"{where}: expected an object with the keys {sorted(wanted)}, got {change!r:.120}")
    if change["category"] not in get_args(Category):
        raise ContractError(
            f"{where}: category must be one of {', '.join(get_args(Category))}, got {change['category']!r:.40}"
        )
    for name in ("before", "after"):
        if change[name] is not None and not (isinstance(change[name], str) and _DIGEST.fullmatch(change[name])):
            raise ContractError(
                f"{where}: {name} must be a digest of 16 hexadecimal digits or null, got {change[name]!r:.60}"
            )
    if (change["category"] == "trim") != (change["after"] is None):
        raise ContractError(
            f"{where}: {change['category']} cannot end at {change['after']!r}: a trim ends at null, nothing else does"
        )
    if not _is_texts(change["previous"]) or len(set(change["previous"])) != len(change["previous"]):
        raise ContractError(f"{where}: previous must be a list of ids, each once, got {change['previous']!r:.120}")
    return Recorded(**{**change, "previous": tuple(change["previous"])})


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
