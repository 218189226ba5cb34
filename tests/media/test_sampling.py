"""Which frames are sampled: compared with the definition written down directly."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rumiai_v2.media.sampling import Sampler, target_rate
from tests.media_factory import times_at

RATES = ["24000/1001", "24", "25", "30000/1001", "30", "60", "12", "3"]


def nearest_frames(times, rate, duration):
    """The definition: for every k/rate < D the nearest frame, the earlier in a tie, each once."""
    chosen, k = [], 0
    while Fraction(k, rate) < duration:
        target = Fraction(k, rate)
        best = min(range(len(times)), key=lambda i: (abs(times[i] - target), i))
        if best not in chosen:
            chosen.append(best)
        k += 1
    return chosen


def streamed(times, rate, duration):
    sampler = Sampler(rate)
    out = [item for i, t in enumerate(times) for item in sampler.push(t, i)]
    return out + list(sampler.finish(duration))


@pytest.mark.parametrize(
    "fps, seconds",
    [
        *((fps, seconds) for fps in RATES for seconds in (0.04, 1, 7.3)),
        ("30000/1001", 29.9),
        ("24", 31),
        ("24000/1001", 61.7),
        ("12", 121),
    ],
)
def test_constant_rates_give_the_nearest_frame_of_every_sample_time(fps, seconds):
    times = times_at(fps, seconds)
    duration = times[-1] + 1 / Fraction(fps)
    rate = target_rate(duration)
    assert streamed(times, rate, duration) == nearest_frames(times, rate, duration)


@pytest.mark.parametrize("fps", RATES[:6])
@pytest.mark.parametrize("seconds", [9.7, 45, 100, 130])
def test_samples_reach_the_end_at_every_rate(fps, seconds):
    times = times_at(fps, seconds)
    duration = times[-1] + 1 / Fraction(fps)
    rate = target_rate(duration)
    last = times[streamed(times, rate, duration)[-1]]
    assert duration - last <= Fraction(1, rate) + 1 / Fraction(fps)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(st.integers(1, 2000), min_size=0, max_size=80),
    st.integers(1, 3000),
    st.sampled_from([1, 2, 3, 5]),
)
def test_variable_rates_give_the_nearest_frame_of_every_sample_time(gaps, tail, rate):
    times = [Fraction(0)]
    for gap in gaps:
        times.append(times[-1] + Fraction(gap, 1000))
    duration = times[-1] + Fraction(tail, 1000)
    assert streamed(times, rate, duration) == nearest_frames(times, rate, duration)


def test_a_tie_goes_to_the_earlier_frame():
    times = [Fraction(0), Fraction(1, 10), Fraction(3, 10), Fraction(1, 2)]
    # 0.2 lies half-way between 0.1 and 0.3, 0.4 half-way between 0.3 and 0.5; 0.3 is used once
    assert streamed(times, 5, Fraction(3, 5)) == [0, 1, 2]


def test_the_rate_falls_with_the_duration():
    assert [target_rate(d) for d in (0.04, 29.99, 30, 59.99, 60, 119.99, 120, 300)] == [5, 5, 3, 3, 2, 2, 1, 1]
