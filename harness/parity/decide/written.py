"""What accepting leaves behind: the text of each golden, the record of the ledger, and where the goldens come from."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from parity import git
from parity.decide import pending as waiting
from parity.decide import stability
from parity.decide.patch import Entangled, patched
from parity.decide.pending import WHOLE, Change, Item, Pending
from parity.decide.select import Selection
from parity.documents import parse
from parity.english import many
from parity.goldens import history, ledger, provenance
from parity.goldens.form import canonical
from parity.goldens.ledger import digest_at, text_digest
from parity.pipeline.capture import load as load_capture
from parity.pipeline.load import load_pipeline
from parity.pipeline.settings import Config
from parity.verdict import UsageError

Picked = Sequence[tuple[Change, Sequence[int]]]
"""Changes, and the places of those of their differences that are decided on."""


def accepted_text(config: Config, change: Change, numbers: Sequence[int]) -> str | None:
    """The golden with everything that was accepted of it and what is accepted now; None where it goes."""
    if digest_at(config.root / change.file) != change.now:
        raise UsageError(
            f"{change.file}: changed since the run that is decided on; run `parity run --case {change.case}` first"
        )
    base, candidate = waiting.base_of(config, change), waiting.candidate_of(config, change)
    for text, known in ((base, change.before), (candidate, change.after)):
        if text_digest(text) != known:
            raise UsageError(
                f"{change.key} in {config.relative(waiting.folder_of(config))}: not what the run left there; run `parity run "
                f"--case {change.case}` again"
            )
    mine = [each for n, each in enumerate(change.differences) if each.state == "accepted" or n in numbers]
    if candidate is None or any(each.kind == WHOLE for each in mine):
        return candidate
    if base is None:
        raise UsageError(
            f"{config.relative(waiting.folder_of(config))} lacks {change.key}; run `parity run --case {change.case}` again"
        )
    others = [each for n, each in enumerate(change.differences) if each.state != "accepted" and n not in numbers]
    given = [[each.difference for each in some] for some in (mine, others)]
    try:
        return canonical(patched(parse(base), parse(candidate), *given))
    except Entangled as error:
        if not others:
            return candidate
        raise UsageError(_entangled(change, str(error), others)) from error


def _entangled(change: Change, place: str, others: Sequence[Item]) -> str:
    names = ", ".join(dict.fromkeys(each.cause or f"{each.path} (unexplained)" for each in others))
    return (
        f"{change.file}: at {place} what is to be accepted cannot be told from other differences ({names}): "
        "accept those too, or mend them first"
    )


def writes(change: Change, text: str | None) -> bool:
    """Whether the golden is not what it is to be."""
    return change.now != text_digest(text)


def record_of(
    config: Config,
    selection: Selection,
    pending: Pending,
    picked: Picked,
    texts: Mapping[str, str | None],
    *,
    reason: str,
    author: str | None,
) -> ledger.Record:
    """What the ledger is to say of accepting ``picked``; ``texts``: golden by key → what it becomes (None: it goes)."""
    records = ledger.load(config.ledger) if config.ledger is not None else []
    items = [change.differences[n] for change, numbers in picked for n in numbers]
    causes = list(dict.fromkeys(item.cause for item in items if item.cause))
    changes = {
        change.key: history.following(
            records,
            change.key,
            category=change.category,
            before=None if change.category == "create" else change.now,
            after=text_digest(texts[change.key]),
        )
        for change, _ in picked
        if Path(change.file).name != provenance.FILE_NAME
    }
    return ledger.make(
        date=now(),
        author=author or git.author(config.root),
        commit=git.commit(config.root),
        reason=reason,
        fingerprints=causes,
        title="; ".join(str(pending.causes[cause]["title"]) for cause in causes)
        or _title([each for each, _ in picked]),
        selection=selection.to_json(),
        run_id=pending.run_id,
        changes=changes,
    )


def _title(changes: Sequence[Change]) -> str:
    """``12 goldens of minimal created``."""
    words = {"create": "created", "fix": "fixed", "update": "updated", "trim": "trimmed"}
    cases = list(dict.fromkeys(change.case for change in changes))
    of = cases[0] if len(cases) == 1 else f"{len(cases)} cases"
    what = " and ".join(words[kind] for kind in words if any(change.category == kind for change in changes))
    return f"{many(len(changes), 'golden')} of {of} {what}"


def provenances(config: Config, pending: Pending, changes: Iterable[Change]) -> dict[str, str | None]:
    """The files that say where the goldens of these cases come from; none for a case that goes."""
    reference = load_pipeline(config).reference
    files: dict[str, str | None] = {}
    for case in dict.fromkeys(change.case for change in changes if change.category != "trim"):
        origin = pending.origins[case]
        capture = load_capture(config.root / origin.captures / case / reference)
        made = provenance.document(config, capture, agreed=stability.WITNESSES, commit=origin.commit)
        files[config.relative(provenance.path_of(config, case))] = provenance.text(made)
    return files


def now() -> str:
    """The moment, as records have it."""
    return datetime.now(UTC).isoformat(timespec="seconds")
