"""The documents of a capture as they are compared, and why one cannot be."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from parity.compare.sequence import identity
from parity.contract.visit import mapped
from parity.documents import Unreadable
from parity.pipeline.capture import Capture, neutral
from parity.pipeline.parts import Artifact
from parity.verdict import Verdict


def unusable(capture: Capture, artifact: Artifact) -> tuple[Verdict, str] | None:
    """Why ``artifact`` of ``capture`` cannot be compared; None when it can."""
    if capture.failure is not None:
        return Verdict.PIPELINE, f"{capture.configuration} failed, so there is nothing to compare"
    if not capture.has(artifact.name):
        return Verdict.DRIFT, f"{capture.configuration} wrote no {artifact.name}"
    try:
        capture.document(artifact.name)
    except Unreadable as error:
        return Verdict.CONTRACT, f"{capture.files[artifact.name]} of {capture.configuration} {error}"
    return None


def is_compared_as_written(artifact: Artifact) -> bool:
    """Whether ``comparable`` is the document itself, so that files can be compared by their bytes."""
    return not (artifact.repeats or artifact.names_files or artifact.names_input)


def comparable(capture: Capture, artifact: Artifact) -> Any:
    """The document, with a short text in place of each field that exactly repeats another artifact of the run."""
    document = capture.document(artifact.name)
    repeated = {
        name: f"<the artifact {other}>"
        for name, other in artifact.repeats.items()
        if isinstance(document, dict) and name in document and _repeats(capture, document[name], other)
    }
    document = {**document, **repeated} if repeated else document
    if artifact.names_files:
        document = _texts(document, lambda text: neutral(text, capture.stamps))
    return _texts(document, lambda text: _unnamed(text, capture.input_names)) if artifact.names_input else document


def _texts(document: Any, change: Callable[[str], str]) -> Any:
    """``document`` with every text in it changed."""
    return mapped(document, None, lambda leaf, node, path: change(leaf) if isinstance(leaf, str) else leaf)


def _unnamed(text: str, names: Sequence[str]) -> str:
    """``text`` with ``<input>`` where it names the run's own input; the name of anything else stays to be seen."""
    for name in names:
        text = re.sub(name, "<input>", text)
    return text


def _repeats(capture: Capture, value: Any, other: str) -> bool:
    if not capture.has(other):
        return False
    try:
        return identity(value) == identity(capture.document(other))
    except Unreadable:
        return False
