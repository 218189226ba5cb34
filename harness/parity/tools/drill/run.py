"""Runs a drill: faults, mutations, controls."""

from __future__ import annotations

import importlib
import random
import re
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

from parity.check.outcome import Outcome
from parity.pipeline.artifacts import artifacts_of, running
from parity.pipeline.capture import Capture, load
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.record import record
from parity.tools.calibrate.plan import perturbations_of
from parity.tools.calibrate.runs import run_id
from parity.tools.drill import files, judge, mutate, neutral
from parity.tools.drill.bench import Bench, is_named, with_document, with_text
from parity.tools.drill.fault import Fault, Finding, Rehearsal
from parity.tools.drill.provenance import provenance
from parity.tools.drill.results import LISTED, ControlResult, Drill, FaultResult, MutationResult
from parity.verdict import UsageError

PARTS = ("faults", "mutations", "controls")

#: Mutations of files, per kind, in a full drill of this many mutations; fewer in a smaller one.
_FILES_EACH, FULL = 30, 4000
#: From how many mutations on every field is hit; fewer are a sample.
COVERED_FROM = 2000
#: How much of the mutations that are wanted goes to values; each field has at least one in any case.
_VALUES = 0.6

Tell = Callable[[str], None]

#: Where runs with a fault took place: nobody finds anything there afterwards.
_PREFIX = "parity-drill-"
_SCRATCH = re.compile(rf"\S*/{_PREFIX}[^/\s]+")


def rehearsal_of(pipeline: Pipeline) -> Rehearsal:
    """What ``pipeline`` offers to a drill."""
    named = getattr(pipeline, "drill", None)
    if named is None:
        raise UsageError(
            f"pipeline {pipeline.name}: names no faults; give it the attribute drill = 'package.module:NAME'"
        )
    module, _, name = named.partition(":")
    rehearsal: Rehearsal = getattr(importlib.import_module(module), name)
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
    rehearsal = rehearsal_of(pipeline)
    drill = Drill(seed, tuple(case.name for case in cases), provenance=provenance(config, pipeline, rehearsal))
    with tempfile.TemporaryDirectory(prefix=_PREFIX) as scratch:
        folder = Path(scratch)
        if "faults" in parts:
            put_in(config, rehearsal, drill, folder / "faults", only=only, controls="controls" in parts, tell=tell)
        if "mutations" in parts or "controls" in parts:
            bench = Bench(config, pipeline, cases, saved, rehearsal.frame_seconds, rehearsal.frame_pixels)
            broken = baseline(bench, drill, tell=tell)
            if "mutations" in parts:
                mutate_all(bench, drill, folder / "files", broken, wanted=mutations, tell=tell)
            if "controls" in parts:
                change_nothing(bench, drill, broken, tell=tell)
        if perturbed is not None and "controls" in parts:
            hold_perturbed(config, pipeline, cases, drill, perturbed, tell)
        if fresh:
            run_fresh(config, pipeline, cases, drill, saved=saved, times=fresh, tell=tell)
    drill.seconds = time.monotonic() - begun
    return drill


# ── faults ───────────────────────────────────────────────────────────────────────────────────────────────────


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
                drill.controls.append(ControlResult("source as it is", "", _lines(rehearsal.sync(config, None))))
            found = rehearsal.sync(config, fault)
        else:
            if controls and (fault.scene, name) not in staged:
                staged.add((fault.scene, name))
                scene = rehearsal.stage(config, None, fault.scene, case, place)
                alarms = judge.staged(config, scene)
                drill.controls.append(ControlResult("scene without a fault", f"{fault.scene}, {name}", _lines(alarms)))
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
        _lines(stated or shown),
        tuple(fault.missed(found)),
        _lines(unrelated),
    )


def _meeting(place: str, found: Sequence[Finding]) -> list[Finding]:
    return [each for each in found if re.match(place, each.line)][:1]


def _lines(found: Sequence[Finding]) -> tuple[str, ...]:
    return tuple(
        f"[{each.check}] {_SCRATCH.sub('<scratch>', each.line)}".splitlines()[0][:300] for each in found[:LISTED]
    )


# ── mutations ────────────────────────────────────────────────────────────────────────────────────────────────


