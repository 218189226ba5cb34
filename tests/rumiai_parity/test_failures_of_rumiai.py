"""The failing cases of the project: what is broken, how it is made, and that a drift in a failure is found."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from parity.check.keys import Key
from parity.explain.settle import SettlingSuite
from parity.pipeline import settings
from parity.pipeline.artifacts import artifacts_of, failing, running
from parity.pipeline.case import Case
from parity.pipeline.cases import discover
from parity.run.captures import Captures
from parity.run.record import record
from rumiai_parity import raising
from rumiai_parity.failure import CLIP, METADATA, load_failure
from rumiai_parity.pipeline import PIPELINE, RumiAI
from rumiai_parity.storyboard import StoryboardError
from tests.harness.conftest import ROOT

CONFIG = settings.load(ROOT / "parity.toml")
CASES = {case.name: case for case in discover(CONFIG) if failing(PIPELINE, case)}
VIDEO_ID = "7334567890123456789"


def inputs_of(name: str, configuration: str = "local") -> dict[str, bytes]:
    with PIPELINE.job(CASES[name], configuration) as job:
        return {file: path.read_bytes() for file, path in job.inputs.items()}


def case_with(tmp_path: Path, **changes: object) -> Case:
    """A failing case beside the clip it is made of."""
    (tmp_path / "minimal").symlink_to(CONFIG.corpus / "minimal")
    (tmp_path / "broken").mkdir()
    text = {
        "broken": "an id",
        "of": "minimal",
        "metadata": {"id": "../x"},
        "says": ["video id"],
        "ends": {
            "exit_code": {"production": 3, "local": 2},
            "stage": "scraping_metadata",
            "error_type": {"production": "SourceError", "local": "UsageError"},
        },
        **changes,
    }
    (tmp_path / "broken/failure.yaml").write_text(yaml.safe_dump(text))
    return Case("broken", tmp_path / "broken")


# ── the cases ────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_situation_that_both_configurations_can_meet_is_a_case():
    assert set(CASES) == {
        f"broken_{what}"
        for what in (
            "analysis",
            "cut",
            "defect",
            "disk",
            "empty",
            "folder",
            "id",
            "kill",
            "limit",
            "markers",
            "metadata",
            "missing",
            "service",
            "setting",
            "stop",
            "taken",
            "text",
            "weights",
        )
    }
    codes = {failing(PIPELINE, case).endings["production"].exit_code for case in CASES.values()}
    assert {1, 2, 3, 4, 70} <= codes


@pytest.mark.parametrize("name", CASES)
def test_a_case_is_no_more_than_a_few_lines_and_says_what_is_broken(name):
    assert [path.name for path in CASES[name].folder.iterdir()] == ["failure.yaml"]
    assert load_failure(CASES[name].folder, PIPELINE.configurations).broken.endswith(".")


def test_cases_that_must_run_to_their_end_are_told_apart():
    known = discover(CONFIG)
    assert {case.name for case in known} - {case.name for case in running(PIPELINE, known)} == set(CASES)


@pytest.mark.parametrize(
    ("name", "artifacts"),
    [("broken_text", {"failure", "run"}), ("broken_kill", {"run"})],
)
def test_a_run_that_publishes_nothing_leaves_its_end_only(name, artifacts):
    assert {artifact.name for artifact in artifacts_of(PIPELINE, CASES[name])} == artifacts


def test_an_analysis_that_raises_leaves_all_but_its_own_files():
    left = {artifact.name for artifact in artifacts_of(PIPELINE, CASES["broken_analysis"])}
    everything = {artifact.name for artifact in PIPELINE.artifacts}
    assert everything - left == {f"creative_density.{form}" for form in ("result", "ml", "complete")}
    assert left <= everything


def test_the_inputs_are_broken_as_the_case_says():
    whole = (CONFIG.corpus / "minimal/clip.mp4").read_bytes()
    cut = inputs_of("broken_cut")[CLIP]
    assert cut == whole[: len(cut)] and len(cut) == round(0.3 * len(whole))
    assert inputs_of("broken_empty")[CLIP] == b""
    assert inputs_of("broken_text")[CLIP].startswith(b"<!DOCTYPE html>")
    assert CLIP not in inputs_of("broken_missing")
    assert json.loads(inputs_of("broken_id")[METADATA])["id"] == "../../escape"
    assert inputs_of("broken_taken", "production").keys() == {f"unified_analysis/{VIDEO_ID}.json"}


def test_settings_of_a_case_reach_its_runs_from_the_environment_or_from_a_file():
    with PIPELINE.job(CASES["broken_setting"], "production") as job:
        assert job.env["RUMIAI_MAX_VIDEO_DURATION"] == "long"
    assert inputs_of("broken_limit")[".env"] == b"RUMIAI_MAX_VIDEO_DURATION=5\n"


# ── what is wrong with a case is named ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"colour": 1}, "colour: Extra inputs"),
        ({"clip": {"cut": 0.5, "text": "a"}}, "clip: expected one of cut, text and missing"),
        ({"clip": {"cut": 1.5}}, "clip.cut: Input should be less than"),
        ({"raises": {"rename": {0: "kill"}}}, "raises.rename"),
        ({"raises": {}}, "raises: expected one of service, analysis, timeline and rename"),
        ({"says": []}, "failure: says: expected parts of the error's text where one is returned"),
        ({"ends": {"exit_code": {"local": 1}, "error_type": "E"}}, "ends.exit_code: expected one value for each of"),
    ],
)
def test_a_wrong_case_is_named_with_its_place(tmp_path, changes, text):
    case = case_with(tmp_path, **changes)
    with pytest.raises(StoryboardError, match=r"failure\.yaml: .*" + text.replace(".", r"\.")):
        PIPELINE.failing(case)


# ── drifts in failures are found, in real runs ───────────────────────────────────────────────────────────────────────

#: Starts the command line in which something is different.
LAUNCH = "import sys\n{}\nfrom rumiai_v2.entry import main\nmain()"


def outcomes(tmp_path: Path, case: Case, program: str | None = None) -> dict[tuple[str, str], str]:
    """(check, artifact) → what is wrong, of real runs in which local is started by ``program``."""
    pipeline = RumiAI({"local": (sys.executable, "-c", LAUNCH.format(program))} if program else None)
    for name in pipeline.configurations:
        record(pipeline, case, name, destination=tmp_path / "captures" / case.name / name, run_id="test")
    suite = SettlingSuite.of(Captures(CONFIG, pipeline, "test", tmp_path / "captures"))
    found = [suite.run(case, name) for name in pipeline.configurations]
    found += [suite.outcome(Key("expectations", case.name, name), case) for name in pipeline.configurations]
    found += [suite.configurations(case, artifact) for artifact in artifacts_of(pipeline, case)]
    found += [suite.golden(case, "local", artifact) for artifact in artifacts_of(pipeline, case)]
    return {(each.check, each.artifact): each.text() for each in found if not each.passed}


def test_both_configurations_fail_alike(tmp_path):
    assert outcomes(tmp_path, CASES["broken_id"]) == {}


def test_a_file_left_behind_by_one_configuration_is_found_and_named(tmp_path):
    program = "import pathlib; pathlib.Path('half.wav').write_bytes(b'')"
    found = outcomes(tmp_path, CASES["broken_id"], program)
    assert set(found) == {("configurations", "run"), ("golden", "run")}
    assert "half.wav" in found["configurations", "run"]


def test_a_failure_that_ends_with_zero_is_found(tmp_path):
    program = "import rumiai_v2.cli as cli; real = sys.exit; sys.exit = lambda code=None: real(0)"
    found = outcomes(tmp_path, CASES["broken_setting"], program)
    assert "must fail with exit code 2, but ran to its end" in found["run", None]
    assert "exit_code: production 2, local 0" in found["configurations", "run"]


def test_a_local_run_that_does_not_read_the_settings_file_is_found(tmp_path):
    # Without a file to read it is the clip that stops it: nothing is analysed here.
    case = case_with(
        tmp_path,
        metadata={},
        files={".env": "RUMIAI_MAX_VIDEO_DURATION=5\n"},
        says=["too long"],
        services=["scene_detection"],
        ends={"exit_code": 1, "stage": "downloading_video", "error_type": "InputError"},
    )
    program = "import rumiai_v2.cli as cli; cli._load_env_file = lambda: None"
    found = outcomes(tmp_path, case, program)
    assert "must fail with exit code 1, but ran to its end" in found["run", None]
    assert "production writes it, local does not" in found["configurations", "failure"]


def test_chatter_on_stdout_of_a_failed_run_is_found(tmp_path):
    found = outcomes(tmp_path, CASES["broken_setting"], "print('chatter', flush=True)")
    assert "chatter" in found["configurations", "run"]


def test_another_text_of_the_error_is_found(tmp_path):
    program = "import rumiai_v2.settings as s; e = s.UsageError; s.UsageError = lambda text: e(text.upper())"
    found = outcomes(tmp_path, CASES["broken_setting"], program)
    assert 'error: production "invalid settings' in found["configurations", "failure"]
    assert "it says" in found["expectations", None]


# ── what breaks a run in its middle ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("broken", "text"),
    [
        (raising.break_analysis, "'nothing' cannot be made to fail; known: temporal_markers, creative_density"),
        (raising.break_service, "'nothing' cannot be made to fail; known: yolo"),
    ],
)
def test_what_cannot_be_broken_is_named_with_the_known(broken, text):
    with pytest.raises(SystemExit, match=text):
        broken("nothing")
