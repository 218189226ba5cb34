"""Every situation of the exit-code table: code, text, return structure, nothing left behind."""

import errno
import json
import os
import sys
from pathlib import Path

import pytest

from rumiai_v2.errors import InputError, OutputError
from rumiai_v2.services.base import ServiceInfo
from tests.runner.conftest import VIDEO_ID, make_case
from tests.runner.world import failing_analysis
from tests.schema_check import validate

BOTH = pytest.mark.parametrize("configuration", ["production", "local"])


class Broken:
    """A service that fails while it works."""

    name = "yolo"
    needs = ()
    reads = ("frames",)

    def describe(self):
        return ServiceInfo("yolo", "broken", "1", (), "cpu")

    def parameters(self):
        return {}

    def prepare(self):
        return None

    def analyse(self, media, upstream):
        raise RuntimeError("made to fail")


def broken_services():
    from rumiai_v2.services.registry import SERVICES

    return {**SERVICES, "yolo": Broken}


# ---------------------------------------------------------------- exit 0 and 4: services


def test_a_failing_service_ends_the_run_and_is_named(world):
    result = world.run(only=("yolo", "scene_detection"), services=broken_services())
    world.assert_failed(
        result,
        exit_code=4,
        stage="running_ml_analysis",
        error_type="ServiceError",
        says=["service yolo", "RuntimeError: made to fail", "--allow-partial"],
    )
    assert result.returned["failed_services"] == ["yolo"]
    assert result.returned["video_id"] == VIDEO_ID
    validate(result.returned, "return_failure.schema.json")
    world.assert_nothing_left()


def test_allow_partial_records_the_failure_and_carries_on(world):
    result = world.run(only=("yolo", "scene_detection"), services=broken_services(), allow_partial=True)
    assert result.exit_code == 0
    assert result.returned["success"] is True
    assert result.returned["failed_services"] == ["yolo"]
    report = result.returned["report"]
    assert report["ml_analyses_complete"] is False
    assert (report["services"]["yolo"]["status"], report["services"]["scene_detection"]["status"]) == ("failed", "run")
    validate(result.returned, "return_success.schema.json")


def test_missing_weights_are_named_with_the_command_that_fetches_them(world, monkeypatch, tmp_path):
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path / "no weights"))
    result = world.run(only=("yolo",))
    world.assert_failed(
        result, exit_code=4, stage="running_ml_analysis", error_type="WeightsError", says=["yolo11n-seg.pt", "weights"]
    )
    validate(result.returned, "return_failure.schema.json")
    world.assert_nothing_left()


def test_a_service_without_what_it_needs_is_named(world):
    result = world.run(only=("emotion_detection",))
    assert result.exit_code == 4
    assert "needs the results of mediapipe" in result.returned["error"]
    world.assert_nothing_left()


# ---------------------------------------------------------------- exit 1: analyses, input, disk, id


def test_an_analysis_that_raises_leaves_no_file_of_itself_and_all_others(world):
    from rumiai_v2.analyses.registry import ANALYSES

    analyses = tuple(failing_analysis() if a.name == "creative_density" else a for a in ANALYSES)
    result = world.run(analyses=analyses)
    returned = result.returned
    assert (result.exit_code, returned["exit_code"], returned["success"]) == (1, 1, False)
    assert (returned["error_type"], returned["stage"]) == ("AnalysisError", "running_precompute_functions")
    assert returned["failed_analyses"] == ["creative_density"]
    assert "creative_density: ZeroDivisionError: made to fail" in returned["error"]
    details = returned["report"]["prompt_details"]
    assert (details["creative_density"]["success"], details["creative_density"]["error"]) == (
        False,
        "ZeroDivisionError: made to fail",
    )
    assert returned["report"]["prompts_successful"] == 6
    validate(returned, "return_success.schema.json")
    folder = world.folder / "insights" / world.video_id
    assert not (folder / "creative_density").exists()
    assert len(list((folder / "scene_pacing").iterdir())) == 3


