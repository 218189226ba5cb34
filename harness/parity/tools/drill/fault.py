"""A fault that is put in on purpose, where it must show, and what a pipeline offers so that it can be put in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config

Means = Literal["artifacts", "failure parity", "log lines", "sync", "kill", "settings"]
"""By which means a fault is found: the artifacts of an ordinary run, those of a run that fails, log lines, the static
check, a kill in the middle of saving, a setting given in the environment or in a file."""


@dataclass(frozen=True)
class Finding:
    """One thing the harness says: by which check, of whom (``where`` begins with an artifact), and its text."""

    check: str
    where: str
    text: str

    @property
    def line(self) -> str:
        """What a place is matched with: ``artifact: path: text``."""
        return f"{self.where}: {self.text}" if self.text else self.where


@dataclass(frozen=True)
class Fault:
    """One drift, re-introduced into one configuration.

    ``shows``: regular expressions, each of which must match the beginning of a finding's line; ``follows``: of findings
    that the fault causes beside. A finding that neither explains is unrelated. ``scene`` names the conditions that both
    configurations run under, ``case`` the case.
    """

    id: str
    title: str
    does: str
    means: Means
    shows: tuple[str, ...]
    follows: tuple[str, ...] = ()
    scene: str = "plain"
    case: str = ""

    def missed(self, findings: Sequence[Finding]) -> list[str]:
        """Those of ``shows`` that no finding meets."""
        return [place for place in self.shows if not any(re.match(place, finding.line) for finding in findings)]

    def unrelated(self, findings: Sequence[Finding]) -> list[Finding]:
        """The findings at other places than the stated ones."""
        known = [re.compile(place) for place in (*self.shows, *self.follows)]
        return [finding for finding in findings if not any(place.match(finding.line) for place in known)]


@dataclass(frozen=True)
class Spared:
    """A known drift that cannot be put in, and why."""

    id: str
    title: str
    reason: str


@dataclass(frozen=True)
class Staged:
    """The two runs of one scene, ready to be judged by ``pipeline``.

    ``alone``: only the second configuration can be in this situation, so it is held against its contract.
    """

    pipeline: Pipeline
    case: Case
    first: Capture
    second: Capture
    alone: bool = False
    #: Whether the runs end well, so that they can be held against goldens.
    golden: bool = True


class Rehearsal(Protocol):
    """What a pipeline offers to a drill; its module is named by the pipeline's attribute ``drill``."""

    faults: tuple[Fault, ...]
    spared: tuple[Spared, ...]
    #: The case that faults without a case of their own are put into.
    case: str

    def stage(self, config: Config, fault: Fault | None, scene: str, case: Case, folder: Path) -> Staged:
        """Run the scene in both configurations, ``fault`` in the second; None is the control. Captures go to ``folder``."""
        ...

    def sync(self, config: Config, fault: Fault | None) -> list[Finding]:
        """What the static check says of the source with ``fault`` in it and not without; None: of the source as it is."""
        ...

    def frame_seconds(self, document: Any) -> float:
        """How long one frame of the media lasts, from the artifact that a repeated run reads."""
        ...

    def frame_pixels(self, document: Any) -> tuple[int, int]:
        """Width and height of the frame, from the same artifact."""
        ...

    def weights(self, config: Config) -> dict[str, str]:
        """The model files a run depends on, by name, with their hashes."""
        ...
