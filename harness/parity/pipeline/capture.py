"""One run of one configuration as one value: everything it produced, in a plain folder that can be compared later.

A capture folder holds ``capture.json`` (what was run, where each artifact lies), ``work/`` (what the run created),
``return.json``, ``run.json`` (exit code, stdout lines, tree), ``stdout.txt`` and ``stderr.log``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from parity import reading
from parity.documents import Document, read
from parity.verdict import UsageError

MANIFEST = "capture.json"
FORMAT = "parity-capture/1"
WORK, RETURN, RUN_FILE, STDOUT, STDERR = "work", "return.json", "run.json", "stdout.txt", "stderr.log"
#: The system's temporary folder of the run; what is left in it stands in the tree, and is removed.
TEMP = "temp"


@dataclass(frozen=True)
class Capture:
    """A finished run. ``exit_code`` is None when the process never ran to an end; ``failure`` says why, else None.

    ``files``: artifact → path inside ``folder``. ``problems``: what does not fit in what it left behind.
    """

    folder: Path
    case: str
    configuration: str
    run_id: str
    argv: tuple[str, ...]
    exit_code: int | None
    failure: str | None
    started: str
    seconds: float
    files: Mapping[str, str]
    problems: tuple[str, ...]
    provenance: Mapping[str, Any]
    #: Texts in names that tell runs apart, in order of rank.
    stamps: tuple[str, ...] = ()
    #: Regular expressions of the texts by which the configuration names its input.
    input_names: tuple[str, ...] = ()
    #: How the run came by what is costly to compute: fresh, shared or replay.
    reuse: str = "fresh"

    @cached_property
    def _documents(self) -> dict[str, Document]:
        return {}

    def has(self, artifact: str) -> bool:
        """Whether the run left ``artifact`` behind."""
        return artifact in self.files

    def raw(self, artifact: str) -> bytes:
        """The bytes of ``artifact``."""
        return (self.folder / self.files[artifact]).read_bytes()

    def document(self, artifact: str) -> Any:
        """``artifact`` as JSON (NaN and infinity pass, for the contract to name); ``Unreadable`` if it is none."""
        return self._read(artifact).value

    def is_plain(self, artifact: str) -> bool:
        """Whether the bytes of ``artifact`` mean the same to every reader; ``Unreadable`` as for ``document``."""
        return self._read(artifact).plain

    def _read(self, artifact: str) -> Document:
        if artifact not in self._documents:
            self._documents[artifact] = read(self.raw(artifact))
        return self._documents[artifact]


def load(folder: Path) -> Capture:
    """The capture saved in ``folder``."""
    file = folder / MANIFEST
    try:
        manifest = dict(reading.json_file(file, halves=True))
        if manifest.pop("format") != FORMAT:
            raise UsageError(f"{file}: is no {FORMAT}: capture again with `parity run`")
        capture = reading.model(Capture, {**manifest, "folder": folder})
    except FileNotFoundError as error:
        raise UsageError(
            f"no capture in {folder} ({MANIFEST} is not there): run `parity run` to make it, or choose with --case what was run"
        ) from error
    except (OSError, ValueError, KeyError, TypeError, reading.Unfit) as error:
        raise UsageError(f"{file}: cannot be read as a capture: {error}; make it anew with `parity run`") from error
    if absent := [path for path in capture.files.values() if not (folder / path).is_file()]:
        raise UsageError(f"{folder}: {absent[0]} is listed in {MANIFEST} but not there; make it anew with `parity run`")
    return capture


def neutral(text: str, stamps: Iterable[str]) -> str:
    """``text`` with the stamps of its run as ``<stamp>``, ``<stamp-2>``, …"""
    for number, stamp in enumerate(stamps, start=1):
        text = text.replace(stamp, "<stamp>" if number == 1 else f"<stamp-{number}>")
    return text


def summary(capture: Capture) -> dict[str, Any]:
    """What a report says of a capture."""
    fields = asdict(capture)
    del fields["folder"]
    return fields
