"""A pipeline whose runs are already there: one artifact, two configurations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Found, Job, Stage
from tests.harness.whole.oracle.schema import ID


class Made:
    """What the harness asks of a pipeline, as far as it compares what a run left behind."""

    name = "made"
    configurations = ("web", "disk")
    reference = "disk"
    packages: tuple[str, ...] = ()
    artifacts = (Artifact("thing", ID, "thing.json"),)
    repeatable: tuple[str, ...] = ()
    settled: Mapping[str, Mapping[str, str]] = {}
    recording = "thing"
    stages = (Stage("all", "analysis", (), (("thing", ""),)),)
    input_hash = None

    def replayed(self, case: Case) -> bool:
        return False

    def derived_schemas(self, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
        return []

    def expectations(self, case: Case, document: Any) -> Sequence[Any]:
        return ()

    def job(self, case: Case, configuration: str) -> AbstractContextManager[Job]:
        raise AssertionError("nothing is run here: what a run left behind is already there")

    def repeat(self, recording: Path, configuration: str) -> AbstractContextManager[Job]:
        raise AssertionError("nothing is run here: what a run left behind is already there")

    def find(self, capture: Path) -> Found:
        return Found(files={"thing": "thing.json"})

    def expected(self, artifact: Artifact, golden: Any) -> Any:
        raise KeyError(artifact.name)

    def transplant(self, recipient: Any, donor: Any, stages: Iterable[str]) -> Any:
        return recipient


PIPELINE = Made()
