"""Checks that compare nothing: of one run by itself, and of what a project keeps.

Did the run end as it must, does what it left keep its schema, does it find what is in the case? Is there a golden that nothing
needs, and does the ledger say how each came to be?
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from typing import Any

from parity.check.documents import unusable
from parity.check.keys import Key
from parity.check.outcome import Outcome
from parity.check.rules import Rules
from parity.contract import check
from parity.goldens import history, provenance, store
from parity.goldens import ledger as acceptances
from parity.pipeline.artifacts import ending
from parity.pipeline.capture import STDERR, Capture, summary
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact
from parity.verdict import ContractError, MissingArtifact, Verdict


def run(rules: Rules, key: Key, case: Case, capture: Capture) -> Outcome:
    """Did the configuration run to its end, and does what it left behind fit together?"""
    found, messages = [], list(capture.problems)
    if capture.failure:
        found.append(Verdict.PIPELINE)
        messages.insert(0, f"{capture.configuration}: {capture.failure}\n  see {rules.config.relative(capture.folder)}")
    elif wrong := _wrong_ending(rules, case, capture):
        found.append(Verdict.DRIFT)
        messages = [*wrong, *messages]
    if capture.problems:
        found.append(Verdict.DRIFT)
    data = {**summary(capture), "folder": rules.config.relative(capture.folder)}
    return Outcome(*key, verdicts=tuple(found) or (Verdict.PARITY,), messages=tuple(messages), data=data)


def _wrong_ending(rules: Rules, case: Case, capture: Capture) -> list[str]:
    """How a run that must fail ended otherwise than it must, one sentence each."""
    known = ending(rules.pipeline, case, capture.configuration)
    if known is None:
        return []
    log = f"see {rules.config.relative(capture.folder)}/{STDERR}"
    must = f"must fail with exit code {known.exit_code}"
    if capture.exit_code == 0:
        return [f"{must}, but ran to its end: what is broken in this case was not noticed; {log}"]
    found = [] if capture.exit_code == known.exit_code else [f"{must}, ended with {capture.exit_code}; {log}"]
    if (broken := unusable(capture, rules.artifacts[known.artifact])) is not None:
        return [*found, f"{must} and leave {known.artifact} behind, but {broken[1]}"]
    document = capture.document(known.artifact)
    return found + [
        f"{known.artifact} {name}: must be {value!r}, got {document.get(name)!r}"
        for name, value in known.fields.items()
        if document.get(name) != value
    ]


def contract(rules: Rules, key: Key, artifact: Artifact, capture: Capture) -> Outcome:
    """Does one artifact keep its schema?"""
    if (broken := unusable(capture, artifact)) is not None:
        return Outcome.unusable(key, *broken)
    known, document = rules.contracts[artifact.name], capture.document(artifact.name)
    messages = [f"{v.path or '(top)'}: {v.message}" for v in check.violations(document, known)]
    messages += [f"{path}: covered by no schema" for path in check.uncovered(document, known)[: check.LISTED]]
    verdict = Verdict.CONTRACT if messages else Verdict.PARITY
    told = tuple(f"{message} (schema {known.schema_id})" for message in messages)
    return Outcome(*key, file=capture.files[artifact.name], verdicts=(verdict,), messages=told)


def expectations(rules: Rules, key: Key, case: Case, capture: Capture, keeps: Callable[[Artifact], bool]) -> Outcome:
    """Does the run find what is known to be in the case? ``keeps``: whether an artifact of the run keeps its schema."""
    if capture.failure:
        return Outcome(*key, verdicts=(Verdict.PIPELINE,), messages=(capture.failure,))

    def document(name: str) -> Any:
        if not capture.has(name):
            raise MissingArtifact(
                f"{capture.configuration} wrote no {name}, so the ground truth cannot be held against it"
            )
        if not keeps(rules.artifacts[name]):
            raise ContractError(f"{name} breaks its schema: the ground truth cannot be held against it")
        return capture.document(name)

    found = rules.pipeline.expectations(case, document)
    failed = [f"{each.component}: expected {each.expected}, got {each.got}" for each in found if not each.passed]
    return Outcome(
        *key,
        verdicts=(Verdict.DRIFT if failed else Verdict.PARITY,),
        messages=tuple(failed),
        data={"expectations": [asdict(each) for each in found]},
    )


def stale(rules: Rules, key: Key, cases: Sequence[Case]) -> Outcome:
    """Is there a golden that nothing needs?"""
    files = [rules.config.relative(path) for path in store.stale(rules.config, list(cases), rules.pipeline)]
    messages = tuple(f"{file}: no artifact of a case needs it; remove it" for file in files)
    verdict = Verdict.STALE if files else Verdict.PARITY
    return Outcome(*key, verdicts=(verdict,), messages=messages, data={"files": files})


def ledger(rules: Rules, key: Key, cases: Sequence[Case], *, complete: bool) -> Outcome:
    """Do the records of every golden of ``cases`` form one chain that ends at its file?

    ``complete``: ``cases`` are all there are, so that goldens of cases that are gone are looked at too.
    """
    config = rules.config
    if config.ledger is None:
        return Outcome(*key)
    records = acceptances.load(config.ledger)
    files = history.files(config, rules.pipeline, list(cases), records, complete=complete)
    found = history.problems(records, files)
    messages = (*history.messages(found, config.relative(config.snapshots)), *_unreadable(rules, cases))
    return Outcome(
        *key,
        file=config.relative(config.ledger),
        verdicts=(Verdict.CONTRACT if messages else Verdict.PARITY,),
        messages=messages,
        data={"problems": [asdict(each) for each in found]},
    )


def _unreadable(rules: Rules, cases: Sequence[Case]) -> Iterator[str]:
    """What is wrong with the files that say where goldens come from."""
    for case in cases:
        try:
            provenance.read(rules.config, case.name)
        except ContractError as error:
            yield str(error)
