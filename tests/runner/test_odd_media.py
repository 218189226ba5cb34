"""A video whose codec nobody knows: the user's fault in one configuration, the platform's in the other; no case."""

import pytest

from parity.verdict import UsageError
from rumiai_parity.adopt import probe
from tests.runner.conftest import make_case


@pytest.fixture
def unknown(tmp_path):
    case = make_case(tmp_path / "case")
    clip = case / "clip.mp4"
    clip.write_bytes(clip.read_bytes().replace(b"avc1", b"bvc2"))
    return case


@pytest.mark.parametrize(
    ("configuration", "code", "kind"), [("local", 1, "InputError"), ("production", 3, "SourceError")]
)
def test_the_codec_is_named(make_world, unknown, configuration, code, kind):
    world = make_world(configuration, unknown)
    world.assert_failed(
        world.run(),
        exit_code=code,
        stage="downloading_video",
        error_type=kind,
        says=["'bvc2'", "convert it to MP4 (H.264)"],
    )
    world.assert_nothing_left()


def test_it_becomes_no_case(unknown):
    with pytest.raises(
        UsageError, match=r"clip\.mp4: the codec of its pictures is unknown: .*'bvc2'.* Nothing was added"
    ):
        probe(unknown / "clip.mp4", called="clip.mp4")


def test_sound_of_an_unknown_codec_is_no_hindrance(tmp_path):
    case = make_case(tmp_path / "case")
    clip = case / "clip.mp4"
    content = clip.read_bytes()
    clip.write_bytes(content.replace(b"mp4a", b"ac-9").replace(b"esds", b"free"))
    found = probe(clip, called="clip.mp4")
    assert (found.codec, found.sound) == ("h264", None)
