"""The stability gate: a golden is written only if runs that computed it independently agree."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from parity.check.suite import Suite
from parity.decide.pending import Change, Origin
from parity.documents import parse
from parity.english import listed
from parity.explain.settle import SettlingSuite
from parity.paths import pattern
from parity.pipeline.artifacts import known_artifacts
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config
from parity.run.captures import Captures
from parity.run.record import record
from parity.verdict import ParityError, PipelineError, Verdict

#: Independent computations that agree on every golden that was accepted: those of both configurations, or one that they
#: shared and the run that confirmed it.
WITNESSES = 2
#: Fields named in a message; the others are counted.
_SHOWN = 8


class UnstableError(ParityError):
    """A repeated run gave something else."""

    verdict = Verdict.UNSTABLE


def needs_another_run(origin: Origin) -> bool:
    """Whether the two configurations are only one witness.

    They are two where each computed everything, or where what they shared agrees with an accepted golden.
    """
    return origin.reuse == "shared" and not origin.known


def confirm(
    config: Config,
    pipeline: Pipeline,
    case: Case,
    changes: Sequence[Change],
    candidates: Mapping[str, str],
    say: Callable[[str], None],
) -> None:
    """Run ``case`` anew and hold it against ``candidates`` (key → text); ``UnstableError`` names what differs."""
    say(f"{case.name}: its configurations shared what they computed; running it once more to see that it is repeatable")
    with tempfile.TemporaryDirectory(prefix="parity-accept-") as scratch:
        place, run_id = Path(scratch, pipeline.reference), uuid.uuid4().hex
        made = record(pipeline, case, pipeline.reference, destination=place, run_id=run_id)
        if made.failure is not None:
            raise PipelineError(f"{case.name}: the run that was to confirm the golden failed: {made.failure}")
        captures = Captures(config, pipeline, made.run_id, Path(scratch))
        captures.loaded[case.name, pipeline.reference] = made
        suite = SettlingSuite.of(captures)
        artifacts = {artifact.name: artifact for artifact in known_artifacts(pipeline)}
        moved = [
            _moved(suite, artifacts[change.artifact], change.key, again, candidates[change.key])
            for change in changes
            if change.key in candidates
            and (again := suite.golden_text(case, artifacts[change.artifact])) != candidates[change.key]
        ]
        if moved:
            raise UnstableError(
                "a repeated run does not agree with what is to be accepted, so nothing was written:\n  "
                + "\n  ".join(moved)
                + f"\nrun `parity run --case {case.name} --ml fresh` and make the pipeline repeatable first"
            )


def _moved(suite: Suite, artifact: Artifact, key: str, again: str, candidate: str) -> str:
    """Which fields of the golden ``key`` moved between the two runs."""
    from parity.compare.walk import Policy, compare

    policy, node = Policy(actual_by=suite.pipeline.reference), suite.rules.node(artifact)
    found = compare(parse(candidate), parse(again), node, policy).differences
    fields = list(dict.fromkeys(pattern(each.path) or "(the whole document)" for each in found))
    return f"{key}: {listed(fields, _SHOWN)}"
