"""Controls: runs and changes without a fault, of which nothing may be reported."""

from __future__ import annotations

import random
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from parity.check.rules import Rules
from parity.pipeline.artifacts import artifacts_of, running
from parity.pipeline.capture import load
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact
from parity.run.record import record
from parity.tools.calibrate.plan import perturbations_of
from parity.tools.calibrate.runs import kept, run_id
from parity.tools.drill import neutral
from parity.tools.drill.bench import Bench, findings, held, suite_of, with_document, with_text
from parity.tools.drill.fault import Finding
from parity.tools.drill.results import Drill, Tell


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
                drill.hold(name, f"{case.name}, {artifact.name}", findings(outcomes))
            drill.hold("barely moved", f"{case.name}, {artifact.name}", _barely_moved(bench, case, artifact))


def _barely_moved(bench: Bench, case: Case, artifact: Artifact) -> list[Finding]:
    """What is found where both sides are moved alike, by far less than the golden's tolerance."""
    node, tolerances = bench.rules.node(artifact), bench.rules.tolerances
    with ExitStack() as stack:
        changed = []
        for name in bench.pipeline.configurations[:2]:
            capture = bench.captures[case.name, name]
            document = neutral.barely_moved(capture.document(artifact.name), node, tolerances, but=artifact.repeats)
            changed.append(stack.enter_context(with_document(capture, artifact.name, document)))
        return findings(bench.judge(case, changed, [artifact], run=False))


def hold_perturbed(rules: Rules, cases: Sequence[Case], drill: Drill, folder: Path, tell: Tell) -> None:
    """Hold saved runs of the same media under other conditions (as a calibration makes them) against the goldens."""
    for condition in perturbations_of(rules.pipeline).conditions:
        if condition.kind != "same":
            continue
        for case in cases:
            for place in sorted((folder / case.name).glob(f"{condition.name}-*/capture.json")):
                tell(f"run of {case.name} under {condition.name}")
                made = load(place.parent)
                suite = suite_of(rules, {(case.name, made.configuration): made})
                outcomes = held(suite, case, [made.configuration], artifacts_of(rules.pipeline, case), pair=False)
                drill.hold(f"run under {condition.name}", f"{case.name}, {place.parent.name}", findings(outcomes))


def run_fresh(rules: Rules, cases: Sequence[Case], drill: Drill, *, saved: Path, times: int, tell: Tell) -> None:
    """Run two cases ``times`` each with everything computed, in turn in both configurations, and compare as always.

    The runs are kept and taken up again while code, versions and models stay the same.
    """
    config, pipeline = rules.config, rules.pipeline
    wanted = run_id(perturbations_of(pipeline))
    live = [case for case in running(pipeline, cases) if not pipeline.replayed(case)]
    first, second = pipeline.configurations[:2]
    for case in [case for case in live if case.name in config.fresh] or live[:2]:
        for number in range(times):
            name, other = (second, first) if number % 2 == 0 else (first, second)
            tell(f"fresh run {number + 1} of {times} of {case.name}")
            folder = config.reports / "fresh" / case.name / str(number + 1) / name
            made = kept(folder, wanted) or record(pipeline, case, name, destination=folder, run_id=wanted)
            suite = suite_of(rules, {(case.name, name): made, (case.name, other): load(saved / case.name / other)})
            outcomes = held(suite, case, [name], artifacts_of(pipeline, case))
            drill.hold("fresh run", f"{case.name}, {name}, {number + 1}", findings(outcomes))
