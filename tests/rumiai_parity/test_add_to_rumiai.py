"""``parity corpus add`` for RumiAI: which videos it takes, what metadata it makes, and that the case then works everywhere."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from parity.check import coverage, truth
from parity.pipeline import add_case, settings
from parity.pipeline.case import Case
from parity.pipeline.cases import discover
from parity.verdict import ParityError, UsageError
from rumiai_parity.perturbations import Perturbations
from rumiai_parity.pipeline import PIPELINE, RumiAI
from rumiai_parity.platform import Platform
from rumiai_v2.sources.local_file import LocalFile
from tests import media_factory as made
from tests.harness.conftest import IMPORTS, ROOT

CLIP = ROOT / "golden/corpus/minimal/clip.mp4"
ITEM = ROOT / "golden/corpus/minimal/metadata.json"


@pytest.fixture
def config(tmp_path: Path) -> settings.Config:
    """The project's settings with an empty corpus of its own, and no goldens."""
    real = settings.load(ROOT / "parity.toml")
    return dataclasses.replace(
        real,
        file=tmp_path / "parity.toml",
        corpus=tmp_path / "corpus",
        snapshots=tmp_path / "snapshots",
        reports=tmp_path / "reports",
        captures=tmp_path / "reports/captures",
        captures_of_last=tmp_path / "reports/captures",
        fresh=(),
    )


def clip(folder: Path, name: str = "own.mp4", *, seconds: float = 1.0, sound: bool = False, **options: Any) -> Path:
    times = made.times_at(25, seconds)
    samples = made.tone(seconds) if sound else None
    return made.render(folder / name, made.numbered(len(times)), times, sound=samples, **options)


def refused(config: settings.Config, file: Path, metadata: Path | None = None) -> str:
    with pytest.raises(UsageError) as caught:
        add_case.add(config, PIPELINE, file, metadata=metadata)
    assert list(config.corpus.iterdir()) == []
    assert str(config.corpus) not in str(caught.value), "a message names the file that was given, not the copy"
    return str(caught.value)


def facts(config: settings.Config, file: Path, **options: Any) -> dict[str, str]:
    return dict(add_case.add(config, PIPELINE, file, **options)[1].facts)


# ── videos ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_video_is_probed_to_its_end_and_copied_byte_for_byte(config, tmp_path):
    file = clip(tmp_path, sound=True)
    assert facts(config, file)["video"].startswith("1.00 s · 25 frames/s · 64×96 · h264 in mov/mp4 · ")
    assert facts(config, file, name="again")["video"].endswith(" · sound aac")
    assert (config.corpus / "own/clip.mp4").read_bytes() == file.read_bytes()
    assert sorted(p.name for p in (config.corpus / "own").iterdir()) == ["clip.mp4", "metadata.json"]


@pytest.mark.parametrize(
    ("name", "options"),
    [("own.webm", {"codec": "libvpx-vp9", "options": {"cpu-used": "8"}}), ("own.mkv", {}), ("own.ts", {})],
)
def test_another_container_without_sound_is_taken_as_it_is(config, tmp_path, name, options):
    file = clip(tmp_path, name, **options)
    said = facts(config, file)["video"]
    assert said.startswith("1.00 s · 25 frames/s · 64×96 · ")
    assert said.endswith("no sound")
    assert (config.corpus / "own/clip.mp4").read_bytes() == file.read_bytes()


def test_a_picture_that_is_stored_turned_is_measured_upright(config, tmp_path):
    file = made.rotate_mp4(clip(tmp_path), 90)
    assert " · 96×64 · " in facts(config, file)["video"]
    assert metadata_of(config)["videoMeta"] == {"width": 96, "height": 64, "duration": 1}


@pytest.mark.parametrize("keep", [0.3, 0.9, -1])
def test_a_video_that_is_cut_off_is_refused_wherever_it_stops(config, tmp_path, keep):
    whole = CLIP.read_bytes()
    file = tmp_path / "cut.mp4"
    file.write_bytes(whole[: round(len(whole) * keep)] if keep > 0 else whole[:keep])
    text = refused(config, file)
    assert text.startswith(f"{file}: expected a video that is whole, got ")
    assert "incomplete packets" in text or "FFmpeg gives up" in text
    assert text.endswith("it is cut off or damaged. Copy or export it again. Nothing was added.")


