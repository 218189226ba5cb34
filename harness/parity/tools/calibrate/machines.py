"""Which machines goldens and run come from, and what calibration knows of the difference; it changes no comparison."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from parity.compare import tolerance
from parity.english import listed, many
from parity.goldens import provenance
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.run.cpu import INSTRUCTION_SETS, level
from parity.tools.calibrate import plan, store
from parity.tools.calibrate.plan import Condition
from parity.tools.calibrate.spread import Spread
from parity.verdict import ContractError, ParityError

#: Cases, and classes of a spread, that a sentence names; the others are counted.
SHOWN = 5


@dataclass(frozen=True)
class Machine:
    """A CPU's class (``x86-64-v4 AMD``) and the libraries' threads; None where nobody told."""

    cpu: str | None = None
    threads: int | None = None

    @property
    def level(self) -> str | None:
        """The instruction set's level."""
        return self.cpu.partition(" ")[0] if self.cpu else None

    @property
    def vendor(self) -> str | None:
        """Who made the CPU."""
        return self.cpu.partition(" ")[2] if self.cpu else None

    def text(self, other: Machine) -> str:
        """For people; the threads only where they are not those of ``other``."""
        threads = ""
        if self.threads is not None and other.threads not in (None, self.threads):
            threads = f", {many(self.threads, 'thread')}"
        return (self.cpu or "an unknown CPU class") + threads


@dataclass(frozen=True)
class Known:
    """What was calibrated: on what, which conditions, and how far each moved every tolerance class."""

    where: str
    level: str
    threads: int | None
    conditions: tuple[Condition, ...]
    moved: Mapping[str, Mapping[str, Spread]]

    def between(self, golden: Machine, run: Machine) -> tuple[Condition, ...] | None:
        """The conditions that stand for the whole difference of two machines; None where it was never calibrated."""
        if golden.vendor != run.vendor:
            return None
        found: list[Condition] = []
        if golden.level != run.level:
            found += self._one(lambda each: each.level, self.level, {golden.level, run.level}) or [_NONE]
        if None not in (golden.threads, run.threads) and golden.threads != run.threads:
            found += self._one(lambda each: each.threads, self.threads, {golden.threads, run.threads}) or [_NONE]
        return None if _NONE in found else tuple(found)

    def _one(self, stands_for: Any, base: Any, pair: set[Any]) -> list[Condition]:
        return [each for each in self.conditions if stands_for(each) is not None and {stands_for(each), base} == pair][
            :1
        ]


_NONE = Condition("", "same", "")


