"""What a comparison leaves pending: every golden that its run would have otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity import git
from parity.check.keys import Check, Key
from parity.check.outcome import Outcome
from parity.check.suite import Suite
from parity.decide import pending
from parity.decide.pending import WHOLE, Change, Item, Origin, Pending
from parity.documents import parse
from parity.files import encoded
from parity.goldens import history, ledger
from parity.goldens.ledger import Category, digest
from parity.pipeline.artifacts import artifacts_of
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact
from parity.pipeline.settings import Config
from parity.run.captures import REPEAT
from parity.verdict import ParityError

#: A change, and the text that the golden would have; None of one that goes.
Proposed = tuple[Change, str | None]


@dataclass(frozen=True)
class Comparison:
    """One finished comparison: its captures and outcomes, every difference with its cause, and its causes."""

    suite: Suite
    outcomes: Mapping[Key, Outcome]
    differences: Sequence[Mapping[str, Any]]
    causes: Sequence[Mapping[str, Any]]
    cases: Sequence[Case]
    finished: str
    #: Whether every case was compared, so that what no case needs can be told.
    complete: bool

    def passed(self, key: Key) -> bool | None:
        """Whether nothing is wrong by one check; None where it was not made."""
        return self.outcomes[key].passed if key in self.outcomes else None


def stage(comparison: Comparison) -> Pending:
    """Keep what the run would have the goldens be, beside its report."""
    suite = comparison.suite
    found: list[Proposed] = []
    origins = {}
    for case in comparison.cases:
        origin = _origin(suite, case, comparison)
        if origin is None:
            continue  # no run, so it says nothing about the goldens
        origins[case.name] = origin
        for artifact in artifacts_of(suite.pipeline, case):
            if artifact.golden and (made := _change(suite, case, artifact, comparison)):
                found.append(made)
    if comparison.complete and (stale := comparison.outcomes.get(Key("stale"))):
        found += [(_trim(suite.config, suite.config.root / file), None) for file in stale.data.get("files", ())]
    found += _unrecorded(suite, comparison, {change.key for change, _ in found})
    return _put(suite, comparison, found, origins)


def _put(suite: Suite, comparison: Comparison, found: Sequence[Proposed], origins: Mapping[str, Origin]) -> Pending:
    """Write what waits into the folder of the run."""
    config = suite.config
    for change, candidate in found:
        pending.put(config, change.key, base=pending.text_at(config.root / change.file), candidate=candidate)
    changes = tuple(change for change, _ in found)
    known = {cause for change in changes for cause in change.causes}
    cases = {change.case for change in changes}
    causes = {each["id"]: {name: each[name] for name in ("title", "kind", "stage")} for each in comparison.causes}
    staged = Pending(
        suite.captures.run_id,
        {case: origin for case, origin in origins.items() if case in cases},
        {cause: causes[cause] for cause in sorted(known)},
        changes,
    )
    pending.save(config, staged)
    return staged


def _origin(suite: Suite, case: Case, comparison: Comparison) -> Origin | None:
    try:
        capture = suite.captures.get(case, suite.pipeline.reference)
    except ParityError:
        return None
    recording = suite.pipeline.recording if suite.pipeline.repeatable else None
    names = [each.name for each in artifacts_of(suite.pipeline, case)]
    golden = Key("golden", case.name, suite.pipeline.reference, recording)
    return Origin(
        run_id=suite.captures.run_id,
        made=comparison.finished,
        commit=git.commit(suite.config.root),
        captures=suite.config.relative(suite.captures.folder),
        reuse=capture.reuse,
        known=recording in names and bool(comparison.passed(golden)),
    )


def _change(suite: Suite, case: Case, artifact: Artifact, comparison: Comparison) -> tuple[Change, str] | None:
    """The change of one golden and the run's text; None where the golden stays, or the run has nothing to put there."""
    config, reference = suite.config, suite.pipeline.reference
    passed = comparison.passed(Key("golden", case.name, reference, artifact.name))
    if passed is None:
        return None
    file = config.golden(case.name, str(artifact.golden))
    base = pending.text_at(file)
    blocked = _blocked(suite, case, artifact, comparison)
    if base is not None and passed:
        category: Category = "update"
        candidate = suite.rules.as_golden(
            case, artifact, parse(base)
        )  # as it would be written today, its values untouched
        if candidate == base:
            return None
        items: tuple[Item, ...] = (Item(WHOLE, "", None, None),)
    else:
        try:
            candidate = suite.golden_text(case, artifact)
        except (ParityError, KeyError, ValueError, OSError):
            return None  # the run left nothing that could be a golden; the comparison says so
        category = "fix" if file.is_file() else "create"
        items = _items(comparison, case.name, artifact.name, reference) if base is not None else ()
        items = items or (Item(WHOLE, "", None, None),)
    now = digest(file.read_bytes() if file.is_file() else None)
    before, after = digest(None if base is None else encoded(base)), digest(encoded(candidate))
    change = Change(
        case.name, artifact.name, config.relative(file), category, before, after, now, items, blocked=blocked
    )
    return change, candidate


def _items(comparison: Comparison, case: str, artifact: str, configuration: str) -> tuple[Item, ...]:
    return tuple(
        Item(row["kind"], row["path"], row["expected_path"], row["cause"])
        for row in comparison.differences
        if (row["check"], row["case"], row["artifact"], row["configuration"])
        == ("golden", case, artifact, configuration)
    )


def _blocked(suite: Suite, case: Case, artifact: Artifact, comparison: Comparison) -> str | None:
    """Why the run's text may not become the golden: a golden must keep its schema, and be what every run gives."""
    first, second = suite.pipeline.configurations[:2]
    asked: list[tuple[Check, str, str]] = [
        ("contract", suite.pipeline.reference, "the run breaks its schema"),
        ("configurations", second, f"{first} and {second} disagree"),
        ("repeated", REPEAT, "repeated from what it recorded, the run gives another result"),
    ]
    for check, configuration, why in asked:
        if comparison.passed(Key(check, case.name, configuration, artifact.name)) is False:
            return why
    return None


def _trim(config: Config, file: Path) -> Change:
    before = digest(file.read_bytes())
    case = file.relative_to(config.snapshots).parts[0]
    return Change(case, file.stem, config.relative(file), "trim", before, None, before, (Item(WHOLE, "", None, None),))


def _unrecorded(suite: Suite, comparison: Comparison, known: set[str]) -> list[Proposed]:
    """The goldens as they are, where the ledger's chain does not end at them: they can be accepted as they are."""
    config = suite.config
    if config.ledger is None:
        return []
    records = ledger.load(config.ledger)
    files = history.files(config, suite.pipeline, comparison.cases, records, complete=comparison.complete)
    found: list[Proposed] = []
    for problem in history.problems(records, files):
        case, _, name = problem.key.partition("/")
        file, now = config.snapshots / problem.key, files[problem.key]
        text = pending.text_at(file)
        if problem.key in known or (text is None and now is not None):
            continue  # what is no text cannot be accepted as it is
        category: Category = "trim" if text is None else "create" if problem.kind == "unrecorded" else "update"
        item = Item(WHOLE, "", None, None)
        found.append((Change(case, Path(name).stem, config.relative(file), category, now, now, now, (item,)), text))
    return found
