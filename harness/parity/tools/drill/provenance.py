"""What a drill's result depends on: versions, model files, and the files that say how outputs are compared."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parity.contract import registry
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.run.record import provenance as versions
from parity.tools.drill.fault import Rehearsal


def provenance(config: Config, pipeline: Pipeline, rehearsal: Rehearsal) -> dict[str, Any]:
    """When, on what, with which versions and hashes."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": _processor(),
        **versions(pipeline.packages),
        **inputs(config, rehearsal),
    }


def inputs(config: Config, rehearsal: Rehearsal) -> dict[str, Any]:
    """What must be the same today for an earlier result to hold: hashes of model files, schemas, tolerances, ledger."""
    return {
        "weights": rehearsal.weights(config),
        "schemas": digest(_contract(config.schemas)),
        "tolerances": digest({config.tolerances.name: config.tolerances}),
        "ledger": digest({config.declared.name: config.declared}),
    }


def _contract(schemas: Path) -> dict[str, Path]:
    """The schemas of what is compared, those of the project and the harness' own."""
    files = {file.relative_to(schemas).as_posix(): file for file in schemas.rglob("*.schema.json")}
    return {registry.RUN.name: registry.RUN, **files}


def digest(files: Mapping[str, Path]) -> str:
    """SHA-256 over names and contents in the order of the names, its first 16 digits."""
    found = hashlib.sha256()
    for name, file in sorted(files.items()):
        found.update(name.encode() + b"\0" + file.read_bytes() + b"\0")
    return found.hexdigest()[:16]


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor() or "unknown"
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "unknown")
