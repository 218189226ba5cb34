"""``parity diff`` in this process, with this project's own schemas, and two folders to compare."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tests.harness.tools.diff.deployed import Folder

ROOT = Path(__file__).parents[4]


@dataclass(frozen=True)
class Done:
    """What the command printed and ended with."""

    code: int
    text: str

    @property
    def report(self) -> dict[str, Any]:
        return json.loads(self.text)

    @property
    def pair(self) -> dict[str, Any]:
        (only,) = self.report["pairs"]
        return only

    def part(self, artifact: str) -> dict[str, Any]:
        return next(part for part in self.pair["artifacts"] if part["artifact"] == artifact)

    def finding(self, path: str) -> dict[str, Any]:
        return next(each for each in self.pair["findings"] if each["path"] == path)


@pytest.fixture(scope="session")
def _schemas_read_once():
    """Reading and checking all schemas takes most of a second, and they do not change while the tests run."""
    from parity.check import rules
    from parity.contract import check

    schemas, build = rules.all_schemas, check.build
    of_project = functools.cache(schemas)
    # What is known by its identity is kept, for another object may get that of one that is gone.
    built: dict[tuple[int, str], tuple[Any, Any]] = {}

    def once(given: Any, schema_id: str) -> Any:
        if (id(given), schema_id) not in built:
            built[id(given), schema_id] = given, build(given, schema_id)
        return built[id(given), schema_id][1]

    rules.all_schemas, check.build = of_project, once
    yield
    rules.all_schemas, check.build = schemas, build


Diff = Callable[..., Done]


@pytest.fixture
def diff(_schemas_read_once) -> Diff:
    from parity.cli.main import main

    def run(*arguments: object, config: Path = ROOT / "parity.toml") -> Done:
        given = [str(each) for each in arguments]
        done = CliRunner().invoke(main, ["--config", str(config), "diff", *given], catch_exceptions=False)
        return Done(done.exit_code, done.output)

    return run


@pytest.fixture
def diff_json(diff) -> Diff:
    return lambda *arguments, **more: diff(*arguments, "--format", "json", "--limit", "0", **more)


@pytest.fixture
def production(tmp_path) -> Folder:
    made = Folder(tmp_path / "production")
    made.save()
    return made


@pytest.fixture
def local(tmp_path) -> Folder:
    made = Folder(tmp_path / "local", local=True)
    made.save()
    return made
