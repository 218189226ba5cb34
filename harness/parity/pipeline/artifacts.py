"""The artifacts of a case: of one whose runs must fail, how they end and what they leave behind, compared like anything else."""

from __future__ import annotations

from collections.abc import Iterable

from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Ending, Failing, Pipeline


def failing(pipeline: Pipeline, case: Case) -> Failing | None:
    """What is known of a case whose runs must fail; None for one that must run to its end."""
    return pipeline.failing(case) if hasattr(pipeline, "failing") else None


def ending(pipeline: Pipeline, case: Case, configuration: str) -> Ending | None:
    """How ``configuration`` must fail on ``case``; None where it must not."""
    known = failing(pipeline, case)
    return known.endings[configuration] if known else None


def known_artifacts(pipeline: Pipeline) -> tuple[Artifact, ...]:
    """Everything that some run leaves behind, failed ones included."""
    return (*pipeline.artifacts, *getattr(pipeline, "failure_artifacts", ()))


def artifacts_of(pipeline: Pipeline, case: Case) -> tuple[Artifact, ...]:
    """What every run of ``case`` must leave behind."""
    known = failing(pipeline, case)
    if known is None:
        return tuple(pipeline.artifacts)
    return tuple(artifact for artifact in known_artifacts(pipeline) if artifact.name in known.artifacts)


def repeatable_of(pipeline: Pipeline, case: Case) -> tuple[str, ...]:
    """The artifacts that come out the same when a run of ``case`` is repeated; none of a failed run."""
    return () if failing(pipeline, case) else tuple(pipeline.repeatable)


def running(pipeline: Pipeline, cases: Iterable[Case]) -> list[Case]:
    """Those of ``cases`` that must run to their end."""
    return [case for case in cases if failing(pipeline, case) is None]
