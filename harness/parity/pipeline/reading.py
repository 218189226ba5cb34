"""What the harness asks of a pipeline to read outputs that no harness captured: plain folders, single files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True)
class Outputs:
    """The files of one run in a plain folder: artifact → file, and → stamp where its name has one.

    ``stamps`` are all that stand there, ``chosen`` the artifacts' own. ``notes``: what does not fit, one sentence each.
    """

    folder: Path
    files: Mapping[str, Path]
    chosen: Mapping[str, str] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Recognised:
    """What a single document is: the artifact, and the id of its schema."""

    artifact: str
    schema: str


@dataclass(frozen=True)
class Told:
    """What the documents of one run tell about it; None, or empty, where they do not.

    ``subject``: id of what was analysed. ``contracts``: the contract versions that they name, each once. ``media``:
    name of a fingerprint of the decoded media → its value; ``file``: hash of the file that was decoded. ``facts``: the
    same media, for people.
    """

    subject: str | None = None
    contracts: tuple[str, ...] = ()
    media: Mapping[str, str] = field(default_factory=dict)
    file: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict)
    configuration: str | None = None


class Reader(Protocol):
    """How to read the outputs of one pipeline; nothing here may fail on what a file holds."""

    #: The artifacts that a plain folder of outputs can hold.
    artifacts: frozenset[str]

    def outputs(self, folder: Path, stamp: str | None) -> Outputs | None:
        """The newest complete files in ``folder`` (with ``stamp``: of names that begin so); None if it is no such folder."""
        ...

    def recognise(self, file: Path, document: Any) -> Recognised | None:
        """What a single file is, by its name, else by its shape; None when neither tells."""
        ...

    def told(self, documents: Mapping[str, Any]) -> Told:
        """What the documents (artifact → JSON of any shape) tell about their run."""
        ...

    def oddities(self, artifact: str, document: Any) -> tuple[str, ...]:
        """In what a document has the shape of an older version of the pipeline, one clause each."""
        ...


class PlainReader:
    """The reader of a pipeline that brings none: it knows captures and schemas only."""

    artifacts: frozenset[str] = frozenset()

    def outputs(self, folder: Path, stamp: str | None) -> Outputs | None:
        return None

    def recognise(self, file: Path, document: Any) -> Recognised | None:
        return None

    def told(self, documents: Mapping[str, Any]) -> Told:
        return Told()

    def oddities(self, artifact: str, document: Any) -> tuple[str, ...]:
        return ()


def reader_of(pipeline: Any) -> Reader:
    """The pipeline's own reader, else one that knows nothing special."""
    return getattr(pipeline, "reader", None) or PlainReader()
