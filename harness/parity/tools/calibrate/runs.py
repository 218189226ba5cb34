"""Make the runs of a calibration, one after the other; what is there already is taken up again."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from parity import reading
from parity.files import write_atomically
from parity.pipeline.capture import Capture, load
from parity.pipeline.case import Case
from parity.run.cpu import cpu
from parity.run.record import record
from parity.tools.calibrate.plan import REPEAT, Measurement, Perturbations, Settings
from parity.verdict import PipelineError, UsageError

#: Beside the runs: where and with what they were made.
PROVENANCE = "provenance.json"


@dataclass(frozen=True)
class Machine:
    """The kind of machine: CPU, the instruction sets that libraries choose kernels by, CPUs, system."""

    cpu: str
    instruction_sets: tuple[str, ...]
    cpus: int
    system: str
    python: str


@dataclass(frozen=True)
class Noted:
    """Beside the runs: which they are, and on what machine and with what versions and weights they were made."""

    run_id: str
    date: str
    machine: Machine
    identity: Mapping[str, Mapping[str, str]]


def run_id(perturbations: Perturbations) -> str:
    """The same for runs on one machine of the same code, versions and weights: those need not be made again."""
    text = json.dumps([perturbations.code(), perturbations.identity(), asdict(machine())], sort_keys=True)
    return "calibration-" + hashlib.sha256(text.encode()).hexdigest()[:16]


def make(
    plan: Sequence[Measurement],
    cases: Mapping[str, Case],
    perturbations: Perturbations,
    settings: Settings,
    *,
    say: Callable[[str], None],
    fresh: bool = False,
) -> None:
    """Run every measurement that is not there yet; ``fresh`` makes all anew. A run that fails ends it all.

    ``say`` gets a line before each run, with the time left at the pace of the runs so far.
    """
    wanted = run_id(perturbations)
    note_provenance(settings.captures, perturbations, run=wanted)
    missing = [each for each in plan if fresh or kept(settings.captures / each.place, wanted) is None]
    if there := len(plan) - len(missing):
        say(f"{there} of {len(plan)} runs are there already, made here with this code, these versions and weights")
    took: list[float] = []
    for done, each in enumerate(missing):
        left = ""
        if took:
            minutes = sum(took) / len(took) * (len(missing) - done) / 60
            left = f", {minutes:.0f} min left" if minutes >= 1 else ", under a minute left"
        say(f"run {done + 1} of {len(missing)}: {each.case}, {each.condition} {each.number}{left}")
        begun = time.monotonic()
        with perturbations.under(each.condition, cases[each.case]) as (pipeline, case):
            destination = settings.captures / each.place
            capture = record(pipeline, case, pipeline.reference, destination=destination, run_id=wanted)
        if capture.failure:
            raise PipelineError(f"{each.case} under {each.condition}: {capture.failure}\n  see {capture.folder}")
        took.append(time.monotonic() - begun)


def note_provenance(folder: Path, perturbations: Perturbations, *, run: str) -> None:
    """Write beside the runs on which machine and with what they are made: they may be read elsewhere, later."""
    identity = {group: dict(values) for group, values in perturbations.identity().items()}
    made = Noted(run, datetime.now(UTC).date().isoformat(), machine(), identity)
    write_atomically(folder / PROVENANCE, json.dumps(asdict(made), ensure_ascii=False, indent=1) + "\n")


def noted_provenance(folder: Path, captures: Iterable[Capture]) -> Noted:
    """What ``note_provenance`` wrote for ``captures``; an error where it was written for other runs."""
    file = folder / PROVENANCE
    try:
        made = reading.model(Noted, reading.json_file(file))
    except (OSError, reading.Unfit) as error:
        raise UsageError(f"{file}: cannot be read: {error}; make the runs anew with `parity calibrate`") from error
    if others := sorted({capture.run_id for capture in captures} - {made.run_id}):
        raise UsageError(
            f"{file}: is of the runs {made.run_id}, but {folder} holds {others[0]}: make them anew with `parity calibrate`"
        )
    return made


def machine() -> Machine:
    """The machine that this runs on."""
    return Machine(
        cpu=cpu()["model"],
        instruction_sets=tuple(cpu()["instruction_sets"]),
        cpus=os.cpu_count() or 0,
        system=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
    )


def kept(folder: Path, wanted: str) -> Capture | None:
    """The run in ``folder``, if it ended well and is of ``wanted``; None where it must be made."""
    try:
        capture = load(folder)
    except UsageError:
        return None  # not made yet, or broken off
    return capture if capture.run_id == wanted and capture.failure is None else None


def saved(folder: Path, plan: Sequence[Measurement]) -> dict[Measurement, Capture]:
    """The captures of ``plan`` in ``folder``; one that is not there is an error that names it."""
    found = {each: load(folder / each.place) for each in plan}
    if len(ids := {capture.run_id for capture in found.values()}) > 1:
        raise UsageError(
            f"{folder}: its runs are of {len(ids)} versions of code, libraries or weights ({', '.join(sorted(ids))}): "
            "make them anew with `parity calibrate`"
        )
    return found


def baseline(case: str) -> Measurement:
    """The run that the others of ``case`` are held against."""
    return Measurement(REPEAT, case, 1)
