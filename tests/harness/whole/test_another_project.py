"""The harness as its wheel, in a folder that is no part of this repository, with a pipeline of two runners of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.harness.conftest import ROOT

PROGRAM = """
import json, sys
words = open("words.txt").read().split()
longest = max(words, key=len) if sys.argv[1] == "slow" else sorted(words, key=len)[-1]
json.dump({"count": len(words), "longest": longest, "share": len(set(words)) / len(words)}, open("count.json", "w"))
"""
PIPELINE = """
import sys
from contextlib import contextmanager
from pathlib import Path

from parity.api import Artifact, Found, Job, Stage


class Words:
    name, configurations, reference, packages = "words", ("slow", "quick"), "slow", ()
    artifacts = (Artifact("count", "count.schema.json", "count.json"), Artifact("run", "run.schema.json", "run.json"))
    repeatable, recording, input_hash, settled = (), "", None, {}
    stages = (Stage("counting", "analysis", (), (("count", ""),)), Stage("run", "output", ("counting",), (("run", ""),)))

    def replayed(self, case):
        return False

    @contextmanager
    def job(self, case, configuration):
        program = Path(__file__).with_name("count_words.py")
        yield Job((sys.executable, str(program), configuration), {}, {"words.txt": case.folder / "words.txt"}, timeout_s=30)

    def find(self, capture):
        file = capture / "work/count.json"
        return Found({"count": "work/count.json"} if file.is_file() else {})

    def derived_schemas(self, schemas):
        return []

    def expectations(self, case, document):
        return ()


