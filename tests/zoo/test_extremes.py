"""Clips with almost nothing in them, clips that do not start at zero, and what is refused."""

from fractions import Fraction

import av
import numpy as np
import pytest

from tests.media_factory import render, solid, times_at, tone
from tests.zoo.pictures import two_scenes
from tests.zoo.visit import refused, visit


@pytest.mark.parametrize("sound", [None, tone(0.04)], ids=["mute", "with-sound"])
@pytest.mark.parametrize("suffix", [".mp4", ".ts"])
def test_one_frame(folder, suffix, sound):
    path = render(folder / f"clip{suffix}", [solid((90, 120, 60))], [0], last_duration=0.04, sound=sound)
    seen = visit(path, duration=0.04, frames=1)  # a transport stream states no length: 1/25 s is assumed
    assert seen.data("scene_detection")["total_scenes"] == 1


def test_half_a_second(folder):
    times = times_at(30, 0.5)
    seen = visit(
        render(folder / "clip.mp4", two_scenes(times, 0.2), times, sound=tone(0.5)), duration=0.5, frames=len(times)
    )
    assert list(seen.data("audio_energy")["energy_level_windows"]) == ["0-0.5s"]
    assert seen.facts["sampled_frames"] == 3


@pytest.mark.parametrize("colour", [(0, 0, 0), (200, 40, 90)], ids=["black", "single-colour"])
def test_a_clip_of_one_colour_is_one_scene(folder, colour):
    times = times_at(25, 2)
    path = render(folder / "clip.mp4", [solid(colour)] * len(times), times, sound=tone(2))
    seen = visit(path, duration=2, frames=len(times))
    assert seen.cuts == []
    assert seen.outputs["scene_pacing"]["CoreMetrics"]["totalScenes"] == 1


@pytest.mark.parametrize("suffix, clock", [(".mp4", 2e-5), (".mkv", 0.0011), (".ts", 2e-5)])
def test_times_count_from_the_first_picture_wherever_its_clock_starts(folder, suffix, clock):
    times = times_at(25, 2)
    sound = np.concatenate([np.zeros(84_000, np.float32), tone(1.25)])  # pictures from 1 s, sound from 1.75 s
    path = render(folder / f"clip{suffix}", two_scenes(times, 0.8), [t + 1 for t in times], sound=sound)
    with av.open(str(path)) as container:
        assert next(container.decode(video=0)).time >= 1, "the clip is what its name says"
    seen = visit(path, duration=2, frames=len(times), clock=clock)
    assert seen.cuts == pytest.approx([0.8], abs=0.001)
    assert seen.data("audio_energy")["onset_times"][0] == pytest.approx(0.75, abs=0.05)


def test_what_an_edit_list_trims_away_does_not_count(folder):
    times = [t - Fraction(2, 5) for t in times_at(25, 1.6)]  # an MP4 presents nothing before 0
    options = {"preset": "ultrafast", "g": "600"}
    path = render(folder / "clip.mp4", two_scenes(times, 0.4), times, sound=tone(1.2), options=options)
    with av.open(str(path)) as container:
        assert sum(packet.size > 0 for packet in container.demux(video=0)) == 40, "the trimmed frames are in the file"
    seen = visit(path, duration=1.2, frames=30)
    assert seen.cuts == pytest.approx([0.4], abs=2e-5)


@pytest.mark.parametrize(
    "seconds, fps, per_second, samples",
    [(35, 10, 3, 105), (65, 8, 2, 130), (130, 5, 1, 130)],
    ids=["35s", "65s", "130s"],
)
def test_a_long_nearly_static_clip_is_sampled_at_its_tier_to_the_end(folder, seconds, fps, per_second, samples):
    times = times_at(fps, seconds)
    path = render(
        folder / "clip.mp4",
        two_scenes(times, seconds - 2),
        times,
        sound=np.concatenate([np.zeros(8_000 * (seconds - 1), np.float32), tone(1, rate=8_000)]),
        sound_rate=8_000,
        sound_bit_rate=8_000,
        options={"preset": "ultrafast", "crf": "30", "g": "600"},
    )
    assert path.stat().st_size < 300_000
    seen = visit(path, duration=seconds, frames=len(times))
    assert seen.facts["sampled_frames"] == samples
    assert seen.facts["sample_spacing"] == pytest.approx(1 / per_second, abs=0.1)
    assert seen.cuts == pytest.approx([seconds - 2], abs=2e-5)
    assert np.argmax(seen.data("audio_energy")["rms_per_second"]) == seconds - 1


def test_a_clip_cut_off_in_the_middle_is_refused(folder):
    times = times_at(25, 1)
    path = render(folder / "clip.mp4", two_scenes(times, 0.5), times)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert "Check that the file is complete" in refused(path)["error"]


def test_a_sound_file_named_like_a_video_is_refused(folder):
    path = folder / "clip.mp4"
    with av.open(str(path), "w") as out:
        stream = out.add_stream("aac", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(tone(1)[None], format="fltp", layout="mono")
        frame.sample_rate = 48_000
        out.mux([*stream.encode(frame), *stream.encode(None)])
    assert "no video stream" in refused(path)["error"]
