"""What the harness asks of a pipeline under test; everything special to one pipeline stands behind this."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from harness.capture import Capture
    from harness.cases import Case

#: The artifact that the harness itself makes of every run: exit code, stdout lines, tree of created files.
RUN = "run"


@dataclass(frozen=True)
class Artifact:
    """One document that a run leaves behind.

    ``schema`` is the id of its schema, which may be one that ``Pipeline.derived_schemas`` makes.
    ``golden`` is its file name in the snapshots; None when its expected value is derived from other goldens.
    """

    name: str
    schema: str
    golden: str | None
    #: Top-level field → artifact that it repeats. Where it does so exactly, its leaves are compared once, as part of
    #: that artifact, and the field counts as one leaf.
    repeats: Mapping[str, str] = field(default_factory=dict)
    #: Whether its texts name files of the run, so that stamps in them become ``<stamp>`` before they are compared.
    names_files: bool = False


@dataclass(frozen=True)
class Expectation:
    """One thing that is known about a case beforehand: what was expected, what the run found, whether that will do."""

    component: str
    expected: str
    got: str
    passed: bool


@dataclass(frozen=True)
class Job:
    """How to start one configuration on one case.

    ``argv`` runs in a fresh folder that holds only ``inputs`` (name there → file to copy). ``env`` is complete.
    """

    argv: tuple[str, ...]
    env: Mapping[str, str]
    inputs: Mapping[str, Path] = field(default_factory=dict)
    timeout_s: float = 900.0


@dataclass(frozen=True)
class Found:
    """What a finished run left behind, by artifact.

    ``files``: artifact name → path relative to the capture. ``untracked``: created files that do not belong to
    the compared tree, relative to the working folder. ``stamps``: texts in names that tell runs apart, in order
    of rank; the first is shown as ``<stamp>``. ``problems``: what does not fit, one sentence each.
    """

    files: Mapping[str, str]
    untracked: tuple[str, ...] = ()
    stamps: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answers:
    """A form that people filled in, held against outputs: what could be judged, and the paths of what is unanswered."""

    expectations: tuple[Expectation, ...]
    unanswered: tuple[str, ...]


class Pipeline(Protocol):
    """A pipeline with several configurations that must agree.

    A pipeline may also have ``render(case)``, which makes the case's input; ``answers(form, outputs)``, which holds a
    filled form (parsed JSON) against a folder of outputs and returns ``Answers``; and ``reasons(artifact, document)``,
    which says why values of a document are null: path without indices → code; None where it keeps no such list.
    """

    name: str
    #: The first two are compared with each other: the first is what the second must be equal to.
    configurations: tuple[str, ...]
    #: The configuration whose run is written when goldens are recorded.
    reference: str
    artifacts: tuple[Artifact, ...]
    #: Distributions whose versions belong to the provenance of a capture.
    packages: tuple[str, ...]
    #: Artifacts that come out the same when a run is repeated from what it recorded; empty where that cannot be done.
    repeatable: tuple[str, ...]
    #: Leaves that may have one value, or none, in every case: artifact → path with ``[*]`` for any item → reason.
    settled: Mapping[str, Mapping[str, str]]

    def job(self, case: Case, configuration: str) -> AbstractContextManager[Job]:
        """Everything that must be up while the configuration runs (stand-ins), and how to start it."""
        ...

    def replayed(self, case: Case) -> bool:
        """Whether the case is a recording: every configuration computes from it, so no difference is declared."""
        ...

    def repeat(self, capture: Capture) -> AbstractContextManager[Job]:
        """How to run again from what a finished run recorded; only asked where something is ``repeatable``."""
        ...

    def find(self, capture: Path) -> Found:
        """Look through a capture: ``work/`` is the folder the run worked in, ``return.json`` what it returned."""
        ...

    def derived_schemas(self, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Schemas of artifacts that are another form of a document with a schema of its own."""
        ...

    def expectations(self, case: Case, document: Callable[[str], Any]) -> Sequence[Expectation]:
        """The ground truth of a case held against a run; ``document(name)`` gives an artifact. May be empty."""
        ...

    def expected(self, artifact: Artifact, golden: Callable[[str], Any]) -> Any:
        """The expected document of an artifact without a golden; ``golden(name)`` gives another artifact's."""
        ...
