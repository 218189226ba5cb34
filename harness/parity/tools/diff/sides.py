"""One side of a comparison as one value, whatever it was read from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from parity import documents
from parity.check.documents import comparable
from parity.documents import Ambiguous, Unreadable
from parity.goldens import store
from parity.pipeline import capture as captures
from parity.pipeline.artifacts import known_artifacts
from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.reading import Outputs, Reader, Told, reader_of
from parity.pipeline.settings import Config
from parity.verdict import ContractError, UsageError

What = Literal["capture", "outputs", "golden", "file"]

#: Name of what a file holds when neither its name nor its shape tells.
UNKNOWN = "document"


@dataclass(frozen=True)
class Side:
    """``documents`` by artifact; ``unreadable``: artifact → why there is no document though there is a file.

    ``files``: artifact → where it lies, for people. ``possible``: the artifacts that such a side can have; what others
    it lacks says nothing. ``whole``: the documents of which parts were replaced so that they are compared once.
    ``schemas``: artifact → schema id of those that the pipeline does not list. ``notes``: what does not fit, one
    sentence each. ``failure``: why the run ended early, else None.
    """

    what: What
    path: Path
    documents: Mapping[str, Any]
    files: Mapping[str, str]
    unreadable: Mapping[str, str] = field(default_factory=dict)
    possible: frozenset[str] = frozenset()
    whole: Mapping[str, Any] = field(default_factory=dict)
    schemas: Mapping[str, str] = field(default_factory=dict)
    told: Told = field(default_factory=Told)
    configuration: str | None = None
    case: str | None = None
    stamps: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    failure: str | None = None
    provenance: Mapping[str, Any] | None = None

    def has(self, artifact: str) -> bool:
        """Whether there is a file of ``artifact``, readable or not."""
        return artifact in self.documents or artifact in self.unreadable

    @property
    def single(self) -> bool:
        """Whether the side is one file."""
        return self.path.is_file()

    @property
    def names(self) -> set[str]:
        """The artifacts that are there."""
        return {*self.documents, *self.unreadable}


def is_capture(folder: Path) -> bool:
    """Whether ``folder`` holds a capture."""
    return (folder / captures.MANIFEST).is_file()


def is_golden(folder: Path, pipeline: Pipeline) -> bool:
    """Whether ``folder`` holds the goldens of one case."""
    names = {artifact.golden for artifact in known_artifacts(pipeline) if artifact.golden}
    return not is_capture(folder) and any((folder / name).is_file() for name in names)


def read(
    path: Path, config: Config, pipeline: Pipeline, *, stamp: str | None = None, schema: str | None = None
) -> Side:
    """The side at ``path``: a capture, the goldens of a case, a folder of outputs, or one JSON file.

    ``stamp`` chooses among the runs in a folder of outputs. ``schema`` is the id of the schema of a single file.
    """
    if stamp and not (path.is_dir() and not is_capture(path) and not is_golden(path, pipeline)):
        raise UsageError(f"{path}: --stamp chooses among the runs in a folder of outputs, and this is none")
    if not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    reader = reader_of(pipeline)
    if path.is_file():
        return _file(path, config, pipeline, reader, schema)
    if is_capture(path):
        return _capture(path, pipeline, reader)
    if is_golden(path, pipeline):
        return _golden(path, pipeline, reader)
    if (found := reader.outputs(path, stamp)) is not None:
        return _outputs(found, pipeline, reader)
    raise UsageError(
        f"{path}: holds nothing to compare: expected a capture ({captures.MANIFEST}), a folder of outputs, the goldens of "
        "a case, or folders of captures"
    )


def _capture(folder: Path, pipeline: Pipeline, reader: Reader) -> Side:
    capture = captures.load(folder)
    by_name = {artifact.name: artifact for artifact in known_artifacts(pipeline)}
    documents, unreadable = _each(capture.files, lambda name: _captured(capture, by_name.get(name), name))
    repeating = [name for name in documents if name in by_name and by_name[name].repeats]
    return Side(
        "capture",
        folder,
        documents,
        dict(capture.files),
        unreadable,
        whole={name: capture.document(name) for name in repeating},
        possible=frozenset(artifact.name for artifact in pipeline.artifacts),
        told=reader.told(documents),
        configuration=capture.configuration,
        case=capture.case,
        stamps={name: capture.stamps[0] for name in capture.files if capture.stamps},
        notes=tuple(capture.problems),
        failure=capture.failure,
        provenance=capture.provenance,
    )


def _captured(capture: Capture, artifact: Artifact | None, name: str) -> Any:
    try:
        return capture.document(name) if artifact is None else comparable(capture, artifact)
    except RecursionError as error:
        raise Unreadable(f"{capture.files[name]} is nested too deep to be read") from error
    except Unreadable as error:
        raise Unreadable(f"{capture.files[name]} {error}") from error


def _golden(folder: Path, pipeline: Pipeline, reader: Reader) -> Side:
    by_name = {artifact.name: artifact for artifact in known_artifacts(pipeline)}

    def golden(name: str) -> Any:
        artifact = by_name[name]
        if artifact.golden:
            return store.read(folder / artifact.golden)
        return pipeline.expected(artifact, golden)

    documents, unreadable = {}, {}
    for name in by_name:
        try:
            documents[name] = golden(name)
        except store.MissingGolden:
            continue  # of a case that fails there are few; whoever has the artifact says that it is extra
        except (ContractError, RecursionError) as error:
            unreadable[name] = str(error)
        except (KeyError, TypeError, AttributeError) as error:
            unreadable[name] = f"cannot be derived from the goldens of {folder.name}: {error!r}"
    files = {name: by_name[name].golden or "derived from goldens" for name in (*documents, *unreadable)}
    return Side(
        "golden",
        folder,
        documents,
        files,
        unreadable,
        possible=frozenset(artifact.name for artifact in pipeline.artifacts),
        told=reader.told(documents),
        case=folder.name,
    )


def _outputs(found: Outputs, pipeline: Pipeline, reader: Reader) -> Side:
    documents, unreadable = _each(found.files, lambda name: _document(found.files[name]))
    files = {name: _beside(path, found.folder) for name, path in found.files.items()}
    return Side(
        "outputs",
        found.folder,
        documents,
        files,
        unreadable,
        possible=reader.artifacts,
        told=reader.told(documents),
        stamps=dict(found.chosen),
        notes=found.notes,
        configuration=reader.told(documents).configuration,
    )


def _file(file: Path, config: Config, pipeline: Pipeline, reader: Reader, schema: str | None) -> Side:
    try:
        document, unreadable = documents.load(file), None
    except Ambiguous as error:
        document, unreadable = error.value, f"{file.name} {error}"
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except Unreadable as error:
        raise UsageError(f"{file}: {error}") from error
    golden = file.is_relative_to(config.snapshots) or file.resolve().is_relative_to(config.snapshots.resolve())
    known = reader.recognise(file, document)
    name = known.artifact if known else UNKNOWN
    schemas = {name: known.schema} if known else {}
    if schema:
        schemas = {name: schema}
    return Side(
        "golden" if golden else "file",
        file,
        {} if unreadable else {name: document},
        {name: file.name},
        {name: unreadable} if unreadable else {},
        possible=frozenset({name}),
        schemas=schemas,
        told=reader.told({name: document}),
        case=file.parent.name if golden else None,
    )


def _document(file: Path) -> Any:
    """The document in a file that nobody vouches for."""
    try:
        return documents.load(file)
    except OSError as error:
        raise Unreadable(f"{file.name} cannot be read: {error.strerror}") from error
    except Unreadable as error:
        raise Unreadable(f"{file.name} {error}") from error


def _beside(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else f"{path.parent.name}/{path.name}"


def _each(names: Any, make: Callable[[str], Any]) -> tuple[dict[str, Any], dict[str, str]]:
    documents, unreadable = {}, {}
    for name in names:
        try:
            documents[name] = make(name)
        except Unreadable as error:
            unreadable[name] = str(error)
    return documents, unreadable


def case_of(side: Side, config: Config) -> Case | None:
    """The case of the corpus that a side was run on; None where there is no such case."""
    if side.case is None or not (folder := config.corpus / side.case).is_dir():
        return None
    return Case(side.case, folder)
