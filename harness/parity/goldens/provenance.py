"""Where the goldens of a case come from: one file beside them, so that they themselves hold outputs only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from parity import git, reading
from parity.goldens.store import PROVENANCE
from parity.pipeline.capture import Capture
from parity.pipeline.settings import Config
from parity.verdict import ContractError

FORMAT = "parity-provenance/1"
FILE_NAME = PROVENANCE

#: What behind a commit says that something was changed since, as ``git.commit`` writes it.
_DIRTY = "+"
_UNKNOWN = "unknown"


def path_of(config: Config, case: str) -> Path:
    """Where the provenance of ``case``'s goldens lies."""
    return config.snapshots / case / FILE_NAME


def document(config: Config, capture: Capture, *, agreed: int, commit: str | None = None) -> dict[str, Any]:
    """The provenance of goldens made of ``capture``.

    ``agreed``: how many runs that computed everything on their own gave the same. ``commit``: that of the code that ran, with
    ``+`` behind it when something was changed since (None: the one that is checked out). What an older capture does not tell
    is null.
    """
    told: Mapping[str, Any] = capture.provenance
    code = commit if commit is not None else git.commit(config.root)
    return {
        "format": FORMAT,
        "run_id": capture.run_id,
        "recorded": capture.started,
        "configuration": capture.configuration,
        "code": {
            "commit": None if code == _UNKNOWN else code.removesuffix(_DIRTY),
            "changed": None if code == _UNKNOWN else code.endswith(_DIRTY),
        },
        "python": told.get("python"),
        "system": told.get("system"),
        "machine": told.get("machine"),
        "packages": dict(told.get("packages", {})),
        "weights": dict(told.get("weights", {})),
        "cpu": told.get("cpu"),
        "cpus": told.get("cpus"),
        "threads": told.get("threads"),
        "agreed": agreed,
    }


def text(made: Mapping[str, Any]) -> str:
    """The document as it stands in the file."""
    return json.dumps(made, ensure_ascii=False, indent=1) + "\n"


def read(config: Config, case: str) -> dict[str, Any] | None:
    """The provenance of ``case``'s goldens; None where there is none, ``ContractError`` where it cannot be read."""
    file = path_of(config, case)
    name = config.relative(file)
    try:
        return dict(reading.json_file(file, schema="provenance"))
    except (FileNotFoundError, NotADirectoryError):
        return None
    except reading.Unfit as unfit:
        raise ContractError(
            f"{name}: cannot be read as provenance: {unfit}; accept the case's goldens anew, or take it back from git"
        ) from unfit
