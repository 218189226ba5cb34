"""Faults: each is put into a scene, and the project's own checks must find and name it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from parity.pipeline.case import Case
from parity.pipeline.settings import Config
from parity.tools.drill.bench import staged
from parity.tools.drill.fault import Fault, Finding, Rehearsal
from parity.tools.drill.results import Drill, FaultResult, Tell, lines_of
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
    for number, fault in enumerate(chosen, start=1):
        tell(f"fault {number} of {len(chosen)}: {fault.id} {fault.title}")
        name = fault.case or rehearsal.case
        case, place = Case(name, config.corpus / name), folder / fault.scene.replace(" ", "-") / name
        control = ("scene without a fault", f"{fault.scene}, {name}")
        if fault.means == "sync":
            control = ("source as it is", "")
        if controls and control not in {(each.kind, each.what) for each in drill.controls}:
            drill.hold(*control, _found(config, rehearsal, fault, None, case, place))
        drill.faults.append(_result(fault, name, _found(config, rehearsal, fault, fault, case, place)))


def _found(
    config: Config, rehearsal: Rehearsal, fault: Fault, within: Fault | None, case: Case, folder: Path
) -> list[Finding]:
    """What is found by the means of ``fault`` where ``within`` is put in; None: nothing."""
    if fault.means == "sync":
        return rehearsal.sync(config, within)
    return staged(config, rehearsal.stage(config, within, fault.scene, case, folder))


def _result(fault: Fault, case: str, found: Sequence[Finding]) -> FaultResult:
    unrelated = fault.unrelated(found)
    shown = [next(f for f in found if f not in unrelated)] if len(unrelated) < len(found) else []
    stated = [line for place in fault.shows for line in [f for f in found if re.match(place, f.line)][:1]]
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
