"""What a comparison of two sides is asked for, and what it finds."""

from __future__ import annotations

from dataclasses import dataclass

from parity.tools.diff.media import Media, Strictness
from parity.tools.diff.parts import Part
from parity.tools.diff.sides import Side
from parity.verdict import Verdict, decide

#: What was made by a run of this harness.
_OF_RUNS = frozenset({"capture", "golden"})


@dataclass(frozen=True)
class Options:
    """``analyses``: artifacts, or what stands before their dot; ``tolerances`` False: exactly; empty and None: all, auto."""

    analyses: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    media: str = "auto"
    tolerances: bool | None = None
    schema: str | None = None
    #: Breaches of today's schemas do not count, and what they do not cover is compared without them.
    any_contract: bool = False


@dataclass(frozen=True)
class Pair:
    """Two compared sides; ``expected`` is B where B alone is a golden (``exchanged``)."""

    expected: Side
    actual: Side
    exchanged: bool
    media: Media
    strictness: Strictness
    parts: tuple[Part, ...]
    notes: tuple[str, ...]
    verdicts: tuple[Verdict, ...]

    @property
    def labels(self) -> tuple[str, str]:
        """What differences call the expected side and the actual one."""
        return ("B", "A") if self.exchanged else ("A", "B")

    @property
    def verdict(self) -> Verdict:
        """The gravest that applies."""
        return decide(self.verdicts)

    @property
    def may_be_older(self) -> bool:
        """Whether breaches of today's schemas may come from an older contract: not of runs that name one and the same."""
        sides = (self.expected, self.actual)
        versions = [version for side in sides for version in side.told.contracts]
        is_one = len(versions) == 2 and versions[0] == versions[1] and {side.what for side in sides} <= _OF_RUNS
        return not is_one and any(part.may_be_older for part in self.parts)
