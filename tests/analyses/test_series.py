"""Correlation, trend, the tie rule and the other helpers over the seconds of a video."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import spearmanr

from rumiai_v2.analyses import series
from rumiai_v2.analyses.events import VideoEvents
from tests.analyses.documents import emotion, unified

SIDES = st.lists(st.tuples(st.floats(-5, 5), st.integers(0, 3)), min_size=5, max_size=20)


def test_rho_is_one_for_the_same_order_and_minus_one_for_the_reverse():
    assert series.rho([1, 2, 3, 4, 5], [10, 20, 50, 80, 90]) == 1
    assert series.rho([1, 2, 3, 4, 5], [5, 4, 3, 2, 1]) == -1


def test_rho_leaves_out_seconds_in_which_one_side_is_unknown():
    assert series.rho([1, 2, None, 3, 4, 5], [1, 2, 0, 3, 4, 5]) == 1


def test_rho_is_undefined_below_five_common_seconds():
    assert series.rho([1, 2, 3, 4, None], [1, 2, 3, 4, 5]) is None
    assert series.rho_undefined([1, 2, 3, 4, None], [1, 2, 3, 4, 5]) == "too_short"


def test_rho_is_undefined_when_one_side_never_changes():
    assert series.rho([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]) is None
    assert series.rho_undefined([1, 1, 1, 1, 1], [1, 2, 3, 4, 5]) == "not_measurable"


@given(SIDES)
def test_rho_agrees_with_scipy(pairs: list[tuple[float, int]]):
    x, y = map(list, zip(*pairs, strict=True))
    ours = series.rho(x, y)
    # What differs in the last bits only has one rank.
    x = [round(v, 9) for v in x]
    if ours is None:
        assert len(set(x)) == 1 or len(set(y)) == 1
    else:
        assert ours == pytest.approx(spearmanr(x, y).statistic, abs=1e-9)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([1, 2, 3], "increasing"),  # slope 1, rise 2, mean 2: 1
        ([3, 2, 1], "decreasing"),
        ([2, 2, 2], "stable"),
        ([8, 8.5, 10], "stable"),  # slope 1, rise 2, mean 8.83: 0.23
        ([7, 7.5, 9], "increasing"),  # rise 2, mean 7.83: 0.2553
        ([1, 2], None),
        ([0, 0, 0], None),
    ],
)
def test_trend_compares_the_rise_of_the_line_with_a_quarter_of_the_mean(values: list[float], expected: str | None):
    assert series.trend(values) == expected


def test_most_common_takes_the_label_with_most_votes():
    assert series.most_common([("a", 0.1), ("b", 0.9), ("a", 0.1)]) == "a"


def test_ties_go_to_the_higher_summed_confidence_then_alphabetically():
    assert series.most_common([("a", 0.5), ("b", 0.9)]) == "b"
    assert series.most_common([("b", 0.5), ("a", 0.5)]) == "a"
    assert series.most_common([("b", 0.1), ("a", 0.3), ("b", 0.2), ("a", 0.0)]) == "a"
    assert series.most_common([]) is None


def test_spreads_are_zero_for_a_single_value():
    assert series.spread([3]) == series.sample_spread([3]) == 0
    assert series.spread([1, 3]) == 1
    assert series.sample_spread([1, 3]) == pytest.approx(2**0.5)


def test_arousal_weighs_the_scores_and_is_unknown_without_an_expression():
    # 0.5 joy · 0.6 + 0.5 neutral · 0.1 = 0.35 at 0 s; two samples in second 2: 0.9 and 0.1.
    events = VideoEvents.of(
        unified(
            duration=3,
            emotions=[
                emotion(0, "joy", confidence=0.5),
                emotion(2, "surprise", confidence=1),
                emotion(2.5, "neutral", confidence=1),
            ],
        )
    )
    assert series.arousal(events) == [pytest.approx(0.35), None, pytest.approx(0.5)]


def test_moments_are_counted_per_second_of_the_bins_length():
    events = VideoEvents.of(unified(duration=2.5))
    assert series.per_second(events, [0.1, 0.9, 2.1]) == [2, 0, pytest.approx(2)]


def test_audio_reason_tells_missing_service_from_missing_sound():
    def reason(**kwargs: object) -> str | None:
        return series.audio_reason(VideoEvents.of(unified(**kwargs)), "rms_per_second")

    assert reason() is None
    assert reason(has_audio=False) == "no_audio"
    assert reason(not_run=["audio_energy"]) == "not_run"
    assert reason(failed=["audio_energy"]) == "service_failed"


def test_recordings_without_loudness_per_second_are_not_measurable():
    old = unified()
    del old["ml_data"]["audio_energy"]["rms_per_second"]
    assert series.audio_reason(VideoEvents.of(old), "rms_per_second") == "not_measurable"


def test_runs_and_union_join_what_touches():
    assert series.runs([True, True, False, True]) == [(0, 2), (3, 4)]
    assert series.union([(2, 3), (0, 1), (1, 1.5), (2.5, 2.7)]) == [(0, 1.5), (2, 3)]