def test_a_video_whose_table_of_contents_is_cut_off_is_refused(config, tmp_path):
    whole = clip(tmp_path, "whole.mp4").read_bytes()
    file = tmp_path / "cut.mp4"
    file.write_bytes(whole[: len(whole) * 7 // 10])
    text = refused(config, file)
    assert text.startswith(f"{file}: not a readable video: expected a video file (MP4, MOV, WebM, MKV, …), got data")


def test_what_is_no_video_is_refused_by_what_it_is(config, tmp_path):
    text_file, sound_file = tmp_path / "page.mp4", tmp_path / "sound.mp4"
    text_file.write_text("<!DOCTYPE html><title>log in</title>" * 40)
    with made.av.open(str(sound_file), "w") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        frame = made.av.AudioFrame.from_ndarray(made.np.atleast_2d(made.tone(1.0)), format="fltp", layout="mono")
        frame.sample_rate = 48_000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    picture = tmp_path / "picture.png"
    made.render(picture, made.numbered(1), [Fraction(0)], codec="png", pixels="rgb24", last_duration=1)
    assert f"{text_file}: not a readable video" in refused(config, text_file)
    assert f"{sound_file}: no video stream: expected a video file" in refused(config, sound_file)
    assert "got a picture or text (format png_pipe)" in refused(config, picture)


def test_a_video_over_a_limit_is_refused_with_the_limit_and_what_it_has(config, tmp_path):
    long = made.render(tmp_path / "long.mp4", made.numbered(2), [0, 301], last_duration=1)
    text = refused(config, long)
    assert text == f"{long}: video too long: expected at most 300 s, got 302.00 s. Cut it. Nothing was added."
    large = tmp_path / "large.mp4"
    with large.open("wb") as file:
        file.truncate(500 * 1024 * 1024 + 1)  # a hole: takes no room
    assert refused(config, large) == (
        f"{large}: file too large: expected at most 524,288,000 bytes, got 524,288,001; shorten or re-encode the video"
    )


def test_a_long_video_is_taken_with_advice(config, tmp_path):
    file = made.render(tmp_path / "long.mp4", made.numbered(3), [0, 60, 120], last_duration=1)
    _, adopted = add_case.add(config, PIPELINE, file)
    assert any(line.startswith("121 s of video may take longer than the 15 minutes") for line in adopted.advice)


# ── metadata ─────────────────────────────────────────────────────────────────────────────────────────────────


def metadata_of(config: settings.Config, name: str = "own") -> dict[str, Any]:
    return json.loads((config.corpus / name / "metadata.json").read_text(encoding="utf-8"))


def write(folder: Path, document: Any) -> Path:
    file = folder / "item.json"
    file.write_text(document if isinstance(document, str) else json.dumps(document), encoding="utf-8")
    return file


def test_without_metadata_the_least_is_derived_and_that_is_said(config, tmp_path):
    said = facts(config, clip(tmp_path))["metadata"]
    assert said.startswith("none given, so derived: id own, the length; caption, counts, author and date are unknown")
    assert metadata_of(config) == {
        "id": "own",
        "webVideoUrl": "https://case.invalid/video/own",
        "videoMeta": {"width": 64, "height": 96, "duration": 1},
    }


def test_an_item_of_the_platform_is_kept_as_it_is(config, tmp_path):
    assert facts(config, clip(tmp_path), metadata=ITEM)["metadata"] == f"of {ITEM}"
    assert metadata_of(config) == json.loads(ITEM.read_text())


def test_an_exported_list_of_one_item_is_taken_and_what_names_the_media_is_removed(config, tmp_path):
    item = json.loads(ITEM.read_text())
    item["videoUrl"] = "https://media.example/a.mp4?signature=secret"
    item["mediaUrls"] = ["https://media.example/b.mp4"]
    item["videoMeta"]["downloadAddr"] = "https://media.example/c.mp4"
    item["webVideoUrl"] += "?is_from_webapp=1#top"
    said = facts(config, clip(tmp_path), metadata=write(tmp_path, [item]))["metadata"]
    assert said.endswith("/video/7334567890123456789 without its query, addresses of the media removed")
    assert metadata_of(config) == json.loads(ITEM.read_text())


def test_a_metadata_document_of_ours_is_completed_for_the_production_runner(config, tmp_path):
    given = {
        "id": "77",
        "url": "https://x.example/v/77",
        "username": "who",
        "views": 0,
        "description": "Grüße 🎬",
        "duration": 9,
    }
    add_case.add(config, PIPELINE, clip(tmp_path), metadata=write(tmp_path, given))
    folder = config.corpus / "own"
    known = LocalFile(folder / "clip.mp4", metadata=folder / "metadata.json").describe()
    assert known.video_id == "77"
    assert (known.metadata.url, known.metadata.username, known.metadata.views) == ("https://x.example/v/77", "who", 0)
    assert (known.metadata.description, known.metadata.duration) == ("Grüße 🎬", 9.0)


def test_a_document_of_another_tool_becomes_an_item_of_the_platform(config, tmp_path):
    info = {
        "id": "77",
        "extractor": "TikTok",
        "webpage_url": "https://x.example/v/77?share=1",
        "uploader": "who",
        "description": "half \ud83d of a pair",
        "view_count": "12",
        "repost_count": -1,
        "duration": 9,
        "formats": [{"url": "x"}],
    }
    add_case.add(config, PIPELINE, clip(tmp_path), metadata=write(tmp_path, info))
    item = metadata_of(config)
    assert (item["id"], item["webVideoUrl"], item["text"]) == ("77", "https://x.example/v/77", "half \ufffd of a pair")
    assert (item["playCount"], item["shareCount"], "formats" in item) == ("12", -1, False)
    folder = config.corpus / "own"
    metadata = LocalFile(folder / "clip.mp4", metadata=folder / "metadata.json").describe().metadata
    assert (metadata.views, metadata.shares, metadata.duration, metadata.username) == (12, None, 9.0, "who")


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("{", "line 1 column 2: expected JSON, got something else"),
        ('{"id": NaN}', "id: expected a number that a double can hold, got nan"),
        ('{"videoMeta": {"duration": 1e999}}', "videoMeta.duration: expected a number that a double can hold, got inf"),
        ('{"id": "7", "id": "8"}', "expected every key once, got id with two values"),
        ("[" * 100_000, "expected lists and objects at most 64 deep in each other, got more"),
        ("<html>", "got what looks like a web page; save the data, not the page"),
        ({"error": "Post not found", "url": "https://x.example"}, "got the report of an error: Post not found"),
        ({"kind": "tweet", "text": "x"}, "expected a document about a video"),
        ("[1, 2]", "expected one video, got a list of 2 items; keep the one that belongs to the video"),
        ("3", "expected a document about a video"),
        ({"id": "../../escape"}, "id: expected 1-128 characters of A-Z a-z 0-9 . _ - without a leading dot"),
        ({"id": ["7"]}, "id: expected a text or a whole number, got list ['7']"),
        (
            {"webVideoUrl": "file:///etc/passwd"},
            "webVideoUrl: expected http://… or https://…, got 'file:///etc/passwd'",
        ),
        ({"webVideoUrl": "http://[x"}, "webVideoUrl: expected http://… or https://…"),
        ({"webVideoUrl": "\x1b[31m\u202e", "id": "\x1b[2J"}, "id: expected 1-128 characters"),
    ],
)
def test_metadata_that_no_runner_could_use_are_refused_with_the_field(config, tmp_path, document, says):
    text = refused(config, clip(tmp_path), write(tmp_path, document))
    assert text.startswith(f"--metadata {tmp_path}/item.json: ")
    assert says in text
    assert text.isprintable()


