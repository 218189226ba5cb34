"""Sharing the checks out among workers, and the bar that shows how far the runs are."""

from __future__ import annotations

import json
import os

import pytest

from harness.report import progress
from harness.report.schedule import scope_of


@pytest.mark.parametrize(
    ("node", "scope"),
    [
        ("t.py::test_artifact_meets_its_golden[case-1:disk:scores]", "case-1"),
        ("t.py::test_few_leaves_are_ignored[case-1]", "case-1"),
        ("t.py::test_pipeline_runs[case-1:disk]", "t.py::test_pipeline_runs[case-1:disk]"),
        ("t.py::test_no_golden_is_stale", "t.py::test_no_golden_is_stale"),
    ],
)
def test_each_run_stands_alone_and_the_comparisons_of_a_case_stay_together(node, scope):
    assert scope_of(node) == scope


def test_progress_counts_finished_runs_fully_and_running_ones_by_their_last_duration(tmp_path):
    for configuration, seconds in (("web", 10.0), ("disk", 30.0)):
        folder = tmp_path / "plain" / configuration
        folder.mkdir(parents=True)
        (folder / "capture.json").write_text(json.dumps({"seconds": seconds}))
        os.utime(folder / "capture.json", (100, 100))
    expected = progress.expected_seconds(tmp_path, [("plain", "web"), ("plain", "disk"), ("new", "web")])
    assert expected == {("plain", "web"): 10.0, ("plain", "disk"): 30.0, ("new", "web"): 60.0}

    os.utime(tmp_path / "plain/web/capture.json", (1001, 1001))
    building = tmp_path / "plain" / ".disk-x1"
    building.mkdir()
    (building / "stdout.txt").write_text("begun\nhalf way\n")
    os.utime(building, (1000, 1000))
    done, doing = progress.done_seconds(tmp_path, expected, since=1000, now=1012)
    assert (done, doing) == (10.0 + 12.0, ["plain/disk: half way"])
