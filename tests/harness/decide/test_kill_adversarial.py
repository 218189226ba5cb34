"""Killed at any moment of a decision, or decided by two at once: nothing is lost, nothing is half done."""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable

import pytest

from parity.decide import decide, pending
from parity.decide import state as decisions
from parity.decide.select import Selection
from parity.goldens import ledger
from parity.pipeline import settings
from parity.verdict import UsageError
from tests.harness.decide.conftest import AUTHOR

EVERYTHING = Selection(everything=True)


def everything_in(project) -> dict[str, bytes]:
    """Every file that a decision may touch, but for locks."""
    folders = ("snapshots", "reports/latest/pending")
    files = [path for folder in folders for path in (project.root / folder).rglob("*") if path.is_file()]
    files += [path for path in project.root.iterdir() if path.is_file() and not path.name.endswith(".lock")]
    return {path.relative_to(project.root).as_posix(): path.read_bytes() for path in files}


def goldens_in(project) -> dict[str, bytes]:
    return {name: content for name, content in everything_in(project).items() if name.startswith("snapshots/")}


def in_a_child(work: Callable[[], object]) -> int:
    """The exit status of ``work`` in a process of its own, as ``os.waitpid`` gives it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException:
            traceback.print_exc(file=sys.__stderr__)
            os._exit(1)
        os._exit(0)
    return os.waitpid(child, 0)[1]


def dying_at(moment: int, *, after: bool, work: Callable[[], object]) -> bool:
    """Do ``work`` in a process that kills itself at its ``moment``-th change of a file; whether it died.

    ``after``: once the change is made; otherwise right before it.
    """
    made = 0

    def at(change):
        def wrapped(*arguments, **keywords):
            nonlocal made
            made += 1
            if made == moment and not after:
                os.kill(os.getpid(), signal.SIGKILL)
            result = change(*arguments, **keywords)
            if made == moment:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return wrapped

    def child():
        os.replace, os.unlink, os.rmdir = at(os.replace), at(os.unlink), at(os.rmdir)
        work()

    status = in_a_child(child)
    assert status == 0 or os.WTERMSIG(status) == signal.SIGKILL, "the decision itself failed, see above"
    return status != 0


def accept(config, selection=EVERYTHING, reason="meant"):
    return decide.accept(config, selection, reason=reason, author=AUTHOR)


def in_order(config) -> bool:
    return decisions.problems(config) == []


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_killed_at_any_write_of_an_accept_it_is_done_by_the_next_command_or_never_was(two_causes_once, tmp_path, after):
    import shutil

    def fresh(name):
        shutil.copytree(two_causes_once.root, tmp_path / name, symlinks=True)
        project = type(two_causes_once)(tmp_path / name)
        return project, settings.load(project.root / "parity.toml")

    project, config = fresh("whole")
    before = goldens_in(project)
    accept(config)
    done = goldens_in(project)
    outcomes = []
    for moment in range(1, 40):
        project, config = fresh(str(moment))
        lines = len(ledger.load(config.ledger))
        if not dying_at(moment, after=after, work=lambda config=config: accept(config)):
            break
        state = decisions.state(config)  # the next command
        now = {name: content for name, content in goldens_in(project).items() if name in done}
        finished = len(ledger.load(config.ledger)) > lines
        outcomes.append(finished)
        assert left_over(project) == [], f"killed at change {moment}"
        assert in_order(config), f"killed at change {moment}"
        if finished:
            assert outputs(now) == outputs(done) and {each["state"] for each in state["changes"]} == {"accepted"}
        else:
            assert now == before and {each["state"] for each in state["changes"]} == {"open"}
            accept(config)
            assert outputs(goldens_in(project)) == outputs(done)
        shutil.rmtree(project.root)
    assert outcomes == sorted(outcomes) and outcomes.count(True) >= 3, outcomes
    assert (False in outcomes) is not after, "the first change is the journal: with it, everything is certain"


def outputs(files):
    return {name: content for name, content in files.items() if not name.endswith("provenance.json")}


def left_over(project) -> list[str]:
    """Half-written files, and a journal that nobody carried out."""
    return [name for name in everything_in(project) if "/." in f"/{name}"]


def test_killed_in_the_middle_of_a_trim_it_is_done_by_the_next_command(kept, config):
    import shutil

    shutil.rmtree(kept.root / "corpus/second")
    done = kept.parity("run", "--jobs", "1")
    assert done.returncode == 6, done.stdout + done.stderr
    moment = 1
    while dying_at(moment, after=False, work=lambda: accept(config, Selection(cases=("second",)))):
        state = decisions.state(config)
        if {each["state"] for each in state["changes"]} == {"accepted"}:
            break
        moment += 1
    assert not (kept.root / "snapshots/second").exists()
    assert in_order(config)
    last = ledger.load(config.ledger)[-1]
    assert {change.category for change in last.changes.values()} == {"trim"}


def test_a_run_first_finishes_what_a_killed_accept_left(two_causes, config):
    assert dying_at(2, after=False, work=lambda: accept(config)), "it was not killed"
    assert (two_causes.root / ".deciding.json").exists(), "it was killed before anything was certain"
    done = two_causes.parity("run", "--from", "reports/captures", "--jobs", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert left_over(two_causes) == [] and in_order(config)
    assert [change for change in pending.load(config).changes if change.open] == []


def test_a_golden_edited_after_a_kill_is_not_overwritten_silently(two_causes, config):
    assert dying_at(2, after=False, work=lambda: accept(config)), "it was not killed"
    file = two_causes.root / "snapshots/plain/scores.json"
    file.write_text(file.read_text().replace("word3", "by hand"))
    edited = file.read_bytes()
    with pytest.raises(Exception, match=r"snapshots/plain/scores\.json"):
        decisions.state(config)
    assert file.read_bytes() == edited


def test_a_journal_that_is_none_is_named_and_nothing_is_touched(two_causes, config):
    before = goldens_in(two_causes)
    (two_causes.root / ".deciding.json").write_text('{"files": {"snaps')
    done = two_causes.parity("accept", "--all", "--reason", "meant")
    assert done.returncode == 3 and ".deciding.json: is no journal of a decision" in done.stderr
    assert goldens_in(two_causes) == before


# ── two at once ──────────────────────────────────────────────────────────────────────────────────────────────────────


def causes(config) -> list[str]:
    return sorted(decisions.state(config)["causes"])


def test_two_processes_that_accept_a_cause_each_at_once_both_succeed_and_lose_nothing(two_causes, config):
    one, other = causes(config)
    ready, go = os.pipe()
    children = []
    for cause in (one, other):
        child = os.fork()
        if child == 0:
            try:
                os.close(go)
                os.read(ready, 1)  # until the parent lets both go
                accept(config, Selection(causes=(cause,)), reason=cause)
            except BaseException:
                traceback.print_exc(file=sys.__stderr__)
                os._exit(1)
            os._exit(0)
        children.append(child)
    os.close(go)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    os.close(ready)
    assert {each.reason for each in ledger.load(config.ledger)[-2:]} == {one, other}
    assert in_order(config)
    golden = json.loads((two_causes.root / "snapshots/plain/scores.json").read_text())
    assert (golden["Core"]["mean"], golden["Items"][7]["text"]) == (0.75, "other")
    assert {each["state"] for each in decisions.state(config)["changes"]} == {"accepted"}


def test_two_processes_that_accept_the_same_at_once_write_one_record(two_causes, config):
    lines = len(ledger.load(config.ledger))
    outcomes = two_causes.root / "outcomes"

    def work(name):
        try:
            accept(config, reason=name)
        except UsageError as error:
            (outcomes.parent / f"outcome-{name}").write_text(str(error))

    children = []
    for name in ("one", "other"):
        child = os.fork()
        if child == 0:
            try:
                work(name)
            except BaseException:
                os._exit(1)
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0, 0]
    (refused,) = two_causes.root.glob("outcome-*")
    assert "already accepted by" in refused.read_text() and AUTHOR in refused.read_text()
    assert len(ledger.load(config.ledger)) == lines + 1
    assert in_order(config)