def baseline(bench: Bench, drill: Drill, *, tell: Tell) -> dict[str, set[str]]:
    """The artifacts, by case, that are not at parity before anything is changed: each is a false alarm."""
    broken: dict[str, set[str]] = {}
    for case in bench.cases:
        tell(f"captures of {case.name} as they are")
        outcomes = bench.judge(case, [], bench.artifacts(case), run=True)
        broken[case.name] = {each.artifact or "" for each in outcomes if not each.passed}
        found = judge.findings(outcomes)
        drill.controls.append(ControlResult("captures as they are", case.name, _lines(found)))
    return broken


def mutate_all(
    bench: Bench, drill: Drill, folder: Path, broken: dict[str, set[str]], *, wanted: int, tell: Tell
) -> None:
    """Mutate documents and files, judge each."""
    by_name = {case.name: case for case in bench.cases}
    targets = [target for case in bench.cases for target in bench.targets(case, without=broken[case.name])]
    whole = [case for case in bench.cases if not broken[case.name]]
    each = max(2, round(_FILES_EACH * min(1.0, wanted / FULL)))
    of_files = files.sample([_due(bench, case) for case in whole], each=each, seed=drill.seed) if whole else []
    values = round(_VALUES * wanted)
    structural = max(0, wanted - values - len(of_files))
    chosen = mutate.sample(targets, values=values, structural=structural, seed=drill.seed, cover=wanted >= COVERED_FROM)
    folder.mkdir(parents=True, exist_ok=True)
    for number, mutation in enumerate(chosen, start=1):
        if number % 200 == 0:
            tell(f"mutation {number} of {len(chosen) + len(of_files)}")
        drill.mutations.append(_of_document(bench, by_name[mutation.case], mutation))
    for number, of_file in enumerate(of_files):
        drill.mutations.append(_of_files(bench, by_name[of_file.case], of_file, folder / str(number)))


def _due(bench: Bench, case: Case) -> Capture:
    """The mutated side's capture with the artifacts alone that every run of the case must leave: what is compared."""
    capture = bench.capture(case.name)
    due = {artifact.name for artifact in bench.artifacts(case)}
    return replace(capture, files={name: file for name, file in capture.files.items() if name in due})


def _of_document(bench: Bench, case: Case, mutation: mutate.Mutation) -> MutationResult:
    assert bench.like is not None
    with with_document(bench.capture(case.name), mutation.artifact, mutation.document()) as changed:
        outcomes = bench.judge(case, [changed], bench.concerned(case, mutation.artifact), run=False)
    found = any(not outcome.passed for outcome in outcomes)
    by_golden = any(not outcome.passed for outcome in outcomes if outcome.check == "golden")
    named, elsewhere = is_named(mutation, outcomes)
    sized = bool(mutation.size)
    detected = found and (by_golden or not sized or not mutation.in_golden)
    why = "" if detected else _why(outcomes, mutation) if found else "nothing was reported"
    return MutationResult(
        mutation.kind,
        mutation.size,
        case.name,
        mutation.artifact,
        mutation.field,
        mutation.path,
        mutation.text,
        mutation.rule,
        detected,
        by_golden,
        named,
        len(elsewhere),
        why,
    )


def _why(outcomes: Sequence[Outcome], mutation: mutate.Mutation) -> str:
    return f"within the tolerance of class {mutation.rule} against the golden: too loose for {mutation.size}"


def _of_files(bench: Bench, case: Case, mutation: files.FileMutation, folder: Path) -> MutationResult:
    changed = files.copied(bench.pipeline, bench.capture(case.name), folder, mutation.do)
    found = judge.findings(bench.judge(case, [changed], bench.artifacts(case), run=True))
    named = all(any(re.match(place, each.line) for each in found) for place in mutation.names)
    return MutationResult(
        mutation.kind,
        "",
        case.name,
        mutation.what,
        "",
        "",
        mutation.text,
        "",
        bool(found),
        bool(found),
        named,
        0,
        "" if found else "nothing was reported",
    )


# ── controls ─────────────────────────────────────────────────────────────────────────────────────────────────


