"""Runs that compute, share or replay what is costly: which case does what, and what it makes visible."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from parity.pipeline import cases, settings
from parity.pipeline.case import Case
from parity.pipeline.parts import Job, Reuse
from parity.run import reuse
from parity.run.captures import Captures
from parity.verdict import UsageError, Verdict
from tests.harness.toy.pipeline import Toy


class Sharing(Toy):
    """The toy that notes in the shared folder who used it."""

    @contextmanager
    def reusing(self, job: Job, reuse: Reuse) -> Iterator[Job]:
        if reuse.mode == "shared":
            reuse.place.mkdir(parents=True, exist_ok=True)
            with (reuse.place / "used").open("a") as log:
                log.write(f"{job.argv[3]}\n")
        yield job


@pytest.fixture
def sharing(project):
    """The toy project with the sharing toy and a second case, which is to be run fresh."""
    project.case("other")
    toml = (project.root / "parity.toml").read_text() + 'fresh = ["other"]\n'
    project.write("parity.toml", toml.replace("toy.pipeline:PIPELINE", "toy.sharing:PIPELINE"))
    return settings.load(project.root / "parity.toml")


@pytest.mark.parametrize(
    ("asked", "modes"),
    [
        (None, {"other": "fresh", "plain": "shared"}),
        ("fresh", {"other": "fresh", "plain": "fresh"}),
        ("shared", {"other": "shared", "plain": "shared"}),
        ("replay", {"other": "replay", "plain": "replay"}),
    ],
)
def test_by_default_the_named_cases_are_fresh_and_the_others_share(sharing, asked, modes):
    found = cases.discover(sharing)
    assert {case.name: reuse.mode_of(sharing, Sharing(), case, asked) for case in found} == modes


def test_a_case_that_is_a_recording_is_replayed_whatever_is_asked(sharing, project):
    project.write("corpus/plain/replayed", "")
    (case,) = cases.select(sharing, ["plain"])
    assert {reuse.mode_of(sharing, Sharing(), case, asked) for asked in (None, "fresh", "shared")} == {"replay"}


def test_what_must_fail_is_run_fresh(sharing):
    class Failing(Sharing):
        def failing(self, case: Case):
            return "known"

    (case,) = cases.select(sharing, ["plain"])
    assert reuse.mode_of(sharing, Failing(), case, "shared") == "fresh"


def test_a_pipeline_that_can_reuse_nothing_runs_fresh_and_says_so_when_asked_for_more(sharing):
    (case,) = cases.select(sharing, ["plain"])
    assert reuse.mode_of(sharing, Toy(), case, None) == "fresh"
    with pytest.raises(UsageError, match="pipeline toy can only run fresh"):
        reuse.mode_of(sharing, Toy(), case, "shared")


def test_a_fresh_case_that_is_none_is_named(sharing):
    wrong = dataclasses.replace(sharing, fresh=("otter",))
    with pytest.raises(UsageError, match=r"fresh names 'otter', which is no case; known: other, plain"):
        reuse.check(wrong, cases.discover(wrong))


def captured(config, pipeline, folder, ml=None):
    captures = Captures(config, pipeline, "r1", ml=ml, shared=folder)
    found = cases.discover(config)
    return {(case.name, name): captures.get(case, name) for case in found for name in pipeline.configurations}


def test_both_configurations_of_a_sharing_case_get_the_folder_of_the_comparison(sharing, tmp_path):
    folder = tmp_path / "shared"
    made = captured(sharing, Sharing(), folder)
    assert (folder / "used").read_text().split() == ["web", "disk"]
    assert {case: capture.reuse for (case, _), capture in made.items()} == {"other": "fresh", "plain": "shared"}
    assert json.loads((made["plain", "disk"].folder / "capture.json").read_text())["reuse"] == "shared"


def test_a_replay_without_its_golden_names_it(sharing, tmp_path):
    captures = Captures(sharing, Sharing(), "r1", ml="replay")
    with pytest.raises(UsageError, match=r"snapshots/plain/scores\.json is missing; record it with `parity golden"):
        captures.get(*cases.select(sharing, ["plain"]), "disk")


def test_the_command_says_how_each_run_came_by_its_results_and_leaves_no_folder(sharing, project, monkeypatch):
    monkeypatch.setenv("TMPDIR", str(project.root / "tmp"))
    (project.root / "tmp").mkdir()
    assert project.parity("golden", "--reason", "as it is", "--jobs", "1").returncode == 0
    done = project.parity("run")
    assert "1 case fresh, 1 shared" in done.stdout, done.stdout + done.stderr
    assert {run["case"]: run["reuse"] for run in project.report()["runs"]} == {"other": "fresh", "plain": "shared"}
    again = project.parity("run", "--ml", "replay", "--case", "plain", "--jobs", "1")
    assert "1 case replayed" in again.stdout
    saved = project.parity("run", "--from", "reports/captures", "--case", "plain", "--jobs", "1")
    assert "saved captures (1 case replayed)" in saved.stdout
    assert list((project.root / "tmp").glob("parity-*")) == []
    assert list((project.root / "reports/runs").glob("*/shared")) == []


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--ml", "shared", "--from", "reports"), "leave out --ml"),
        (("--ml", "shared"), "pipeline toy can only run fresh"),
    ],
)
def test_choices_that_contradict_each_other_are_refused_before_anything_runs(project, arguments, says):
    done = project.parity("run", *arguments)
    assert done.returncode == Verdict.USAGE
    assert says in done.stderr
    assert not (project.root / "reports/captures").exists()


def test_the_summary_counts_cases_by_how_they_were_run_and_those_that_had_to_fail_apart():
    from parity.report.words import reuse

    def run(case, mode, exit_code=0, failure=None):
        return {"case": case, "reuse": mode, "exit_code": exit_code, "failure": failure}

    runs = [run("a", "fresh"), run("b", "shared"), run("c", "shared"), run("d", "replay"), run("e", "fresh", 4)]
    broken = run("f", "fresh", 4, "ended with exit code 4")
    assert reuse({"runs": runs}) == "1 case fresh, 2 shared, 1 replayed, 1 failed as expected"
    assert reuse({"runs": [broken]}) == "1 case fresh", "a run that was not to fail is no expected failure"
