"""Whether a page of results still holds: was it made with today's versions, models, schemas and tolerances?"""

from __future__ import annotations

import re

from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.run.record import provenance as versions
from parity.tools.drill.fault import Rehearsal
from parity.tools.drill.provenance import inputs

_ROW = re.compile(r"^\| (?P<name>[^|]+) \| (?P<value>[^|]+) \|$", re.MULTILINE)


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
