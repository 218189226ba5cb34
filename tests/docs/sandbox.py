"""A small copy of the project in which the commands of the pages run for real: three cases, no model, nothing installed."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from parity.verdict import Verdict
from tests.docs.pages import ROOT

#: One whose clip is analysed, one recording, one broken input.
CASES = ("minimal", "replay_pair", "broken_limit")
_PARTS = (
    ".ci", ".github", "bench", "docs", "golden", "harness", "locks", "rumiai_parity", "rumiai_v2", "schemas", "scripts", "tests",
    ".gitattributes", ".gitignore", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "Makefile", "README.md",
    "SECURITY.md", "conftest.py", "parity.toml", "pyproject.toml",
)  # fmt: skip
_LEFT_OUT = shutil.ignore_patterns("__pycache__", "*.pyc")

#: Stands in for the python of the virtual environment. What would load models takes the services' results from the goldens,
#: and what would record from fresh runs takes the saved ones; everything else is the real command.
_PYTHON = """#!/usr/bin/env bash
arguments=("$@")
if [[ "$1 $2" == "-m parity" && ( $3 == run || $3 == golden ) ]]; then
    if [[ $3 == run && " $* " != *" --from "* && -z $PARITY_PAGES_MODELS ]]; then
        arguments=()
        while (($#)); do
            if [[ $1 == --ml ]]; then shift; else arguments+=("$1"); fi
            shift
        done
        arguments+=(--ml replay ${PARITY_PAGES_CASE:+--case $PARITY_PAGES_CASE})
    elif [[ $3 == golden && " $* " != *" --from "* ]]; then
        arguments+=(--from reports/captures ${PARITY_PAGES_CASE:+--case $PARITY_PAGES_CASE})
    fi
    arguments+=(--jobs 1)
fi
exec {python} "${arguments[@]}"
"""
_PARITY = '#!/usr/bin/env bash\nexec python -m parity "$@"\n'


@dataclass(frozen=True)
class Done:
    """How a command ended, and everything that it printed."""

    code: int
    output: str


@dataclass(frozen=True)
class Sandbox:
    """A copy of the project at ``root``, which has room beside it for other folders."""

    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """That of this process without what would reach into the commands, and with the copy's own programs first."""
        own = ("CI", "GITHUB_", "PARITY_", "PYTEST_", "RUMIAI_", "APIFY_", "GIT_", "MAKE", "MFLAGS", "COV_", "COVERAGE")
        kept = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(own) or key in ("RUMIAI_WEIGHTS_DIR", "RUMIAI_CACHE_DIR")
        }
        path = f"{self.root / '.venv/bin'}{os.pathsep}{kept['PATH']}"
        imports = os.pathsep.join((str(self.root), str(self.root / "harness")))  # the copy's, not what is installed
        return {**kept, "PATH": path, "COLUMNS": "110", "PYTHONPATH": imports}

    def run(self, command: str, **variables: str) -> Done:
        """Run the shell ``command`` in the copy, with nobody at the keyboard."""
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.root,
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=300,
            check=False,
        )
        return Done(done.returncode, done.stdout)

    def must(self, command: str, ends: int = 0, **variables: str) -> str:
        """The output of a command that has to end with ``ends``."""
        done = self.run(command, **variables)
        assert done.code == ends, f"{command}: ended with {done.code}, expected {ends}:\n{done.output}"
        return done.output


def make(root: Path, cases: Sequence[str] = CASES) -> Sandbox:
    """Copy the project to ``root``, leave these cases, commit, run once: the captures of that run are there."""
    for name in _PARTS:
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, root / name, ignore=_LEFT_OUT)
        elif (ROOT / name).exists():
            shutil.copy2(ROOT / name, root / name)
    for folder in (*(root / "golden/corpus").iterdir(), *(root / "golden/snapshots").iterdir()):
        if folder.is_dir() and folder.name not in cases:
            shutil.rmtree(folder)
    _replace(root / "parity.toml", 'fresh = ["tutorial", "edge_case"]', 'fresh = ["minimal"]')
    # Few and small cases: what is never compared (clocks, versions) is a larger share of them.
    _replace(root / "parity.toml", "max_ignored = 0.01", "max_ignored = 0.02")
    # Other tests run beside these: whatever a busy machine makes slow is no drift here.
    _replace(root / "rumiai_parity/expectations/bookkeeping.py", "DECODING = 5.0", "DECODING = 120.0")
    (root / "golden/ledger/acceptances.jsonl").unlink(missing_ok=True)
    declared = root / "golden/ledger/runner-differences.jsonl"
    records = declared.read_text(encoding="utf-8").splitlines(keepends=True)
    needed = [record for record in records if not set(json.loads(record).get("cases", cases)).isdisjoint(cases)]
    declared.write_text("".join(needed), encoding="utf-8")
    sandbox = Sandbox(root)
    set_up(root)
    sandbox.must("git init -q -b main && git config user.name 'A. Reader' && git config user.email reader@example.org")
    sandbox.must("parity run", ends=Verdict.CONTRACT)
    sandbox.must("parity accept --all --reason 'what was accepted before'")
    sandbox.must("git config gc.auto 0 && git add -A && git commit -q -m 'As it is'")
    return sandbox


def _replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{file}: expected {old!r}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def set_up(root: Path) -> None:
    """What `make setup` would have made, out of the environment of this process."""
    programs = root / ".venv/bin"
    programs.mkdir(parents=True, exist_ok=True)
    for name, text in (("python", _PYTHON.replace("{python}", sys.executable)), ("parity", _PARITY), ("activate", "")):
        (programs / name).write_text(text, encoding="utf-8")
        (programs / name).chmod(0o755)
    (root / ".venv/.ready").touch()
