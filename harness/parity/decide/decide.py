"""Decisions about goldens: accept or reject what a run left pending, one at a time, with a trace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from parity import git, plain
from parity.decide import journal, stability
from parity.decide import pending as waiting
from parity.decide import select as selecting
from parity.decide.patch import Entangled, patched
from parity.decide.pending import WHOLE, Change, Decided, Item, Pending
from parity.decide.select import Selection
from parity.documents import parse
from parity.files import encoded
from parity.goldens import history, ledger, provenance
from parity.goldens.form import canonical
from parity.goldens.ledger import digest
from parity.pipeline import cases as corpus
from parity.pipeline.capture import load as load_capture
from parity.pipeline.load import load_pipeline
from parity.pipeline.settings import Config
from parity.run import runs
from parity.verdict import ContractError, UsageError

#: Set by every service that runs workflows; goldens are written where somebody looks at them.
CI = "CI"
#: Letters of a reason that a message shows.
_LETTERS = 120

Say = Callable[[str], None]


class DecidedError(UsageError):
    """It was decided meanwhile, or another run's changes wait by now; the text says by whom and when."""


@dataclass(frozen=True)
class Decision:
    """What was done. ``files``: the goldens that were written or removed, from the project's root; ``record`` is None where
    nothing was written or the project keeps no ledger. ``open``: how many goldens of the run ``run_id`` still wait."""

    action: str
    differences: int
    files: tuple[str, ...]
    record: str | None
    open: int
    run_id: str

    def text(self) -> str:
        """One line for people."""
        left = (
            f"{_count(self.open, 'golden')} still wait{'s' * (self.open == 1)}" if self.open else "nothing else waits"
        )
        if self.action == "rejected":
            return f"rejected {_count(self.differences, 'difference')}; no golden was touched; {left}"
        record = f", record {self.record}" if self.record else ""
        if not self.files:
            return f"accepted {_count(self.differences, 'golden')} as they are{record}; {left}"
        return (
            f"accepted {_count(self.differences, 'difference')} in {_count(len(self.files), 'golden')}{record}; {left}"
        )


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def accept(
    config: Config, selection: Selection, *, reason: str, author: str | None = None, run_id: str | None = None,
    blocked: Literal["refused", "left"] = "refused", say: Say = lambda line: None,
) -> Decision:  # fmt: skip
    """Write the selected differences into the goldens and record why; nothing else of the goldens changes.

    ``run_id``: the run that was looked at; where another one's changes wait by now, nothing is decided. ``blocked``:
    whether a selected golden that cannot be accepted is an error or is left as it is.

    ``UsageError``: nothing is selected, it was decided meanwhile, a golden changed since the run, or it is CI.
    ``ContractError``: a golden is blocked. ``UnstableError``: a repeated run gave something else. Then nothing is written.
    """
    not_in_ci()
    if not reason.strip():
        raise UsageError('a reason is needed: --reason "why the goldens change"')
    config = runs.current(config)
    with journal.deciding(config), runs.deciding(config):
        pending = waiting.load(config)
        _check_run(pending, run_id)
        picked = _picked(selection, pending, "accepted", leave_blocked=blocked == "left")
        texts = {change.key: _accepted_text(config, change, numbers) for change, numbers in picked}
        _check_stable(config, pending, picked, say)
        touched = [(change, numbers) for change, numbers in picked if _writes(change, texts[change.key])]
        record = _record(config, selection, pending, picked, texts, reason=reason.strip(), author=author)
        files: dict[str, str | None] = {change.file: texts[change.key] for change, _ in touched}
        made = Decided("accepted", record.author, record.date, record.reason, record.id)
        after = _decided(pending, picked, made, texts)
        written = {**files, **_provenance(config, pending, [change for change, _ in picked])}
        line = ledger.line_of(record) if config.ledger is not None else None
        journal.write(config, journal.Journal({**written, **_kept(config, after)}, line))
    return _decision("accepted", picked, tuple(files), record.id if line else None, after)


