"""Codecs and containers that videos come in; each is rendered by PyAV's own encoder."""

import pytest

from tests.media_factory import render, solid, times_at, tone
from tests.zoo.pictures import BLUE, GREEN, RED, YELLOW, corners, two_scenes
from tests.zoo.visit import visit

TIMES = times_at(25, 1.6)
CUT = 0.8
QUIET_HEVC = {"preset": "ultrafast", "x265-params": "log-level=none"}


@pytest.mark.parametrize(
    "suffix, codec, options",
    [
        pytest.param(
            ".webm",
            "libvpx-vp9",
            {"options": {"deadline": "realtime", "cpu-used": "8"}, "sound_codec": "libopus"},
            id="VP9",
        ),
        pytest.param(".mp4", "libx265", {"options": QUIET_HEVC}, id="HEVC"),
        pytest.param(".mp4", "libx265", {"options": QUIET_HEVC, "pixels": "yuv420p10le"}, id="HEVC-10-bit"),
        pytest.param(".mp4", "libsvtav1", {"options": {"preset": "11"}}, id="AV1"),
    ],
)
def test_another_codec_gives_the_same_times_pictures_and_sound(folder, suffix, codec, options):
    path = render(folder / f"clip{suffix}", two_scenes(TIMES, CUT), TIMES, codec=codec, sound=tone(1.6), **options)
    seen = visit(path, duration=1.6, frames=40, clock=0.0011)
    assert seen.cuts == pytest.approx([CUT], abs=0.001)
    assert corners(seen.shown()) == [RED, GREEN, BLUE, YELLOW]
    assert all(v == pytest.approx(0.35, abs=0.03) for v in seen.data("audio_energy")["rms_per_second"])


def test_a_missing_encoder_fails_the_test_by_name(folder):
    with pytest.raises(AssertionError, match=r"has no encoder libnone: expected .* install"):
        render(folder / "clip.mp4", [solid((1, 2, 3))], [0], codec="libnone")
