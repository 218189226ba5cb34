"""Runs that compute, share or replay what is costly: which case does what, and what it makes visible."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from parity.explain.settle import SettlingSuite
from parity.pipeline import cases, settings
from parity.pipeline.case import Case
from parity.pipeline.parts import Job, Reuse
from parity.run import reuse
from parity.run.captures import Captures
from parity.session.schedule import scope_of
from parity.verdict import PipelineError, UsageError, Verdict
from rumiai_parity.pipeline import RumiAI
from rumiai_parity.recorded import recording_of
from tests.harness.toy.pipeline import Toy
from tests.runner.conftest import make_case

ROOT = Path(__file__).parents[3]


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


def test_runs_that_share_are_one_piece_of_work_and_others_are_their_own():
    node = "t.py::test_pipeline_runs[case-1:disk]"
    assert scope_of(node, {"case-1"}) == "test_pipeline_runs[case-1]"
    assert scope_of(node, {"case-2"}) == node
    comparison = "t.py::test_artifact_meets_its_golden[case-1:disk:scores]"
    assert scope_of(comparison, {"case-1"}) == "case-1", "comparisons stay apart: their order must not change"


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


# ---------------------------------------------------------------- RumiAI

#: Starts the command line with its one quick service, and with what a test adds.
LAUNCHER = """
import runpy, sys
{fault}
if sys.argv[1] != "replay":
    sys.argv += ["--services", "scene_detection"]
runpy.run_module("rumiai_v2", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def quick(tmp_path):
    """``quick(fault)``: the comparison of both configurations on a small clip; ``fault`` is code in local's process."""
    make_case(tmp_path / "corpus" / "small")
    project = dataclasses.replace(
        settings.load(ROOT / "parity.toml"),
        corpus=tmp_path / "corpus", captures=tmp_path / "captures", snapshots=tmp_path / "snapshots",
    )  # fmt: skip

    def launcher(name, fault):
        file = tmp_path / f"{name}.py"
        file.write_text(LAUNCHER.format(fault=fault))
        return (sys.executable, str(file))

    def make(fault="", ml="shared", run_id="r1"):
        programs = {"production": launcher("production", ""), "local": launcher("local", fault)}
        pipeline = RumiAI(programs)
        return SettlingSuite(project, pipeline, Captures(project, pipeline, run_id, ml=ml, shared=tmp_path / "shared"))

    return make


def differing(suite, artifact):
    (case,) = cases.discover(suite.config)
    (wanted,) = (each for each in suite.pipeline.artifacts if each.name == artifact)
    outcome = suite.configurations(case, wanted)
    assert outcome.comparison is not None, outcome.messages
    return [difference.path for difference in outcome.comparison.differences]


def log_of(suite, configuration):
    (case,) = cases.discover(suite.config)
    return (suite.captures.get(case, configuration).folder / "stderr.log").read_text()


def test_equal_requests_are_computed_by_one_configuration_and_loaded_by_the_other(quick):
    suite = quick()
    assert differing(suite, "report") == []
    assert differing(suite, "unified") == []
    logs = [log_of(suite, name) for name in suite.pipeline.configurations]
    assert "computed, and stored" in logs[0] and "loaded from" not in logs[0]
    assert "loaded from" in logs[1] and "computed, and stored" not in logs[1]


def test_a_parameter_that_differs_is_found_at_the_request_and_nothing_is_shared(quick):
    suite = quick("import rumiai_v2.services.scenes as scenes; scenes._BLACK = 13")
    assert differing(suite, "report") == ["services.scene_detection.request"]
    assert "loaded from" not in log_of(suite, "local")


def test_another_setting_of_the_machine_is_found_and_nothing_is_shared(quick):
    suite = quick("import os; os.environ['RUMIAI_THREADS'] = '2'")
    assert differing(suite, "report") == ["machine"]
    assert "loaded from" not in log_of(suite, "local")


def test_a_golden_is_replayed_without_asking_a_service(quick):
    first = quick(ml="fresh")
    (case,) = cases.discover(first.config)
    (unified,) = (each for each in first.pipeline.artifacts if each.name == "unified")
    golden = first.config.snapshots / "small" / "unified.json"
    golden.parent.mkdir(parents=True)
    golden.write_text(first.golden_text(case, unified))
    broken = "import rumiai_v2.services.scenes as s\ndef prepare(self): raise RuntimeError\ns.Scenes.prepare = prepare"
    suite = quick(broken, ml="replay", run_id="r2")
    assert suite.run(case, "local").passed, suite.run(case, "local").messages
    assert differing(suite, "unified") == []
    assert "recorded result taken from" in log_of(suite, "local")
    assert suite.golden(case, "local", unified).passed


@pytest.mark.parametrize("placeholder", ["<volatile>", "<environment>", "<declared>"])
def test_a_golden_whose_results_have_gaps_is_not_replayed(tmp_path, placeholder):
    golden = tmp_path / "unified.json"
    document = {
        "video_id": "1", "duration": 1.0, "metadata": {"url": "<declared>"},
        "processing_metadata": {"source": "<declared>", "media": {}, "services": {}},
        "ml_data": {"yolo": {"objectAnnotations": [{"confidence": 0.5}]}},
    }  # fmt: skip
    golden.write_text(json.dumps(document))
    with recording_of(golden) as recording:
        assert placeholder not in recording.read_text()
    document["ml_data"]["yolo"]["objectAnnotations"][0]["confidence"] = placeholder
    golden.write_text(json.dumps(document))
    with pytest.raises(PipelineError, match=r"ml_data\.yolo\.objectAnnotations\[0\]\.confidence"), recording_of(golden):
        pass


def test_the_summary_counts_cases_by_how_they_were_run_and_those_that_had_to_fail_apart():
    from parity.report.words import reuse

    def run(case, mode, exit_code=0, failure=None):
        return {"case": case, "reuse": mode, "exit_code": exit_code, "failure": failure}

    runs = [run("a", "fresh"), run("b", "shared"), run("c", "shared"), run("d", "replay"), run("e", "fresh", 4)]
    broken = run("f", "fresh", 4, "ended with exit code 4")
    assert reuse({"runs": runs}) == "1 case fresh, 2 shared, 1 replayed, 1 failed as expected"
    assert reuse({"runs": [broken]}) == "1 case fresh", "a run that was not to fail is no expected failure"
