"""The toy pipeline with conditions to calibrate under: its input is nudged, or nothing is changed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parity.pipeline.case import Case
from parity.pipeline.parts import Stage
from parity.tools.calibrate.plan import Condition
from tests.harness.toy.pipeline import Toy

#: Condition → what is added to the mean score.
NUDGES = {"warm": 0.004, "encoded": 0.02}


class Perturbations:
    conditions = (
        Condition("repeat", "same", "the same run again"),
        Condition("warm", "same", "a mean that lies 0.004 higher"),
        Condition("bare", "sensitivity", "no best item", few=True),
        Condition("encoded", "encodings", "a mean that lies 0.02 higher, another label"),
    )

    def __init__(self, identity: Mapping[str, Mapping[str, str]]) -> None:
        self._identity = identity

    @contextmanager
    def under(self, condition: str, case: Case) -> Iterator[tuple[Toy, Case]]:
        with tempfile.TemporaryDirectory() as folder:
            given = json.loads((case.folder / "input.json").read_text(encoding="utf-8"))
            given["mean"] += NUDGES.get(condition, 0.0)
            if condition == "bare":
                given["best"] = not given["best"]
            if condition == "encoded":
                given["label"] = "blau"
            (Path(folder) / "input.json").write_text(json.dumps(given), encoding="utf-8")
            yield Toy(), Case(case.name, Path(folder))

    def fits(self, case: Case) -> bool:
        return not (case.folder / "replayed").exists()

    def identity(self) -> Mapping[str, Mapping[str, str]]:
        return self._identity

    def code(self) -> str:
        return "toy"


class Calibrated(Toy):
    """The toy, whose core scores are data; ``versions.json`` beside the settings stands for what is installed."""

    stages = (Stage("listening", "service", ("input",), (("scores", "Core"),)), *Toy.stages)

    @property
    def perturbations(self) -> Any:
        return Perturbations(json.loads(Path("versions.json").read_text(encoding="utf-8")))


PIPELINE = Calibrated()