def test_a_missing_file(local):
    local.case = local.folder / "nowhere"
    local.case.mkdir()
    (local.case / "metadata.json").write_text(json.dumps({"id": VIDEO_ID}))
    result = local.run()
    (local.case / "metadata.json").unlink()
    local.assert_failed(
        result, exit_code=1, stage="downloading_video", error_type="InputError", says=["clip.mp4", "found nothing"]
    )
    local.assert_nothing_left()


@pytest.mark.parametrize(("content", "says"), [(b"", "0 bytes"), (b"<html>no video</html>" * 50, "clip.mp4")])
def test_an_empty_file_or_one_that_is_no_video(make_world, tmp_path, content, says):
    case = make_case(tmp_path / "case")
    (case / "clip.mp4").write_bytes(content)
    world = make_world("local", case)
    world.assert_failed(
        world.run(), exit_code=1, stage="downloading_video", error_type="InputError", says=[says, "expected"]
    )
    world.assert_nothing_left()


@BOTH
def test_a_video_over_the_duration_limit(make_world, case, monkeypatch, configuration):
    monkeypatch.setenv("RUMIAI_MAX_VIDEO_DURATION", "1")
    world = make_world(configuration, case)
    world.assert_failed(
        world.run(),
        exit_code=1,
        stage="downloading_video",
        error_type="InputError",
        says=["at most 1 s", "got 1.20 s", "RUMIAI_MAX_VIDEO_DURATION"],
    )
    world.assert_nothing_left()


@BOTH
def test_a_picture_over_the_size_limit(make_world, tmp_path, configuration):
    world = make_world(configuration, make_case(tmp_path / "wide", width=3872, height=32))
    world.assert_failed(
        world.run(), exit_code=1, stage="downloading_video", error_type="InputError", says=["3840×2160", "got 3872×32"]
    )
    world.assert_nothing_left()


def test_a_file_over_the_size_limit(make_world, tmp_path):
    case = make_case(tmp_path / "case")
    with (case / "clip.mp4").open("r+b") as file:
        file.truncate(525 * 10**6)  # sparse: no disk is used
    world = make_world("local", case)
    world.assert_failed(
        world.run(), exit_code=1, stage="downloading_video", error_type="InputError", says=["too large", "525.0 MB"]
    )


@pytest.mark.parametrize("variable", ["RUMIAI_INSIGHTS_DIR", "RUMIAI_UNIFIED_DIR"])
def test_an_output_folder_that_cannot_be_written(world, monkeypatch, variable):
    (world.folder / "blocked").write_text("a file in the folder's place")
    monkeypatch.setenv(variable, "blocked/inside")
    result = world.run()
    assert (result.exit_code, result.returned["error_type"]) == (1, "OutputError")
    assert "blocked/inside" in result.returned["error"] and "cannot be written" in result.returned["error"]
    validate(result.returned, "return_failure.schema.json")
    assert world.files() == ["blocked"]


def test_a_download_folder_that_cannot_be_written(production, monkeypatch):
    (production.folder / "blocked").write_text("a file in the folder's place")
    monkeypatch.setenv("RUMIAI_TEMP_DIR", "blocked")
    production.assert_failed(
        production.run(),
        exit_code=1,
        stage="downloading_video",
        error_type="OutputError",
        says=["blocked", "RUMIAI_TEMP_DIR"],
    )
    assert production.files() == ["blocked"]


@BOTH
def test_an_id_that_is_taken_by_other_media_from_another_source(make_world, case, tmp_path, configuration):
    world = make_world(configuration, case)
    unified = world.folder / "unified_analysis" / f"{VIDEO_ID}.json"
    unified.parent.mkdir()
    unified.write_text(json.dumps({"processing_metadata": {"source": "other.mp4", "media": {"sha256": "f" * 64}}}))
    before = unified.read_bytes()
    result = world.run()
    world.assert_failed(
        result,
        exit_code=1,
        stage="downloading_video",
        error_type="InputError",
        says=["is taken", "other.mp4", "ffffffffffffffff", world.source().reference, "--replace-id"],
    )
    assert unified.read_bytes() == before
    assert world.files() == [f"unified_analysis/{VIDEO_ID}.json"]
    assert world.run(replace_id=True).exit_code == 0