def reject(
    config: Config,
    selection: Selection,
    *,
    reason: str | None = None,
    author: str | None = None,
    run_id: str | None = None,
) -> Decision:
    """Note that the selected differences are not wanted; no golden is touched, so they are found again until mended."""
    config = runs.current(config)
    with journal.deciding(config):
        pending = waiting.load(config)
        _check_run(pending, run_id)
        picked = _picked(selection, pending, "rejected")
        made = Decided("rejected", author or git.author(config.root), _now(), (reason or "").strip())
        after = _decided(pending, picked, made, {})
        journal.write(config, journal.Journal(_kept(config, after), None))
    return _decision("rejected", picked, (), None, after)


def not_in_ci() -> None:
    """``UsageError`` where no golden may be written."""
    if os.environ.get(CI, "").lower() not in ("", "0", "false"):
        raise UsageError(
            f"{CI} is set: goldens are never written there; accept on a machine of yours, look at `git diff`, and push"
        )


def state(config: Config) -> dict[str, Any]:
    """What waits and what was decided, as JSON for pages and for ``parity status``."""
    config = runs.current(config)
    with journal.settled(config):
        pending = waiting.load(config)
        records = ledger.load(config.ledger) if config.ledger is not None else []
    changes = [_state_of_change(pending, change) for change in pending.changes]
    return {
        "run_id": pending.run_id or (config.run.name if config.run else ""),
        "causes": {name: _state_of_cause(pending, name) for name in pending.causes},
        "changes": changes,
        "records": [
            {"id": r.id, "date": r.date, "author": r.author, "reason": r.reason, "title": r.title}
            for r in records[-20:]
        ][::-1],
    }


def problems(config: Config) -> list[str]:
    """What is wrong with the ledger's chains, one text each; a ledger that cannot be read is a ``ContractError``."""
    if config.ledger is None:
        return []
    pipeline, records = load_pipeline(config), ledger.load(config.ledger)
    files = history.files(config, pipeline, corpus.discover(config), records, complete=True)
    return history.messages(history.problems(records, files), config.relative(config.snapshots))


def _state_of_change(pending: Pending, change: Change) -> dict[str, Any]:
    states = [each.state for each in change.differences]
    decided = {each.decision for each in change.differences if each.decision is not None}
    return {
        "case": change.case,
        "artifact": change.artifact,
        "file": change.file,
        "category": change.category,
        "state": "blocked" if change.blocked and change.open else _one(states),
        "open": states.count("open"),
        "accepted": states.count("accepted"),
        "rejected": states.count("rejected"),
        "blocked": change.blocked,
        "causes": change.causes,
        "decided": [_told(pending.decisions[number]) for number in sorted(decided)],
    }


def _state_of_cause(pending: Pending, cause: str) -> dict[str, Any]:
    own = [(change, item) for change in pending.changes for item in change.differences if item.cause == cause]
    blocked = pending.blocked()["causes"].get(cause)
    decided = {item.decision for _, item in own if item.decision is not None}
    return {
        **pending.causes[cause],
        "state": "blocked" if blocked else _one([item.state for _, item in own]),
        "blocked": blocked,
        "goldens": sorted({change.file for change, _ in own}),
        "decided": [_told(pending.decisions[number]) for number in sorted(decided)],
    }


def _one(states: Sequence[str]) -> str:
    return states[0] if len(set(states)) == 1 else "partly"


def _told(made: Decided) -> dict[str, Any]:
    return {"action": made.action, "by": made.by, "when": made.when, "reason": made.reason, "record": made.record}


def _check_run(pending: Pending, run_id: str | None) -> None:
    if run_id is not None and run_id != pending.run_id:
        raise DecidedError(
            f"what was decided on comes from run {run_id}, but the last one is {pending.run_id}: nothing was decided; look "
            "at the report of that one"
            if pending.run_id
            else f"run {run_id} has no report any more: nothing was decided; make one with `parity run`"
        )


