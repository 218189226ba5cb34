"""Sharing the checks out among workers, and the bar that shows how far the runs are."""

from __future__ import annotations

import io
import json
import os
import signal
import time
from types import SimpleNamespace

import pytest

from parity.check.keys import Key
from parity.check.outcome import Outcome
from parity.session import progress, workers
from parity.session.finish import Crash
from parity.session.workers import Queue, Unit


def run_of(case, *names):
    return Unit(SimpleNamespace(name=case), tuple(Key("run", case, name) for name in names), runs=True)


def comparing(case, *artifacts):
    return Unit(SimpleNamespace(name=case), tuple(Key("golden", case, "disk", each) for each in artifacts))


def test_a_case_is_compared_when_all_its_runs_are_made_and_others_go_on_meanwhile():
    web, disk, other = run_of("a", "web"), run_of("a", "disk"), run_of("b", "web")
    a, b, whole = comparing("a", "scores"), comparing("b", "scores"), Unit(None, (Key("stale"),))
    queue = Queue([web, disk, other, a, b, whole])
    assert [queue.take(), queue.take(), queue.take()] == [web, disk, other]
    queue.done(web)
    assert queue.take() == whole, "the other run of a is still made"
    queue.done(other)
    assert (queue.take(), queue.take()) == (b, None)
    queue.done(disk)
    assert (queue.take(), queue.take()) == (a, None)


def test_runs_that_share_are_one_piece_of_work_and_others_are_their_own(monkeypatch):
    toy = SimpleNamespace(configurations=("web", "disk"), reference="disk", artifacts=(), repeatable=())
    cases = [SimpleNamespace(name=name) for name in ("a", "b")]
    monkeypatch.setattr(
        workers, "mode_of", lambda config, pipeline, case, ml: "shared" if case.name == "a" else "fresh"
    )

    def runs(*, saved):
        found = workers.units(None, toy, cases, saved=saved, ml=None)
        return [[str(key) for key in unit.keys] for unit in found if unit.runs]

    assert runs(saved=False) == [["run/a/disk", "run/a/web"], ["run/b/disk"], ["run/b/web"]]
    assert len(runs(saved=True)) == 4


def made(tmp_path, todo, check, *, jobs=2):
    found = workers.spread(todo, check, jobs=jobs, root=tmp_path, log=tmp_path / "run.log", tell=lambda made: None)
    return list(found)


def test_a_check_in_which_a_worker_dies_is_not_made_again_and_the_rest_is_even_when_the_next_dies_too(tmp_path):
    def check(unit, key):
        if key.artifact in ("2", "3"):
            print("last words", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)
        return Outcome(*key)

    todo = [comparing(case, "1", "2", "3", "4") for case in ("a", "b", "c")]
    found = made(tmp_path, todo, check)
    died = sorted(each.place for each in found if isinstance(each, Crash))
    assert died == sorted(f"golden/{case}/disk/{n}" for case in "abc" for n in "23")
    assert {each.text for each in found if isinstance(each, Crash)} == {
        "the process that made this check was killed by SIGKILL"
    }
    outcomes = sorted(str(each.key) for each in found if isinstance(each, Outcome))
    assert outcomes == sorted(f"golden/{case}/disk/{n}" for case in "abc" for n in "14")
    assert "last words" in (tmp_path / "run.log").read_text()


def test_whatever_a_check_raises_is_a_crash_of_that_check_alone(tmp_path):
    def check(unit, key):
        match key.artifact:
            case "1":
                raise SystemExit(0)
            case "2":
                raise RecursionError
            case "3":
                return Outcome(*key, data={"cannot travel": lambda: None})
        return Outcome(*key)

    one, two, three, four = made(tmp_path, [comparing("a", "1", "2", "3", "4")], check, jobs=1)
    assert (one.place, one.line) == ("golden/a/disk/1", "golden/a/disk/1: SystemExit: 0")
    assert two.messages == ("a document is nested too deep to be compared; expected a few dozen levels",)
    assert "pickle" in three.text
    assert four.passed


def test_workers_end_when_nobody_wants_their_results_any_more(tmp_path):
    def check(unit, key):
        if key.artifact == "2":
            time.sleep(600)
        return Outcome(*key, data={"process": os.getpid()})

    found = workers.spread(
        [comparing("a", "1", "2")], check, jobs=1, root=tmp_path, log=tmp_path / "run.log", tell=lambda made: None
    )
    number = next(found).data["process"]
    found.close()
    with pytest.raises(ProcessLookupError):
        os.kill(number, 0)


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
    return progress.Watch(tmp_path, [(case, name) for case, name, _ in runs], tmp_path, 50, since)


def test_the_share_of_the_work_counts_runs_first_and_then_the_comparing(tmp_path):
    watch = watched(tmp_path, ("a", "web", 1001), ("a", "disk", 1002), ("b", "web", 100), ("b", "disk", 1003))
    assert watch.state(20, 1004) == progress.State(0.96 * 0.75, "3 of 4 runs: comparing, 40 % of the checks")
    os.utime(tmp_path / "b/web/capture.json", (1004, 1004))
    assert watch.state(20, 1005) == progress.State(
        pytest.approx(0.96 + 0.04 * 0.4), "4 of 4 runs: comparing, 40 % of the checks"
    )


def test_saved_captures_are_counted_by_checks(tmp_path):
    watch = watched(tmp_path)
    assert watch.state(0, 0) == progress.State(0.0, "comparing saved captures, 0 % of the checks")
    assert watch.state(31, 0) == progress.State(
        pytest.approx(0.97 * 0.62), "comparing saved captures, 62 % of the checks"
    )
    assert watch.state(50, 0) == progress.State(0.97, "comparing saved captures, all checks made; writing the report")


@pytest.mark.parametrize(
    ("share", "elapsed", "text"),
    [
        (0.0, 30, "time left not known yet"),
        (0.5, 30, "about 30 s left"),
        (0.25, 60, "about 3 min left"),
        (0.99, 30, "about 5 s left"),
    ],
)
def test_the_time_left_is_said_as_people_say_it(share, elapsed, text):
    assert progress.left(share, elapsed) == text


def test_a_log_gets_whole_lines_without_anything_that_moves_the_cursor(tmp_path):
    watch = watched(tmp_path, ("a", "web", 1001), ("a", "disk", 100))
    building = tmp_path / "a" / ".disk-x1"
    building.mkdir()
    (building / "stdout.txt").write_text("begun\x1b[31m\rhalf way\n")
    stream = io.StringIO()
    with progress.lines(watch, stream, every=0.01) as tell:
        tell(0)
        assert stream.getvalue() == "", "not before the time has come"
        while stream.getvalue().count("\n") < 2:
            time.sleep(0.01)
            tell(0)
    first = stream.getvalue().splitlines()[0]
    assert first.startswith("parity: ") and " left; 1 of 2 runs: a/disk: " in first
    assert not {"\x1b", "\r"} & set(stream.getvalue())