def test_metadata_of_a_megabyte_are_refused(config, tmp_path):
    text = refused(config, clip(tmp_path), write(tmp_path, {"text": "x" * 2_000_000}))
    assert "expected what one video's page says, at most 1 MB, got 2.0 MB" in text


def test_binary_metadata_are_refused(config, tmp_path):
    file = tmp_path / "item.json"
    file.write_bytes(b"\x00\xff\xfe")
    assert "byte 1: expected text in UTF-8, got invalid start byte" in refused(config, clip(tmp_path), file)


# ── the case without a storyboard ────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def added(config, tmp_path) -> Case:
    return add_case.add(config, PIPELINE, clip(tmp_path))[0]


def test_nothing_is_expected_of_it_and_nothing_rendered(added):
    asked: list[str] = []
    assert list(PIPELINE.expectations(added, lambda name: asked.append(name))) == []
    with pytest.raises(UsageError) as caught:
        PIPELINE.render(added)
    assert str(caught.value) == (
        "case own: nothing to render: it has no storyboard.yaml, its clip.mp4 is somebody's own video; "
        "name a case that has one, or write it"
    )
    failing = Case("broken_cut", ROOT / "golden/corpus/broken_cut")
    with pytest.raises(UsageError, match=r"case broken_cut: nothing to render: .* its input is made when it is run"):
        PIPELINE.render(failing)


