"""Captures of two cases that were run with recorded service results: real outputs, in seconds, without a model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from parity.check.rules import Rules
from parity.pipeline import settings
from parity.pipeline.case import Case
from parity.pipeline.load import load_pipeline
from parity.pipeline.settings import Config
from parity.tools.drill.bench import Bench
from parity.tools.drill.run import rehearsal_of

ROOT = Path(__file__).parents[3]
CASES = ("tutorial", "edge_case")


@pytest.fixture(scope="session")
def config() -> Config:
    return settings.load(ROOT / "parity.toml")


@pytest.fixture(scope="session")
def pipeline(config: Config) -> Any:
    return load_pipeline(config)


@pytest.fixture(scope="session")
def cases(config: Config) -> list[Case]:
    return [Case(name, config.corpus / name) for name in CASES]


@pytest.fixture(scope="session")
def saved(config: Config, pipeline: Any, cases: list[Case], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Captures of both configurations on both cases, as `parity run` would save them."""
    folder = tmp_path_factory.mktemp("captures")
    for case in cases:
        rehearsal_of(pipeline).stage(config, None, "plain", case, folder / case.name)
    return folder


@pytest.fixture(scope="session")
def bench(config: Config, pipeline: Any, cases: list[Case], saved: Path) -> Bench:
    return Bench(Rules(config, pipeline), cases, saved, rehearsal_of(pipeline))
