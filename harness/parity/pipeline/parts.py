"""What the harness asks of a pipeline under test; everything special to one pipeline stands behind this."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from parity.pipeline.case import Case

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
    #: Whether its texts name the run's input, so that what ``Job.input_names`` match becomes ``<input>``.
    names_input: bool = False


@dataclass(frozen=True)
class Ending:
    """How a run that must fail ends: its exit code, and values of top-level fields of one of its artifacts."""

    exit_code: int
    artifact: str
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class Failing:
    """What is known of a case whose runs must fail: how each configuration ends, and which artifacts it leaves."""

    endings: Mapping[str, Ending]
    artifacts: tuple[str, ...]


StageKind = Literal["source", "media", "service", "derived", "analysis", "output"]


@dataclass(frozen=True)
class Stage:
    """One step of a run, and where what it made can be read.

    ``needs`` names the stages whose outputs it reads. ``places`` are pairs of artifact and path prefix (``""`` is the whole
    document); a place belongs to the stage with the longest prefix that fits. ``aliases``: a value that stands in
    several artifacts has one name for all of them: prefix of its path there → prefix of that name.
    """

    name: str
    kind: StageKind
    needs: tuple[str, ...]
    places: tuple[tuple[str, str], ...]
    aliases: Mapping[str, str] = field(default_factory=dict)


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
    #: Regular expressions of the texts by which this configuration names its input: a path, a URL.
    input_names: tuple[str, ...] = ()
    #: Whether another exit code than 0 is an outcome to be compared, and not a run that failed.
    may_fail: bool = False


#: How a run comes by what is costly to compute: it computes it, shares it with runs that ask for the very same, or takes it
#: from a recording.
ReuseMode = Literal["fresh", "shared", "replay"]


@dataclass(frozen=True)
class Reuse:
    """How one run comes by what is costly to compute. ``place``: the shared folder, or the golden that is replayed."""

    mode: ReuseMode = "fresh"
    place: Path | None = None


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


@dataclass(frozen=True)
class Adopted:
    """What was found in a file that became a case, as pairs of name and text, and what its owner should think about."""

    facts: tuple[tuple[str, str], ...]
    advice: tuple[str, ...] = ()


class Pipeline(Protocol):
    """A pipeline with several configurations that must agree.

    A pipeline may also have ``render(case)``, which makes the case's input; ``adopt(case, file, metadata)``, which makes it of
    somebody's own file, and of one with what is known about it (or None), in the folder of the case, and returns ``Adopted``
    (``UsageError`` for what cannot be run); ``answers(form, outputs)``, which holds a
    filled form (parsed JSON) against a folder of outputs and returns ``Answers``; ``reasons(artifact, document)``,
    which says why values of a document are null: path without indices → code; None where it keeps no such list;
    ``clip(case)``, the video that a report takes pictures of a moment from, None where the case has none;
    ``reusing(job, reuse)``, a context with the ``Job`` that does the same and reuses what is costly to compute (without it
    every run is fresh); ``reader``, which reads outputs that no harness captured (``parity.pipeline.reading.Reader``); ``perturbations``,
    the conditions that tolerances are calibrated under (``parity.tools.calibrate.plan.Perturbations``); ``frame_size``, the
    artifact and the paths of the picture's width and height that boxes in pixels refer to; ``hashed``,
    artifact → patterns of the paths whose values are hashes that the input's bytes go into; and
    ``failing(case)``, which returns ``Failing`` for a case whose runs must fail, else None, together with
    ``failure_artifacts``, those that only failed runs leave behind (ask for both through ``parity.pipeline.artifacts``). Its
    ``log_lines(capture)`` gives the lines of a run's log that every configuration must write, without what differs from run
    to run; its ``weights()`` gives the model files
    that a run needs, name → SHA-256, and its ``threads`` is how many threads its libraries use, both for the provenance of
    captures; its attribute ``drill`` names what it offers to a drill, as ``package.module:NAME``: a
    ``parity.tools.drill.fault.Rehearsal``.
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
    #: The artifact that a repeated run reads; only asked for where something is ``repeatable``.
    recording: str
    #: The steps of a run in their order; those of kind "media" hold the fingerprint of the decoded input. May be empty.
    stages: tuple[Stage, ...]
    #: Artifact and path of the value that says whether two runs read the very same file; None where there is none.
    input_hash: tuple[str, str] | None
    #: Leaves that may have one value, or none, in every case: artifact → path with ``[*]`` for any item → reason.
    settled: Mapping[str, Mapping[str, str]]

    def job(self, case: Case, configuration: str) -> AbstractContextManager[Job]:
        """Everything that must be up while the configuration runs (stand-ins), and how to start it."""
        ...

    def replayed(self, case: Case) -> bool:
        """Whether the case is a recording: every configuration computes from it, so no difference is declared."""
        ...

    def repeat(self, recording: Path, configuration: str) -> AbstractContextManager[Job]:
        """How ``configuration``'s program runs again from a recording; only asked where something is ``repeatable``."""
        ...

    def transplant(self, recipient: Any, donor: Any, stages: Iterable[str]) -> Any:
        """The ``recipient``'s recording in which the outputs of ``stages`` are the ``donor``'s; neither is changed.

        The stages are of kind source, media or service: what a repeated run reads instead of computing it. Where the
        donor holds a placeholder (a golden), the recipient's own value stands.
        """
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
