"""Runs a drill: faults (``put_in``), ``mutations``, ``controls``."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

from parity.check.rules import Rules
from parity.pipeline.case import Case
from parity.pipeline.load import imported
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.tools.drill.bench import Bench
from parity.tools.drill.controls import change_nothing, hold_perturbed, run_fresh
from parity.tools.drill.fault import Rehearsal
from parity.tools.drill.mutations import FULL, baseline, mutate_all
from parity.tools.drill.provenance import provenance
from parity.tools.drill.put_in import put_in
from parity.tools.drill.results import SCRATCH, Drill, Tell
from parity.verdict import UsageError

PARTS = ("faults", "mutations", "controls")


def rehearsal_of(pipeline: Pipeline) -> Rehearsal:
    """What ``pipeline`` offers to a drill."""
    name = getattr(pipeline, "drill", None)
    if name is None:
        raise UsageError(
            f"pipeline {pipeline.name}: names no faults; give it the attribute drill = 'package.module:NAME'"
        )
    rehearsal: Rehearsal = imported(name, "REHEARSAL")
    return rehearsal


def run(
    config: Config,
    pipeline: Pipeline,
    cases: Sequence[Case],
    *,
    saved: Path,
    parts: Iterable[str] = PARTS,
    mutations: int = FULL,
    seed: int = 1,
    fresh: int = 0,
    perturbed: Path | None = None,
    only: Sequence[str] = (),
    tell: Tell = lambda line: None,
) -> Drill:
    """Drill ``parts``; ``saved`` holds captures of ``cases`` at parity, ``fresh`` runs two of them anew that often.

    ``perturbed`` holds runs that a calibration saved. ``only``: ids of faults. Faults run in folders of their own and leave nothing behind.
    """
    begun, parts = time.monotonic(), tuple(parts)
    rehearsal, rules = rehearsal_of(pipeline), Rules(config, pipeline)
    drill = Drill(seed, tuple(case.name for case in cases), provenance=provenance(config, pipeline, rehearsal))
    with tempfile.TemporaryDirectory(prefix=SCRATCH) as scratch:
        folder = Path(scratch)
        if "faults" in parts:
            put_in(config, rehearsal, drill, folder / "faults", only=only, controls="controls" in parts, tell=tell)
        if "mutations" in parts or "controls" in parts:
            bench = Bench(rules, cases, saved, rehearsal)
            broken = baseline(bench, drill, tell=tell)
            if "mutations" in parts:
                mutate_all(bench, drill, folder / "files", broken, wanted=mutations, tell=tell)
            if "controls" in parts:
                change_nothing(bench, drill, broken, tell=tell)
        if perturbed is not None and "controls" in parts:
            hold_perturbed(rules, cases, drill, perturbed, tell)
        if fresh:
            run_fresh(rules, cases, drill, saved=saved, times=fresh, tell=tell)
    drill.seconds = time.monotonic() - begun
    return drill
