"""Toy projects that keep a ledger of acceptances, and the repositories they lie in.

Their records are made here, and not by an accept, so that the guard is tested alone.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from parity.check.suite import Suite
from parity.explain.settle import SettlingSuite
from parity.files import write_atomically
from parity.goldens import ledger
from parity.goldens.history import following
from parity.pipeline import cases, settings
from parity.pipeline.artifacts import artifacts_of
from parity.pipeline.load import load_pipeline
from parity.run.captures import Captures
from tests.harness.conftest import ROOT, Project, fill
from tests.harness.goldens.ledger.records import of

LEDGER = "golden/ledger/acceptances.jsonl"


def keep_a_ledger(project: Project) -> None:
    """Let the project's goldens and its ledger lie where they lie in the real one."""
    file = project.root / "parity.toml"
    text = file.read_text().replace('snapshots = "snapshots"', f'snapshots = "golden/snapshots"\nledger = "{LEDGER}"')
    file.write_text(text)


def run(project: Project, *names: str) -> Suite:
    """Run both configurations on the cases ``names`` (all of them), keep the captures, and return their comparison."""
    config = settings.load(project.root / "parity.toml")
    pipeline = load_pipeline(config)
    suite = SettlingSuite.of(Captures(config, pipeline, "kept"))
    for case in cases.select(config, names):
        for configuration in pipeline.configurations:
            assert suite.run(case, configuration).passed
    return suite


def accept(suite: Suite, *, by: str = "Ada", date: str = "2026-03-01T12:00:00+00:00") -> ledger.Record:
    """Make what ran the goldens, and put it on record."""
    config, changes = suite.config, {}
    assert config.ledger is not None
    records = ledger.load(config.ledger)
    for case in cases.discover(config):
        for artifact in artifacts_of(suite.pipeline, case):
            if artifact.golden:
                file, text = config.golden(case.name, artifact.golden), suite.golden_text(case, artifact)
                before = ledger.digest(file.read_bytes() if file.exists() else None)
                after = ledger.digest(text.encode())
                if before != after:
                    key = f"{case.name}/{artifact.golden}"
                    category = "fix" if before else "create"
                    changes[key] = following(records, key, category=category, before=before, after=after)
                    write_atomically(file, text)
    record = of(changes, by=by, date=date)
    ledger.append(config.ledger, record)
    return record


def git(folder: Path, *arguments: str) -> str:
    """What git prints; an error where it fails."""
    command = ["git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", *arguments]
    return subprocess.run(command, cwd=folder, text=True, capture_output=True, check=True).stdout


@pytest.fixture(scope="session")
def decided_once(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A toy project whose goldens are all on record and whose captures are kept; do not change it."""
    project = fill(tmp_path_factory.mktemp("decided") / "project")
    keep_a_ledger(project)
    accept(run(project))
    return project


@pytest.fixture
def decided(decided_once: Project, tmp_path: Path) -> Project:
    """A copy of it."""
    shutil.copytree(decided_once.root, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


@pytest.fixture
def repository(decided: Project) -> Project:
    """The same as a git repository with the real project's attributes, everything committed."""
    shutil.copy(ROOT / ".gitattributes", decided.root)
    decided.write(".gitignore", "reports/\n")
    git(decided.root, "init", "-q", "-b", "main")
    git(decided.root, "add", ".")
    git(decided.root, "commit", "-qm", "begin")
    return decided


@pytest.fixture
def on_branch(repository: Project) -> Callable[[str, Callable[[], None]], None]:
    """A function that makes a branch off main, does something there, commits it, and goes back to main."""

    def do(name: str, change: Callable[[], None]) -> None:
        git(repository.root, "checkout", "-q", "-b", name, "main")
        change()
        git(repository.root, "add", ".")
        git(repository.root, "commit", "-qm", name)
        git(repository.root, "checkout", "-q", "main")

    return do
