"""Frame rates: true times, true duration, the cut on its very frame."""

from fractions import Fraction

import numpy as np
import pytest

from tests.media_factory import render, times_at, tone
from tests.zoo.pictures import two_scenes
from tests.zoo.visit import visit


@pytest.mark.parametrize("fps", ["24000/1001", "24", "30000/1001", "50", "60"])
def test_a_constant_rate_is_measured_and_its_cut_is_on_the_frame(folder, fps):
    times = times_at(fps, 2.5)
    cut = times[len(times) * 3 // 5]
    path = render(folder / "clip.mp4", two_scenes(times, cut), times, sound=tone(2.5))
    seen = visit(path, duration=len(times) / Fraction(fps), frames=len(times))
    assert seen.facts["fps"] == pytest.approx(float(Fraction(fps)), abs=1e-3)
    assert seen.cuts == pytest.approx([float(cut)], abs=2e-5)
    assert [f.timestamp for f in seen.media.video.frames] == pytest.approx(
        [k / 5 for k in range(13)], abs=0.5 / float(Fraction(fps)) + 1e-4
    )


def test_a_variable_rate_keeps_true_times_to_a_long_last_frame(folder):
    gaps = [1 / 60] * 30 + [0.7] + [1 / 24] * 20 + list(np.random.default_rng(5).uniform(0.01, 0.1, 30))
    times = [0.0, *np.cumsum(gaps)]
    cut = times[65]
    path = render(folder / "clip.mp4", two_scenes(times, cut), times, last_duration=0.8, sound=tone(5))
    seen = visit(path, duration=times[-1] + 0.8, frames=len(times))
    assert seen.cuts == pytest.approx([cut], abs=2e-5)
    held = [f.timestamp for f in seen.media.video.frames]
    assert pytest.approx(times[-1], abs=2e-5) == held[-1], "the long last frame is sampled once"
