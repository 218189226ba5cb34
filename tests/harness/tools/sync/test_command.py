"""``parity sync`` from the outside: text, JSON, exit codes, and what it imports."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.harness.conftest import IMPORTS, ROOT

#: Loading any of these takes longer than the whole check may.
HEAVY = (
    "torch", "torchvision", "numpy", "scipy", "cv2", "av", "mediapipe", "ultralytics", "easyocr", "whisper", "librosa", "numba",
    "scenedetect", "feat", "pytest", "jsonschema", "jsonschema_rs", "hypothesis", "deepdiff", "pydantic", "rumiai_v2",
)  # fmt: skip
PROBE = f"""
import sys
sys.argv[0] = "parity"
from parity.cli.main import main
try:
    main()
finally:
    print("IMPORTED", [name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)
"""


def parity(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    inherited = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "PARITY_"))}
    return subprocess.run(
        [sys.executable, "-m", "parity", *arguments],
        cwd=cwd,
        text=True,
        capture_output=True,
        check=False,
        env={**inherited, "PYTHONPATH": IMPORTS},
        timeout=120,
    )


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of what the rules read, outside any repository."""
    for folder in ("rumiai_v2", "schemas", "docs", "harness", "golden", "rumiai_parity"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "*.mp4", "*.svg")
        )
    for name in ("README.md", "Makefile", "parity.toml"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_a_copy_of_the_real_tree_is_in_sync(copy: Path):
    done = parity("sync", "--root", str(copy))
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("sync: in sync: ")
    assert "no commit can be named: fatal: not a git repository" in done.stdout


def test_a_drift_is_printed_with_place_and_remedy_and_exits_with_1(copy: Path):
    runner = copy / "rumiai_v2" / "runner.py"
    runner.write_text(runner.read_text() + '\n\nMODE = {"local": 1}\n')
    number = len(runner.read_text().splitlines())
    done = parity("sync", "--root", str(copy), "--no-history", "--rule", "unaware", "--rule", "one-path")
    assert done.returncode == 1
    first, *rest = done.stdout.splitlines()
    assert first == "sync: drift: 1 place in 1 of 2 rules"
    assert f"  rumiai_v2/runner.py:{number}: the module holds the name of a configuration, 'local'" in rest
    assert "      got       {'local': 1}" in rest
    assert "      do        decide by what the data say, or in the source" in rest
    assert "last in sync" not in done.stdout


def test_json_has_the_verdict_every_rule_and_every_finding(copy: Path):
    (copy / "docs" / "leaves.md").unlink()
    done = parity("sync", "--root", str(copy), "--format", "json", "--rule", "leaves", "--rule", "one-path")
    document = json.loads(done.stdout)
    assert (done.returncode, document["verdict"]) == (1, "drift")
    assert {rule["id"]: rule["broken"] for rule in document["rules"]} == {"one-path": False, "leaves": True}
    [finding] = document["findings"]
    assert (finding["rule"], finding["file"], finding["got"]) == ("leaves", "docs/leaves.md", "nothing")
    assert document["history"]["problem"].startswith("no commit can be named")


def test_one_rule_alone_can_be_checked(copy: Path):
    (copy / "docs" / "leaves.md").unlink()
    assert parity("sync", "--root", str(copy), "--rule", "one-path").returncode == 0
    assert parity("sync", "--root", str(copy), "--rule", "leaves", "--no-history").returncode == 1


def test_an_unknown_rule_is_a_usage_error_that_names_those_there_are():
    done = parity("sync", "--rule", "nothing")
    assert done.returncode == 2
    assert done.stderr.startswith("parity: usage: --rule nothing: no such rule; there are one-path, ")


def test_a_tree_that_is_not_there_is_a_usage_error():
    done = parity("sync", "--root", "no/such/folder")
    assert (done.returncode, done.stderr) == (2, "parity: usage: --root no/such/folder: no such folder\n")


def test_a_project_without_rules_is_told_what_to_write(tmp_path: Path):
    paths = ("corpus", "schemas", "tolerances", "snapshots", "declared", "reports", "captures")
    (tmp_path / "parity.toml").write_text(
        '[parity]\npipeline = "x:Y"\n' + "".join(f'{name} = "{name}"\n' for name in paths)
    )
    done = parity("sync", cwd=tmp_path)
    assert done.returncode == 2
    assert 'has no key sync; expected the rules, as in sync = "package.module:RULES"' in done.stderr


def test_rules_that_cannot_be_imported_are_a_usage_error(tmp_path: Path):
    text = (ROOT / "parity.toml").read_text().replace("sync_rules:RULES", "sync_rules:LAWS")
    (tmp_path / "parity.toml").write_text(text)
    done = parity("sync", cwd=tmp_path)
    assert done.returncode == 2
    assert "sync_rules:LAWS' cannot be imported" in done.stderr


@pytest.mark.parametrize(
    "arguments", [["--help"], ["run", "--help"], ["sync", "--help"], ["sync", "--no-history"]], ids=" ".join
)
def test_no_library_of_the_pipeline_or_the_tests_is_imported(arguments: list[str]):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *arguments], cwd=ROOT, text=True, capture_output=True, check=False, timeout=120
    )
    assert done.returncode in (0, 1), done.stdout + done.stderr  # 1: drift, which is judged elsewhere
    assert "IMPORTED []" in done.stderr.splitlines()


def test_the_check_runs_with_the_standard_library_alone():
    done = subprocess.run(
        [sys.executable, "-S", "-E", "-m", "harness.sync"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.stderr == ""
    assert (done.stdout, done.returncode) == ((other := parity("sync")).stdout, other.returncode)
    assert done.stdout.startswith("sync: ")


def test_the_standard_library_form_takes_the_same_options(copy: Path):
    (copy / "docs" / "leaves.md").unlink()
    alone = subprocess.run(
        [
            sys.executable,
            "-S",
            "-E",
            "-m",
            "harness.sync",
            "--root",
            str(copy),
            "--rule",
            "leaves",
            "--format",
            "json",
            "--no-history",
        ],
        cwd=ROOT,
        text=True,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert alone.returncode == 1
    assert json.loads(alone.stdout)["findings"][0]["file"] == "docs/leaves.md"
