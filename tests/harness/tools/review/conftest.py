"""A toy project whose last run differs from its goldens."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from parity.decide import decide
from parity.decide.select import Selection
from parity.pipeline import settings
from tests.harness.conftest import Project, fill


@pytest.fixture(scope="session")
def drifted(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Goldens of two cases, and a run in which one has another mean and label, the other another mean.

    Tests must not decide in it: they work on copies.
    """
    made = fill(tmp_path_factory.mktemp("drifted"))
    settings_file = made.root / "parity.toml"
    settings_file.write_text(settings_file.read_text() + 'ledger = "ledger.jsonl"\n')
    made.case("other")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        patch.setenv("PARITY_AUTHOR", "toy keeper")
        made.parity("run", "--jobs", "1")
        decide.accept(settings.load(settings_file), Selection(everything=True), reason="first goldens")
    made.case("plain", mean=0.75, label="blau")
    made.case("other", mean=0.75)
    done = made.parity("run", "--jobs", "1")
    assert done.returncode == 1, done.stdout + done.stderr
    return made


@pytest.fixture
def pending(drifted: Project, tmp_path: Path) -> Project:
    """A copy of it to decide in."""
    return Project(shutil.copytree(drifted.root, tmp_path / "pending", symlinks=True))