@BOTH
@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b'{"video_id": "7", "ml_data": {}}', "or one of an older system"),
        (
            b'{"video_id": "7", "processing_metadata": {"timeline_entries": 3, "duration": 1}}',
            "does not say what it was made",
        ),
        (b'{"processing_metadata": {"source": 7}}', "does not say what it was made"),
        (b'{"processing_metadata": ', "it is no unified analysis"),
        (b"\xff", "it is no unified analysis"),
        (b"", "it is no unified analysis"),
    ],
)
def test_a_file_that_is_not_provably_ours_is_never_overwritten(make_world, case, configuration, content, says):
    world = make_world(configuration, case)
    unified = world.folder / "unified_analysis" / f"{VIDEO_ID}.json"
    unified.parent.mkdir()
    unified.write_bytes(content)
    world.assert_failed(
        world.run(),
        exit_code=1,
        stage="downloading_video",
        error_type="InputError",
        says=["is taken", f"unified_analysis/{VIDEO_ID}.json was there before", says, "move it away", "--replace-id"],
    )
    assert unified.read_bytes() == content
    assert world.files() == [f"unified_analysis/{VIDEO_ID}.json"]
    assert world.run(replace_id=True).exit_code == 0 and unified.read_bytes() != content


def test_what_is_no_file_in_the_place_of_the_unified_file_stops_the_run_and_stays(local):
    unified = local.folder / "unified_analysis" / f"{VIDEO_ID}.json"
    unified.parent.mkdir()
    os.mkfifo(unified)
    local.assert_failed(
        local.run(), exit_code=1, stage="downloading_video", error_type="InputError", says=["is taken", "it is no file"]
    )
    assert unified.is_fifo()


@BOTH
def test_other_media_from_the_same_source_may_replace(make_world, case, configuration):
    world = make_world(configuration, case)
    unified = world.folder / "unified_analysis" / f"{VIDEO_ID}.json"
    unified.parent.mkdir()
    source = world.source().reference
    unified.write_text(json.dumps({"processing_metadata": {"source": source, "media": {"sha256": "f" * 64}}}))
    assert world.run().exit_code == 0


# ---------------------------------------------------------------- exit 2: arguments and files


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["local"], "Missing argument 'FILE'"),
        (["production"], "expected one video URL"),
        (["production", "http://a/b", "--video-url", "http://a/b"], "expected one video URL"),
        (["local", "x.mp4", "--colour"], "No such option"),
        (["replay"], "Missing argument 'UNIFIED'"),
        (["production", "ftp://example.com/v"], "expected http://… or https://…, got 'ftp://example.com/v'"),
        (["production", "--video-url", "not a url"], "got 'not a url'"),
        (["production", "http://[x"], "got 'http://[x'"),
        (["local", "x.mp4", "--services", "yolo,telepathy"], "got telepathy"),
        (["local", "x.mp4", "--id", "../etc"], "'../etc' from --id"),
        (["local", ".hidden file.mp4"], "choose one with --id"),
        (["local", "x.mp4", "--metadata", "gone.json"], "metadata file gone.json"),
        (["local", "x.mp4", "--metadata", "broken.json"], "expected JSON"),
        (["local", "x.mp4", "--metadata", "wrong.json"], "id: expected a text or a whole number, got list [7]"),
        (["replay", "gone.json"], "recorded file gone.json"),
        (["replay", "broken.json"], "expected JSON"),
        (["replay", "wrong.json"], "wrong.json"),
    ],
)
@pytest.mark.parametrize("as_json", [False, True])
def test_wrong_arguments_and_files_end_with_2(tmp_path, arguments, says, as_json):
    import subprocess

    work = tmp_path / "work"
    work.mkdir()
    (work / "broken.json").write_text("{")
    (work / "wrong.json").write_text('{"id": [7]}')
    finished = subprocess.run(
        [sys.executable, "-m", "rumiai_v2", *arguments, *(["--json"] if as_json else [])],
        cwd=work,
        capture_output=True,
        text=True,
        env={**os.environ, "APIFY_API_TOKEN": "x"},
        timeout=120,
    )
    assert finished.returncode == 2, finished.stderr
    if as_json:
        returned = json.loads(finished.stdout)
        validate(returned, "return_failure.schema.json")
        assert says in returned["error"]
    else:
        assert says in finished.stderr
    assert sorted(p.name for p in work.iterdir()) == ["broken.json", "wrong.json"]


