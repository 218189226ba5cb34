"""Stage zero: whether both sides saw the same decoded frames decides how exactly they are compared, and is said first."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.harness.tools.diff.conftest import ROOT
from tests.harness.tools.diff.deployed import Folder, write


def unified(**media) -> dict:
    """A unified document of today's shape, from the goldens, with other facts of the media."""
    document = json.loads((ROOT / "golden/snapshots/minimal/unified.json").read_text())
    document["processing_metadata"]["source"] = "clip.mp4"
    document["processing_metadata"]["media"] |= media
    return document


OTHER = {"sha256": "0" * 64, "frames_fingerprint": "1" * 64, "audio_fingerprint": "2" * 64}


@pytest.fixture
def both(tmp_path):
    """A function: two folders with a unified file each; the second one's is changed by ``change`` and ``media``."""

    def make(change=None, **media) -> tuple[Path, Path]:
        paths = []
        for name, facts in (("a", {}), ("b", media)):
            folder = Folder(tmp_path / name, local=True)
            folder.save()
            document = unified(**facts)
            if name == "b" and change:
                change(document)
            write(folder.root / "unified_analysis" / f"{folder.video_id}.json", document)
            paths.append(folder.path)
        return tuple(paths)

    return make


def shift(document) -> None:
    """What a re-encode does: a confidence that is a little lower."""
    document["ml_data"]["yolo"]["objectAnnotations"][0]["confidence"] -= 1e-9


def test_the_same_frames_are_said_and_compared_exactly(diff_json, both):
    done = diff_json(*both(shift), "--analysis", "unified", "--any-contract")
    assert done.pair["media"]["state"] == "same"
    assert done.pair["compared"] == {"mode": "exact", "why": "nothing is tolerated"}
    assert any(each["path"].endswith("[0].confidence") for each in done.pair["findings"])


def test_other_frames_of_another_file_are_said_first_and_never_compared_exactly(diff, diff_json, both):
    paths = both(shift, **OTHER, frame_count=211)
    lines = diff(*paths, "--analysis", "unified").text.splitlines()
    first = [line for line in lines if line.startswith("first")]
    assert first[-1] == ("first  media: not the same: audio fingerprint, frames fingerprint differ (frames 210 | 211)")
    done = diff_json(*paths, "--analysis", "unified", "--any-contract")
    assert done.pair["compared"]["mode"] == "encodings"
    assert not [each for each in done.pair["findings"] if each["path"].endswith(".confidence")]
    assert done.part("unified")["counts"]["within_tolerance"] >= 1


def test_what_tells_the_files_apart_is_ignored_by_name_and_not_drift(diff_json, both):
    done = diff_json(*both(**OTHER, frame_count=211), "--analysis", "unified", "--any-contract")
    assert (done.code, done.part("unified")["counts"]["differing"]) == (0, 0)
    ignored = {leaf["path"].rpartition(".")[2] for leaf in done.pair["ignored"] if leaf["by"] == "media"}
    assert ignored == {*OTHER, "frame_count"}


def test_the_tolerances_for_other_encodings_do_not_excuse_a_large_change(diff_json, both):
    def break_it(document) -> None:
        for annotation in document["ml_data"]["yolo"]["objectAnnotations"]:
            annotation["className"] = annotation["class"] = "zebra"

    done = diff_json(*both(break_it, **OTHER), "--analysis", "unified", "--any-contract")
    assert done.code == 1


def test_asking_for_exactness_of_different_media_is_a_usage_error(diff, both):
    done = diff(*both(**OTHER), "--exact")
    assert done.code == 2
    assert "the media differ, so exactness would say nothing; --media same insists" in done.text


def test_the_same_file_decoded_otherwise_is_no_other_encoding(diff_json, both):
    done = diff_json(*both(frames_fingerprint="1" * 64), "--analysis", "unified", "--any-contract")
    assert (done.code, done.pair["media"]["state"]) == (1, "same")
    assert done.pair["media"]["text"] == "the same file, but decoded otherwise: frames fingerprint differ"
    assert done.finding("processing_metadata.media.frames_fingerprint")["kind"] == "value"


def test_unknown_media_are_said_and_compared_exactly(diff_json, production, local):
    done = diff_json(production.path, local.path)
    assert done.pair["media"]["state"] == "unknown"
    assert done.pair["compared"]["mode"] == "exact"


def test_media_of_one_side_alone_are_unknown(diff_json, both, local):
    done = diff_json(both()[0], local.path)
    assert done.pair["media"]["text"] == "unknown: B tells no fingerprint of the decoded frames"


@pytest.mark.parametrize(("option", "mode"), [("different", "encodings"), ("same", "exact")])
def test_the_user_may_insist(diff_json, production, local, option, mode):
    done = diff_json(production.path, local.path, "--media", option)
    assert (done.pair["media"]["state"], done.pair["media"]["insisted"]) == (option, True)
    assert done.pair["compared"]["mode"] == mode


def test_insisting_against_the_fingerprints_is_said(diff_json, both):
    assert "the fingerprints say otherwise" in diff_json(*both(**OTHER), "--media", "same").pair["media"]["text"]
    assert "the fingerprints are equal" in diff_json(*both(), "--media", "different").pair["media"]["text"]


def test_tolerances_can_be_asked_for(diff_json, both):
    done = diff_json(*both(shift), "--analysis", "unified", "--any-contract", "--tolerances")
    assert done.pair["compared"]["mode"] == "tolerances"
    assert done.code == 0


def test_another_video_is_said(diff_json, both):
    def rename(document) -> None:
        document["video_id"] = "7999"

    assert "A is of 7334567890123456789, B of 7999" in diff_json(*both(rename)).pair["notes"]


@pytest.mark.parametrize("media", [None, [], "x", 3, {"frames_fingerprint": 5}, {"width": "wide", "sha256": {}}])
def test_media_of_any_shape_are_unknown_and_never_a_crash(diff_json, both, media):
    def break_it(document) -> None:
        document["processing_metadata"]["media"] = media

    done = diff_json(*both(break_it))
    assert done.pair["media"]["state"] == "unknown"


def test_the_declared_difference_of_two_configurations_is_ignored_between_folders_too(diff_json, both):
    def from_the_platform(document) -> None:
        document["processing_metadata"]["source"] = "https://www.tiktok.com/@someone/video/7"

    done = diff_json(*both(from_the_platform), "--analysis", "unified", "--any-contract")
    sources = [leaf for leaf in done.pair["ignored"] if leaf["path"] == "processing_metadata.source"]
    assert [leaf["by"] for leaf in sources] == ["declared"]
    assert (done.pair["a"]["configuration"], done.pair["b"]["configuration"]) == ("local", "production")
