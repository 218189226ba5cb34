"""Sound tracks: missing, silent, late, surround, too long, too short; always measured on the pictures' clock."""

import numpy as np
import pytest

from tests.media_factory import render, times_at, tone
from tests.zoo.pictures import two_scenes
from tests.zoo.visit import PICTURE_AND_SOUND, visit

SECONDS = 3
TIMES = times_at(10, SECONDS)
LOUD = 0.5 / 2**0.5  # RMS of the tone


def seen_with(folder, only=PICTURE_AND_SOUND, **sound):
    path = render(folder / "clip.mp4", two_scenes(TIMES, 1.5), TIMES, **sound)
    return visit(path, duration=SECONDS, frames=len(TIMES), only=only)


def per_second(seen):
    return seen.data("audio_energy")["rms_per_second"]


def test_no_audio_track(folder):
    seen = seen_with(folder, (*PICTURE_AND_SOUND, "whisper"))
    assert seen.facts["has_audio"] is False
    assert seen.data("whisper")["has_speech"] is False
    assert "no_audio" in " ".join(seen.outputs["speech_analysis"]["Quality"]["missingDataPoints"])


def test_digital_silence_is_a_track_without_energy_rhythm_or_speech(folder):
    seen = seen_with(folder, (*PICTURE_AND_SOUND, "whisper"), sound=np.zeros(48_000 * SECONDS, np.float32))
    energy = seen.data("audio_energy")
    assert energy["has_audio"] is True
    assert per_second(seen) == pytest.approx([0, 0, 0], abs=1e-6)
    assert (energy["climax_timestamp"], energy["tempo_bpm"], energy["onset_times"]) == (None, None, [])
    assert seen.data("whisper")["has_speech"] is False
    [period] = seen.outputs["speech_analysis"]["Dynamics"]["silencePeriods"]
    assert (period["start"], period["end"]) == (0.0, SECONDS)


def test_audio_that_starts_late_stands_where_it_is_heard(folder):
    seen = seen_with(folder, sound=tone(1.5), sound_start=1.5)
    assert per_second(seen) == pytest.approx([0, LOUD / 2, LOUD], abs=0.03)
    assert seen.data("audio_energy")["onset_times"][0] == pytest.approx(1.5, abs=0.05)


def test_surround_sound_is_one_signal_with_every_channel_in_it(folder):
    channels = np.zeros((6, 48_000 * SECONDS), np.float32)
    for second, channel in enumerate((0, 2, 4)):  # left, centre, left surround
        channels[channel, 48_000 * second : 48_000 * (second + 1)] = tone(1)
    seen = seen_with(folder, sound=channels, layout="5.1")
    assert all(v > 0.02 for v in per_second(seen)), "no channel is lost"
    assert max(per_second(seen)) == per_second(seen)[1], "speech, in the centre, is loudest"
    assert np.abs(seen.media.audio.samples).max() <= 1


def test_audio_beyond_the_last_picture_is_cut(folder):
    seen = seen_with(folder, sound=np.concatenate([tone(SECONDS, level=0.1), tone(4, level=0.9)]))
    assert per_second(seen) == pytest.approx([0.0707] * 3, abs=0.02)


def test_audio_that_ends_early_is_followed_by_silence(folder):
    seen = seen_with(folder, sound=tone(1))
    assert per_second(seen) == pytest.approx([LOUD, 0, 0], abs=0.03)
