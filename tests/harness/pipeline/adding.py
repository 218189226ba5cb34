"""The toy that makes cases of files: anything that is JSON with words will do."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

from parity.pipeline.case import Case
from parity.pipeline.parts import Adopted
from parity.verdict import UsageError
from tests.harness.toy.pipeline import Toy


class Adopting(Toy):
    def adopt(self, case: Case, file: Path, metadata: Path | None) -> Adopted:
        (case.folder / "input.json").write_bytes(file.read_bytes())
        if os.environ.get("TOY_DIES_ADDING"):
            os.kill(os.getpid(), signal.SIGKILL)
        given = json.loads(file.read_text(encoding="utf-8"))
        if "words" not in given:
            raise UsageError(f"{file.name}: no words")
        known = metadata.name if metadata else "nothing"
        return Adopted((("words", str(len(given["words"]))), ("known", known)), tuple(given.get("advice", ())))


PIPELINE = Adopting()