PIPELINE = Words()
"""
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "$id": "count.schema.json",
    "title": "Words counted",
    "type": "object",
    "required": ["count", "longest", "share"],
    "additionalProperties": False,
    "properties": {
        "count": {"type": "integer", "description": "How many", "x-parity": {"unit": "count"}},
        "longest": {"type": "string", "description": "The longest", "x-parity": {"unit": "text"}},
        "share": {"type": "number", "description": "Different ones", "x-parity": {"unit": "ratio", "class": "near"}},
    },
}
TOLERANCES = {
    "title": "How far a run may lie from its golden",
    "classes": {
        "exact": {"abs": 0, "rel": 0, "unit": "any", "provenance": "by definition"},
        "near": {"abs": 0.001, "rel": 0, "unit": "ratio", "provenance": "a guess"},
    },
}
SETTINGS = """[parity]
pipeline = "words_pipeline:PIPELINE"
corpus = "cases"
schemas = "schemas"
tolerances = "schemas/tolerances.json"
snapshots = "goldens"
declared = "declared.jsonl"
ledger = "accepted.jsonl"
reports = "reports"
captures = "reports/captures"
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the installed wheel and nothing else of this repository."""
    root = tmp_path_factory.mktemp("wheel")
    # A copy: setuptools leaves folders beside what it builds, which would switch the plugin on for everybody.
    shutil.copytree(
        ROOT / "harness", root / "harness", ignore=shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
    )
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-deps",
            "--no-build-isolation",
            "--target",
            str(root / "site"),
            str(root / "harness"),
        ],
        check=True,
        timeout=300,
    )
    return root / "site"


@dataclass(frozen=True)
class Elsewhere:
    """The project, and how its commands are started."""

    root: Path
    site: Path

    def python(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        kept = {
            k: v for k, v in os.environ.items() if k != "CI" and not k.startswith(("PYTEST_", "PARITY_", "GITHUB_"))
        }
        env = {**kept, "PYTHONPATH": str(self.site), "PARITY_AUTHOR": "A. Reader", "COLUMNS": "140", **environ}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=env,
            text=True,
            capture_output=True,
            check=False,
            timeout=120,
        )

    def parity(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return self.python(str(self.site / "bin/parity"), *arguments)


@pytest.fixture
def project(tmp_path: Path, site: Path) -> Elsewhere:
    for name, text in (
        ("count_words.py", PROGRAM),
        ("words_pipeline.py", PIPELINE),
        ("parity.toml", SETTINGS),
        ("declared.jsonl", ""),
        ("cases/short/words.txt", "one three one"),
        ("schemas/count.schema.json", json.dumps(SCHEMA)),
        ("schemas/tolerances.json", json.dumps(TOLERANCES)),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return Elsewhere(tmp_path, site)


def test_a_project_elsewhere_runs_accepts_drifts_and_decides(project):
    done = project.parity("run")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 goldens missing" in done.stdout
    done = project.parity("accept", "--all", "--reason", "the first ones")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(file.name for file in (project.root / "goldens/short").iterdir()) == [
        "count.json",
        "provenance.json",
        "run.json",
    ]
    assert project.parity("run").returncode == 0
    assert "nothing" in project.parity("status").stdout

    # One of the two runners goes another way.
    (project.root / "cases/short/words.txt").write_text("seven three one")
    done = project.parity("run")
    assert done.returncode == 1, done.stdout + done.stderr
    assert "count.longest" in done.stdout.replace(" ", "") or "longest" in done.stdout
    done = project.parity("diff", "reports/captures/short/slow", "reports/captures/short/quick", "--format", "json")
    assert done.returncode == 1, done.stdout + done.stderr
    (pair,) = json.loads(done.stdout)["pairs"]
    assert [each["path"] for each in pair["findings"]] == ["longest"]


def test_neither_a_conftest_nor_a_module_beside_the_harness_comes_in_between(project, site):
    (project.root / "conftest.py").write_text("raise RuntimeError('not asked for')\n")
    (project.root / "pytest.ini").write_text("[pytest]\naddopts = --no-such-option\n")
    (site / "words_pipeline.py").write_text("raise RuntimeError('another project')\n")
    try:
        done = project.parity("run", "--jobs", "2")
    finally:
        (site / "words_pipeline.py").unlink()
    assert done.returncode == 1, done.stdout + done.stderr
    assert "2 goldens missing" in done.stdout


def test_its_pytest_has_the_plugin_and_the_checks(project):
    assert project.parity("golden", "--reason", "as it is").returncode == 0
    (project.root / "test_parity.py").write_text("from parity.session.checks import *\n")
    done = project.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "test_parity.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "parity: parity (exit code 0); report: reports/runs/" in done.stdout
    (project.root / "count_words.py").write_text(PROGRAM.replace("len(words),", "len(words) + 1,"))
    done = project.python("-m", "pytest", "-q", "-p", "no:cacheprovider", "--pyargs", "parity.session.checks")
    assert done.returncode == 1
    assert "count: golden 3, slow 4" in done.stdout


def test_the_public_face_compares_and_runs(project):
    assert project.parity("golden", "--reason", "as it is").returncode == 0
    program = """
import json
from parity import api
report = api.run(config="parity.toml")
print(report["verdict"], report["exit_code"])
file = "goldens/short/count.json"
other = json.load(open(file)) | {"count": 4}
json.dump(other, open("other.json", "w"))
told = api.compare(file, "other.json", schema="count.schema.json")
print(told["verdict"], [each["path"] for each in told["pairs"][0]["findings"]])
"""
    done = project.python("-c", program)
    assert done.stdout.splitlines()[-2:] == ["parity 0", "drift ['count']"], done.stdout + done.stderr


def test_the_wheel_holds_all_that_is_read_and_nothing_of_a_pipeline(site):
    names = {file.relative_to(site).as_posix() for file in site.rglob("*") if file.is_file()}
    source = ROOT / "harness/parity"
    kept = {
        f"parity/{file.relative_to(source).as_posix()}"
        for file in source.rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }
    assert kept <= names
    assert not [name for name in names if name.startswith(("rumiai", "harness", "tests"))]


def test_nothing_of_it_asks_for_a_library_of_machine_learning(project):
    program = """
import importlib, pkgutil, sys
import parity
for module in pkgutil.walk_packages(parity.__path__, "parity."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
print(sorted({"torch", "cv2", "mediapipe", "ultralytics", "rumiai_v2", "rumiai_parity"} & sys.modules.keys()))
"""
    done = project.python("-c", program)
    assert done.stdout == "[]\n", done.stdout + done.stderr
