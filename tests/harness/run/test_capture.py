"""One run as one value: what it holds, that it loads again, and what a failing run leaves."""

from __future__ import annotations

import json
import sys
from contextlib import contextmanager

import pytest

from parity.pipeline import capture, cases, settings
from parity.pipeline.parts import Found, Job
from parity.run import record as recording
from parity.verdict import UsageError
from tests.harness.toy.pipeline import Toy


@pytest.fixture
def config(project):
    return settings.load(project.root / "parity.toml")


def record(config, configuration="disk", pipeline=None):
    case = cases.discover(config)[0]
    destination = config.captures / case.name / configuration
    return recording.record(pipeline or Toy(), case, configuration, destination=destination, run_id="r1")


class Scripted(Toy):
    """Runs a line of Python instead of the toy."""

    def __init__(self, code: str, timeout_s: float = 20) -> None:
        self.code, self.timeout_s = code, timeout_s

    @contextmanager
    def job(self, case, configuration):
        yield Job((sys.executable, "-S", "-c", self.code), {}, {}, self.timeout_s)


def test_a_capture_holds_artifacts_exit_code_stdout_and_tree_without_stamps(config):
    done = record(config)
    assert done.failure is None
    assert done.document("return") == {"success": True, "words": 120, "sheet": done.document("scores")}
    assert done.document("run") == {
        "exit_code": 0,
        "stdout": ["scored 120 words into scores_<stamp>.json"],
        "tree": ["out/", "out/scores_<stamp>.json", "out/wrapped_<stamp>.json"],
    }
    assert not (done.folder / "work/input.json").exists()
    assert done.raw("scores").startswith(b'{"Core"')


def test_a_saved_capture_loads_as_the_same_value(config):
    done = record(config)
    again = capture.load(done.folder)
    assert again == done
    assert again.provenance["packages"]["pytest"] == pytest.__version__


def test_a_second_capture_replaces_the_first_and_leaves_nothing_else(config):
    record(config)
    record(config)
    assert sorted(path.name for path in (config.captures / "plain").iterdir()) == ["disk"]


def test_a_second_stamp_of_one_run_shows_in_the_tree(tmp_path):
    (tmp_path / "work").mkdir()
    for name in ("a_20260101_000000.json", "b_20260101_000001.json"):
        (tmp_path / "work" / name).write_text("{}")
    (tmp_path / "stdout.txt").write_text(f"in {tmp_path}/work\n")
    found = Found(files={}, stamps=("20260101_000000", "20260101_000001"))
    document = recording.run_document(tmp_path, exit_code=0, found=found, inputs=())
    assert document["tree"] == ["a_<stamp>.json", "b_<stamp-2>.json"]
    assert document["stdout"] == ["in <work>"]


def test_a_run_that_fails_is_a_capture_with_the_end_of_its_log(config):
    done = record(config, pipeline=Scripted("import sys; print('it broke', file=sys.stderr); sys.exit(3)"))
    assert done.exit_code == 3
    assert done.failure == "ended with exit code 3; last lines of stderr.log:\nit broke"


def test_a_run_that_never_ends_is_stopped(config):
    done = record(config, pipeline=Scripted("import time; time.sleep(60)", timeout_s=0.3))
    assert done.exit_code is None
    assert done.failure.startswith("did not end within 0.3 s and was stopped")


def test_a_stand_in_that_does_not_start_is_a_failed_run(config):
    class Broken(Toy):
        def job(self, case, configuration):
            raise OSError("port taken")

    assert record(config, pipeline=Broken()).failure == "could not be started: OSError: port taken"


def test_loading_from_where_nothing_is_says_what_to_do(tmp_path):
    with pytest.raises(UsageError, match=r"no capture in .* run `parity run` to make it"):
        capture.load(tmp_path)


def test_a_capture_with_a_file_gone_is_refused(config):
    done = record(config)
    (done.folder / done.files["scores"]).unlink()
    with pytest.raises(UsageError, match=r"scores_\d+_\d+\.json is listed in capture\.json but not there"):
        capture.load(done.folder)


def test_a_capture_of_another_format_is_refused(config):
    done = record(config)
    manifest = json.loads((done.folder / "capture.json").read_text())
    (done.folder / "capture.json").write_text(json.dumps({**manifest, "format": "other/1"}))
    with pytest.raises(UsageError, match="is no parity-capture/1"):
        capture.load(done.folder)


def test_a_folder_that_holds_only_what_is_left_out_is_no_part_of_the_tree_but_an_empty_one_is(tmp_path):
    for name in ("work/temp/video.mp4", "work/out/kept.json"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("{}")
    (tmp_path / "work/empty").mkdir()
    (tmp_path / "stdout.txt").touch()
    found = Found(files={}, untracked=("temp/video.mp4",))
    document = recording.run_document(tmp_path, exit_code=0, found=found, inputs=())
    assert document["tree"] == ["empty/", "out/", "out/kept.json"]


def test_a_document_that_names_files_is_compared_without_the_stamps_of_its_run(config):
    from parity.check.documents import comparable
    from parity.pipeline.parts import Artifact

    code = (
        "import json, pathlib; pathlib.Path('out').mkdir(); pathlib.Path('out/scores_20260101_000000.json').write_text('{}');"
        "pathlib.Path('../return.json').write_text(json.dumps({'file': ['out/scores_20260101_000000.json', 3]}))"
    )
    done = capture.load(record(config, pipeline=Scripted(code)).folder)
    assert comparable(done, Artifact("return", "x", "y", names_files=True)) == {"file": ["out/scores_<stamp>.json", 3]}
    assert comparable(done, Artifact("return", "x", "y")) == {"file": ["out/scores_20260101_000000.json", 3]}


def test_half_a_document_is_marked_in_the_tree(tmp_path):
    (tmp_path / "work").mkdir()
    (tmp_path / "work/whole.json").write_text("{}")
    (tmp_path / "work/half.json").write_text('{"a": [1, ')
    (tmp_path / "stdout.txt").touch()
    document = recording.run_document(tmp_path, exit_code=-9, found=Found(files={}), inputs=())
    assert document["tree"] == ["half.json (no JSON)", "whole.json"]


def test_what_is_left_in_the_systems_temporary_folder_stands_in_the_tree(tmp_path):
    for folder in ("work", "temp/of_a_library"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "temp/sound.wav").touch()
    (tmp_path / "stdout.txt").touch()
    document = recording.run_document(tmp_path, exit_code=0, found=Found(files={}), inputs=())
    assert document["tree"] == ["<temp>/sound.wav"]
