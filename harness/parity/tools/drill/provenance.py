"""What a drill's result depends on: versions, model files, and the files that say how outputs are compared.

A page of results holds while these are the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from parity.contract import registry
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.run.cpu import cpu
from parity.run.record import provenance as versions
from parity.tools.drill.fault import Rehearsal

_ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<value>[^|]+) \|$", re.MULTILINE)


def provenance(config: Config, pipeline: Pipeline, rehearsal: Rehearsal) -> dict[str, Any]:
    """When, on what, with which versions and hashes."""
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "processor": cpu()["model"],
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


def stale(page: str, config: Config, pipeline: Pipeline, rehearsal: Rehearsal) -> list[str]:
    """What the results in ``page`` depend on and is another today, one sentence each."""
    facts, _, _ = page.partition("## Promises")
    said = {match["name"]: match["value"].strip("`") for match in _ROW.finditer(facts)}
    today = inputs(config, rehearsal)
    due = {name: today[name] for name in ("schemas", "tolerances", "ledger")}
    due |= versions(pipeline.packages)["packages"]
    due |= {name: f"{sha256[:16]}…" for name, sha256 in today["weights"].items()}
    return [
        f"{name}: the page was made with {said.get(name, 'nothing')}, today it is {value}: run `make drill`"
        for name, value in due.items()
        if said.get(name) != value
    ]
