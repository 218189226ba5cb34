"""What the harness knows of the pipeline under test: files, forms, environment, and the ledger beside them."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from parity.compare import tolerance
from parity.goldens import declared
from parity.pipeline import settings
from parity.pipeline.artifacts import known_artifacts
from parity.pipeline.case import Case
from parity.verdict import PipelineError
from rumiai_parity import pipeline as rumiai
from rumiai_parity.layout import BLOCKS, FORMS, PREFIXES
from rumiai_parity.pipeline import PIPELINE
from rumiai_parity.settled import SERVICES

ROOT = Path(__file__).parents[2]
STAMP, OTHER = "20260101_120000", "20260101_120001"


def write(folder: Path, name: str, document: object = None) -> None:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(document if document is not None else {}))


def filled(folder: Path, stamp: str = STAMP, video: str | None = "temp/42.mp4") -> Path:
    for name in PREFIXES:
        for form in FORMS:
            write(folder, f"work/insights/42/{name}/{name}_{form}_{stamp}.json")
    write(folder, f"work/insights/42/report_{stamp}.json")
    write(folder, "work/unified_analysis/42.json")
    write(folder, "return.json", {"outputs": {"video": video}})
    return folder


def test_all_outputs_of_a_run_are_found(tmp_path):
    found = PIPELINE.find(filled(tmp_path))
    assert set(found.files) == {artifact.name for artifact in PIPELINE.artifacts} - {"run"}
    assert len([name for name in found.files if name.endswith((".ml", ".result", ".complete"))]) == 24
    assert (found.stamps, found.untracked, found.problems) == ((STAMP,), ("temp/42.mp4",), ())


def test_a_set_with_another_stamp_is_a_problem_and_ranks_behind(tmp_path):
    filled(tmp_path)
    set_folder = tmp_path / "work/insights/42/scene_pacing"
    (set_folder / f"scene_pacing_ml_{STAMP}.json").rename(set_folder / f"scene_pacing_ml_{OTHER}.json")
    found = PIPELINE.find(tmp_path)
    assert found.stamps == (STAMP, OTHER)
    assert found.problems == (f"2 stamps in the file names of one run, expected one: {STAMP}, {OTHER}",)


def test_two_files_where_one_is_expected_are_a_problem(tmp_path):
    write(filled(tmp_path), f"work/insights/42/report_{OTHER}.json")
    assert PIPELINE.find(tmp_path).problems[0].startswith("report: 2 files, expected one")


def test_a_video_outside_the_working_folder_is_not_left_out_of_the_tree(tmp_path):
    assert PIPELINE.find(filled(tmp_path, video="../other.mp4")).untracked == ()


@pytest.mark.parametrize(("name", "prefix"), PREFIXES.items())
def test_the_expected_forms_are_derived_from_the_result(name, prefix):
    blocks = {block: {"x": 1} for block in BLOCKS}
    result = {f"{prefix}{block}": value for block, value in blocks.items()}
    goldens = {f"{name}.result": result, "unified": {"processing_metadata": {"contract_version": "2.0.0"}}}
    by_name = {artifact.name: artifact for artifact in PIPELINE.artifacts}
    assert PIPELINE.expected(by_name[f"{name}.ml"], goldens.__getitem__) == blocks
    complete = PIPELINE.expected(by_name[f"{name}.complete"], goldens.__getitem__)
    assert json.loads(complete["result"]) == result
    assert (complete["parsed_response"], complete["contract_version"]) == (blocks, "2.0.0")


def test_a_key_with_a_foreign_prefix_stays_to_be_seen():
    assert rumiai.ml_form({"speechQuality": 1, "densityQuality": 2}, "density") == {"speechQuality": 1, "Quality": 2}


def test_settings_of_the_user_do_not_reach_a_run_but_the_place_of_the_weights_does(monkeypatch):
    for name in ("RUMIAI_CLEANUP_VIDEO", "APIFY_API_TOKEN", "LOG_LEVEL", "https_proxy", "RUMIAI_WEIGHTS_DIR"):
        monkeypatch.setenv(name, "x")
    kept = rumiai.environment("7")
    assert kept["RUMIAI_WEIGHTS_DIR"] == "x"
    assert not {"RUMIAI_CLEANUP_VIDEO", "APIFY_API_TOKEN", "LOG_LEVEL", "https_proxy"} & kept.keys()


def test_local_gets_its_input_by_copy_and_production_a_url_and_a_loopback_platform():
    case = Case("tutorial", ROOT / "golden/corpus/tutorial")
    with PIPELINE.job(case, "local") as job:
        assert job.argv[2:] == (
            "rumiai_v2",
            "local",
            "clip.mp4",
            "--metadata",
            "metadata.json",
            "--return-file",
            "../return.json",
        )
        assert set(job.inputs) == {"clip.mp4", "metadata.json"}
    with PIPELINE.job(case, "production") as job:
        assert job.argv[4].startswith("https://")
        assert job.inputs == {}
        assert job.env["APIFY_API_BASE_URL"].startswith("http://127.0.0.1:")


def test_a_case_without_its_clip_names_the_command_that_makes_it(tmp_path):
    with (
        pytest.raises(PipelineError, match="render it with `parity corpus render empty`"),
        PIPELINE.job(Case("empty", tmp_path), "local"),
    ):
        pass


def test_the_ledger_and_the_tolerances_of_the_project_are_sound():
    config = settings.load(ROOT / "parity.toml")
    names = [artifact.name for artifact in known_artifacts(PIPELINE)]
    assert declared.load(config.declared, configurations=PIPELINE.configurations, artifacts=names)
    assert 0 < tolerance.load(config.tolerances)["box"].abs < 0.5


def test_names_of_the_pipeline_stand_only_in_its_own_folder():
    libraries = ("easyocr", "librosa", "ultralytics", "scenedetect", "feat")
    words = ("rumiai", "apify", "tiktok", *PREFIXES, *SERVICES, *libraries)
    # A short name counts as a word of its own, a long one also inside another.
    pattern = re.compile("|".join(word if len(word) > 4 else rf"(?<![a-z_]){word}(?![a-z_])" for word in words))
    files = sorted((ROOT / "harness/parity").rglob("*.py"))
    folders = {file.relative_to(ROOT / "harness/parity").parts[0] for file in files}
    assert {"check", "cli", "compare", "contract", "explain", "report", "tools"} <= folders
    found = [
        f"{file.relative_to(ROOT)}: {word}"
        for file in files
        for word in pattern.findall(file.read_text(encoding="utf-8").lower())
    ]
    assert found == []
