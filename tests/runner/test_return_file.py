"""``--return-file``: written through, followed or refused by name; what the run reads or writes is never replaced."""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from rumiai_v2.errors import OutputError, UsageError
from rumiai_v2.outputs.return_file import ReturnFile
from tests.runner.test_streams import ID, RECORDED
from tests.schema_check import validate


def replay(folder: Path, *options: str, recorded: Path = RECORDED, script: str | None = None, **environment: str):
    start = ["-c", script] if script else ["-m", "rumiai_v2"]
    return subprocess.run(
        [sys.executable, *start, "replay", str(recorded), *options],
        cwd=folder,
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=120,
    )


def made(path: Path, *, inputs=(), unified="unified", insights="insights", temp="temp") -> ReturnFile:
    file = ReturnFile(path, [])
    file.check(inputs, unified=Path(unified), insights=Path(insights), temp=Path(temp))
    return file


# ---------------------------------------------------------------- what it may be


def test_a_pipe_is_written_through(tmp_path):
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text()), daemon=True)
    reader.start()
    finished = replay(tmp_path, "--return-file", "pipe")
    reader.join(timeout=10)
    assert finished.returncode == 0, finished.stderr
    assert json.loads(got[0])["success"] is True and pipe.is_fifo()


def test_a_device_is_written_through_and_stays_one():
    before = os.stat("/dev/null")
    made(Path("/dev/null")).write(b"{}")
    assert os.path.samestat(before, os.stat("/dev/null"))


def test_a_link_is_followed_to_a_file_that_is_there_or_not(tmp_path):
    (tmp_path / "far").mkdir()
    (tmp_path / "far" / "old.json").write_text("old")
    for name in ("old", "new"):
        (tmp_path / name).symlink_to(f"far/{name}.json")
        made(tmp_path / name).write(b"written")
        assert (tmp_path / name).is_symlink()
        assert (tmp_path / "far" / f"{name}.json").read_text() == "written"
    assert len(list((tmp_path / "far").iterdir())) == 2


def test_missing_folders_are_made(tmp_path):
    made(tmp_path / "a" / "b" / "r.json").write(b"{}")
    assert (tmp_path / "a" / "b" / "r.json").read_bytes() == b"{}"


def refuse_folder(path):
    path.mkdir()


def refuse_socket(path):
    with socket.socket(socket.AF_UNIX) as made_there:
        made_there.bind(str(path))


def refuse_loop(path):
    path.symlink_to(path.name)


def refuse_below_a_file(path):
    path.parent.rmdir()
    path.parent.write_text("")


@pytest.mark.parametrize("make", [refuse_folder, refuse_socket, refuse_loop, refuse_below_a_file])
def test_what_it_cannot_be(tmp_path, monkeypatch, make):
    (tmp_path / "in").mkdir()
    monkeypatch.chdir(tmp_path)
    make(Path("in/r"))
    with pytest.raises(UsageError, match="--return-file in/r: expected a file that can be written, "):
        ReturnFile(Path("in/r"), [])


def test_a_file_in_the_place_of_its_folder_is_named(tmp_path):
    (tmp_path / "in").write_text("")
    with pytest.raises(UsageError, match=r", \S+/in stands where a folder belongs; move it away, or"):
        ReturnFile(tmp_path / "in" / "a" / "r", [])


@pytest.mark.parametrize("name", ["-", "x" * 300, "a\0b"])
def test_names_that_are_none(name):
    with pytest.raises(UsageError, match="--return-file"):
        ReturnFile(Path(name), [])


# ---------------------------------------------------------------- what the run reads and writes


@pytest.mark.parametrize("given", ["rec.json", "./x/../rec.json", "link.json", "hard.json", ".env"])
def test_an_input_is_refused_before_the_run(tmp_path, given):
    (tmp_path / "x").mkdir()
    recorded = Path(shutil.copy(RECORDED, tmp_path / "rec.json"))
    (tmp_path / "link.json").symlink_to("rec.json")
    os.link(recorded, tmp_path / "hard.json")
    (tmp_path / ".env").write_text("A=1\n")
    before = recorded.read_bytes()
    finished = replay(tmp_path, "--return-file", given, "--json", recorded=recorded)
    assert finished.returncode == 2, finished.stderr
    returned = json.loads(finished.stdout)
    validate(returned, "return_failure.schema.json")
    assert f"--return-file {given}" in returned["error"] or "which this run reads" in returned["error"]
    assert recorded.read_bytes() == before and (tmp_path / ".env").read_text() == "A=1\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == [".env", "hard.json", "link.json", "rec.json", "x"]


