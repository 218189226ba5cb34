"""The merge guard: the records of a golden form one chain that ends at its file, whatever git merged without a word."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from parity.english import listed
from parity.goldens.ledger import Category, Record, Recorded, digest_at, steps_of, tips
from parity.pipeline.artifacts import artifacts_of
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config

#: Goldens and cases that a message names; the others are counted.
SHOWN = 4

Kind = Literal["fork", "gap", "unrecorded"]


@dataclass(frozen=True)
class Problem:
    """What is wrong with the history of one golden (``key``: ``<case>/<file>.json``), and the ids of the records in it."""

    key: str
    kind: Kind
    message: str
    records: tuple[str, ...]


def problems(records: Iterable[Record], files: Mapping[str, str | None]) -> list[Problem]:
    """What is wrong with the goldens in ``files``: key → digest of the file, None where there is none."""
    by_key: dict[str, list[Record]] = {key: [] for key in files}
    for record in records:
        for key in record.changes:
            if key in by_key:
                by_key[key].append(record)
    return [found for key in sorted(files) for found in _of_one(key, by_key[key], files[key])]


def files(
    config: Config, pipeline: Pipeline, cases: Iterable[Case], records: Iterable[Record], *, complete: bool
) -> dict[str, str | None]:
    """Key → digest of the file, for every golden of ``cases`` and every golden of them that a record is about.

    ``complete``: those of cases that are gone too. A golden that nothing needs and no record is about is none of these.
    """
    cases = list(cases)
    names = {case.name for case in cases}
    keys = {
        f"{case.name}/{artifact.golden}"
        for case in cases
        for artifact in artifacts_of(pipeline, case)
        if artifact.golden and config.golden(case.name, artifact.golden).is_file()
    }
    keys |= {key for record in records for key in record.changes if complete or key.partition("/")[0] in names}
    return {key: digest_at(config.snapshots / key) for key in keys}


def messages(found: Sequence[Problem], folder: str) -> list[str]:
    """What to say of ``found``, with the path of ``folder``: what is the same for several goldens of a case is said once."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for each in found:
        groups.setdefault((each.kind, each.key.partition("/")[0], *each.records), []).append(each)
    bare = [same for (kind, *_), same in groups.items() if kind == "unrecorded"]
    said = [
        f"{folder}/{same[0].message}" + _and(same[1:]) for (kind, *_), same in groups.items() if kind != "unrecorded"
    ]
    if len(bare) > SHOWN:
        goldens = sum(len(same) for same in bare)
        said.append(
            f"{folder}: {goldens} goldens of {len(bare)} cases are in no record of the ledger: `parity run`, then "
            "`parity accept --all --reason …`"
        )
    else:
        said += [f"{folder}/{same[0].message}" + _and(same[1:]) for same in bare]
    return said


def _and(others: Sequence[Problem]) -> str:
    names = [each.key.rpartition("/")[2] for each in others]
    return f"\n  the same of {listed(names, SHOWN)}" if names else ""


def following(
    records: Iterable[Record], key: str, *, category: Category, before: str | None, after: str | None
) -> Recorded:
    """What a record that is made now must say of ``key``, so that its history is one chain again.

    ``before`` is the digest of the file as it is. Where the history ends in one state, the record starts from that one: what
    somebody edited since was never accepted. Where it is broken, the record names every loose end, and starts from the file.
    """
    own = [record for record in records if key in record.changes]
    ends = tips(own, key)
    by_id = {record.id: record for record in own}
    states = {by_id[each].changes[key].after for each in ends}
    loose = [p for record in _broken(own, key) for p in record.changes[key].previous]
    previous = tuple(dict.fromkeys([*ends, *loose]))
    return Recorded(category, states.pop() if len(states) == 1 and not loose else before, after, previous)