def _picked(
    selection: Selection, pending: Pending, action: str, *, leave_blocked: bool = False
) -> list[tuple[Change, list[int]]]:
    """The undecided differences that are meant."""
    if not pending.changes:
        raise UsageError("nothing is pending: `parity run` leaves here what it would have the goldens be")
    selecting.check(selection, pending)
    found = list(selecting.chosen(selection, pending))
    if not found:
        raise UsageError(f"nothing pending meets {selection.text()}; {_status(pending)} shows what waits")
    undecided = [(change, [n for n in numbers if change.differences[n].state == "open"]) for change, numbers in found]
    undecided = [(change, n) for change, n in undecided if n and not (leave_blocked and change.blocked)]
    if not undecided:
        raise DecidedError(_decided_before(pending, found))
    if action == "accepted":
        for change, _ in undecided:
            if change.blocked:
                raise ContractError(
                    f"{change.file}: cannot be accepted: {change.blocked}; mend that, then `parity run`"
                )
    return undecided


def _status(pending: Pending) -> str:
    return f"`parity status{runs.option(pending.run_id)}`"


def _decided_before(pending: Pending, found: Iterable[tuple[Change, Sequence[int]]]) -> str:
    numbers = [change.differences[n].decision for change, places in found for n in places]
    made = pending.decisions[next(number for number in reversed(numbers) if number is not None)]
    reason = f": {plain.line(made.reason, _LETTERS)}" if made.reason else ""
    return (
        f"already {made.action} by {plain.line(made.by, _LETTERS)}, {made.when}{reason}; "
        "another `parity run` makes it pending again where the golden still differs"
    )


def _accepted_text(config: Config, change: Change, numbers: Sequence[int]) -> str | None:
    """The golden with everything that was accepted of it and what is accepted now; None where it goes."""
    file = config.root / change.file
    now = digest(file.read_bytes()) if file.is_file() else None
    if now != change.now:
        raise UsageError(
            f"{change.file}: changed since the run that is decided on; run `parity run --case {change.case}` first"
        )
    base, candidate = waiting.base_of(config, change), waiting.candidate_of(config, change)
    for text, known in ((base, change.before), (candidate, change.after)):
        if digest(None if text is None else encoded(text)) != known:
            raise UsageError(
                f"{change.key} in {config.relative(waiting.folder_of(config))}: not what the run left there; run `parity run "
                f"--case {change.case}` again"
            )
    accepted = [n for n, each in enumerate(change.differences) if each.state == "accepted" or n in numbers]
    if candidate is None or any(change.differences[n].kind == WHOLE for n in accepted):
        return candidate
    if base is None:
        raise UsageError(
            f"{config.relative(waiting.folder_of(config))} lacks {change.key}; run `parity run --case {change.case}` again"
        )
    mine = [change.differences[n] for n in accepted]
    others = [each for n, each in enumerate(change.differences) if n not in accepted]
    try:
        made = patched(
            parse(base), parse(candidate), [each.difference for each in mine],
            [each.difference for each in others],
        )  # fmt: skip
    except Entangled as error:
        if not others:
            return candidate
        raise UsageError(_entangled(change, str(error), others)) from error
    return canonical(made)


def _entangled(change: Change, place: str, others: Sequence[Item]) -> str:
    names = ", ".join(dict.fromkeys(each.cause or f"{each.path} (unexplained)" for each in others))
    return (
        f"{change.file}: at {place} what is to be accepted cannot be told from other differences ({names}): "
        "accept those too, or mend them first"
    )


def _writes(change: Change, text: str | None) -> bool:
    return change.now != digest(encoded(text) if text is not None else None)


