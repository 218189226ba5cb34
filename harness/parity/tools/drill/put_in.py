"""Faults: each is put into a scene, and the project's own checks must find and name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from parity.pipeline.case import Case
from parity.pipeline.settings import Config
from parity.tools.drill import judge
from parity.tools.drill.fault import Fault, Finding, Rehearsal
from parity.tools.drill.results import ControlResult, Drill, FaultResult, Tell, lines_of
from parity.verdict import UsageError


def put_in(
    config: Config, rehearsal: Rehearsal, drill: Drill, folder: Path, *, only: Sequence[str], controls: bool, tell: Tell
) -> None:
    """Put every fault in, one after the other; each scene is run once without a fault first."""
    chosen = [fault for fault in rehearsal.faults if not only or fault.id in only]
    if unknown := sorted(set(only) - {fault.id for fault in rehearsal.faults}):
        known = ", ".join(fault.id for fault in rehearsal.faults)
        raise UsageError(f"unknown fault {unknown[0]!r}; known: {known}")
    drill.spared = [{"id": each.id, "title": each.title, "reason": each.reason} for each in rehearsal.spared]
    staged: set[tuple[str, str]] = set()
    staged_sources: set[str] = set()
    for number, fault in enumerate(chosen, start=1):
        tell(f"fault {number} of {len(chosen)}: {fault.id} {fault.title}")
        name = fault.case or rehearsal.case
        case, place = Case(name, config.corpus / name), folder / fault.scene.replace(" ", "-") / name
        if fault.means == "sync":
            if controls and "source" not in staged_sources:
                staged_sources.add("source")
                drill.controls.append(ControlResult("source as it is", "", lines_of(rehearsal.sync(config, None))))
            found = rehearsal.sync(config, fault)
        else:
            if controls and (fault.scene, name) not in staged:
                staged.add((fault.scene, name))
                scene = rehearsal.stage(config, None, fault.scene, case, place)
                alarms = judge.staged(config, scene)
                drill.controls.append(
                    ControlResult("scene without a fault", f"{fault.scene}, {name}", lines_of(alarms))
                )
            found = judge.staged(config, rehearsal.stage(config, fault, fault.scene, case, place))
        drill.faults.append(_result(fault, name, found))


def _result(fault: Fault, case: str, found: Sequence[Finding]) -> FaultResult:
    unrelated = fault.unrelated(found)
    shown = [next(f for f in found if f not in unrelated)] if len(unrelated) < len(found) else []
    stated = [line for place in fault.shows for line in _meeting(place, found)]
    return FaultResult(
        fault.id,
        fault.title,
        fault.does,
        fault.means,
        "source" if fault.means == "sync" else fault.scene,
        case,
        len(found),
        lines_of(stated or shown),
        tuple(fault.missed(found)),
        lines_of(unrelated),
    )


def _meeting(place: str, found: Sequence[Finding]) -> list[Finding]:
    return [each for each in found if re.match(place, each.line)][:1]
