"""Streams that FFmpeg does not know, cannot open or refuses half-way: named, or reported and left out."""

import logging

import av
import numpy as np
import pytest

from rumiai_v2.errors import InputError
from rumiai_v2.media import audio, decode
from rumiai_v2.media.audio import extract_audio
from rumiai_v2.media.open import Limits, open_media
from tests.media_factory import numbered, render, times_at, tone


def clip(path, seconds=1.0, **options):
    times = times_at(10, seconds)
    return render(path, numbered(len(times)), times, **options)


def renamed(path, old: bytes, new: bytes, **options):
    """A clip in which the container names a codec otherwise."""
    clip(path, **options)
    content = path.read_bytes()
    assert old in content and len(old) == len(new)
    path.write_bytes(content.replace(old, new))
    return path


def remuxed(path, *sources, covers=(), options=None):
    """The streams of several files in one, unchanged."""
    opened = [av.open(str(source)) for source in sources]
    with av.open(str(path), "w", options=options or {}) as out:
        streams = {}
        for number, source in enumerate(opened):
            for stream in source.streams:
                streams[number, stream.index] = made = out.add_stream_from_template(stream)
                if number in covers:
                    made.disposition = av.stream.Disposition.attached_pic
        for number, source in enumerate(opened):
            for packet in source.demux():
                if packet.dts is not None:
                    packet.stream = streams[number, packet.stream.index]
                    out.mux(packet)
            source.close()
    return path


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("a.mp4", b"avc1", b"bvc2", "got 'bvc2'"),
        ("a.mov", b"avc1", b"xv 9", "got 'xv 9'"),
        ("a.avi", b"H264", b"BVC2", "got 'BVC2'"),
        ("a.mkv", b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/AVC", "got a codec without a name"),
    ],
)
def test_a_codec_that_ffmpeg_does_not_know_is_named(tmp_path, name, old, new, says):
    path = renamed(tmp_path / name, old, new, sound=tone(1))
    for _ in range(2):
        with pytest.raises(InputError) as caught:
            open_media(path, limits=Limits())
    text = str(caught.value)
    assert says in text and "convert it to MP4 (H.264)" in text and str(path) in text


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [("a.mkv", b"A_AAC", b"A_XXC", "a codec without a name"), ("a.mov", b"sowt", b"zowt", "'zowt'")],
)
def test_sound_whose_codec_ffmpeg_does_not_know_counts_as_none(tmp_path, caplog, name, old, new, says):
    path = renamed(tmp_path / name, old, new, sound=tone(1), sound_codec="aac" if name == "a.mkv" else "pcm_s16le")
    media = open_media(path, limits=Limits())
    assert media.audio is None and media.video.frame_count == 10
    assert f"the codec of its sound is unknown ({says}); the video counts as one without audio" in caplog.text


