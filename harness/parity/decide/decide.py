"""Decisions about goldens: accept or reject what a run left pending, one at a time, with a trace."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from parity import git, plain
from parity.decide import journal, stability
from parity.decide import pending as waiting
from parity.decide import select as selecting
from parity.decide.pending import Change, Decided, Pending
from parity.decide.select import Selection
from parity.decide.written import Picked, accepted_text, now, provenances, record_of, writes
from parity.english import many
from parity.goldens import ledger
from parity.pipeline import cases as corpus
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
        left = f"{many(self.open, 'golden')} still wait{'s' * (self.open == 1)}" if self.open else "nothing else waits"
        if self.action == "rejected":
            return f"rejected {many(self.differences, 'difference')}; no golden was touched; {left}"
        record = f", record {self.record}" if self.record else ""
        if not self.files:
            return f"accepted {many(self.differences, 'golden')} as they are{record}; {left}"
        return f"accepted {many(self.differences, 'difference')} in {many(len(self.files), 'golden')}{record}; {left}"


def accept(
    config: Config,
    selection: Selection,
    *,
    reason: str,
    author: str | None = None,
    run_id: str | None = None,
    blocked: Literal["refused", "left"] = "refused",
    say: Say = lambda line: None,
) -> Decision:
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
        texts = {change.key: accepted_text(config, change, numbers) for change, numbers in picked}
        _check_stable(config, pending, picked, say)
        record = record_of(config, selection, pending, picked, texts, reason=reason.strip(), author=author)
        files = {change.file: text for change, _ in picked if writes(change, text := texts[change.key])}
        made = Decided("accepted", record.author, record.date, record.reason, record.id)
        after = _decided(pending, picked, made, texts)
        origins = provenances(config, pending, [change for change, _ in picked])
        line = ledger.line_of(record) if config.ledger is not None else None
        journal.write(config, journal.Journal({**files, **origins, **_kept(config, after)}, line))
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
        made = Decided("rejected", author or git.author(config.root), now(), (reason or "").strip())
        after = _decided(pending, picked, made, {})
        journal.write(config, journal.Journal(_kept(config, after), None))
    return _decision("rejected", picked, (), None, after)


def not_in_ci() -> None:
    """``UsageError`` where no golden may be written."""
    if os.environ.get(CI, "").lower() not in ("", "0", "false"):
        raise UsageError(
            f"{CI} is set: goldens are never written there; accept on a machine of yours, look at `git diff`, and push"
        )


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


def _check_stable(config: Config, pending: Pending, picked: Picked, say: Say) -> None:
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


def _decided(pending: Pending, picked: Picked, made: Decided, texts: Mapping[str, str | None]) -> Pending:
    number = len(pending.decisions)
    changed = []
    for change, numbers in picked:
        items = tuple(
            replace(item, state=made.action, decision=number) if n in numbers else item
            for n, item in enumerate(change.differences)
        )
        left = ledger.text_digest(texts[change.key]) if change.key in texts else change.now
        changed.append(replace(change, differences=items, now=left))
    return replace(pending.with_changes(changed), decisions=(*pending.decisions, made))


def _kept(config: Config, pending: Pending) -> dict[str, str | None]:
    file = waiting.folder_of(config) / waiting.FILE_NAME
    return {config.relative(file): waiting.text_of(pending)}


def _decision(
    action: str,
    picked: Picked,
    files: tuple[str, ...],
    record: str | None,
    after: Pending,
) -> Decision:
    differences = sum(len(numbers) for _, numbers in picked)
    return Decision(action, differences, files, record, sum(each.open for each in after.changes), after.run_id)