def test_invalid_settings_are_named(world):
    finished = world.process("--json", environment={"RUMIAI_MAX_VIDEO_DURATION": "long"})
    assert finished.returncode == 2
    assert "RUMIAI_MAX_VIDEO_DURATION='long'" in json.loads(finished.stdout)["error"]
    world.assert_nothing_left()


@pytest.mark.parametrize("content", [b"A=\xff\xfe\n", b"A=a\0b\n"])
def test_an_unreadable_dot_env_file_is_named(world, content):
    (world.folder / ".env").write_bytes(content)
    finished = world.process("--json")
    assert finished.returncode == 2
    assert ".env" in json.loads(finished.stdout)["error"]


# ---------------------------------------------------------------- exit 3: the platform


def test_a_missing_token(production, monkeypatch):
    monkeypatch.setenv("APIFY_API_TOKEN", "")
    production.assert_failed(
        production.run(),
        exit_code=3,
        stage="scraping_metadata",
        error_type="SourceError",
        says=["APIFY_API_TOKEN", "got nothing"],
    )
    production.assert_nothing_left()


@pytest.mark.parametrize(
    ("fault", "stage", "says"),
    [
        ("token_refused", "scraping_metadata", ["token refused", "HTTP 401"]),
        ("actor_failed", "scraping_metadata", ["FAILED"]),
        ("actor_timed_out", "scraping_metadata", ["TIMED-OUT"]),
        ("actor_never_ends", "scraping_metadata", ["still RUNNING", "RUMIAI_APIFY_TIMEOUT"]),
        ("no_item", "scraping_metadata", ["expected one item", "got none"]),
        ("media_404", "downloading_video", ["HTTP 404"]),
        ("media_cut", "downloading_video", ["cut off"]),
        ("media_html", "downloading_video", ["expected a video"]),
    ],
)
def test_what_can_go_wrong_on_the_platform(make_world, case, monkeypatch, fault, stage, says):
    world = make_world("production", case, fault=fault)
    monkeypatch.setenv("RUMIAI_APIFY_TIMEOUT", "2")
    result = world.run()
    world.assert_failed(result, exit_code=3, stage=stage, error_type="SourceError", says=says)
    assert result.returned["video_id"] == (VIDEO_ID if stage == "downloading_video" else None)
    validate(result.returned, "return_failure.schema.json")
    world.assert_nothing_left()


