"""How each case's runs come by what is costly to compute."""

from __future__ import annotations

from collections.abc import Iterable

from parity.pipeline.artifacts import failing
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline, ReuseMode
from parity.pipeline.settings import Config
from parity.verdict import UsageError


def mode_of(config: Config, pipeline: Pipeline, case: Case, asked: ReuseMode | None) -> ReuseMode:
    """``asked`` for all cases, else what the settings say of this one.

    A case that is a recording is replayed. What must fail is run fresh: a result from elsewhere could hide the failure.
    """
    if pipeline.replayed(case):
        return "replay"
    if not hasattr(pipeline, "reusing"):
        if asked in ("shared", "replay"):
            raise UsageError(f"--ml {asked}: pipeline {pipeline.name} can only run fresh; leave the option out")
        return "fresh"
    if failing(pipeline, case) is not None:
        return "fresh"
    return asked or ("fresh" if case.name in config.fresh else "shared")


def check(config: Config, cases: Iterable[Case]) -> None:
    """``UsageError`` when the settings name a case to be run fresh that is not there."""
    known = {case.name for case in cases}
    if unknown := [name for name in config.fresh if name not in known]:
        raise UsageError(
            f"{config.file}: [parity] fresh names {unknown[0]!r}, which is no case; known: {', '.join(sorted(known))}"
        )
