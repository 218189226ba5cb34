"""A toy project with one case that must fail, and goldens recorded of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.harness.check.failures.toy import MARK, SCHEMA
from tests.harness.conftest import Project, fill


def _fill(folder: Path) -> Project:
    made = fill(folder)
    shutil.rmtree(made.root / "corpus/plain")
    made.declare()
    file = made.root / "parity.toml"
    file.write_text(f"{file.read_text().replace('toy.pipeline', 'check.failures.toy')}max_ignored = 0.01\n")
    made.write("schemas/failure.schema.json", SCHEMA)
    made.write(f"corpus/broken/{MARK}", "")
    made.write("corpus/broken/input.json", {})
    return made


@pytest.fixture(scope="session")
def recorded_once(tmp_path_factory) -> Project:
    made = _fill(tmp_path_factory.mktemp("failures") / "project")
    done = made.parity("golden", "--reason", "as it is", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    return made


@pytest.fixture
def broken(recorded_once: Project, tmp_path: Path) -> Project:
    """The project as recorded, to be changed."""
    shutil.copytree(recorded_once.root, tmp_path / "project", symlinks=True)
    return Project(tmp_path / "project")


@pytest.fixture
def run(broken: Project) -> Callable[..., Any]:
    """``run(web={…}, disk={…})``: run the case with faults, in this process, and compare; what ``parity`` would print."""
    from parity.pipeline import settings
    from parity.pipeline.cases import discover
    from parity.pipeline.load import load_pipeline
    from parity.run.record import record

    def with_faults(**faults: dict[str, Any]) -> Any:
        broken.write("corpus/broken/input.json", faults)
        config = settings.load(broken.root / "parity.toml")
        pipeline = load_pipeline(config)
        for case in discover(config):
            for name in pipeline.configurations:
                record(pipeline, case, name, destination=config.captures / case.name / name, run_id="test")
        return broken.compare_saved()

    return with_faults