def _check_stable(config: Config, pending: Pending, picked: Sequence[tuple[Change, Sequence[int]]], say: Say) -> None:
    by_case: dict[str, list[Change]] = {}
    for change, _ in picked:
        if change.category in ("create", "fix") and change.before != change.after:
            by_case.setdefault(change.case, []).append(change)
    doubtful = {
        case: changes for case, changes in by_case.items() if stability.needs_another_run(pending.origins[case])
    }
    if not doubtful:
        return
    pipeline = load_pipeline(config)
    for case in corpus.select(config, doubtful):
        candidates = {each.key: waiting.candidate_of(config, each) for each in doubtful[case.name]}
        stability.confirm(config, pipeline, case, doubtful[case.name], {k: t for k, t in candidates.items() if t}, say)


def _record(
    config: Config, selection: Selection, pending: Pending, picked: Sequence[tuple[Change, Sequence[int]]],
    texts: Mapping[str, str | None], *, reason: str, author: str | None,
) -> ledger.Record:  # fmt: skip
    records = ledger.load(config.ledger) if config.ledger is not None else []
    causes = list(dict.fromkeys(
        cause for change, numbers in picked for n in numbers if (cause := change.differences[n].cause)
    ))  # fmt: skip
    titles = [str(pending.causes[cause]["title"]) for cause in causes]
    changes = {}
    for change, _ in picked:
        text = texts[change.key]
        if Path(change.file).name == provenance.FILE_NAME:
            continue
        changes[change.key] = history.following(
            records, change.key, category=change.category, before=None if change.category == "create" else change.now,
            after=digest(encoded(text) if text is not None else None),
        )  # fmt: skip
    title = "; ".join(titles) or _many([change for change, _ in picked])
    return ledger.make(
        date=_now(), author=author or git.author(config.root), commit=git.commit(config.root), reason=reason,
        fingerprints=causes, title=title, selection=selection.to_json(), run_id=pending.run_id, changes=changes,
    )  # fmt: skip


def _many(changes: Sequence[Change]) -> str:
    """``12 goldens of minimal created``."""
    words = {"create": "created", "fix": "fixed", "update": "updated", "trim": "trimmed"}
    cases = list(dict.fromkeys(change.case for change in changes))
    of = cases[0] if len(cases) == 1 else f"{len(cases)} cases"
    what = " and ".join(words[kind] for kind in words if any(change.category == kind for change in changes))
    return f"{len(changes)} golden{'s' * (len(changes) != 1)} of {of} {what}"


def _decided(
    pending: Pending, picked: Sequence[tuple[Change, Sequence[int]]], made: Decided, texts: Mapping[str, str | None]
) -> Pending:
    number = len(pending.decisions)
    changed = []
    for change, numbers in picked:
        items = tuple(
            replace(item, state=made.action, decision=number) if n in numbers else item
            for n, item in enumerate(change.differences)
        )
        now = change.now
        if change.key in texts:
            text = texts[change.key]
            now = digest(encoded(text) if text is not None else None)
        changed.append(replace(change, differences=items, now=now))
    return replace(pending.with_changes(changed), decisions=(*pending.decisions, made))


def _provenance(config: Config, pending: Pending, changes: Iterable[Change]) -> dict[str, str | None]:
    """The files that say where the goldens of these cases come from; none for a case that goes."""
    reference = load_pipeline(config).reference
    files: dict[str, str | None] = {}
    for case in dict.fromkeys(change.case for change in changes if change.category != "trim"):
        origin = pending.origins[case]
        capture = load_capture(config.root / origin.captures / case / reference)
        made = provenance.document(config, capture, agreed=stability.WITNESSES, commit=origin.commit)
        files[config.relative(provenance.path_of(config, case))] = provenance.text(made)
    return files


def _kept(config: Config, pending: Pending) -> dict[str, str | None]:
    file = waiting.folder_of(config) / waiting.FILE_NAME
    return {config.relative(file): waiting.text_of(pending)}


def _decision(
    action: str,
    picked: Sequence[tuple[Change, Sequence[int]]],
    files: tuple[str, ...],
    record: str | None,
    after: Pending,
) -> Decision:
    return Decision(
        action, sum(len(numbers) for _, numbers in picked), files, record, sum(each.open for each in after.changes),
        after.run_id,
    )  # fmt: skip


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