def test_the_track_that_can_be_decoded_is_taken(tmp_path):
    unknown = renamed(tmp_path / "u.mkv", b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/AVC")
    known = clip(tmp_path / "k.mkv", sound=tone(1))
    both = remuxed(tmp_path / "both.mkv", clip(tmp_path / "first.mkv"), known)
    content = both.read_bytes()
    both.write_bytes(content.replace(b"V_MPEG4/ISO/AVC", b"V_MPEG9/ISO/AVC", 1))
    media = open_media(both, limits=Limits())
    assert media.video.frame_count == 10 and media.audio is not None
    with pytest.raises(InputError, match="codec of its pictures is unknown"):
        open_media(unknown, limits=Limits())


def test_cover_art_alone_is_named(tmp_path):
    picture = render(tmp_path / "p.mp4", numbered(1), [0], codec="mjpeg", pixels="yuvj420p")
    path = remuxed(tmp_path / "a.mp4", picture, covers=(0,))
    with pytest.raises(InputError, match="with moving pictures, got only cover art"):
        open_media(path, limits=Limits())


def test_subtitles_alone_are_no_video(tmp_path):
    path = tmp_path / "a.srt"
    path.write_text("1\n00:00:00,000 --> 00:00:01,000\nhello\n")
    with pytest.raises(InputError, match="got only subtitle"):
        open_media(path, limits=Limits())


def test_an_encrypted_video_is_named(tmp_path):
    keys = {
        "encryption_scheme": "cenc-aes-ctr",
        "encryption_key": "76a6c65c5ea762046bd749a2e632ccbb",
        "encryption_kid": "a7e61c373e219033c21091fa607bf3b8",
    }
    path = remuxed(tmp_path / "a.mp4", clip(tmp_path / "plain.mp4", sound=tone(1)), options=keys)
    with pytest.raises(InputError, match="encrypted: expected a video that anybody may play"):
        open_media(path, limits=Limits())


def test_a_title_that_is_no_utf_8_is_no_hindrance(tmp_path):
    path = remuxed(tmp_path / "a.mkv", clip(tmp_path / "plain.mkv"))
    content = path.read_bytes()
    assert b"Lavf" in content
    path.write_bytes(content.replace(b"Lavf", b"L\xe4vf"))
    assert open_media(path, limits=Limits()).video.frame_count == 10


class Refusing:
    """The resampler, but for some of its calls."""

    def __init__(self, refuses, error):
        self.real, self.refuses, self.error = audio.AudioResampler, refuses, error
        self.calls = 0

    def __call__(self, **options):
        made = self.real(**options)
        outer = self

        class Resampler:
            def resample(self, frame):
                outer.calls += 1
                if outer.refuses(outer.calls):
                    raise outer.error
                return made.resample(frame)

        return Resampler()


ERRORS = [
    av.ArgumentError(22, ""),
    av.InvalidDataError(1094995529, ""),
    av.error.MemoryError(12, ""),
    ValueError("layout"),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_sound_that_the_resampler_refuses_counts_as_none(tmp_path, monkeypatch, caplog, error):
    path = clip(tmp_path / "a.mp4", sound=tone(1))
    monkeypatch.setattr(audio, "AudioResampler", Refusing(lambda call: True, error))
    assert extract_audio(path, first_video_time=0, duration=1) is None
    assert "frames of sound that cannot be resampled were left out" in caplog.text
    assert "counts as one without audio" in caplog.text


def test_from_where_it_refuses_there_is_silence(tmp_path, monkeypatch, caplog):
    path = clip(tmp_path / "a.mp4", sound=tone(1))
    monkeypatch.setattr(audio, "AudioResampler", Refusing(lambda call: call > 24, ERRORS[0]))
    samples = extract_audio(path, first_video_time=0, duration=1).samples
    assert np.abs(samples[:7000]).max() > 0.1 and not samples[9000:].any()
    assert "were left out" in caplog.text


def test_one_frame_that_it_refuses_is_a_hole(tmp_path, monkeypatch):
    path = clip(tmp_path / "a.mp4", sound=tone(1))
    monkeypatch.setattr(audio, "AudioResampler", Refusing(lambda call: call == 20, ERRORS[0]))
    samples = extract_audio(path, first_video_time=0, duration=1).samples
    assert np.abs(samples[:5000]).max() > 0.1 and np.abs(samples[10000:15000]).max() > 0.1


def test_pictures_that_cannot_be_converted_are_refused(tmp_path, monkeypatch):
    path = clip(tmp_path / "a.mp4")

    def add(self, frame, timestamp):
        raise av.ArgumentError(22, "Invalid argument")

    monkeypatch.setattr(decode.AllFrames, "add", add)
    with pytest.raises(InputError, match=r"its pictures cannot be converted: .*Invalid argument"):
        open_media(path, limits=Limits())


def test_a_stream_that_breaks_off_while_it_is_read(tmp_path, monkeypatch, caplog):
    caplog.set_level(logging.WARNING)
    path = clip(tmp_path / "a.ts", 2.0, sound=tone(2))
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 2 // 3])
    assert 0 < open_media(path, limits=Limits()).video.frame_count < 20
