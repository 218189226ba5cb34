"""Goldens: one canonical JSON file per case and artifact, read, written and kept free of leftovers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from parity.documents import Unreadable, load, parse
from parity.files import write_atomically
from parity.pipeline.artifacts import artifacts_of
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.verdict import ContractError

if TYPE_CHECKING:
    from syrupy.extensions.single_file import SingleFileSnapshotExtension

#: Beside the goldens of a case: where and with what they were recorded. Not compared.
PROVENANCE = "provenance.json"


#: What to do about a golden that is not there.
REMEDY = "run `make golden` to record it, look at it, and commit it"


class MissingGolden(Exception):
    """No golden has been recorded for an artifact yet."""


def read(file: Path) -> Any:
    """The golden in ``file``."""
    try:
        return load(file)
    except FileNotFoundError as error:
        raise MissingGolden(f"golden {file.parent.name}/{file.name} is missing: {REMEDY}") from error
    except OSError as error:
        raise broken(file, f"cannot be read: {error}") from error
    except Unreadable as error:
        raise broken(file, str(error)) from error


def broken(file: Path, what: str) -> ContractError:
    """The error of a golden with which nothing can be compared, and the ways to get it back."""
    case = file.parent.name
    return ContractError(
        f"golden {case}/{file.name}: {what}; take it back from git, or `parity run --case {case}` and then "
        f"`parity accept --case {case} --reason …`"
    )


def stale(config: Config, cases: Iterable[Case], pipeline: Pipeline) -> list[Path]:
    """Files below the snapshots that no artifact of a case claims, nor the case as such."""
    cases = list(cases)
    claimed = {
        config.golden(case.name, artifact.golden)
        for case in cases
        for artifact in artifacts_of(pipeline, case)
        if artifact.golden
    } | {config.golden(case.name, PROVENANCE) for case in cases}
    return sorted(path for path in config.snapshots.rglob("*") if path.is_file() and path not in claimed)


def extension(file: Path, *, pending: Path, agrees: Callable[[Any], bool]) -> type[SingleFileSnapshotExtension]:
    """A syrupy extension that reads one golden in ``file``, and writes to ``pending`` alone.

    The tested value is the canonical text to store. ``agrees`` gets the stored golden and says whether the run lies
    within tolerance of it; then an update leaves everything as it is.
    """
    # Brings pytest along, which takes a third of the start of a command that compares nothing.
    from syrupy.extensions.single_file import SingleFileSnapshotExtension, WriteMode

    class CanonicalJson(SingleFileSnapshotExtension):
        file_extension = "json"
        _write_mode = WriteMode.TEXT

        @classmethod
        def dirname(cls, *, test_location: Any) -> str:
            return str(file.parent)

        @classmethod
        def discovery_dirname(cls, *, test_location: Any) -> str:
            return str(file.parent)

        @classmethod
        def get_file_basename(cls, *, test_location: Any, index: Any) -> str:
            return file.name.removesuffix(f".{cls.file_extension}")

        @classmethod
        def matches_test_location(cls, *, test_location: Any, snapshot_location: str) -> bool:
            return Path(snapshot_location) == file

        def owns_snapshot_collection(self, *, filepath: str, test_location: Any) -> bool:
            return Path(filepath) == file

        def serialize(self, data: str, **_: Any) -> str:
            return data

        def matches(self, *, serialized_data: Any, snapshot_data: Any) -> bool:
            return agrees(parse(snapshot_data))

        def diff_lines(self, serialized_data: Any, snapshot_data: Any) -> Any:
            # The comparison prints its own, field by field; a text diff of a large document helps nobody.
            yield f"golden {file.parent.name}/{file.name} differs: see the comparison above"

        @classmethod
        def write_snapshot_collection(cls, *, snapshot_collection: Any, name_order: Any = None) -> None:
            for snapshot in snapshot_collection:
                write_atomically(pending, snapshot.data)

    return CanonicalJson
