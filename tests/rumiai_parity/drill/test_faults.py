"""Faults: each is found and named by the means it states, controls are silent, and the harness knows nothing of them."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from parity.tools.drill import run as drilling
from parity.tools.drill.fault import Fault, Finding
from parity.tools.drill.results import Drill
from rumiai_parity.faults import catalogue
from rumiai_parity.faults.patches import PATCHES
from rumiai_parity.faults.situations import SITUATIONS
from rumiai_parity.faults.source_edits import EDITS

ROOT = Path(__file__).parents[3]
#: One of each means, and what no other test shows; a whole drill has all.
QUICK = ("item-1", "item-3", "item-5", "item-11", "D4", "D9", "D16", "D19", "D21", "D26")


@pytest.fixture(scope="module")
def drill(config, pipeline, tmp_path_factory) -> Drill:
    result = Drill(1, ())
    drilling.put_in(
        config,
        drilling.rehearsal_of(pipeline),
        result,
        tmp_path_factory.mktemp("faults"),
        only=[*QUICK, *EDITS],
        controls=True,
        tell=lambda line: None,
    )
    return result


@pytest.mark.parametrize("name", [*QUICK, *EDITS])
def test_a_fault_is_found_and_named(drill, name):
    (result,) = [fault for fault in drill.faults if fault.id == name]
    assert result.found, f"{name}: {result.does}: nothing was found"
    assert result.missed == (), result.lines
    assert result.unrelated == ()


def test_scenes_without_a_fault_are_silent(drill):
    assert [(control.what, control.lines) for control in drill.controls if not control.silent] == []
    assert len(drill.controls) >= 5


def test_every_item_and_every_difference_is_put_in_or_spared_with_a_reason():
    known = [f"item-{n}" for n in range(1, 13)] + ["extra", "D3a"] + [f"D{n}" for n in range(1, 31)]
    stated = [fault.id for fault in catalogue.FAULTS] + [spared.id for spared in catalogue.SPARED]
    assert sorted(stated) == sorted([*known, *EDITS])
    assert all(spared.reason for spared in catalogue.SPARED)


def test_every_fault_has_its_patch_or_edit_and_a_scene():
    running = {fault.id for fault in catalogue.FAULTS if fault.means != "sync"}
    assert running == set(PATCHES)
    assert {fault.id for fault in catalogue.FAULTS if fault.means == "sync"} == set(EDITS)
    assert {fault.scene for fault in catalogue.FAULTS} == set(SITUATIONS)


def test_a_fault_is_named_only_by_all_of_its_places_and_no_other():
    fault = Fault("F", "t", "d", "artifacts", shows=(r"a: x", r"b: y"), follows=(r"a: ",))
    here = [Finding("configurations", "a", "x: differs"), Finding("configurations", "b", "y: differs")]
    assert (fault.missed(here), fault.unrelated(here)) == ([], [])
    assert fault.missed(here[:1]) == [r"b: y"]
    elsewhere = Finding("configurations", "c", "z: differs")
    assert fault.unrelated([*here, elsewhere]) == [elsewhere]
    assert fault.unrelated([Finding("configurations", "a", "other: differs")]) == []


def test_the_launcher_without_a_fault_is_the_command_line():
    def said(*program: str) -> str:
        command = [sys.executable, "-m", *program, "local", "--help"]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout

    launched = said("rumiai_parity.faults", "none").splitlines()[1:]
    assert launched == said("rumiai_v2").splitlines()[1:]
    assert any("--metadata" in line for line in launched)


def test_an_unknown_fault_is_refused(config, pipeline, tmp_path):
    with pytest.raises(drilling.UsageError, match="unknown fault 'D99'; known: item-1, item-2"):
        drilling.put_in(
            config,
            drilling.rehearsal_of(pipeline),
            Drill(1, ()),
            tmp_path,
            only=["D99"],
            controls=False,
            tell=lambda line: None,
        )


@pytest.mark.parametrize("part", ["check", "compare", "contract", "explain", "report", "tools/sync"])
def test_what_compares_knows_nothing_of_the_faults(part):
    files = sorted((ROOT / "harness/parity" / part).rglob("*.py"))
    assert files
    for file in [
        *files,
        ROOT / "harness/parity/pipeline/capture.py",
        ROOT / "harness/parity/run/record.py",
        ROOT / "rumiai_parity/pipeline.py",
    ]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import | ast.ImportFrom) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert not [n for n in names if "faults" in n.split(".") or n.startswith("parity.tools.drill")], file


def test_the_pipeline_under_test_knows_nothing_of_the_faults():
    for file in sorted((ROOT / "rumiai_v2").rglob("*.py")):
        assert "rumiai.faults" not in file.read_text(encoding="utf-8"), file