def change_nothing(bench: Bench, drill: Drill, broken: dict[str, set[str]], *, tell: Tell) -> None:
    """Write every artifact of every case in other ways that say the same, and change both sides by less than counts."""
    rng = random.Random(drill.seed)
    for case in bench.cases:
        tell(f"changes without effect in {case.name}")
        for artifact in bench.artifacts(case):
            if artifact.name in broken[case.name]:
                continue
            document = bench.capture(case.name).document(artifact.name)
            for name, change in neutral.NEUTRAL.items():
                text = change(document, rng)
                if text is None:
                    continue
                with with_text(bench.capture(case.name), artifact.name, text) as changed:
                    outcomes = bench.judge(case, [changed], bench.concerned(case, artifact.name), run=False)
                found = judge.findings(outcomes)
                drill.controls.append(ControlResult(name, f"{case.name}, {artifact.name}", _lines(found)))
            drill.controls.append(_barely_moved(bench, case, artifact))


def _barely_moved(bench: Bench, case: Case, artifact: Artifact) -> ControlResult:
    """Both sides moved alike, by far less than the golden's tolerance."""
    assert bench.like is not None
    node, tolerances = bench.like.rules.contracts[artifact.name].node, bench.like.rules.tolerances
    with ExitStack() as stack:
        changed = []
        for name in bench.pipeline.configurations[:2]:
            capture = bench.captures[case.name, name]
            document = neutral.barely_moved(capture.document(artifact.name), node, tolerances, but=artifact.repeats)
            changed.append(stack.enter_context(with_document(capture, artifact.name, document)))
        outcomes = bench.judge(case, changed, [artifact], run=False)
    return ControlResult("barely moved", f"{case.name}, {artifact.name}", _lines(judge.findings(outcomes)))


def hold_perturbed(
    config: Config, pipeline: Pipeline, cases: Sequence[Case], drill: Drill, folder: Path, tell: Tell
) -> None:
    """Hold saved runs of the same media under other conditions (as a calibration makes them) against the goldens."""
    like = judge.suite_of(config, pipeline, {})
    for condition in perturbations_of(pipeline).conditions:
        if condition.kind != "same":
            continue
        for case in cases:
            for place in sorted((folder / case.name).glob(f"{condition.name}-*/capture.json")):
                tell(f"run of {case.name} under {condition.name}")
                made = load(place.parent)
                suite = judge.suite_of(config, pipeline, {(case.name, made.configuration): made}, like=like)
                outcomes = [suite.run(case, made.configuration)]
                for artifact in artifacts_of(pipeline, case):
                    outcomes += [
                        getattr(suite, check)(case, made.configuration, artifact) for check in ("contract", "golden")
                    ]
                lines = _lines(judge.findings(outcomes))
                drill.controls.append(
                    ControlResult(f"run under {condition.name}", f"{case.name}, {place.parent.name}", lines)
                )


def run_fresh(
    config: Config, pipeline: Pipeline, cases: Sequence[Case], drill: Drill, *, saved: Path, times: int, tell: Tell
) -> None:
    """Run two cases ``times`` each with everything computed, in turn in both configurations, and compare as always.

    The runs are kept and taken up again while code, versions and models stay the same.
    """
    like, wanted = judge.suite_of(config, pipeline, {}), run_id(perturbations_of(pipeline))
    live = [case for case in running(pipeline, cases) if not pipeline.replayed(case)]
    chosen = [case for case in live if case.name in config.fresh] or live[:2]
    first, second = pipeline.configurations[:2]
    for case in chosen:
        for number in range(times):
            name, other = (second, first) if number % 2 == 0 else (first, second)
            tell(f"fresh run {number + 1} of {times} of {case.name}")
            folder = config.reports / "fresh" / case.name / str(number + 1) / name
            made = _kept(folder, wanted) or record(pipeline, case, name, destination=folder, run_id=wanted)
            pair = {(case.name, name): made, (case.name, other): load(saved / case.name / other)}
            suite = judge.suite_of(config, pipeline, pair, like=like)
            outcomes = [suite.run(case, name)]
            for artifact in artifacts_of(pipeline, case):
                outcomes += [suite.contract(case, name, artifact), suite.golden(case, name, artifact)]
                outcomes.append(suite.configurations(case, artifact))
            lines = _lines(judge.findings(outcomes))
            drill.controls.append(ControlResult("fresh run", f"{case.name}, {name}, {number + 1}", lines))


def _kept(folder: Path, wanted: str) -> Capture | None:
    try:
        capture = load(folder)
    except UsageError:
        return None  # not made yet
    return capture if capture.run_id == wanted and capture.failure is None else None


def as_json(value: Any) -> Any:
    """A result as it stands in the report."""
    return {key: list(item) if isinstance(item, tuple) else item for key, item in vars(value).items()}
