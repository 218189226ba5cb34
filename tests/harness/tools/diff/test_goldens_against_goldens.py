"""Goldens against goldens: what both leave out by a placeholder is the same on both sides."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.harness.tools.diff.conftest import ROOT

SNAPSHOTS = ROOT / "golden/snapshots"
#: Cases in whose goldens a declared difference has a placeholder of another type than its value.
DECLARED = ("broken_empty", "broken_text")


def test_the_goldens_agree_with_themselves(diff):
    assert diff(SNAPSHOTS, SNAPSHOTS, "--quiet").code == 0


@pytest.mark.parametrize("case", [*DECLARED, "replay_pair"])
def test_the_goldens_of_a_case_agree_with_themselves_and_so_does_each_file(diff_json, case):
    done = diff_json(SNAPSHOTS / case, SNAPSHOTS / case)
    assert (done.code, done.pair["counts"]["differing"]) == (0, 0)
    assert case == "replay_pair" or "declared" in {leaf["by"] for leaf in done.pair["ignored"]}
    for file in sorted((SNAPSHOTS / case).glob("*.json")):
        if file.name != "provenance.json":
            assert diff_json(file, file).code == 0, file


def test_two_placeholders_that_differ_are_two_values(diff_json, tmp_path):
    shutil.copytree(SNAPSHOTS / "broken_empty", tmp_path / "broken_empty")
    file = tmp_path / "broken_empty/run.json"
    document = json.loads(file.read_text())
    assert document["exit_code"] == "<declared>"
    file.write_text(json.dumps({**document, "exit_code": 3}))
    done = diff_json(SNAPSHOTS / "broken_empty", tmp_path / "broken_empty")
    assert done.code != 0
    assert done.finding("exit_code")["actual"] == 3


def test_a_placeholder_elsewhere_is_a_value_like_any_other(diff_json, tmp_path):
    shutil.copytree(SNAPSHOTS / "broken_empty", tmp_path / "broken_empty")
    file = tmp_path / "broken_empty/run.json"
    document = json.loads(file.read_text())
    for folder in (tmp_path / "one/broken_empty", tmp_path / "other/broken_empty"):
        shutil.copytree(tmp_path / "broken_empty", folder)
        (folder / "run.json").write_text(json.dumps({**document, "stdout": "<declared>"}))
    assert diff_json(tmp_path / "one/broken_empty", tmp_path / "other/broken_empty").code == 3
