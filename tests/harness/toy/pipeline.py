"""What the harness must know of the toy."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from parity.contract import forms
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Artifact, Expectation, Found, Job, Stage

STAMPS = {"web": "20260101_000000", "disk": "20260102_000000"}


_ALIASES = {"parsed": "", "result(json).toyCore": "Core", "result(json).toyItems": "Items", "result(json)": ""}


class Toy:
    name = "toy"
    configurations = ("web", "disk")
    reference = "disk"
    packages = ("pytest",)
    artifacts = (
        Artifact("scores", "scores.schema.json", "scores.json"),
        Artifact("wrapped", "wrapped.derived.json", None),
        Artifact("return", "return.schema.json", "return.json", repeats={"sheet": "scores"}),
        Artifact(RUN, "run.schema.json", "run.json"),
    )

    repeatable = ("scores",)
    settled: Mapping[str, Mapping[str, str]] = {}

    def replayed(self, case: Case) -> bool:
        return (case.folder / "replayed").exists()

    recording = "scores"
    stages = (
        Stage("input", "source", (), (("scores", "Items"),)),
        Stage("scoring", "analysis", ("input",), (("scores", ""), ("wrapped", "")), _ALIASES),
        Stage("return", "output", ("scoring",), (("return", ""),)),
        Stage(RUN, "output", ("scoring",), ((RUN, ""),)),
    )
    input_hash = None

    def transplant(self, recipient: Any, donor: Any, stages: Iterable[str]) -> Any:
        return {**recipient, **({"Items": donor["Items"]} if "input" in stages else {})}

    @contextmanager
    def repeat(self, recording: Path, configuration: str) -> Iterator[Job]:
        given = recording.with_name("again.json")
        scores = json.loads(recording.read_bytes())
        words = [item["text"] for item in scores["Items"] if item["kind"] == "word"]
        core = scores["Core"]
        again = {"words": words, "mean": core["mean"], "label": core["label"], "best": core["best"]}
        given.write_text(json.dumps(again), encoding="utf-8")
        yield _job(configuration, given)
        given.unlink()

    @contextmanager
    def job(self, case: Case, configuration: str) -> Iterator[Job]:
        yield _job(configuration, case.folder / "input.json")

    def find(self, capture: Path) -> Found:
        files, stamps = {}, []
        for file in sorted(capture.glob("work/out/*_*.json")):
            name, stamp = re.fullmatch(r"([a-z]+)_(\d{8}_\d{6})", file.stem).groups()
            files[name] = file.relative_to(capture).as_posix()
            stamps.append(stamp)
        if (capture / "return.json").exists():
            files["return"] = "return.json"
        return Found(files=files, stamps=tuple(dict.fromkeys(stamps)))

    def derived_schemas(self, schemas: Mapping[str, Any]) -> list[dict[str, Any]]:
        prefixed = forms.renamed(
            schemas["scores.schema.json"], schema_id="toy.derived.json", rename=lambda key: f"toy{key}"
        )
        wrapped = forms.closed_object(
            "wrapped.derived.json",
            title="The scores, twice",
            properties={
                "kind": forms.constant("scores", description="What it wraps"),
                "result": forms.json_text("toy.derived.json", description="The prefixed form as text"),
                "parsed": {"$ref": "scores.schema.json"},
            },
        )
        return [prefixed, wrapped]

    def expectations(self, case: Case, document: Callable[[str], Any]) -> Sequence[Expectation]:
        truth = case.folder / "truth.json"
        if not truth.exists():
            return ()
        wanted = json.loads(truth.read_text())
        return [
            Expectation(name, str(value), str(document("scores")[name]), document("scores")[name] == value)
            for name, value in wanted.items()
        ]

    def expected(self, artifact: Artifact, golden: Callable[[str], Any]) -> Any:
        scores = golden("scores")
        inside = json.dumps({f"toy{key}": value for key, value in scores.items()})
        return {"kind": "scores", "result": inside, "parsed": scores}


def _job(configuration: str, given: Path) -> Job:
    program = Path(__file__).parent / "program.py"
    argv = (sys.executable, "-S", str(program), configuration, "--stamp", STAMPS[configuration])
    return Job(argv=argv, env={}, inputs={"input.json": given}, timeout_s=20)


PIPELINE = Toy()