def compared(config: Config, pipeline: Pipeline, runs: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The ``machines`` of a report: a row for each pair of machines that goldens and runs come from.

    ``runs`` are the report's. Where nothing is known of the goldens and the project keeps no ledger, there is no row.
    """
    pairs: dict[tuple[Machine, Machine, str | None], list[str]] = {}
    for run in sorted(runs, key=lambda each: str(each["case"])):
        if run["configuration"] != pipeline.reference:
            continue
        golden, problem = _golden(config, str(run["case"]))
        if golden is not None or problem is not None:
            key = (golden or Machine(), _machine(run["provenance"]), problem)
            pairs.setdefault(key, []).append(str(run["case"]))
    known = _known(config, pipeline) if any(golden != run for golden, run, _ in pairs) else None
    return [_row(config, golden, run, problem, cases, known) for (golden, run, problem), cases in pairs.items()]


def sentences(machines: Sequence[Mapping[str, Any]]) -> list[str]:
    """Everything there is to say, for a page."""
    return [row["sentence"] for row in machines]


def _golden(config: Config, case: str) -> tuple[Machine | None, str | None]:
    """Where the goldens of ``case`` were recorded, and what is wrong with what says so; nothing where nobody ever says."""
    try:
        found = provenance.read(config, case)
    except ContractError as error:
        return None, str(error)
    if found is None:
        no_goldens = not (config.snapshots / case).is_dir()
        return (None, None) if config.ledger is None or no_goldens else (Machine(), None)
    return _machine(found), None


def _machine(told: Mapping[str, Any]) -> Machine:
    cpu, threads = told.get("cpu"), told.get("threads")
    return Machine(
        cpu.get("class") if isinstance(cpu, Mapping) else None, threads if isinstance(threads, int) else None
    )


def _known(config: Config, pipeline: Pipeline) -> Known | str:
    """What was calibrated, or why that cannot be told."""
    conditions = getattr(getattr(pipeline, "perturbations", None), "conditions", ())
    if not any(each.level or each.threads for each in conditions):
        return "pipeline has no conditions that stand for other machines"
    try:
        calibration = store.load(plan.load(config).data)
    except ParityError as error:
        return str(error)
    machine = calibration.provenance.machine
    return Known(
        where=f"{machine.cpu}, {calibration.provenance.date}",
        level=level(set(machine.instruction_sets), known=set(INSTRUCTION_SETS)),
        threads=getattr(pipeline, "threads", None),
        conditions=tuple(each for each in conditions if each.name in calibration.observed),
        moved={name: seen.classes() for name, seen in calibration.observed.items()},
    )


def _row(
    config: Config, golden: Machine, run: Machine, problem: str | None, cases: list[str], known: Known | str | None
) -> dict[str, Any]:
    same = problem is None and golden.cpu is not None and _differs(golden, run) is False
    conditions = known.between(golden, run) if isinstance(known, Known) and _differs(golden, run) else None
    spread = _spread(config, conditions, known) if conditions and isinstance(known, Known) else []
    return {
        "golden": {"class": golden.cpu, "threads": golden.threads},
        "run": {"class": run.cpu, "threads": run.threads},
        "same": same,
        "calibrated": bool(conditions),
        "cases": cases,
        "conditions": [each.name for each in conditions or ()],
        "spread": spread,
        "sentence": "".join(_sentence(golden, run, problem, cases, known, conditions, spread)),
    }


def _differs(golden: Machine, run: Machine) -> bool | None:
    """Whether the machines differ; None where that cannot be told."""
    if golden.cpu is None or run.cpu is None:
        return None
    threads = None not in (golden.threads, run.threads) and golden.threads != run.threads
    return golden.cpu != run.cpu or threads


def _spread(config: Config, conditions: Iterable[Condition], known: Known) -> list[dict[str, Any]]:
    """By tolerance class: the furthest that one of ``conditions`` moved a value, beside what is allowed."""
    allowed = tolerance.load(config.tolerances)
    rows: dict[str, dict[str, Any]] = {}
    for condition in conditions:
        for name, seen in known.moved[condition.name].items():
            row = rows.setdefault(name, {"class": name, "abs": 0.0, "rel": 0.0})
            row["abs"], row["rel"] = max(row["abs"], seen.abs), max(row["rel"], seen.rel)
    for name, row in rows.items():
        limit = allowed.classes.get(name)
        row["unit"] = limit.unit if limit else None
        row["allowed_abs"], row["allowed_rel"] = (limit.abs, limit.rel) if limit else (None, None)
    return [rows[name] for name in sorted(rows)]


def _sentence(
    golden: Machine,
    run: Machine,
    problem: str | None,
    cases: Sequence[str],
    known: Known | str | None,
    conditions: Sequence[Condition] | None,
    spread: Sequence[Mapping[str, Any]],
) -> Iterator[str]:
    named = listed(cases, SHOWN)
    if problem is not None:
        yield f"where the goldens of {named} were recorded cannot be told: {problem}"
        return
    differs = _differs(golden, run)
    if differs is False:
        yield f"the goldens of {many(len(cases), 'case')} were recorded on {golden.text(run)}, where this run was computed too"
        return
    yield (
        f"the goldens of {named} were recorded on {golden.text(run)}, this run was computed on {run.text(golden)}; "
        "compared all the same: "
    )
    if differs is None:
        yield "whether the machines differ cannot be told; accepting a run of today notes it down"
    elif conditions and isinstance(known, Known):
        yield f"calibrated ({known.where}): {' and '.join(each.what for each in conditions)} moved "
        yield ", ".join(_moved(row) for row in spread[:SHOWN]) or "nothing"
        yield f" and {len(spread) - SHOWN} more classes" if len(spread) > SHOWN else ""
    else:
        why = f" ({known})" if isinstance(known, str) else ""
        yield f"never calibrated on this class{why}, so a difference may be the machine's; `parity calibrate` measures it"


def _moved(row: Mapping[str, Any]) -> str:
    by_rel = bool(row["allowed_rel"]) and not row["allowed_abs"]
    seen, allowed = (row["rel"], row["allowed_rel"]) if by_rel else (row["abs"], row["allowed_abs"])
    unit = " of the value" if by_rel else f" {row['unit']}" if row["unit"] else ""
    return f"{row['class']} by up to {seen:.2g}{unit}" + (f" (allowed {allowed:g})" if allowed is not None else "")