def test_an_api_that_is_not_there(production, monkeypatch):
    monkeypatch.setenv("APIFY_API_BASE_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("RUMIAI_APIFY_RETRIES", "0")
    production.assert_failed(
        production.run(),
        exit_code=3,
        stage="scraping_metadata",
        error_type="SourceError",
        says=["127.0.0.1:9", "APIFY_API_BASE_URL"],
    )


def test_an_id_from_the_platform_that_is_no_file_name(make_world, tmp_path):
    case = make_case(tmp_path / "case")
    item = json.loads((case / "metadata.json").read_text()) | {"id": "../../etc/passwd"}
    item["webVideoUrl"] = "https://vm.tiktok.com/ZMshort/"  # an address that names its video would refuse this one
    (case / "metadata.json").write_text(json.dumps(item))
    world = make_world("production", case)
    world.assert_failed(
        world.run(), exit_code=3, stage="scraping_metadata", error_type="SourceError", says=["../../etc/passwd", "--id"]
    )
    world.assert_nothing_left()


# ---------------------------------------------------------------- killed in the middle of publishing

#: The first rename is the decision, the sixth is after it.
KILLED = """
import os, signal, sys
from rumiai_v2.outputs import files
real, done = os.replace, []
def replace(source, target):
    real(source, target)
    done.append(target)
    if len(done) == 6:
        os.kill(os.getpid(), signal.SIGKILL)
files.os.replace = replace
sys.argv[0] = "rumiai"
from rumiai_v2.entry import main
main()
"""


def test_a_kill_in_the_middle_of_publishing_is_cleaned_up_by_the_next_run(world):
    finished = world.process(script=KILLED)
    assert finished.returncode == -9
    left = world.files()
    assert any(name.endswith(".partial") for name in left), left
    again = world.process("--json")
    assert again.returncode == 0, again.stderr
    assert not [name for name in world.files() if name.endswith(".partial")]
    for folder in (world.folder / "insights" / world.video_id).iterdir():
        if folder.is_dir():
            stamps: dict[str, set[str]] = {}
            for path in folder.iterdir():
                kind, stamp = path.stem.removeprefix(f"{folder.name}_").split("_", 1)
                stamps.setdefault(stamp, set()).add(kind)
            assert all(kinds == {"complete", "ml", "result"} for kinds in stamps.values()), stamps


def test_a_polite_kill_before_the_decision_leaves_nothing(world):
    script = KILLED.replace("    real(source, target)\n", "").replace("== 6", "== 1").replace("SIGKILL", "SIGTERM")
    finished = world.process(script=script)
    assert finished.returncode == 143
    world.assert_nothing_left()


def test_a_polite_kill_after_the_decision_leaves_all_of_it(world):
    finished = world.process(script=KILLED.replace("SIGKILL", "SIGTERM"))
    assert finished.returncode == 0  # the run is done
    files = [name for name in world.files() if not name.startswith("temp/")]
    assert len(files) == 8 * 3 + 2
    assert not [name for name in world.files() if "/." in name]


def test_failures_print_what_happened_where_and_the_code(local):
    local.case = Path("missing")
    finished = local.process()
    assert finished.returncode == 2
    assert "❌ UsageError in scraping_metadata (exit 2)" in finished.stdout
    assert "error: metadata file missing/metadata.json: cannot be read" in finished.stderr


# ---------------------------------------------------------------- paths that cannot be reached


@pytest.fixture(params=["too long", "not allowed"])
def out_of_reach(request, tmp_path, monkeypatch):
    """A folder of which the system says neither that something is there nor that nothing is."""
    if request.param == "too long":
        return tmp_path / ("a" * 300)
    folder = tmp_path / "closed"
    real = os.stat

    def stat(path, *args, **kwargs):
        if str(path).startswith(str(folder)):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *args, **kwargs)

    monkeypatch.setattr(os, "stat", stat)
    return folder


def test_a_video_that_cannot_be_reached(out_of_reach):
    from rumiai_v2.sources.local_file import LocalFile

    with pytest.raises(InputError, match="cannot be reached"):
        LocalFile(out_of_reach / "a.mp4").fetch(None, None, None)


def test_a_recording_that_cannot_be_reached(tmp_path, out_of_reach):
    from rumiai_v2.outputs.ownership import Places
    from rumiai_v2.outputs.reading import standing_unified

    recording = out_of_reach / "unified_analysis" / "a.json"
    assert (
        standing_unified(recording, Places("a", out_of_reach / "insights" / "a", out_of_reach, tmp_path)) == recording
    )


def test_a_folder_for_unified_files_that_cannot_be_reached_costs_nothing_that_was_staged(tmp_path, out_of_reach):
    from rumiai_v2.outputs.ownership import Places
    from rumiai_v2.outputs.publication import Publication

    places = Places("a", tmp_path / "insights" / "a", out_of_reach, tmp_path / "temp")
    publication = Publication()
    publication.begin(places)
    publication.stage(places.insights / "report_<stamp>.json", b"{}")
    with pytest.raises(OutputError):
        publication.stage(places.unified_file, b"{}")
    publication.discard()
    assert not places.insights.exists()
