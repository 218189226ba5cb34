"""Which checks a comparison makes, and what each is about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from parity.pipeline.artifacts import artifacts_of, repeatable_of
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.run.captures import REPEAT

Check = Literal["run", "contract", "configurations", "golden", "repeated", "expectations", "ignored", "stale", "ledger"]


class Key(NamedTuple):
    """One check: of which case, configuration and artifact; None where it is about all of them."""

    check: Check
    case: str | None = None
    configuration: str | None = None
    artifact: str | None = None

    def __str__(self) -> str:
        return "/".join(part for part in self if part)


#: The checks of a whole project.
WHOLE = (Key("stale"), Key("ledger"))


def of_runs(pipeline: Pipeline, case: Case) -> list[Key]:
    """The runs of ``case``, the reference configuration first, for others may share what it computes."""
    others = [name for name in pipeline.configurations if name != pipeline.reference]
    return [Key("run", case.name, name) for name in (pipeline.reference, *others)]


def of_case(pipeline: Pipeline, case: Case) -> list[Key]:
    """Every check of what the runs of ``case`` left behind."""
    names, artifacts = pipeline.configurations, [artifact.name for artifact in artifacts_of(pipeline, case)]
    return [
        *(Key("contract", case.name, name, each) for each in artifacts for name in names),
        *(Key("configurations", case.name, names[1], each) for each in artifacts),
        *(Key("golden", case.name, name, each) for each in artifacts for name in names),
        *(Key("repeated", case.name, REPEAT, each) for each in repeatable_of(pipeline, case)),
        *(Key("expectations", case.name, name) for name in names),
    ]


def of_all(pipeline: Pipeline, cases: Iterable[Case]) -> list[Key]:
    """Every check of a complete comparison of ``cases``."""
    each_of = [key for case in cases for key in (*of_runs(pipeline, case), *of_case(pipeline, case))]
    return [*each_of, *WHOLE]
