"""A whole comparison: run the cases or take saved captures, make every check once, and leave a report."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass
from pathlib import Path

from parity import ending
from parity.check.keys import Key
from parity.check.outcome import Outcome
from parity.check.rules import Rules
from parity.check.suite import Suite
from parity.decide import journal
from parity.explain.settle import SettlingSuite
from parity.files import CannotWrite, write_atomically
from parity.pipeline import cases as corpus
from parity.pipeline.load import load_pipeline
from parity.pipeline.parts import ReuseMode
from parity.pipeline.settings import Config
from parity.redact import redacted
from parity.run import reuse, runs
from parity.run.captures import Captures
from parity.session import progress, workers
from parity.session.finish import Begun, Crash, Report, finish
from parity.session.workers import Unit, units
from parity.verdict import ParityError, UsageError


@dataclass(frozen=True)
class Asked:
    """What a comparison is to do: ``cases`` (none: all), saved captures in ``given`` (None: run them), ``ml`` (how all runs
    come by what is costly to compute; None leaves it to the settings), and ``jobs`` processes side by side."""

    cases: Sequence[str] = ()
    given: str | Path | None = None
    ml: ReuseMode | None = None
    jobs: int = 2


@dataclass(frozen=True)
class Finished:
    """A comparison that came to its end: the settings with its run, and its report."""

    config: Config
    report: Report


def run(config: Config, asked: Asked, *, shown: progress.Shown = progress.nothing) -> Finished:
    """Compare, and leave the report in a run of its own, which is the last from then on.

    ``shown`` tells people how far it is. Raises ``ParityError`` where nothing can be compared as asked.
    """
    with journal.alone(config):
        pass  # what a killed decision left is carried out before anything is compared with it
    rules = Rules(config, load_pipeline(config))
    _ = rules.tolerances  # what is wrong with the schemas and the tolerances is said before anything runs
    reuse.check(config, corpus.discover(config))
    selected = corpus.select(config, asked.cases)
    todo = units(config, rules.pipeline, selected, saved=asked.given is not None, ml=asked.ml)
    saved = runs.given(config, asked.given) if asked.given else None
    if saved is not None and not saved.is_dir():
        raise UsageError(f"--from {asked.given}: no such folder; expected saved captures, as in {config.captures}")
    earlier = last.captures if (last := runs.last(config)) else config.captures
    with runs.comparing(config):
        config = runs.begin(config, compared=saved)
        suite = suite_of(rules.but(config=config), saved=saved is not None, ml=asked.ml)
        begun = Begun(selected, not asked.cases, config.captures if saved else None)
        made = [] if saved else [(case.name, name) for case in selected for name in rules.pipeline.configurations]
        watch = progress.Watch(config.captures, made, earlier, sum(len(unit.keys) for unit in todo))
        try:
            outcomes, crashes = _spread(suite, todo, begun, asked.jobs, shown(watch))
            report = finish(suite, outcomes, crashes, begun)
        except (KeyboardInterrupt, SystemExit):
            ending.say(_broken_off(config))
            raise
        except CannotWrite as error:
            raise CannotWrite(f"there is no report of this run: {error}") from error
    runs.publish(config)
    return Finished(config, report)


def suite_of(rules: Rules, *, saved: bool, ml: ReuseMode | None) -> SettlingSuite:
    """The checks of the run that the settings of ``rules`` are about; ``saved``: its captures are there already."""
    config, folder = rules.config, runs.folder(rules.config)
    given = config.captures if saved else None
    captures = Captures(config, rules.pipeline, folder.name, given, ml=ml, shared=folder / runs.SHARED)
    return SettlingSuite(rules, captures)


def _spread(
    suite: Suite, todo: Sequence[Unit], begun: Begun, jobs: int, shown: AbstractContextManager[progress.Tell]
) -> tuple[list[Outcome], list[Crash]]:
    """Every check, made by workers."""

    def check(unit: Unit, key: Key) -> Outcome:
        if unit.case is not None:
            return suite.outcome(key, unit.case)
        if key.check == "stale":
            return suite.stale(corpus.discover(suite.config))
        return suite.ledger(begun.cases, complete=begun.complete)

    outcomes: list[Outcome] = []
    crashes: list[Crash] = []
    log = runs.folder(suite.config) / runs.LOG
    with contextlib.suppress(ParityError):
        _ = suite.rules.contracts  # compiled once for all workers; whoever compares says what is wrong with them
    try:
        with (
            shown as tell,
            closing(workers.spread(todo, check, jobs=jobs, root=suite.config.root, log=log, tell=tell)) as found,
        ):
            for result in found:
                if isinstance(result, Outcome):
                    outcomes.append(result)
                else:
                    crashes.append(result)
    finally:
        _redact(log)
    return outcomes, crashes


def _redact(log: Path) -> None:
    """Take known secrets out of what workers and pipelines printed."""
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    if text != (clean := redacted(text)):
        write_atomically(log, clean)


def _broken_off(config: Config) -> str:
    last = runs.last(config)
    kept = f"the last run is still {runs.folder(last).name}" if last else "there is no last run yet"
    return f"parity: the run {runs.folder(config).name} was broken off and has no report; {kept}"
