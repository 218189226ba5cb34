"""A throw-away project with the toy pipeline, and a function that runs ``parity`` in it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser import chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

    from parity.check.outcome import Outcome
    from parity.check.suite import Suite
    from parity.pipeline.case import Case

ROOT = Path(__file__).parents[2]
TOY = Path(__file__).parent / "toy"
#: What a process needs on ``PYTHONPATH`` to import the harness, RumiAI and the tests.
IMPORTS = os.pathsep.join((str(ROOT), str(ROOT / "harness")))


@dataclass(frozen=True)
class Project:
    """A folder with its own parity.toml, corpus, schemas, tolerances, ledger and goldens."""

    root: Path

    def write(self, name: str, document: Any) -> Path:
        file = self.root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False, indent=1)
        file.write_text(text, encoding="utf-8")
        return file

    def read(self, name: str) -> Any:
        return json.loads((self.root / name).read_text(encoding="utf-8"))

    def case(self, name: str, **changes: Any) -> None:
        words = [f"word{i}" for i in range(120)]
        given = {"words": words, "mean": 0.5, "label": "grün", "best": True, **changes}
        self.write(f"corpus/{name}/input.json", given)

    def declare(self, *records: dict[str, Any]) -> None:
        self.write("declared.jsonl", "".join(json.dumps(record) + "\n" for record in records))

    def parity(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        inherited = {
            k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_", "GITHUB_"))
        }
        return subprocess.run(
            [sys.executable, "-m", "parity", *arguments],
            cwd=self.root,
            text=True,
            capture_output=True,
            check=False,
            env={**inherited, "COLUMNS": "160", "PYTHONPATH": IMPORTS, **environ},
            timeout=120,
        )

    def compare_saved(self, *, today: date | None = None) -> subprocess.CompletedProcess[str]:
        """What ``parity run --from reports/captures`` prints and ends with, in this process and without causes."""
        from parity import verdict
        from parity.explain.settle import SettlingSuite
        from parity.pipeline import cases, settings
        from parity.pipeline.load import load_pipeline
        from parity.report import build, summary, write
        from parity.report.terminal.lines import text_of
        from parity.run import runs
        from parity.run.captures import Captures
        from parity.tools.calibrate import machines

        config = settings.load(self.root / "parity.toml")
        config = runs.begin(config, compared=runs.given(config, config.captures))
        pipeline = load_pipeline(config)
        suite = SettlingSuite.of(Captures(config, pipeline, "saved", config.captures))
        found = cases.discover(config)
        try:
            declared = suite.rules.declared
        except verdict.ContractError:
            declared = []  # every outcome says so
        outcomes = every_outcome(suite, found)
        report = build.build(
            outcomes,
            machines=machines.compared(config, pipeline, build.runs(outcomes)),
            pipeline=pipeline,
            cases=found,
            declared=declared,
            session=build.Session("", "", 0.0, "reports/captures", False, config.max_ignored, today=today),
        )
        write.save(report, config)
        runs.publish(config)
        text = text_of(summary.lines(report, files=summary.Files("reports/latest/parity.json"), width=160))
        return subprocess.CompletedProcess([], report["exit_code"], stdout=text, stderr="")

    @property
    def run(self) -> str:
        """The folder of the last run, from the project's root."""
        return f"reports/{os.readlink(self.root / 'reports/latest')}"

    def report(self) -> dict[str, Any]:
        return self.read("reports/latest/parity.json")


SOURCE = {
    "artifact": "scores",
    "path": "Where.source",
    "reason": "each configuration names its own source",
    "owner": "toy keeper",
    "expires": "2099-12-31",
    "patterns": {"web": "web:/input", "disk": "disk:/input"},
}
WRAPPED_SOURCES = [
    {**SOURCE, "artifact": "wrapped", "path": "parsed.Where.source"},
    {**SOURCE, "artifact": "wrapped", "path": "result(json).toyWhere.source"},
]


def every_outcome(suite: Suite, found: list[Case]) -> list[Outcome]:
    """Every check of a complete comparison, as the suite of `parity run` makes them."""
    from parity.check.keys import of_case, of_runs

    return [
        *(
            suite.outcome(key, case)
            for case in found
            for key in (*of_runs(suite.pipeline, case), *of_case(suite.pipeline, case))
        ),
        suite.stale(found),
        suite.ledger(found, complete=True),
    ]


def fill(folder: Path) -> Project:
    """A toy project in ``folder`` with one case, no goldens yet, and its one runner difference declared."""
    shutil.copytree(TOY / "schemas", folder / "schemas")
    made = Project(folder)
    settings = {
        "pipeline": "tests.harness.toy.pipeline:PIPELINE",
        "corpus": "corpus",
        "schemas": "schemas",
        "tolerances": "schemas/tolerances.json",
        "snapshots": "snapshots",
        "declared": "declared.jsonl",
        "reports": "reports",
        "captures": "reports/captures",
    }
    made.write("parity.toml", "[parity]\n" + "".join(f'{k} = "{v}"\n' for k, v in settings.items()))
    made.case("plain")
    made.declare(SOURCE, *WRAPPED_SOURCES)
    return made


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium; one for a file, for while it lives no other test of the process can have an event loop of its own."""
    with chromium() as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A toy project without goldens."""
    return fill(tmp_path)
