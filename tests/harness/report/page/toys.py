"""The toy with things that a page draws: a clip, boxes in it, curves; compared in this process, from real runs."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

from parity.check.suite import Suite
from parity.contract import check, registry
from parity.explain.settle import SettlingSuite
from parity.files import write_atomically
from parity.pipeline import cases, settings
from parity.pipeline.case import Case
from parity.pipeline.settings import Config
from parity.report import build
from parity.report.page.payload import payload
from parity.run.captures import Captures
from parity.run.record import record
from parity.session.finish import explained_or_why_not
from parity.tools.calibrate import machines
from tests.harness.conftest import ROOT, Project, every_outcome, fill
from tests.harness.toy.pipeline import Toy

#: Colours (R, G, B) of the clip, one second each.
COLOURS = ((200, 30, 30), (30, 200, 30), (30, 30, 200))
SIZE = (640, 360)


#: What the cases have beside what the toy makes of its words.
SEEN = {
    "Curve": [0.1, 0.2, 0.3, 0.4],
    "Course": [0.5, 0.5, 0.5],
    "Windows": {"0-5s": 0.25, "5-7.5s": 0.75},
    "Moods": [{"when": "0s", "mood": "calm", "sure": 0.9}, {"when": "1s", "mood": "glad", "sure": 0.8}],
    "Faces": [
        {"at": 0.5, "who": "ann", "sure": 0.9, "box": [64.0, 36.0, 320.0, 180.0]},
        {"at": 0.5, "who": "bob", "sure": 0.7, "box": [320.0, 36.0, 640.0, 180.0]},
        {"at": 1.5, "who": "ann", "sure": 0.8, "box": [64.0, 36.0, 320.0, 180.0]},
    ],
    "Texts": [{"start": 1.0, "end": 2.5, "text": "BUY NOW", "box": {"x": 0.1, "y": 0.2, "width": 0.5, "height": 0.1}}],
    "Spoken": [{"start": 0.0, "end": 1.4, "text": "hello there"}],
}


class Filmed(Toy):
    """A toy whose cases may have a clip; what it sees in that is not in its recording, so nothing is repeated from it."""

    repeatable = ()
    stages = tuple(
        replace(
            stage,
            aliases={**stage.aliases, **{f"result(json).toy{name}": name for name in SEEN}} if stage.aliases else {},
        )
        for stage in Toy.stages
    )

    def clip(self, case: Case) -> Path | None:
        file = case.folder / "clip.mp4"
        return file if file.is_file() else None


PIPELINE = Filmed()


def write_clip(file: Path) -> None:
    """A clip of three seconds at 10 frames/s, 640 × 360, that shows the colours."""
    with av.open(str(file), "w") as container:
        stream = container.add_stream("mpeg4", rate=10)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for colour in COLOURS:
            image = np.full((SIZE[1], SIZE[0], 3), colour, dtype=np.uint8)
            for _ in range(10):
                container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))


@dataclass(frozen=True)
class World:
    """A toy project, and its comparison."""

    project: Project

    @property
    def config(self) -> Config:
        return settings.load(self.project.root / "parity.toml")

    def case(self, name: str, *, seen: Mapping[str, Any] | None = None, label: str = "a", clip: bool = True) -> None:
        """The case, with what both configurations see in it; without a clip where it is to have none."""
        faults = {"set": {**SEEN, **(seen or {})}}
        self.project.case(name, words=["one"], label=label, faults={"web": faults, "disk": faults})
        if clip:
            write_clip(self.project.root / "corpus" / name / "clip.mp4")

    def run(self) -> None:
        """Run both configurations on every case."""
        for case in cases.discover(self.config):
            for name in PIPELINE.configurations:
                folder = self.config.captures / case.name / name
                record(PIPELINE, case, name, destination=folder, run_id="one")

    def accept(self) -> None:
        """Take what the last runs made as goldens."""
        suite = self._suite()
        for case in cases.discover(self.config):
            for artifact in PIPELINE.artifacts:
                if artifact.golden:
                    file = self.config.golden(case.name, artifact.golden)
                    write_atomically(file, suite.golden_text(case, artifact))

    def compare(self) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """The report of the saved runs, and every difference."""
        suite, found = self._suite(), cases.discover(self.config)
        outcomes = [each for each in every_outcome(suite, found) if each.check != "repeated"]
        explanation, rows = explained_or_why_not(suite, outcomes, found)
        report = build.build(
            outcomes,
            pipeline=PIPELINE,
            cases=found,
            declared=suite.rules.declared,
            explanation=explanation,
            machines=machines.compared(self.config, PIPELINE, build.runs(outcomes)),
            session=build.Session(
                "2026-01-01T00:00:00+00:00",
                "2026-01-01T00:00:01+00:00",
                1.0,
                "reports/captures",
                selected=True,
                max_ignored=1.0,
            ),
        )
        return json.loads(json.dumps(report)), json.loads(json.dumps(rows))

    def page(self) -> dict[str, Any]:
        """The payload of a new run's page; it keeps its schema."""
        self.run()
        page = payload(self.config, *self.compare())
        check_page(page)
        return page

    def _suite(self) -> Suite:
        captures = Captures(self.config, PIPELINE, uuid.uuid4().hex, self.config.captures)
        return SettlingSuite.of(captures)


