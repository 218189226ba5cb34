"""From a path to media: what is refused, and with which words."""

import hashlib

import numpy as np
import pytest
from PIL import Image

from rumiai_v2.errors import InputError
from rumiai_v2.media.open import Limits, open_media
from tests.media_factory import numbered, render, solid, times_at, tone


def clip(path, seconds=1.0, **options):
    times = times_at(25, seconds)
    return render(path, numbered(len(times)), times, **options)


def refused(path, **limits):
    counted = []
    with pytest.raises(InputError) as caught:
        open_media(path, limits=Limits(**limits), count=counted.append)
    assert counted == [], "refused before anything is decoded"
    assert caught.value.exit_code == 1
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_media_holds_hash_video_and_audio_of_one_pass_each(tmp_path):
    path, counted, shares = clip(tmp_path / "a.mp4", sound=tone(3)), [], []
    media = open_media(path, limits=Limits(), count=counted.append, progress=shares.append)
    assert counted == ["decode_passes", "audio_extractions"]
    assert media.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(media.audio.samples) == 16000, "audio ends with the video"
    assert shares[-1] == 1.0
    facts = media.facts()
    assert (facts["width"], facts["height"], facts["frame_count"], facts["has_audio"]) == (64, 96, 25, True)


def test_a_video_without_sound_is_valid(tmp_path):
    media = open_media(clip(tmp_path / "a.mp4"), limits=Limits())
    assert media.audio is None
    assert media.facts()["has_audio"] is False


def test_audio_is_aligned_with_a_late_first_frame(tmp_path):
    times = [t + 1 for t in times_at(25, 1)]
    sound = np.concatenate([np.zeros(60000, np.float32), tone(0.5)])  # sound from 1.25 s, pictures from 1 s
    media = open_media(render(tmp_path / "a.mkv", numbered(25), times, sound=sound), limits=Limits())
    assert media.video.frames[0].timestamp == 0
    assert media.video.duration == pytest.approx(1, abs=0.01)
    first = np.flatnonzero(np.abs(media.audio.samples) > 0.1)[0] / 16000
    assert first == pytest.approx(0.25, abs=0.03)


def test_a_missing_file_is_named(tmp_path):
    assert "no such file" in refused(tmp_path / "none.mp4")


def test_a_directory_is_no_video(tmp_path):
    assert "got a directory" in refused(tmp_path)


def test_an_empty_file_is_no_video(tmp_path):
    (tmp_path / "a.mp4").touch()
    assert "got an empty file (0 bytes)" in refused(tmp_path / "a.mp4")


@pytest.mark.parametrize("content", [b"<html>not found</html>" * 50, bytes(range(256)) * 40, b"\0" * 5000])
@pytest.mark.parametrize("name", ["a.mp4", "a.txt"])
def test_other_content_is_no_video(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    assert "expected a video" in refused(tmp_path / name)


def test_a_truncated_video_is_refused(tmp_path):
    path = clip(tmp_path / "a.mp4")
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "not a readable video" in refused(path)


@pytest.mark.parametrize("suffix", ["png", "jpg"])
def test_a_picture_is_no_video(tmp_path, suffix):
    path = tmp_path / f"a.{suffix}"
    Image.fromarray(solid((1, 2, 3))).save(path)
    assert "got a picture or text" in refused(path)


def test_sound_alone_is_no_video(tmp_path):
    import av

    path = tmp_path / "a.m4a"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1)[None], format="fltp", layout="mono")
        frame.sample_rate = 48000
        out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    assert "no video stream: expected a video file" in (text := refused(path))
    assert "got only audio" in text


def test_a_playlist_does_not_lead_elsewhere(tmp_path):
    other = clip(tmp_path / "real.ts")
    path = tmp_path / "a.mp4"
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{other.name}\n#EXT-X-ENDLIST\n")
    assert "expected a video" in refused(path)


def test_a_file_name_with_a_colon_is_read_as_a_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = clip(tmp_path / "plain.mp4").rename(tmp_path / "http:a.mp4").relative_to(tmp_path)
    assert open_media(path, limits=Limits()).video.frame_count == 25


def test_too_long_names_both_lengths(tmp_path):
    text = refused(clip(tmp_path / "a.mp4", 1.2), duration=1.0)
    assert "expected at most 1 s, got 1.20 s" in text and "RUMIAI_MAX_VIDEO_DURATION" in text


def test_too_many_bytes_names_both_sizes(tmp_path):
    assert "file too large: expected at most 0.0 MB" in refused(clip(tmp_path / "a.mp4"), size=1000)


@pytest.mark.parametrize("size", [(64, 96), (96, 64)])
def test_too_many_pixels_are_refused_in_either_orientation(tmp_path, size):
    path = render(tmp_path / "a.mp4", [solid((1, 1, 1), width=size[0], height=size[1])], [0])
    assert f"got {size[0]}×{size[1]}" in refused(path, long_side=90, short_side=64)
    assert f"got {size[0]}×{size[1]}" in refused(path, long_side=96, short_side=60)
    assert open_media(path, limits=Limits(long_side=96, short_side=64)).video.frame_count == 1
