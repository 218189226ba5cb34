"""Controls: runs and changes without a fault, of which nothing may be reported."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from parity.pipeline.artifacts import artifacts_of, running
from parity.pipeline.capture import Capture, load
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.record import record
from parity.tools.calibrate.plan import perturbations_of
from parity.tools.calibrate.runs import run_id
from parity.tools.drill import judge, neutral
from parity.tools.drill.bench import Bench, with_document, with_text
from parity.tools.drill.results import ControlResult, Drill, Tell, lines_of
from parity.verdict import UsageError


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
                drill.controls.append(ControlResult(name, f"{case.name}, {artifact.name}", lines_of(found)))
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
    return ControlResult("barely moved", f"{case.name}, {artifact.name}", lines_of(judge.findings(outcomes)))


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
                lines = lines_of(judge.findings(outcomes))
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
            lines = lines_of(judge.findings(outcomes))
            drill.controls.append(ControlResult("fresh run", f"{case.name}, {name}, {number + 1}", lines))


def _kept(folder: Path, wanted: str) -> Capture | None:
    try:
        capture = load(folder)
    except UsageError:
        return None  # not made yet
    return capture if capture.run_id == wanted and capture.failure is None else None