@cache
def contract() -> check.Contract:
    """The schema of a page."""
    return check.build(registry.load(ROOT / "harness/parity/schemas"), "parity-page.schema.json")


def check_page(page: Any) -> None:
    """``page`` keeps its schema, and is JSON."""
    assert [f"{each.path}: {each.message}" for each in check.violations(page, contract())] == []
    json.dumps(page, allow_nan=False)


def world(folder: Path, *names: str) -> World:
    """A project with accepted goldens of these cases."""
    made = World(fill(folder))
    shutil.rmtree(folder / "corpus" / "plain")
    made.project.write("schemas/scores.schema.json", _schema(made.project))
    tolerances = made.project.read("schemas/tolerances.json")
    tolerances["classes"]["read_text"] = {"abs": 0, "rel": 0, "unit": "CER", "provenance": "by definition"}
    made.project.write("schemas/tolerances.json", tolerances)
    file = folder / "parity.toml"
    file.write_text(file.read_text().replace("tests.harness.toy.pipeline:", "tests.harness.report.page.toys:"))
    for name in names:
        made.case(name)
    made.run()
    made.accept()
    return made


def _schema(project: Project) -> dict[str, Any]:
    """The toy's schema with all that ``SEEN`` holds."""
    schema = project.read("schemas/scores.schema.json")
    time = {"type": "number", "minimum": 0, "description": "When", "x-parity": {"unit": "s", "media_time": True}}
    sure = {"type": "number", "description": "How sure", "x-parity": {"unit": "ratio"}}
    text = {"type": "string", "description": "A text", "x-parity": {"unit": "text", "class": "read_text"}}
    name = {"type": "string", "description": "A name", "x-parity": {"unit": "text"}}
    pixels = {"type": "array", "items": {**sure, "x-parity": {"unit": "px"}}, "x-parity": {"box": "corners"}}
    shares = {**_object(**dict.fromkeys(("x", "y", "width", "height"), sure)), "x-parity": {"box": "fractions"}}
    mood = {"type": "string", "enum": ["calm", "glad", "sad"], "description": "A mood", "x-parity": {"unit": "enum"}}
    schema["properties"] |= {
        "Curve": {"type": "array", "items": sure, "x-parity": {"series": {"x": "index", "step": 2}}},
        "Course": {"type": "array", "items": sure, "x-parity": {"series": {"x": "index"}}},
        "Windows": {
            "type": "object",
            "patternProperties": {"^\\d+-\\d+(\\.\\d+)?s$": sure},
            "additionalProperties": False,
        },
        "Moods": {
            "type": "array",
            "items": _object(when=name, mood=mood, sure=sure),
            "x-parity": {"align": {"by": "when"}, "series": {"x": "when", "y": "sure"}},
        },
        "Faces": {
            "type": "array",
            "items": _object(at=time, who=name, sure=sure, box=pixels),
            "x-parity": {"align": {"by": "at", "within": 0.1, "then": ["who", "iou:box"]}},
        },
        "Texts": {
            "type": "array",
            "items": _object(start=time, end=time, text=text, box=shares),
            "x-parity": {"align": {"by": "start", "within": 0.1}},
        },
        "Spoken": {
            "type": "array",
            "items": _object(start=time, end=time, text=text),
            "x-parity": {"align": {"by": "start", "within": 0.1}},
        },
    }
    return schema


def _object(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }
