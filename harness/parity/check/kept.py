"""Checks of what a project keeps: is there a golden that nothing needs, and does the ledger say how each came to be?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from parity.check.keys import Key
from parity.check.outcome import Outcome
from parity.check.rules import Rules
from parity.goldens import history, provenance, store
from parity.goldens import ledger as acceptances
from parity.pipeline.case import Case
from parity.verdict import ContractError, Verdict


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
