"""The documents of a capture as they are compared, and why one cannot be."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

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
    if isinstance(document, dict):
        return {name: _texts(value, change) for name, value in document.items()}
    if isinstance(document, list):
        return [_texts(value, change) for value in document]
    return change(document) if isinstance(document, str) else document


def _unnamed(text: str, names: Sequence[str]) -> str:
    """``text`` with ``<input>`` where it names the run's own input; the name of anything else stays to be seen."""
    for name in names:
        text = re.sub(name, "<input>", text)
    return text


def _repeats(capture: Capture, value: Any, other: str) -> bool:
    if not capture.has(other):
        return False
    try:
        return _text_of(value) == _text_of(capture.document(other))
    except Unreadable:
        return False


def _text_of(document: Any) -> str:
    """One text per value: types stay apart (1, 1.0, true), the order of keys and the sign of zero do not."""
    return json.dumps(_unsigned(document), sort_keys=True)


def _unsigned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _unsigned(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_unsigned(item) for item in value]
    return value + 0.0 if isinstance(value, float) else value
