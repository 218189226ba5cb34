"""Loudness, onsets and beats of made-up sounds."""

from pathlib import Path

import numpy as np
import pytest

from rumiai_v2.media.types import Audio, DecodedVideo, Media
from rumiai_v2.services.audio_energy import AudioEnergy, burst_pattern, windows_of
from tests.schema_check import validate

RATE = 16_000


def media(samples, duration):
    video = DecodedVideo(360, 640, 1.0, 30.0, round(duration * 30), duration, (), 0.2, "f", "d")
    audio = None if samples is None else Audio(np.asarray(samples, np.float32), RATE, "a")
    return Media(Path("clip.mp4"), "0" * 64, video, audio)


def measured(samples, duration):
    service = AudioEnergy()
    assert service.prepare() is None
    document = service.analyse(media(samples, duration), {})
    validate(document, "services/audio_energy.schema.json")
    return document


def tone(seconds, level=0.5):
    return level * np.sin(2 * np.pi * 440 * np.arange(round(seconds * RATE)) / RATE)


def clicks(times, seconds):
    sound = np.zeros(round(seconds * RATE))
    burst = np.random.default_rng(0).normal(0, 0.3, 400) * np.exp(-np.arange(400) / 80)
    for t in times:
        at = round(t * RATE)
        sound[at : at + 400] += burst[: len(sound) - at]
    return sound


def test_onsets_and_beats_lie_on_the_clicks():
    times = [0.5 + 0.5 * k for k in range(15)]
    document = measured(clicks(times, 8.4), 8.4)
    assert len(document["onset_times"]) == len(times)
    assert document["onset_times"] == pytest.approx(times, abs=0.05)
    assert len(document["beat_times"]) >= 10
    assert all(min(abs(beat - t) for t in times) < 0.1 for beat in document["beat_times"])
    assert document["tempo_bpm"] == pytest.approx(120, rel=0.05)


def test_windows_cover_the_video_and_carry_its_true_end():
    document = measured(tone(8.4), 8.4)
    assert list(document["energy_level_windows"]) == ["0-5s", "5-8.4s"]
    assert document["duration"] == 8.4
    assert len(document["rms_per_second"]) == 9


@pytest.mark.parametrize(
    ("duration", "keys"),
    [
        (3, ["0-3s"]),
        (5.0, ["0-5s"]),
        (5.02, ["0-5.02s"]),
        (10.0, ["0-5s", "5-10s"]),
        (12.033333, ["0-5s", "5-10s", "10-12.033333s"]),
    ],
)
def test_window_keys(duration, keys):
    assert [window.key for window in windows_of(duration)] == keys


def test_no_window_of_a_long_video_shares_a_key():
    keys = [window.key for window in windows_of(299.97)]
    assert len(set(keys)) == len(keys) == 60


@pytest.mark.parametrize("duration", [0.04, 1.04, 5.051, 9.96, 10.0501])
def test_every_window_and_second_holds_a_measurement(duration):
    document = measured(tone(duration), duration)
    assert all(value > 0 for value in document["energy_level_windows"].values())
    assert all(value > 0 for value in document["rms_per_second"])


def test_rms_windows_variance_and_climax_of_a_loud_second_half():
    document = measured(np.concatenate([tone(5, 0.1), tone(5, 0.8)]), 10.0)
    quiet, loud = 0.1 / np.sqrt(2), 0.8 / np.sqrt(2)
    assert document["rms_per_second"][1] == pytest.approx(quiet, rel=0.01)
    assert document["rms_per_second"][8] == pytest.approx(loud, rel=0.01)
    means = np.array([quiet, loud])
    reference = np.percentile(means, 95)
    assert list(document["energy_level_windows"].values()) == pytest.approx([quiet / reference, 1.0], rel=0.06)
    assert document["energy_variance"] == pytest.approx(np.var(means), rel=0.05)
    assert 5.0 <= document["climax_timestamp"] <= 10.0
    assert document["burst_pattern"] == "back_loaded"


def test_audio_that_ends_early_is_followed_by_silence():
    document = measured(tone(3), 6.0)
    assert list(document["energy_level_windows"]) == ["0-5s", "5-6s"]
    assert document["energy_level_windows"]["5-6s"] == 0.0
    assert document["rms_per_second"][4:] == [0.0, 0.0]


def test_silence_has_energy_zero_and_no_climax_onset_or_beat():
    document = measured(np.zeros(6 * RATE), 6.0)
    assert document["has_audio"] is True
    assert document["energy_level_windows"] == {"0-5s": 0.0, "5-6s": 0.0}
    assert document["rms_per_second"] == [0.0] * 6
    assert document["energy_variance"] == 0.0
    assert document["climax_timestamp"] is None
    assert (document["onset_times"], document["beat_times"], document["tempo_bpm"]) == ([], [], None)


def test_inaudible_noise_has_no_rhythm():
    document = measured(np.random.default_rng(0).uniform(-9e-4, 9e-4, 4 * RATE), 4.0)
    assert document["rms_per_second"][0] > 0
    assert (document["onset_times"], document["climax_timestamp"]) == ([], None)


def test_no_audio_track_is_told_from_silence():
    document = measured(None, 6.0)
    assert document["has_audio"] is False
    assert document["energy_level_windows"] == {}
    assert document["rms_per_second"] == document["onset_times"] == document["beat_times"] == []
    assert document["energy_variance"] is document["climax_timestamp"] is document["tempo_bpm"] is None
    assert document["burst_pattern"] == "unknown"
    assert document["metadata"]["frames_analyzed"] == 0


@pytest.mark.parametrize(
    ("means", "pattern"),
    [
        ([], "steady"),
        ([0.4], "steady"),
        ([0.5, 0.1], "front_loaded"),
        ([0.1, 0.5], "back_loaded"),
        ([0.5, 0.45], "steady"),
        ([0.0, 0.0, 0.0], "steady"),
        ([0.5, 0.1, 0.1], "front_loaded"),
        ([0.1, 0.5, 0.1], "middle_peak"),
        ([0.1, 0.1, 0.5], "back_loaded"),
        ([0.5, 0.5, 0.45], "steady"),
        ([0.1, 0.2, 0.3, 0.9, 0.9], "back_loaded"),
    ],
)
def test_burst_pattern(means, pattern):
    assert burst_pattern(means) == pattern


def test_the_service_describes_itself():
    info = AudioEnergy().describe()
    assert (info.service, info.library, info.weights, info.problem) == ("audio_energy", "librosa", (), None)
