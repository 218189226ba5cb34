"""Tests stand in the room that they test, and those that need nothing heavy stay so."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

from tests.harness.conftest import ROOT

ROOMS, TESTS = ROOT / "harness/parity", ROOT / "tests/harness"
#: Folders of tests that are no room: the single modules under the rooms, what crosses rooms, and a pipeline to test with.
OTHERS = {"ground", "whole", "toy"}
#: What a person who works on the harness alone need not have: models, a browser, and what computes with them.
HEAVY = {
    "torch",
    "torchvision",
    "whisper",
    "easyocr",
    "mediapipe",
    "ultralytics",
    "librosa",
    "cv2",
    "playwright",
    "axe_playwright_python",
}
#: As `make test-harness` has it.
SELECTION = re.search(r"^HARNESS_TESTS := (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)[
    1
].split()


def folders(root: Path) -> set[str]:
    return {file.parent.name for file in root.glob("*/*.py")}


def test_every_room_and_every_tool_has_its_tests_and_no_other_folder_has():
    assert folders(TESTS) == folders(ROOMS) | OTHERS
    assert folders(TESTS / "tools") == folders(ROOMS / "tools")
    assert [file.name for file in TESTS.glob("test_*.py")] == [], "which room is it about?"


def selected() -> list[Path]:
    """The modules of the selection, and those of the tests that they import, directly or not."""
    left_out = [ROOT / word.partition("=")[2] for word in SELECTION if word.startswith("--ignore=")]
    found = [file for file in TESTS.rglob("*.py") if not any(file.is_relative_to(folder) for folder in left_out)]
    for file in found:  # which grows
        for name in imported(file):
            other = ROOT / f"{name.replace('.', '/')}.py"
            if name.startswith("tests.") and other.is_file() and other not in found:
                found.append(other)
    return found


def imported(file: Path) -> set[str]:
    """Everything that ``file`` imports where it runs, inside of functions, too."""
    nodes = list(ast.walk(ast.parse(file.read_text(encoding="utf-8"))))
    for_types = [node for node in nodes if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"]
    never_run = {inner for node in for_types for statement in node.body for inner in ast.walk(statement)}
    names: set[str] = set()
    for node in nodes:
        if node in never_run:
            continue
        if isinstance(node, ast.Import):
            names |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
    return names


def test_no_test_that_needs_nothing_heavy_names_anything_heavy():
    files = selected()
    assert len(files) > 100
    there = {
        file.relative_to(ROOT).as_posix(): {name.partition(".")[0] for name in imported(file)} & HEAVY for file in files
    }
    # The fixture `browser` asks for a browser when a test does.
    assert {file: names for file, names in there.items() if names} == {"tests/browser.py": {"playwright"}}


def test_the_selection_is_collected_where_nothing_heavy_is_installed(tmp_path):
    for name in HEAVY:
        (tmp_path / f"{name}.py").write_text(f"raise ModuleNotFoundError('{name} is not for these tests')\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *SELECTION, "--collect-only", "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout[-2_000:] + done.stderr
