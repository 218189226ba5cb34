"""Paths and arguments that are no UTF-8: shown in one way, wherever they come out."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from rumiai_v2.shown import shown, shown_document

RECORDED = Path(__file__).parents[1] / "golden" / "corpus" / "replay_pair" / "recorded.json"
BAD = os.fsdecode(b"bad\xff.mp4")


def rumiai(folder: Path, *arguments: str | bytes, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "rumiai_v2", *arguments],
        cwd=folder,
        capture_output=True,
        env={**os.environ, **environment},
        timeout=120,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("plain ä 🎬", "plain ä 🎬"),
        ("bad\udcff.mp4", r"bad\xff.mp4"),
        ("\udcc3\udca4", "ä"),  # as Python holds it where the locale is not UTF-8
        ("half \ud83d", r"half \ud83d"),
        ("\udc80\udcffä", r"\x80\xffä"),
        (Path("a/b\udcfe"), r"a/b\xfe"),
    ],
)
def test_how_a_text_is_shown(text, expected):
    assert shown(text) == expected
    assert shown_document({"a": [str(text)], str(text): 1}) == {"a": [expected], expected: 1}


def test_a_video_whose_path_is_no_utf_8(tmp_path):
    from tests.media_factory import numbered, render, times_at

    times = times_at(5, 1)
    render(tmp_path / "clip.mp4", numbered(len(times)), times).rename(tmp_path / BAD)
    finished = rumiai(tmp_path, "local", BAD, "--id", "ok1", "--services", "scene_detection", "--json")
    assert finished.returncode == 0, finished.stderr
    returned = json.loads(finished.stdout)
    assert returned["outputs"]["video"] == r"bad\xff.mp4"
    unified = json.loads((tmp_path / "unified_analysis" / "ok1.json").read_bytes())
    assert unified["processing_metadata"]["source"] == r"bad\xff.mp4"


@pytest.mark.parametrize("options", [["--json"], []])
@pytest.mark.parametrize("locale", ["C.UTF-8", "C"])
def test_what_is_not_there_is_named(tmp_path, options, locale):
    finished = rumiai(
        tmp_path,
        "local",
        "a.mp4",
        "--metadata",
        b"m\xff.json",
        *options,
        LC_ALL=locale,
        PYTHONUTF8="0",
        PYTHONCOERCECLOCALE="0",
    )
    assert finished.returncode == 2
    assert rb"metadata file m\xff.json: cannot be read" in finished.stderr
    if options:
        assert r"metadata file m\xff.json" in json.loads(finished.stdout)["error"]


def test_folders_files_and_the_working_folder(tmp_path):
    work = tmp_path / os.fsdecode(b"work\xff")
    work.mkdir()
    (work / os.fsdecode(b"rec\xff.json")).write_bytes(RECORDED.read_bytes())
    settings = {
        f"RUMIAI_{name}_DIR": os.fsdecode(b"%s\xff" % name.encode()) for name in ("INSIGHTS", "UNIFIED", "TEMP")
    }
    finished = rumiai(work, "replay", b"rec\xff.json", "--json", "--return-file", b"ret\xff.json", **settings)
    assert finished.returncode == 0, finished.stderr
    returned = json.loads(finished.stdout)
    assert returned["outputs"]["insights"].startswith(r"INSIGHTS\xff/")
    assert json.loads((work / os.fsdecode(b"ret\xff.json")).read_bytes()) == returned
    (work / ".env").write_bytes(b"\xff")
    finished = rumiai(work, "replay", b"rec\xff.json", "--json")
    assert finished.returncode == 2 and r"work\xff/.env" in json.loads(finished.stdout)["error"]
