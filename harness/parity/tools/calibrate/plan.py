"""What a calibration runs: conditions that a pipeline offers, on which cases, how often; and its settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeGuard

from parity import reading
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.typed import Amount, Closed, Must, is_number
from parity.verdict import UsageError

#: What a condition teaches: tolerances for the same media; those for another encoding; or only how sensitive a run is.
Kind = Literal["same", "encodings", "sensitivity"]

#: The condition in which nothing is changed; its first run is what all others are held against.
REPEAT = "repeat"


@dataclass(frozen=True)
class Condition:
    """One way of running. ``few``: on the cases that the settings call ``few`` only.

    ``level``: the instruction-set level (``parity.run.cpu.level``) of the machines that it stands for, and ``threads`` the
    number of threads: what was seen under it is how far runs on those lie from runs on the machine it was seen on.
    """

    name: str
    kind: Kind
    what: str
    few: bool = False
    level: str | None = None
    threads: int | None = None


class Perturbations(Protocol):
    """What a pipeline that can be calibrated offers as ``pipeline.perturbations``."""

    conditions: tuple[Condition, ...]

    def under(self, condition: str, case: Case) -> AbstractContextManager[tuple[Pipeline, Case]]:
        """The pipeline and the case as they are under ``condition``, for runs inside the block."""
        ...

    def fits(self, case: Case) -> bool:
        """Whether running the case exercises what the conditions change."""
        ...

    def identity(self) -> Mapping[str, Mapping[str, str]]:
        """What the learnt numbers depend on: group → name → version or hash. Imports nothing heavy."""
        ...

    def code(self) -> str:
        """A digest of the pipeline's own code: saved runs of other code are not taken up again."""
        ...


def perturbations_of(pipeline: Pipeline) -> Perturbations:
    """Those that ``pipeline`` offers."""
    found: Perturbations | None = getattr(pipeline, "perturbations", None)
    if found is None:
        raise UsageError(f"pipeline {pipeline.name} has no perturbations: there is nothing to calibrate with")
    return found


def _are_factors(value: object) -> TypeGuard[dict[str, float]]:
    return isinstance(value, dict) and all(is_number(each) and each >= 1 for each in value.values())


_BOTH = Must("have same and encodings, each at least 1", lambda value: _are_factors(value) and len(value) == 2)
#: What tolerances are for: the same media, or another encoding of them.
Media = Literal["same", "encodings"]
Factors = Annotated[Mapping[Media, float], Must("be same and encodings at most, each at least 1", _are_factors)]


@dataclass(frozen=True)
class Floor(Closed):
    """The least tolerance of a class, and why. ``by``: which part grows with the spread, ``abs`` or ``rel``.

    ``factor``: tolerance over spread, for the kinds of media where this class has its own.
    """

    unit: str
    reason: str
    abs: Amount = 0.0
    rel: Amount = 0.0
    by: Literal["abs", "rel"] = "abs"
    factor: Factors = field(default_factory=dict)


@dataclass(frozen=True)
class FlipFloor(Closed):
    """A detector's ``threshold``, the tolerance class of its score, and the least budget, with the reason."""

    threshold: float
    score: str
    budget: float
    reason: str


@dataclass(frozen=True)
class Settings(Closed):
    """``[calibration]`` of ``parity.toml``; paths are absolute.

    ``factor``: tolerance over spread. ``loose``: a tolerance more than this many times what is needed is too loose.
    """

    data: Path
    page: Path
    captures: Path
    few: tuple[str, ...]
    repeats: Annotated[int, Must("be at least 2", lambda value: is_number(value) and value >= 2)]
    factor: Annotated[Factors, _BOTH]
    loose: Annotated[float, Must("be above 1", lambda value: is_number(value) and value > 1)]
    classes: Mapping[str, Floor]
    flips: Mapping[str, FlipFloor] = field(default_factory=dict)


def load(config: Config) -> Settings:
    """Read ``[calibration]``; a missing or unknown key is an error that names it."""
    place = f"{config.file}: [calibration]"
    table = reading.toml_file(config.file).get("calibration")  # which has been read before
    if not isinstance(table, dict):
        raise UsageError(f"{place} is not there: a calibration needs data, page, captures, few, classes and the like")
    try:
        settings = reading.model(Settings, table)
    except reading.Unfit as error:
        raise UsageError(f"{place} cannot be used: {error}; mend it, or take it back from git") from error
    for name, entry in settings.flips.items():
        if entry.score not in settings.classes:
            raise UsageError(f"{place} flips.{name}: its score is of class {entry.score!r}, which is not in classes")
    paths = {key: config.root / getattr(settings, key) for key in ("data", "page", "captures")}
    return replace(settings, **paths)


@dataclass(frozen=True)
class Measurement:
    """One run to make: the ``number``-th of ``case`` under ``condition``, counted from 1."""

    condition: str
    case: str
    number: int

    @property
    def place(self) -> Path:
        """Where its capture lies, below the calibration's captures."""
        return Path(self.case) / f"{self.condition}-{self.number}"


def measurements(
    conditions: Iterable[Condition], cases: Iterable[Case], *, few: Iterable[str], repeats: int
) -> list[Measurement]:
    """Every run of a calibration; the run that the others are held against comes first for each case."""
    cases, few = list(cases), set(few)
    made = [Measurement(REPEAT, case.name, 1) for case in cases]
    for condition in conditions:
        for case in cases:
            if condition.name == REPEAT:
                numbers = range(2, repeats + 1) if case.name in few else range(0)
            else:
                numbers = range(1, 2) if case.name in few or not condition.few else range(0)
            made += [Measurement(condition.name, case.name, number) for number in numbers]
    return made


def chosen(conditions: Iterable[Condition], names: Iterable[str]) -> list[Condition]:
    """The conditions called ``names``; all of them when ``names`` is empty."""
    conditions, wanted = list(conditions), set(names)
    if unknown := sorted(wanted - {condition.name for condition in conditions}):
        known = ", ".join(condition.name for condition in conditions)
        raise UsageError(f"unknown condition {unknown[0]!r}; known: {known}")
    return [condition for condition in conditions if not wanted or condition.name in wanted]
