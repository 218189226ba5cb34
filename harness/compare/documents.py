"""The documents of a capture as they are compared, and why one cannot be."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from harness.capture import Capture, neutral
from harness.pipelines.base import Artifact
from harness.verdict import Verdict


def unusable(capture: Capture, artifact: Artifact) -> tuple[Verdict, str] | None:
    """Why ``artifact`` of ``capture`` cannot be compared; None when it can."""
    if capture.failure is not None:
        return Verdict.PIPELINE, f"{capture.configuration} failed, so there is nothing to compare"
    if not capture.has(artifact.name):
        return Verdict.DRIFT, f"{capture.configuration} wrote no {artifact.name}"
    try:
        capture.document(artifact.name)
    except ValueError as error:
        return Verdict.CONTRACT, f"{capture.files[artifact.name]} of {capture.configuration} is not JSON: {error}"
    return None


def comparable(capture: Capture, artifact: Artifact) -> Any:
    """The document, with a short text in place of each field that exactly repeats another artifact of the run."""
    document = capture.document(artifact.name)
    repeated = {
        name: f"<the artifact {other}>"
        for name, other in artifact.repeats.items()
        if isinstance(document, dict) and name in document and _repeats(capture, document[name], other)
    }
    document = {**document, **repeated} if repeated else document
    return _neutral(document, capture.stamps) if artifact.names_files else document


def _neutral(document: Any, stamps: Sequence[str]) -> Any:
    if isinstance(document, dict):
        return {name: _neutral(value, stamps) for name, value in document.items()}
    if isinstance(document, list):
        return [_neutral(value, stamps) for value in document]
    return neutral(document, stamps) if isinstance(document, str) else document


def _repeats(capture: Capture, value: Any, other: str) -> bool:
    if not capture.has(other):
        return False
    try:
        return json.dumps(value, sort_keys=True) == json.dumps(capture.document(other), sort_keys=True)
    except ValueError:
        return False
