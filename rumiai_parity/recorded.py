"""A golden unified file as the recording that services answer from."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parity import reading
from parity.goldens.form import DECLARED, ENVIRONMENT, VOLATILE
from parity.paths import join
from parity.verdict import ContractError, PipelineError

_PLACEHOLDERS = (VOLATILE, ENVIRONMENT, DECLARED)


@contextmanager
def recording_of(golden: Path) -> Iterator[Path]:
    """A file with what a recording needs of the unified file at ``golden``, for as long as the block lasts.

    Nothing that a golden does not hold (leaves that are never compared) gets into it; ``PipelineError`` when a service's
    result has such a leaf.
    """
    try:
        unified = reading.json_file(golden, halves=True)
        processing = unified["processing_metadata"]
        recording = {
            "video_id": unified["video_id"],
            "duration": unified["duration"],
            "processing_metadata": {"media": processing["media"], "services": processing["services"]},
            "ml_data": unified["ml_data"],
        }
    except (OSError, KeyError, TypeError, reading.Unfit) as error:
        raise ContractError(f"{golden}: cannot be replayed: {error}; mend it, or take it back from git") from error
    if places := list(_missing(recording, "")):
        raise PipelineError(
            f"{golden}: cannot be replayed: {places[0]} holds a placeholder, not a value, because it is never compared; "
            "leave --ml replay out, or compare that leaf"
        )
    with tempfile.TemporaryDirectory(prefix="parity-") as folder:
        file = Path(folder) / "recorded.json"
        file.write_text(json.dumps(recording), encoding="utf-8")
        yield file


def _missing(value: Any, path: str) -> Iterator[str]:
    """Paths of placeholders inside ``value``."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _missing(item, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _missing(item, join(path, index))
    elif value in _PLACEHOLDERS:
        yield path
