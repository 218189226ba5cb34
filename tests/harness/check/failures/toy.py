"""The toy with cases that must fail: it reads ``input.json`` and cannot use it, unless a fault says otherwise."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Artifact, Ending, Expectation, Failing, Found, Job
from tests.harness.toy.pipeline import Toy

MARK = "fails"

SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "failure.schema.json",
    "title": "What a failed run returns",
    "type": "object",
    "properties": {
        "success": {"type": "boolean", "description": "Never", "x-parity": {"unit": "flag"}},
        "stage": {"type": "string", "description": "Where", "x-parity": {"unit": "text"}},
        "error": {"type": "string", "description": "What", "x-parity": {"unit": "text"}},
    },
    "required": ["success", "stage", "error"],
    "additionalProperties": False,
}

#: What one configuration does, by what ``input.json`` says of it.
PROGRAM = """
import json, sys
from pathlib import Path
configuration = sys.argv[1]
fault = json.loads(Path("input.json").read_text()).get(configuration, {})
if "leaves" in fault:
    Path(fault["leaves"]).write_text("half written")
if fault.get("overwrites"):
    Path("input.json").write_text("{}")
print(fault.get("prints", "reading"))
if not fault.get("silent"):
    named = fault.get("names", f"{configuration}:/input")
    returned = {"success": False, "stage": fault.get("stage", "reading"), "error": f"cannot read {named}"}
    Path("../return.json").write_text(json.dumps(returned))
sys.exit(fault.get("exit_code", 3))
"""


class FailingToy(Toy):
    failure_artifacts = (Artifact("failure", "failure.schema.json", "failure.json", names_input=True),)

    def failing(self, case: Case) -> Failing | None:
        if not (case.folder / MARK).exists():
            return None
        ending = Ending(3, "failure", {"success": False, "stage": "reading"})
        return Failing(dict.fromkeys(self.configurations, ending), ("failure", RUN))

    @contextmanager
    def job(self, case: Case, configuration: str) -> Iterator[Job]:
        if self.failing(case) is None:
            with super().job(case, configuration) as job:
                yield job
            return
        yield Job(
            argv=(sys.executable, "-S", "-c", PROGRAM, configuration),
            env={},
            may_fail=True,
            inputs={"input.json": case.folder / "input.json"},
            input_names=(f"{configuration}:/input",),
            timeout_s=20,
        )

    def find(self, capture: Path) -> Found:
        found = super().find(capture)
        if "return" in found.files and not json.loads((capture / "return.json").read_bytes())["success"]:
            return Found({"failure": "return.json"})
        return found

    def expectations(self, case: Case, document: Callable[[str], Any]) -> Sequence[Expectation]:
        if self.failing(case) is None:
            return super().expectations(case, document)
        error = document("failure")["error"]
        return [Expectation("error text", "it says 'cannot read'", error, "cannot read" in error)]


PIPELINE = FailingToy()