def test_settings_that_cannot_be_read_let_no_input_be_replaced(tmp_path):
    recorded = Path(shutil.copy(RECORDED, tmp_path / "rec.json"))
    for given, written in (("rec.json", False), ("new.json", True)):
        finished = replay(tmp_path, "--return-file", given, recorded=recorded, RUMIAI_MAX_VIDEO_DURATION="long")
        assert finished.returncode == 2
        assert ("was there before" in finished.stderr) is not written
        assert (tmp_path / "new.json").exists() is written
    assert recorded.read_bytes() == RECORDED.read_bytes()
    assert json.loads((tmp_path / "new.json").read_text())["exit_code"] == 2


@pytest.mark.parametrize(
    "given", [f"unified/{ID}.json", "insights/7/scene_pacing/r.json", "insights/7/report.json", "temp/7.mp4"]
)
def test_places_of_outputs_are_refused(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="got a place of outputs"):
        made(Path(given))


@pytest.mark.parametrize("given", ["unified/r.txt", "insights/r.json", "temp/r.json", "r.json"])
def test_places_beside_them_are_not(tmp_path, monkeypatch, given):
    monkeypatch.chdir(tmp_path)
    made(Path(given)).write(b"{}")
    assert Path(given).read_bytes() == b"{}"


@pytest.mark.parametrize("given", ["/dev/stdout", "out.txt", "/dev/fd/2"])
def test_a_standard_stream_is_refused(tmp_path, given):
    with (tmp_path / "out.txt").open("wb") as out:
        code = subprocess.run(
            [sys.executable, "-m", "rumiai_v2", "replay", str(RECORDED), "--return-file", given],
            cwd=tmp_path,
            stdout=out,
            stderr=subprocess.STDOUT,
            timeout=120,
        ).returncode
    assert code == 2
    assert "got a standard stream; --json prints the structure on stdout" in (tmp_path / "out.txt").read_text()
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


# ---------------------------------------------------------------- what happens to it at the end

FULL = """
import errno, sys
from rumiai_v2.outputs import return_file
def full(target, content): raise OSError(errno.ENOSPC, "No space left on device")
return_file.write_atomically = full
from rumiai_v2.entry import main
main()
"""


def test_where_it_cannot_be_written_at_the_end_the_truth_is_said(tmp_path):
    finished = replay(tmp_path, "--return-file", "r.json", "--json", script=FULL)
    assert finished.returncode == 1
    returned = json.loads(finished.stdout)
    validate(returned, "return_success.schema.json")
    assert (returned["success"], returned["exit_code"], returned["error_type"]) == (False, 1, "OutputError")
    assert (
        "r.json: cannot be written (No space left on device); all outputs of the run are published" in returned["error"]
    )
    assert (tmp_path / returned["outputs"]["report"]).is_file()


def test_a_failed_run_keeps_its_own_exit_code(tmp_path):
    finished = replay(tmp_path, "--return-file", "r.json", recorded=tmp_path / "gone.json", script=FULL)
    assert finished.returncode == 2
    assert (
        "error: recorded file" in finished.stderr
        and "warning: return file r.json: cannot be written" in finished.stderr
    )


def test_a_device_that_is_full(tmp_path):
    with pytest.raises(OutputError, match="/dev/full: cannot be written"):
        made(Path("/dev/full")).write(b"{}")


@pytest.mark.parametrize(
    "arguments",
    [
        ["production", "http://[x"],
        ["production", "not a url"],
        ["production", "http://x/", "--id", "../x"],
        ["production", "http://x/\udcff"],
        ["local", "gone.mp4"],
        ["local", "gone.mp4", "--id", "../x"],
        ["local", "x.mp4", "--metadata", "gone.json"],
        ["local", "x.mp4", "--services", "telepathy"],
        ["replay", "gone.json"],
        ["local", "a\udcff/\udcff"],
        ["local", "x" * 5000],
    ],
    ids=lambda arguments: ascii(" ".join(arguments))[:40],
)
def test_what_an_earlier_run_returned_gives_way_to_every_failure(tmp_path, arguments):
    (tmp_path / "r.json").write_text('{"success": true}')
    finished = subprocess.run(
        [sys.executable, "-m", "rumiai_v2", *arguments, "--return-file", "r.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        env={**os.environ, "APIFY_API_TOKEN": "x"},
        timeout=120,
    )
    returned = json.loads((tmp_path / "r.json").read_text())
    validate(returned, "return_failure.schema.json")
    assert finished.returncode == returned["exit_code"] in (1, 2)


def test_it_is_written_after_a_failure_too(tmp_path):
    finished = replay(tmp_path, "--return-file", "a/r.json", recorded=tmp_path / "gone.json")
    assert finished.returncode == json.loads((tmp_path / "a" / "r.json").read_text())["exit_code"] == 2
