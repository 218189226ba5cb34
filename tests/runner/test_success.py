"""What a run leaves behind, and that both configurations leave the same."""

import json

import pytest

from rumiai_v2.progress import STAGES
from tests.runner.conftest import make_case
from tests.runner.world import QUICK
from tests.schema_check import validate

SETS = (
    "creative_density",
    "emotional_journey",
    "person_framing",
    "scene_pacing",
    "speech_analysis",
    "visual_overlay_analysis",
    "metadata_analysis",
    "temporal_markers",
)


def test_a_run_publishes_eight_sets_the_unified_file_and_the_report(world):
    result = world.run()
    assert result.exit_code == 0
    returned = result.returned
    validate(returned, "return_success.schema.json")
    folder = world.folder / "insights" / world.video_id
    stamps = set()
    for name in SETS:
        kinds = sorted(p.name.removeprefix(f"{name}_").split("_", 1) for p in (folder / name).iterdir())
        assert [kind for kind, _ in kinds] == ["complete", "ml", "result"]
        stamps |= {stamp for _, stamp in kinds}
    assert len(stamps) == 1
    report = json.loads((world.folder / returned["outputs"]["report"]).read_text())
    assert report == returned["report"]
    validate(json.loads((world.folder / returned["outputs"]["unified"]).read_text()), "unified.schema.json")
    temp = world.folder / "temp"
    left = sorted(p.name for p in temp.iterdir()) if temp.exists() else []
    assert left == ([f"{world.video_id}.mp4"] if world.configuration == "production" else [])


def test_one_decode_pass_and_one_audio_extraction(world):
    counters = world.run().returned["report"]["processing_metrics"]["counters"]
    assert (counters["decode_passes"], counters["audio_extractions"]) == (1, 1)


def test_stage_times_add_up_to_the_wall(world):
    metrics = world.run().returned["report"]["processing_metrics"]
    assert sum(metrics["stage_seconds"].values()) == pytest.approx(metrics["uptime_seconds"], rel=0.1)


def test_services_that_were_not_asked_for_count_as_not_run(world):
    report = world.run().returned["report"]
    assert report["not_run_services"] == [s for s in report["services"] if s not in QUICK]
    assert report["ml_analyses_complete"] is False


def test_a_second_run_adds_a_set_and_replaces_the_unified_file(world):
    first, second = world.run(), world.run()
    assert (first.exit_code, second.exit_code) == (0, 0)
    assert first.returned["outputs"]["report"] != second.returned["outputs"]["report"]
    folder = world.folder / "insights" / world.video_id / "scene_pacing"
    assert len(list(folder.iterdir())) == 6


def test_stdout_is_the_nine_labels_and_nothing_else_before_the_last_line(world):
    finished = world.process()
    assert finished.returncode == 0, finished.stderr
    lines = finished.stdout.splitlines()
    assert lines[:9] == [f"📊 {label}... ({percent}%)" for label, percent in STAGES]
    assert lines[9:] == [f"✅ {world.video_id}: 7 of 7 analyses, temporal markers, report → insights/{world.video_id}"]


def test_json_prints_exactly_one_document_and_progress_goes_to_stderr(world):
    finished = world.process("--json")
    assert finished.returncode == 0, finished.stderr
    validate(json.loads(finished.stdout), "return_success.schema.json")
    assert "📊 completed... (100%)" in finished.stderr


def test_the_dot_env_file_counts(world):
    (world.folder / ".env").write_text("RUMIAI_INSIGHTS_DIR=elsewhere\n")
    finished = world.process("--json")
    assert json.loads(finished.stdout)["outputs"]["insights"] == f"elsewhere/{world.video_id}"


def test_clean_up_removes_the_downloaded_video_and_never_the_input(world, monkeypatch):
    monkeypatch.setenv("RUMIAI_CLEANUP_VIDEO", "true")
    returned = world.run().returned
    assert (returned["outputs"]["video"] is None) == (world.configuration == "production")
    assert (world.case / "clip.mp4").exists()
    assert not list(world.folder.rglob("*.mp4")) and not list(world.folder.rglob(".*"))


def test_the_token_reaches_the_api_and_never_the_media_host(production, caplog):
    production.run()
    seen = production.platform.requests
    media = [r for r in seen if r.server == "media"]
    assert media and not any("authorization" in {h.lower() for h in r.headers} for r in media)
    assert any(production.platform.token in str(r.headers) for r in seen if r.server == "api")
    written = "".join(p.read_text() for p in production.folder.rglob("*.json"))
    assert production.platform.token not in written + caplog.text


@pytest.mark.parametrize("configuration", ["production", "local"])
def test_a_video_without_an_audio_track_is_valid(make_world, tmp_path, configuration):
    world = make_world(configuration, make_case(tmp_path / "mute", sound=None))
    result = world.run(only=("scene_detection", "audio_energy", "whisper"))
    assert result.exit_code == 0, result.returned
    unified = json.loads((world.folder / result.returned["outputs"]["unified"]).read_text())
    assert unified["processing_metadata"]["media"]["has_audio"] is False
    assert unified["ml_data"]["audio_energy"]["has_audio"] is False
    assert unified["ml_data"]["whisper"]["has_speech"] is False


@pytest.mark.parametrize("configuration", ["production", "local"])
def test_audio_beyond_the_last_frame_is_cut(make_world, tmp_path, configuration):
    from tests.media_factory import tone

    world = make_world(configuration, make_case(tmp_path / "long", sound=tone(4.0)))
    result = world.run(only=("audio_energy",))
    unified = json.loads((world.folder / result.returned["outputs"]["unified"]).read_text())
    assert unified["duration"] == pytest.approx(1.2)
    assert unified["ml_data"]["audio_energy"]["duration"] == pytest.approx(1.2)
    assert len(unified["ml_data"]["audio_energy"]["rms_per_second"]) == 2


def test_two_runs_of_one_id_at_once_are_both_whole_and_share_no_file(world):
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(2) as pool:
        ended = [pool.submit(world.process, "--json") for _ in range(2)]
        returned = [json.loads(each.result().stdout) for each in ended]
    assert [each["success"] for each in returned] == [True, True]
    assert len({each["outputs"]["report"] for each in returned}) == 2
    files = world.files()
    assert len(files) == 2 * (3 * len(SETS) + 1) + 1 + (world.configuration == "production")
    assert not [name for name in files if "/." in name]
