"""A whole calibration, and the check of the committed one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parity.check.rules import Rules
from parity.compare import tolerance
from parity.compare.tolerance import EXACT, FlipRule, Tolerance, Tolerances
from parity.files import write_atomically
from parity.pipeline import cases as corpus
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.load import load_pipeline
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.tools.calibrate import plan, runs, store, write
from parity.tools.calibrate.measure import Bench
from parity.tools.calibrate.plan import Condition, Measurement, Perturbations, Settings
from parity.tools.calibrate.propose import Flag, flags, propose
from parity.tools.calibrate.store import Calibration, Provenance
from parity.verdict import UsageError, Verdict, decide

#: Lines of flags that a terminal shows.
_SHOWN = 20


@dataclass(frozen=True)
class Result:
    """What to print, the verdict, and which files were written, as a clause (None: none)."""

    text: str
    verdict: Verdict
    wrote: str | None = None


@dataclass(frozen=True)
class _Project:
    """The settings and the pipeline of one calibration, with the cases that can be calibrated on."""

    config: Config
    settings: Settings
    pipeline: Pipeline
    perturbations: Perturbations
    cases: Mapping[str, Case]

    @classmethod
    def of(cls, config: Config, names: Sequence[str] = ()) -> _Project:
        pipeline = load_pipeline(config)
        perturbations = plan.perturbations_of(pipeline)
        fitting = {case.name: case for case in corpus.select(config, names) if perturbations.fits(case)}
        if names and (unfit := sorted(set(names) - set(fitting))):
            raise UsageError(f"case {unfit[0]!r} cannot be calibrated on: what the conditions change is not run in it")
        return cls(config, plan.load(config), pipeline, perturbations, fitting)

    @property
    def bench(self) -> Bench:
        return Bench(Rules(self.config, self.pipeline), self.settings, self.cases)


def calibrate(
    config: Config,
    *,
    cases: Sequence[str],
    conditions: Sequence[str],
    repeats: int | None,
    given: Path | None,
    fresh: bool,
    write: bool,
    say: Callable[[str], None],
) -> Result:
    """Make the runs that are missing, learn from them, and say (``write``: write) what follows."""
    here = _Project.of(config, cases)
    settings = replace(
        here.settings, repeats=repeats or here.settings.repeats, captures=given or here.settings.captures
    )
    here = replace(here, settings=settings)
    chosen = plan.chosen(here.perturbations.conditions, conditions)
    wanted = plan.measurements(chosen, here.cases.values(), few=settings.few, repeats=settings.repeats)
    if given is None:
        runs.make(wanted, here.cases, here.perturbations, settings, say=say, fresh=fresh)
    captures = runs.saved(settings.captures, wanted)
    if write and here.cases.keys() & set(settings.few) != set(settings.few):
        raise UsageError(f"{config.file}: [calibration] few names cases that are not there: {', '.join(settings.few)}")
    calibration = _learn(here, chosen, captures)
    present = tolerance.load(config.tolerances)
    return _written(here, calibration) if write else _told(here, calibration, present)


def _learn(here: _Project, conditions: Sequence[Condition], captures: Mapping[Measurement, Capture]) -> Calibration:
    bench = here.bench
    observed = bench.observed(captures, conditions, _known(here.settings))
    made_with = _provenance(here, captures)
    calibration = Calibration(made_with, tuple(conditions), _floors(here.settings), observed, {})
    proposed = _proposal(calibration, here.settings)
    return replace(calibration, checked=bench.against_goldens(captures, conditions, proposed))


def _known(settings: Settings) -> Tolerances:
    """The classes and flip rules of the settings, whatever their numbers."""
    classes = {name: Tolerance(floor.abs, floor.rel, floor.unit, "floor") for name, floor in settings.classes.items()}
    flips = {name: FlipRule(rule.threshold, 0.0, rule.budget, "floor") for name, rule in settings.flips.items()}
    return Tolerances({"exact": EXACT, **classes}, flips)


def _floors(settings: Settings) -> dict[str, float]:
    return {name: floor.abs for name, floor in settings.classes.items()}


def _provenance(here: _Project, captures: Mapping[Measurement, Capture]) -> Provenance:
    noted, pipeline = runs.noted_provenance(here.settings.captures, captures.values()), here.pipeline
    return Provenance(
        noted.date, noted.machine, noted.identity, pipeline.name, pipeline.reference, cases=len(here.cases)
    )


def _proposal(calibration: Calibration, settings: Settings) -> Tolerances:
    return propose(calibration.by_media(), settings, calibration.provenance_line())


def _told(here: _Project, calibration: Calibration, present: Tolerances) -> Result:
    """What was seen and what follows; partial calibrations say so of the conditions that they have."""
    proposed = _proposal(calibration, here.settings)
    found = flags(present, calibration.by_media(), here.settings)
    changes = list(store.differences(present, proposed))
    lines = [write.seen_text(calibration.observed, calibration.conditions), ""]
    for name, seen in calibration.checked.items():
        lines.append(
            f"{name}: {seen.runs} runs against the goldens at the proposed tolerances: {seen.remaining} differences remain"
        )
        lines += [f"  {alarm.case} · {alarm.artifact} · {alarm.text}" for alarm in seen.alarms[:_SHOWN]]
    lines += ["", f"{here.config.relative(here.config.tolerances)} against the proposal:", *(changes or ["the same"])]
    lines += _flag_lines(found)
    return Result("\n".join(lines), Verdict.DRIFT if changes or _tight(found) else Verdict.PARITY)


def _flag_lines(found: Sequence[Flag]) -> list[str]:
    lines = [f"{flag.verdict} ({flag.media}): {flag.text}" for flag in found[:_SHOWN]]
    return [*lines, *([f"… and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else [])]


def _tight(found: Sequence[Flag]) -> bool:
    return any(flag.verdict == "too tight" for flag in found)


def _written(here: _Project, calibration: Calibration) -> Result:
    settings, config = here.settings, here.config
    proposed = _proposal(calibration, settings)
    found = flags(proposed, calibration.by_media(), settings)
    text = write.page(settings.page.read_text(encoding="utf-8"), calibration, proposed, settings, found)
    store.save(calibration, settings.data)
    write_atomically(config.tolerances, write.tolerances_text(proposed))
    write_atomically(settings.page, text)
    wrote = "wrote " + ", ".join(config.relative(each) for each in (settings.data, config.tolerances, settings.page))
    verdict = Verdict.DRIFT if _tight(found) else Verdict.PARITY
    return Result("\n".join([wrote, *_flag_lines(found)]), verdict, wrote)


def check(config: Config) -> Result:
    """Do the committed tolerances follow from the committed data, learnt with the versions and weights in use?"""
    here = _Project.of(config)
    calibration = store.load(here.settings.data)
    place = config.relative(here.settings.data)
    stale = [*_other_identity(calibration.provenance.identity, here.perturbations.identity())]
    if calibration.floors != _floors(here.settings):
        stale.append("the absolute floors in parity.toml are not those that the data were measured with")
    if unknown := [c.name for c in here.perturbations.conditions if c.name not in calibration.observed]:
        stale.append(f"conditions without data: {', '.join(unknown)}")
    if absent := sorted(set(here.cases) - set().union(*(seen.cases for seen in calibration.observed.values()))):
        stale.append(f"cases without data: {', '.join(absent)}")
    proposed = _proposal(calibration, here.settings)
    present = tolerance.load(config.tolerances)
    wrong = [f"{config.relative(config.tolerances)}: {text}" for text in store.differences(present, proposed)]
    found = flags(present, calibration.by_media(), here.settings)
    lines = [f"{place}: {text}; calibrate again with `parity calibrate --write`" for text in stale]
    lines += [*wrong, *_flag_lines(found)]
    lines.append(f"{place}: {calibration.provenance_line()}")
    verdicts = [Verdict.STALE] if stale else []
    verdicts += [Verdict.DRIFT] if wrong or found else []
    return Result("\n".join(lines), decide(verdicts))


def _other_identity(learnt: Mapping[str, Any], present: Mapping[str, Any]) -> list[str]:
    """In what versions and weights differ from those that the data were learnt with."""
    found = []
    for group in sorted({*learnt, *present}):
        then, now = learnt.get(group, {}), present.get(group, {})
        for name in sorted({*then, *now}):
            if then.get(name) != now.get(name):
                found.append(f"learnt with {name} {then.get(name, 'absent')}, now {now.get(name, 'absent')}")
    return found
