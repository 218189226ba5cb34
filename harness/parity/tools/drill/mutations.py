"""Mutations: documents and files of captures are changed in one place each, and each change is judged."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.tools.drill import files, mutate
from parity.tools.drill.bench import Bench, findings, is_named, with_document
from parity.tools.drill.results import Drill, MutationResult, Tell

#: Mutations of files, per kind, in a full drill of this many mutations; fewer in a smaller one.
_FILES_EACH, FULL = 30, 4000
#: From how many mutations on every field is hit; fewer are a sample.
COVERED_FROM = 2000
#: How much of the mutations that are wanted goes to values; each field has at least one in any case.
_VALUES = 0.6


def baseline(bench: Bench, drill: Drill, *, tell: Tell) -> dict[str, set[str]]:
    """The artifacts, by case, that are not at parity before anything is changed: each is a false alarm."""
    broken: dict[str, set[str]] = {}
    for case in bench.cases:
        tell(f"captures of {case.name} as they are")
        outcomes = bench.judge(case, [], bench.artifacts(case), run=True)
        broken[case.name] = {each.artifact or "" for each in outcomes if not each.passed}
        drill.hold("captures as they are", case.name, findings(outcomes))
    return broken


def mutate_all(
    bench: Bench, drill: Drill, folder: Path, broken: dict[str, set[str]], *, wanted: int, tell: Tell
) -> None:
    """Mutate documents and files, judge each."""
    by_name = {case.name: case for case in bench.cases}
    targets = [target for case in bench.cases for target in bench.targets(case, without=broken[case.name])]
    whole = [_due(bench, case) for case in bench.cases if not broken[case.name]]
    each = max(2, round(_FILES_EACH * min(1.0, wanted / FULL)))
    of_files = files.sample(whole, each=each, seed=drill.seed) if whole else []
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
    with with_document(bench.capture(case.name), mutation.artifact, mutation.document()) as changed:
        outcomes = bench.judge(case, [changed], bench.concerned(case, mutation.artifact), run=False)
    found = any(not outcome.passed for outcome in outcomes)
    by_golden = any(not outcome.passed for outcome in outcomes if outcome.check == "golden")
    named, elsewhere = is_named(mutation, outcomes)
    detected = found and (by_golden or not mutation.size or not mutation.in_golden)
    loose = (
        f"within the tolerance of class {mutation.tolerance_class} against the golden: too loose for {mutation.size}"
    )
    why = "" if detected else loose if found else "nothing was reported"
    return MutationResult.of(
        mutation, detected=detected, by_golden=by_golden, named=named, elsewhere=len(elsewhere), why=why
    )


def _of_files(bench: Bench, case: Case, mutation: files.FileMutation, folder: Path) -> MutationResult:
    changed = files.copied(bench.pipeline, bench.capture(case.name), folder, mutation.do)
    lines = [each.line for each in findings(bench.judge(case, [changed], bench.artifacts(case), run=True))]
    named = all(any(re.match(place, line) for line in lines) for place in mutation.names)
    found = bool(lines)
    why = "" if found else "nothing was reported"
    return MutationResult.of(mutation, detected=found, by_golden=found, named=named, elsewhere=0, why=why)
