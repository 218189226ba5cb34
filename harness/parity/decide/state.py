"""How far the decisions about a run are, and what is wrong with the ledger, for pages and for ``parity status``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from parity.decide import journal
from parity.decide import pending as waiting
from parity.decide.pending import Change, Pending
from parity.goldens import history, ledger
from parity.pipeline import cases as corpus
from parity.pipeline.load import load_pipeline
from parity.pipeline.settings import Config
from parity.run import runs


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
        "decided": [asdict(pending.decisions[number]) for number in sorted(decided)],
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
        "decided": [asdict(pending.decisions[number]) for number in sorted(decided)],
    }


def _one(states: Sequence[str]) -> str:
    return states[0] if len(set(states)) == 1 else "partly"
