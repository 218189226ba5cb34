"""Verdicts: what a comparison can end with, its exit codes, and the errors that lead there."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """The value is the exit code of ``parity``."""

    PARITY = 0
    DRIFT = 1
    USAGE = 2
    CONTRACT = 3
    PIPELINE = 4
    UNSTABLE = 5
    STALE = 6
    CRASH = 70

    @property
    def label(self) -> str:
        """The name used in reports, as in ``drift``."""
        return self.name.lower()

    @property
    def meaning(self) -> str:
        """One clause for people."""
        return _MEANINGS[self]


_MEANINGS = {
    Verdict.PARITY: "the configurations agree with each other and with the goldens",
    Verdict.DRIFT: "a difference beyond tolerance, or a missing or extra artifact",
    Verdict.USAGE: "the comparison could not be run as asked",
    Verdict.CONTRACT: "a schema, golden or ledger is broken, or a leaf is compared by no schema",
    Verdict.PIPELINE: "the pipeline failed in a configuration",
    Verdict.UNSTABLE: "one configuration disagrees with itself",
    Verdict.STALE: "a golden or a declared difference that nothing needs",
    Verdict.CRASH: "the harness itself failed, so there is no verdict",
}

#: The first of these that applies is the verdict: what makes the rest unreliable comes first.
PRECEDENCE = (
    Verdict.CRASH,
    Verdict.USAGE,
    Verdict.PIPELINE,
    Verdict.UNSTABLE,
    Verdict.CONTRACT,
    Verdict.DRIFT,
    Verdict.STALE,
    Verdict.PARITY,
)


def decide(found: Iterable[Verdict]) -> Verdict:
    """The verdict of a run in which all of ``found`` apply; parity when nothing was found."""
    present = set(found)
    return next((verdict for verdict in PRECEDENCE if verdict in present), Verdict.PARITY)


def in_order(found: Iterable[Verdict]) -> list[Verdict]:
    """All verdicts that apply, gravest first, each once; parity only when it stands alone."""
    present = set(found) - {Verdict.PARITY}
    return [verdict for verdict in PRECEDENCE if verdict in present] or [Verdict.PARITY]


class ParityError(Exception):
    """Something that ends a comparison; its text names what, where, expected, got and what to do."""

    verdict = Verdict.USAGE


class UsageError(ParityError):
    """Wrong arguments, or settings or saved captures that cannot be used."""


class ContractError(ParityError):
    """A schema, the tolerances or the ledger cannot be used as they stand."""

    verdict = Verdict.CONTRACT


class MissingArtifact(ParityError):
    """A run did not leave behind what it should have."""

    verdict = Verdict.DRIFT


class PipelineError(ParityError):
    """A configuration of the pipeline under test could not be run to its end."""

    verdict = Verdict.PIPELINE


class HarnessError(ParityError):
    """The harness contradicts itself: what it found cannot be. There is no verdict, and no input is to blame."""

    verdict = Verdict.CRASH
