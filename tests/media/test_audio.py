"""The one audio extraction, on rendered clips."""

import numpy as np
import pytest

from rumiai_v2.media.audio import SAMPLE_RATE, extract_audio
from tests.media_factory import numbered, render, times_at, tone


def clip(path, seconds=2.0, **sound):
    times = times_at(25, seconds)
    return render(path, numbered(len(times)), times, **sound)


def loud(audio):
    """First and last second with sound."""
    at = np.flatnonzero(np.abs(audio.samples) > 0.1) / SAMPLE_RATE
    return at[0], at[-1]


def test_no_track_gives_none_and_counts_nothing(tmp_path):
    counted = []
    assert extract_audio(clip(tmp_path / "a.mp4"), first_video_time=0, duration=2, count=counted.append) is None
    assert counted == []


def test_a_track_is_mono_16_khz_as_long_as_the_video(tmp_path):
    counted = []
    audio = extract_audio(clip(tmp_path / "a.mp4", sound=tone(2)), first_video_time=0, duration=2, count=counted.append)
    assert (audio.samples.dtype, audio.samples.shape, audio.sample_rate) == (np.float32, (32000,), 16000)
    assert loud(audio) == pytest.approx((0, 2), abs=0.01)
    assert np.sqrt(np.mean(audio.samples[1600:-1600] ** 2)) == pytest.approx(0.5 / 2**0.5, rel=0.03)
    assert counted == ["audio_extractions"]


def test_a_late_track_has_silence_before_it(tmp_path):
    path = clip(tmp_path / "a.mp4", sound=tone(1), sound_start=0.7)
    audio = extract_audio(path, first_video_time=0, duration=2)
    assert loud(audio) == pytest.approx((0.7, 1.7), abs=0.01)
    assert len(audio.samples) == 32000


def test_sound_before_the_first_frame_is_cut(tmp_path):
    path = clip(tmp_path / "a.mp4", sound=np.concatenate([tone(0.5), np.zeros(24000, np.float32), tone(0.5)]))
    audio = extract_audio(path, first_video_time=0.4, duration=1.6)
    at = np.flatnonzero(np.abs(audio.samples) > 0.1) / SAMPLE_RATE
    assert at[at < 0.4][-1] == pytest.approx(0.1, abs=0.01)
    assert at[at > 0.4][0] == pytest.approx(0.6, abs=0.01)


def test_sound_beyond_the_video_is_cut(tmp_path):
    audio = extract_audio(clip(tmp_path / "a.mp4", sound=tone(5)), first_video_time=0, duration=2)
    assert len(audio.samples) == 32000


def test_two_loud_channels_stay_within_one(tmp_path):
    both = np.stack([tone(1, level=0.95)] * 2)
    audio = extract_audio(clip(tmp_path / "a.mp4", sound=both, layout="stereo"), first_video_time=0, duration=1)
    assert np.abs(audio.samples[1600:-1600]).max() == pytest.approx(0.95, abs=0.05)


def test_surround_is_mixed_down(tmp_path):
    channels = np.zeros((6, 48000), np.float32)
    channels[2] = tone(1)  # the centre: where speech is
    audio = extract_audio(clip(tmp_path / "a.mp4", sound=channels, layout="5.1"), first_video_time=0, duration=1)
    assert loud(audio) == pytest.approx((0, 1), abs=0.05)
    assert np.abs(audio.samples).max() <= 1


def test_the_fingerprint_follows_the_samples(tmp_path):
    paths = [clip(tmp_path / f"{hz}-{k}.mp4", sound=tone(1, hertz=hz)) for hz in (440, 550) for k in (0, 1)]
    prints = [extract_audio(p, first_video_time=0, duration=1).fingerprint for p in paths]
    assert prints[0] == prints[1] != prints[2] == prints[3]
