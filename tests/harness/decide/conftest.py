"""A toy project that keeps a ledger, with goldens and captures; each test works on a copy."""

from __future__ import annotations

import shutil

import pytest

from parity.pipeline import settings
from tests.harness.conftest import Project, fill

AUTHOR = "Ada Lovelace <ada@example.org>"


@pytest.fixture(autouse=True)
def nobodys_ci(monkeypatch):
    """Goldens are written here, wherever the tests run."""
    monkeypatch.delenv("CI", raising=False)


@pytest.fixture(scope="session")
def recorded_once(tmp_path_factory):
    """The project that the others are copies of."""
    made = fill(tmp_path_factory.mktemp("decided"))
    text = (made.root / "parity.toml").read_text(encoding="utf-8")
    made.write("parity.toml", text + 'ledger = "acceptances.jsonl"\n')
    made.case("second")
    done = made.parity("golden", "--reason", "first goldens", "--author", AUTHOR, "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def kept(recorded_once, tmp_path):
    """A project at parity, its goldens in the ledger."""
    shutil.copytree(recorded_once.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


@pytest.fixture(scope="session")
def two_causes_once(recorded_once, tmp_path_factory):
    """The project after a run in which a word of the input and the mean of the scoring differ."""
    folder = tmp_path_factory.mktemp("drifted") / "p"
    shutil.copytree(recorded_once.root, folder, symlinks=True)
    made = Project(folder)
    words = [f"word{i}" for i in range(120)]
    words[7] = "other"
    made.case("plain", words=words, mean=0.75)
    done = made.parity("run", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    return made


@pytest.fixture
def two_causes(kept, two_causes_once):
    """The same folder as ``kept``, after that run."""
    shutil.rmtree(kept.root)
    shutil.copytree(two_causes_once.root, kept.root, symlinks=True)
    return kept


@pytest.fixture
def config(kept):
    """Its settings."""
    return settings.load(kept.root / "parity.toml")
