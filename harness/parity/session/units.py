"""The checks of a comparison as pieces of work: each run on its own, all comparisons of a case together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

from parity.check import keys
from parity.check.keys import Key
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline, ReuseMode
from parity.pipeline.settings import Config
from parity.run.reuse import mode_of


@dataclass(frozen=True)
class Unit:
    """Checks that one worker makes, in order; ``case`` None: of the whole project. ``runs``: whether they make captures."""

    case: Case | None
    keys: tuple[Key, ...]
    runs: bool = False

    def after(self, key: Key) -> Unit | None:
        """What is left of it behind ``key``."""
        rest = self.keys[self.keys.index(key) + 1 :]
        return replace(self, keys=rest) if rest else None


def units(
    config: Config, pipeline: Pipeline, cases: Sequence[Case], *, saved: bool, ml: ReuseMode | None
) -> list[Unit]:
    """All of them, the runs first.

    Runs of one case that share what they compute are one piece of work: beside each other, the second would wait for the
    first. ``saved``: nothing is run. ``ml``: how all runs come by what is costly to compute.
    """

    def of_runs(case: Case) -> Iterator[Unit]:
        found = tuple(keys.of_runs(pipeline, case))
        if not saved and mode_of(config, pipeline, case, ml) == "shared":
            yield Unit(case, found, runs=True)
        else:
            yield from (Unit(case, (key,), runs=True) for key in found)

    made = [unit for case in cases for unit in of_runs(case)]
    return [*made, *(Unit(case, tuple(keys.of_case(pipeline, case))) for case in cases), Unit(None, keys.WHOLE)]


@dataclass
class Queue:
    """What is left to do, and which cases are being run meanwhile: what these leave is compared when it is there."""

    left: list[Unit]
    running: list[Unit] = field(default_factory=list)

    def take(self) -> Unit | None:
        """The next piece of work that can be done now; None where there is none, or none yet."""
        waiting = {unit.case.name for unit in (*self.left, *self.running) if unit.runs and unit.case}
        ready = (unit for unit in self.left if unit.runs or unit.case is None or unit.case.name not in waiting)
        if (unit := next(ready, None)) is not None:
            self.left.remove(unit)
            self.running.append(unit)
        return unit

    def done(self, unit: Unit, rest: Unit | None = None) -> None:
        """``unit`` is done but for ``rest``, which is next."""
        self.running.remove(unit)
        self.left[:0] = [rest] if rest else []
