"""Sharing the checks out among workers, and the bar that shows how far the runs are."""

from __future__ import annotations

import io
import json
import os
import time
from types import SimpleNamespace

import pytest

from parity.session import progress
from parity.session.schedule import CaseScheduling, scope_of


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


class Worker:
    """What the scheduling sees of a worker."""

    def __init__(self, name):
        self.gateway = SimpleNamespace(id=name)
        self.given, self.shutting_down = [], False

    def send_runtest_some(self, indices):
        self.given += indices

    def shutdown(self):
        self.shutting_down = True


def test_a_check_in_which_a_worker_died_is_not_made_again_and_the_rest_is_even_when_the_next_dies_too():
    config = SimpleNamespace(getvalue=lambda name: ["popen"] * 2, option=SimpleNamespace(loadscopereorder=False))
    names = [f"t.py::test_it[{case}:disk:{part}]" for case in ("a", "b", "c") for part in (1, 2, 3)]
    scheduling = CaseScheduling(config)
    first, second, third, fourth = map(Worker, "1234")
    for worker in (first, second):
        scheduling.add_node(worker)
        scheduling.add_node_collection(worker, names)
    scheduling.schedule()
    assert (first.given, second.given) == ([0, 1, 2], [3, 4, 5])
    scheduling.mark_test_complete(first, 0)
    assert scheduling.remove_node(first) == names[1], "it died in the second"
    scheduling.add_node(third)  # started for it, and has collected nothing yet
    assert scheduling.remove_node(second) == names[3]
    scheduling.add_node(fourth)
    for worker in (third, fourth):
        scheduling.add_node_collection(worker, names)
        scheduling.schedule()
        while waiting := [n for n in worker.given if n not in done_of(scheduling, worker)]:
            scheduling.mark_test_complete(worker, waiting[0])
    assert sorted(third.given + fourth.given) == [2, 4, 5, 6, 7, 8]
    assert scheduling.tests_finished


def done_of(scheduling, worker):
    """Indices of what ``worker`` has done."""
    units = scheduling.assigned_work[worker].values()
    return [scheduling.collection.index(name) for unit in units for name, done in unit.items() if done]


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
    done, finished, doing = progress.done_seconds(tmp_path, expected, since=1000, now=1012)
    assert (done, finished, doing) == (10.0 + 12.0, 1, ["plain/disk: half way"])


def watched(tmp_path, *runs, since=1000.0):
    for case, configuration, changed in runs:
        folder = tmp_path / case / configuration
        folder.mkdir(parents=True)
        (folder / "capture.json").write_text(json.dumps({"seconds": 10.0}))
        os.utime(folder / "capture.json", (changed, changed))
    return progress.Watch(tmp_path, [(case, name) for case, name, _ in runs], tmp_path / "pytest.log", tmp_path, since)


def test_the_share_of_the_work_counts_runs_first_and_then_the_comparing(tmp_path):
    watch = watched(tmp_path, ("a", "web", 1001), ("a", "disk", 1002), ("b", "web", 100), ("b", "disk", 1003))
    expected = progress.expected_seconds(tmp_path, watch.runs)
    watch.log.write_text("..........  [ 40%]\n")
    assert watch.state(expected, 1004) == progress.State(0.96 * 0.75, "3 of 4 runs: comparing, 40 % of the checks")
    os.utime(tmp_path / "b/web/capture.json", (1004, 1004))
    assert watch.state(expected, 1005) == progress.State(
        pytest.approx(0.96 + 0.04 * 0.4), "4 of 4 runs: comparing, 40 % of the checks"
    )


def test_saved_captures_are_counted_by_checks(tmp_path):
    watch = watched(tmp_path)
    assert watch.state({}, 0) == progress.State(0.0, "comparing saved captures, 0 % of the checks")
    watch.log.write_text(".... [  5%]\n....F... [ 61%]\n..")
    assert watch.state({}, 0) == progress.State(
        pytest.approx(0.97 * 0.61), "comparing saved captures, 61 % of the checks"
    )
    watch.log.write_text(".... [100%]\n")
    assert watch.state({}, 0) == progress.State(0.97, "comparing saved captures, all checks made; writing the report")


@pytest.mark.parametrize(
    ("share", "elapsed", "text"),
    [(0.0, 30, "time left not known yet"), (0.5, 30, "about 30 s left"), (0.25, 60, "about 3 min left"),
     (0.99, 30, "about 5 s left")],
)  # fmt: skip
def test_the_time_left_is_said_as_people_say_it(share, elapsed, text):
    assert progress.left(share, elapsed) == text


def test_a_log_gets_whole_lines_without_anything_that_moves_the_cursor(tmp_path):
    watch = watched(tmp_path, ("a", "web", 1001), ("a", "disk", 100))
    building = tmp_path / "a" / ".disk-x1"
    building.mkdir()
    (building / "stdout.txt").write_text("begun\x1b[31m\rhalf way\n")
    stream = io.StringIO()
    with progress.lines(watch, stream, every=0.01):
        while stream.getvalue().count("\n") < 2:
            time.sleep(0.01)
    first = stream.getvalue().splitlines()[0]
    assert first.startswith("parity: ") and " left; 1 of 2 runs: a/disk: " in first
    assert not {"\x1b", "\r"} & set(stream.getvalue())