def test_the_stand_in_for_the_platform_serves_it(added):
    with Platform([added.folder]) as platform:
        assert platform.url_of(added.folder) == "https://case.invalid/video/own"
        run = platform.start_run("actor", {"postURLs": [platform.url_of(added.folder)]})
        (item,) = platform.dataset(run["defaultDatasetId"])
        assert item["videoMeta"]["downloadAddr"] == f"{platform.media_url}/own.mp4"


def test_the_tolerances_need_not_be_learnt_anew_for_it(added):
    assert not Perturbations(RumiAI).fits(added)


def test_without_goldens_the_table_of_leaves_says_what_is_missing(config, added):
    from parity.goldens.store import MissingGolden

    with pytest.raises(MissingGolden, match=r"golden own/unified\.json is missing"):
        coverage.table(config, PIPELINE, discover(config), None)


def test_without_a_run_there_is_nothing_to_expect_from_and_that_is_said(config, added):
    with pytest.raises(ParityError, match=r"no capture in .*own/local"):
        truth.judge_cases(PIPELINE, [added], config.captures)


def parity(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "PARITY_", "GITHUB_")) and k != "CI"}
    return subprocess.run(
        [sys.executable, "-m", "parity", *arguments],
        cwd=root,
        text=True,
        capture_output=True,
        check=False,
        env={**kept, "PYTHONPATH": IMPORTS, "COLUMNS": "110"},
        timeout=300,
    )


def test_an_added_video_runs_in_both_configurations_and_meets_its_goldens(tmp_path):
    """The services' results are those of the case that the clip was taken from, so no model is loaded."""
    root = tmp_path / "project"
    for name in ("schemas", "golden/ledger"):
        shutil.copytree(ROOT / name, root / name)
    (root / "golden/corpus").mkdir()
    text = (ROOT / "parity.toml").read_text(encoding="utf-8")
    # No ledger: the goldens are another case's, and nobody decided on them.
    text = re.sub(r"(?m)^(ledger|fresh) = .*\n", "", text)
    (root / "parity.toml").write_text(text, encoding="utf-8")
    done = parity(root, "corpus", "add", str(CLIP), "--metadata", str(ITEM), "--name", "own")
    assert done.returncode == 0, done.stderr
    shutil.copytree(ROOT / "golden/snapshots/minimal", root / "golden/snapshots/own")

    done = parity(root, "run", "--case", "own", "--ml", "replay", "--jobs", "1")
    report = json.loads((root / "reports/latest/parity.json").read_text(encoding="utf-8"))
    assert done.returncode == 0, done.stdout + done.stderr
    assert [(run["configuration"], run["reuse"]) for run in report["runs"]] == [
        ("local", "replay"),
        ("production", "replay"),
    ]

    told = parity(root, "expect", "--case", "own")
    assert (told.returncode, told.stdout) == (1, "nothing is scripted\n")
    assert parity(root, "schema", "leaves", "--case", "own", "--problems").returncode in (0, 1)