def _of_one(key: str, records: Sequence[Record], file: str | None) -> Iterator[Problem]:
    if not records:
        if file is not None:
            yield Problem(key, "unrecorded", f"{key}: no record of the ledger is about it{_decide(key)}", ())
        return
    by_id = {record.id: record for record in records}
    ends = [by_id[each] for each in tips(records, key)]
    states = {record.changes[key].after for record in ends}
    if len(states) > 1:
        yield _fork(key, records, ends, file)
        return
    for record in _broken(records, key):
        yield _missing_link(key, record, by_id)
        return
    if file not in states:
        yield _gap(key, records, ends[-1], file)


def _broken(records: Sequence[Record], key: str) -> list[Record]:
    """The records that do not start where the one that they follow ended; what a later decision settled does not count."""
    by_id = {record.id: record for record in records}
    settled: set[str] = set()
    open_ = [p for record in records if len(record.changes[key].previous) > 1 for p in record.changes[key].previous]
    while open_:
        if (here := open_.pop()) in by_id and here not in settled:
            settled.add(here)
            open_ += by_id[here].changes[key].previous
    return [
        record
        for record in records
        if record.id not in settled
        and len(record.changes[key].previous) == 1
        and not _continues(record.changes[key], by_id.get(record.changes[key].previous[0]), key)
    ]


def _continues(change: Recorded, previous: Record | None, key: str) -> bool:
    return previous is not None and previous.changes[key].after == change.before


def _fork(key: str, records: Sequence[Record], ends: Sequence[Record], file: str | None) -> Problem:
    steps = steps_of(records, key)
    # Of records that made the same step, one stands for all.
    sides = list({steps[record.id]: record for record in reversed(ends)}.values())[::-1]
    listed = "".join(f"\n  {each.name()} ends at {_state(each.changes[key].after)}" for each in sides)
    common = set.intersection(*(set(side.changes[key].previous) for side in sides))
    since = f"both follow {sorted(common)[0]}" if common else "neither follows the other"
    what = _state(file)
    whose = next(
        (f", as {each.id} left it" for each in sides if each.changes[key].after == file),
        ", which none of them accepted",
    )
    return Problem(
        key,
        "fork",
        f"{key}: decided differently on two branches that were merged (fork): {since}{listed}\n"
        f"  the file is {what}{whose}{_decide(key)}",
        tuple(each.id for each in sides),
    )


def _missing_link(key: str, record: Record, by_id: Mapping[str, Record]) -> Problem:
    change = record.changes[key]
    previous = by_id.get(change.previous[0])
    if previous is None:
        return Problem(
            key,
            "gap",
            f"{key}: {record.name()} follows {change.previous[0]}, which the ledger does not hold (gap): take its line back "
            f"from git, records are never removed{_decide(key, start='; or')}",
            (record.id, change.previous[0]),
        )
    return Problem(
        key,
        "gap",
        f"{key}: a change between two records has none (gap):\n"
        f"  {previous.name()} ends at {_state(previous.changes[key].after)}\n"
        f"  {record.name()} starts from {_state(change.before)}{_decide(key)}",
        (previous.id, record.id),
    )


def _gap(key: str, records: Sequence[Record], end: Record, file: str | None) -> Problem:
    elsewhere = [record for record in records if record.changes[key].after == file and record.id != end.id]
    others = elsewhere[-1:] or [record for record in records if record.id in end.changes[key].previous][:1]
    found = "is gone" if file is None else f"is {_state(file)}"
    if elsewhere:
        found += f", where {elsewhere[-1].name()} left it"
    elif others:
        found += f", nor is it what {others[-1].name()} left"
    return Problem(
        key,
        "gap",
        f"{key}: changed without a decision, by hand or by a merge (gap): {end.name()} ends at "
        f"{_state(end.changes[key].after)}, but the file {found}{_back(key)}",
        (end.id, *(each.id for each in others)),
    )


def _state(digest: str | None) -> str:
    return "no file" if digest is None else digest


def _back(key: str) -> str:
    return f"; take the file back from git{_decide(key, start=', or')}"


def _decide(key: str, *, start: str = ":") -> str:
    case = key.partition("/")[0]
    return f"{start} `parity run --case {case}`, then `parity accept --case {case} --reason …`"
