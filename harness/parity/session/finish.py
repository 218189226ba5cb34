"""From the outcomes of all checks to the report: causes, what waits for a decision, and every file of the run."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parity import crash
from parity.check.outcome import Outcome
from parity.check.suite import Suite
from parity.decide import propose
from parity.decide.pending import Pending
from parity.explain.explained import explained, nothing
from parity.pipeline.case import Case
from parity.report import build, write
from parity.report.page import render
from parity.run import runs
from parity.tools.calibrate import machines
from parity.verdict import ContractError, ParityError

Report = dict[str, Any]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Crash:
    """Something that ended unforeseen: where, its last line, and all of its text (a traceback)."""

    place: str
    text: str

    @property
    def line(self) -> str:
        """Place and last line, for a report."""
        last = self.text.strip().splitlines()[-1:] or ["no text"]
        return f"{self.place}: {last[0][:500]}"


@dataclass(frozen=True)
class Begun:
    """A comparison that was begun: its cases, and whether these are all (``complete``); ``given``: saved captures."""

    cases: Sequence[Case]
    complete: bool
    given: Path | None = None
    started: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)


def finish(suite: Suite, outcomes: Sequence[Outcome], crashes: Sequence[Crash], begun: Begun) -> Report:
    """The report of a comparison, written into the folder of its run with everything that belongs to it.

    ``suite`` holds the captures that were compared. Whatever fails beside the comparison costs nobody the report.
    """
    config, crashes = suite.config, list(crashes)
    # Whatever is asked of it now was compared, and all that can be run lies there.
    suite.done.update({outcome.key: outcome for outcome in outcomes})
    suite.captures.given = suite.captures.folder
    explanation, differences = explained_or_why_not(suite, outcomes, begun.cases)
    finished = datetime.now(UTC).isoformat(timespec="seconds")
    comparison = propose.Comparison(
        suite,
        {each.key: each for each in outcomes},
        differences,
        explanation["causes"],
        begun.cases,
        finished,
        begun.complete,
    )
    staged, failed = _staged(comparison, crashes)
    report = build.build(
        outcomes,
        pipeline=suite.pipeline,
        cases=begun.cases,
        declared=_declared(suite),
        explanation=explanation,
        machines=_machines(suite, outcomes),
        session=build.Session(
            started=begun.started.isoformat(timespec="seconds"),
            finished=finished,
            seconds=round(time.monotonic() - begun.clock, 3),
            given=config.relative(begun.given) if begun.given else None,
            run_id=suite.captures.run_id,
            pending=sum(change.open for change in staged.changes) if staged else None,
            pending_failed=failed,
            pending_blocked=staged.blocked() if staged else None,
            selected=not begun.complete,
            max_ignored=config.max_ignored,
            crashes=_kept(suite, crashes),
        ),
    )
    write.save_differences(differences, config)
    write.save_forms(report, differences, config)
    report["page_failed"] = render.drawn(config, report, differences, suite)
    shutil.rmtree(runs.folder(config) / runs.SHARED, ignore_errors=True)
    write.save(report, config)
    return write.read(config)


def explained_or_why_not(suite: Suite, outcomes: Sequence[Outcome], cases: Sequence[Case]) -> tuple[Report, Rows]:
    """The causes of what differs, and every difference (``differences.json``).

    An explanation that fails must not hide what was found: its error stands in the report beside the differences.
    """
    try:
        return explained(suite, outcomes, cases)
    except Exception as error:
        return nothing(f"{type(error).__name__}: {error}"), []


def _staged(comparison: propose.Comparison, crashes: list[Crash]) -> tuple[Pending | None, str | None]:
    """What waits after this comparison, and why that could not be found out, as where the ledger is broken."""
    try:
        return propose.stage(comparison), None
    except ParityError as error:
        return None, str(error)
    except Exception as error:  # it stands in the report
        crashes.append(Crash("what waits for a decision", crash.text_of(error)))
        return None, f"{type(error).__name__}: {error}"


def _declared(suite: Suite) -> list[Any]:
    try:
        return suite.rules.declared
    except ContractError:
        return []  # every comparison has failed with this error already, which names the line


def _machines(suite: Suite, outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    try:
        return machines.compared(suite.config, suite.pipeline, build.runs(outcomes))
    except ContractError:
        return []  # the tolerances cannot be read: every comparison has failed with this error already


def _kept(suite: Suite, crashes: Sequence[Crash]) -> tuple[str, ...]:
    """Each with the name of the file that holds the tracebacks of all."""
    if not crashes:
        return ()
    texts = [f"{each.place}\n{each.text}" for each in crashes]
    file = suite.config.relative(crash.write(texts, suite.config.reports))
    return tuple(f"{each.line}; traceback in {file}" for each in crashes)
