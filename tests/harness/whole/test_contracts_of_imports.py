"""The rooms' contracts (``[tool.importlinter]``) fail when somebody imports upwards, in a circle, or a pipeline."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.conftest import ROOT


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What import-linter reads."""
    root = tmp_path_factory.mktemp("rooms")
    for folder in ("harness/parity", "rumiai_parity", "rumiai_v2"):
        shutil.copytree(ROOT / folder, root / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", root)
    return root


def lint(root: Path) -> subprocess.CompletedProcess[str]:
    program = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    environment = {**os.environ, "PYTHONPATH": f"{root}{os.pathsep}{root / 'harness'}", "COLUMNS": "200"}
    return subprocess.run(
        [sys.executable, "-c", program, "--no-cache", "--no-logo"],
        cwd=root,
        env=environment,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )


def test_the_rooms_are_in_order(copy):
    done = lint(copy)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 kept, 0 broken" in done.stdout


@pytest.mark.parametrize(
    ("file", "line", "says"),
    [
        (
            "harness/parity/compare/leaf.py",
            "from parity.report import words",
            "A room of the harness imports what stands below",
        ),
        (
            "harness/parity/documents.py",
            "from parity.pipeline import settings",
            "A room of the harness imports what stands below",
        ),
        (
            "harness/parity/compare/leaf.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from parity.check.suite import Suite",
            "A room of the harness imports what stands below",
        ),
        ("harness/parity/compare/tally.py", "from parity.compare import walk", "No two modules of a package"),
        ("harness/parity/check/suite.py", "def late():\n    import rumiai_v2", "The harness knows no pipeline"),
        ("harness/parity/check/suite.py", "import torch", "The harness knows no pipeline"),
        ("rumiai_v2/errors.py", "import parity.verdict", "The pipeline does not know that it is tested"),
    ],
)
def test_an_import_the_wrong_way_is_named(copy, file, line, says):
    place = copy / file
    before = place.read_text(encoding="utf-8")
    place.write_text(f"{before}\n{line}\n", encoding="utf-8")
    try:
        done = lint(copy)
    finally:
        place.write_text(before, encoding="utf-8")
    assert done.returncode == 1, done.stdout + done.stderr
    assert any(text.startswith(says) and " BROKEN" in text for text in done.stdout.splitlines()), done.stdout
    assert "broken" in done.stdout
