"""A throw-away project around one real recording: both configurations replay it, so that no model runs."""

from __future__ import annotations

import json
import shutil
import sys
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from parity.check.suite import Suite
from parity.explain.settle import SettlingSuite
from parity.files import write_atomically
from parity.pipeline import cases, settings
from parity.pipeline.artifacts import artifacts_of
from parity.pipeline.parts import Job
from parity.pipeline.settings import Config
from parity.report import build, summary
from parity.report.terminal.lines import text_of
from parity.run import runs
from parity.run.captures import Captures
from parity.session.finish import explained_or_why_not
from rumiai_parity.pipeline import RumiAI
from tests.harness.conftest import every_outcome

ROOT = Path(__file__).parents[3]
LAUNCHER = Path(__file__).parent / "launcher.py"
RECORDING = "recorded.json"


def recording(case: str) -> dict[str, Any]:
    """The unified document of a committed golden, with something real where it holds placeholders."""
    document = json.loads((ROOT / "golden/snapshots" / case / "unified.json").read_text(encoding="utf-8"))
    document["metadata"]["downloadUrl"] = "https://cdn.example/clip.mp4"
    document["processing_metadata"]["source"] = "clip.mp4"
    document["temporalMarkers"]["metadata"]["generated_at"] = "2026-01-01T00:00:00+00:00"
    return document


def perturbed(*faults: str) -> tuple[str, ...]:
    """A program that starts the pipeline with these faults (see launcher.py)."""
    return (sys.executable, str(LAUNCHER), ",".join(faults))


class _Replays(RumiAI):
    """Its cases have no ground truth of their own, and production may have a recording of its own."""

    @contextmanager
    def job(self, case: cases.Case, configuration: str) -> Iterator[Job]:
        with super().job(case, configuration) as job:
            own = case.folder / f"{configuration}.json"
            yield replace(job, inputs={RECORDING: own}) if own.is_file() else job

    def expectations(self, case: Any, document: Any) -> tuple[()]:
        return ()


@dataclass(frozen=True)
class World:
    """A project folder with its cases, goldens and captures."""

    root: Path

    @classmethod
    def make(cls, root: Path, *, schemas: Path = ROOT / "schemas", **recorded: Any) -> World:
        """A project with goldens of an untouched run; ``recorded``: case → the recording that it replays."""
        world = cls(root)
        root.mkdir(parents=True, exist_ok=True)
        paths = {
            "pipeline": "rumiai_parity.pipeline:PIPELINE",
            "corpus": "corpus",
            "schemas": str(schemas),
            "tolerances": str(schemas / "tolerances.json"),
            "snapshots": "snapshots",
            "declared": "declared.jsonl",
            "reports": "reports",
            "captures": "reports/captures",
        }
        (root / "parity.toml").write_text("[parity]\n" + "".join(f'{k} = "{v}"\n' for k, v in paths.items()))
        for case, document in recorded.items():
            folder = root / "corpus" / case
            folder.mkdir(parents=True)
            (folder / "replay.yaml").write_text("covers: []\n")
            world.write(case, document)
        suite = world.suite()
        for case in world.cases(suite):
            for artifact in artifacts_of(suite.pipeline, case):
                if artifact.golden:
                    file = suite.config.golden(case.name, artifact.golden)
                    write_atomically(file, suite.golden_text(case, artifact))
        return world

    def copy(self, root: Path) -> World:
        """The same project elsewhere, without its captures."""
        shutil.copytree(self.root, root, ignore=shutil.ignore_patterns("reports"), symlinks=True)
        return World(root)

    def cases(self, suite: Suite) -> list[cases.Case]:
        return cases.discover(suite.config)

    def write(self, case: str, document: Any, name: str = RECORDING) -> None:
        (self.root / "corpus" / case / name).write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")

    def change(self, case: str, edit: Callable[[dict[str, Any]], None]) -> None:
        """Change the services' results that the case replays."""
        document = json.loads((self.root / "corpus" / case / RECORDING).read_text(encoding="utf-8"))
        edit(document)
        self.write(case, document)

    def suite(self, programs: Mapping[str, tuple[str, ...]] | None = None, *, run: Config | None = None) -> Suite:
        """That of a new run, or of the captures of ``run``."""
        config = run or runs.begin(settings.load(self.root / "parity.toml"))
        pipeline = _Replays(programs)
        return SettlingSuite.of(Captures(config, pipeline, uuid.uuid4().hex, config.captures if run else None))

    def compare(self, programs: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, Any]:
        """The report of a comparison of everything, in this process."""
        suite = self.suite(programs)
        found = self.cases(suite)
        outcomes = every_outcome(suite, found)
        report = build.build(
            outcomes,
            pipeline=suite.pipeline,
            cases=found,
            declared=[],
            session=build.Session("", "", 0.0, None, True, 0.01),
            explanation=explained_or_why_not(suite, outcomes, found)[0],
        )
        text = text_of(summary.lines(report, files=summary.Files("parity.json"), width=160))
        return {**report, "text": text.replace(suite.config.relative(runs.folder(suite.config)), "run")}
