"""From what was seen to what is tolerated, on synthetic numbers."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.compare.tolerance import EXACT, Tolerance, Tolerances
from parity.tools.calibrate.plan import FlipFloor, Floor, Settings
from parity.tools.calibrate.propose import flags, propose, rounded_up
from parity.tools.calibrate.spread import Flipped, Observed, Spread

SETTINGS = Settings(
    data=Path("d"),
    page=Path("p"),
    captures=Path("c"),
    few=("a",),
    repeats=2,
    factor={"same": 3.0, "encodings": 1.5},
    loose=10.0,
    classes={
        "box": Floor("px", "other CPUs", abs=0.05),
        "energy": Floor("rms", "it has no fixed scale", abs=1e-6, rel=1e-5, by="rel"),
        "score": Floor("ratio", "other CPUs", abs=0.001),
    },
    flips={"object": FlipFloor(0.25, "score", 0.05, "one of a short list")},
)


def seen(**fields: tuple[str, Spread]) -> Observed:
    return Observed(pairs=1, leaves=10, fields={f"sheet:{name}": each for name, each in fields.items()})


def proposed(same: Observed, encodings: Observed | None = None) -> Tolerances:
    return propose({"same": same, "encodings": encodings or Observed()}, SETTINGS, "test")


def test_where_nothing_moved_the_floor_is_proposed():
    found = proposed(Observed())
    assert (found["box"].abs, found["energy"].abs, found["energy"].rel) == (0.05, 1e-6, 1e-5)
    assert found["exact"] == EXACT


def test_the_tolerance_is_the_factor_times_the_largest_spread_of_the_class():
    found = proposed(
        seen(left=("box", Spread(2, 0.2, 0.1, "a left")), top=("box", Spread(1, 0.41, 0.2, "b top"))),
        seen(left=("box", Spread(2, 4.0, 0.1, "a left"))),
    )
    assert found["box"].abs == 1.3  # 3 × 0.41, rounded up to two digits
    assert found.encodings["box"].abs == 6.0  # 1.5 × 4
    assert found["score"].abs == 0.001


def test_a_class_without_a_scale_grows_by_its_share():
    found = proposed(seen(rms=("energy", Spread(3, 0.01, 0.002, "a rms"))))
    assert (found["energy"].abs, found["energy"].rel) == (1e-6, 0.006)


def test_encodings_never_allow_less_than_the_same_media():
    found = proposed(seen(left=("box", Spread(2, 2.0, 0.1, "a left"))), seen(left=("box", Spread(2, 0.1, 0.1, "a"))))
    assert (found["box"].abs, found.encodings["box"].abs) == (6.0, 6.0)


def test_the_margin_of_flips_is_at_least_what_their_score_may_differ_by():
    assert proposed(Observed()).flips["object"].margin == 0.001
    moved = proposed(Observed(flips={"object": Flipped(2, 0.04, 0.02, "a")}))
    assert (moved.flips["object"].margin, moved.flips["object"].budget) == (0.06, 0.12)
    assert moved.flips["object"].threshold == 0.25


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(0.123, 0.13), (0.12, 0.12), (1.23, 1.3), (123.0, 130.0), (0.00045 * 3, 0.0014), (0.0, 0.0), (0.1 * 3, 0.3)],
)
def test_numbers_are_rounded_up_to_two_digits(value, rounded):
    assert rounded_up(value) == rounded


@given(st.floats(min_value=1e-12, max_value=1e6))
def test_rounding_never_goes_down_and_adds_at_most_a_tenth(value):
    assert value * (1 - 1e-9) <= rounded_up(value) <= value * 1.1 * (1 + 1e-9)


@given(
    st.lists(
        st.tuples(st.sampled_from(["box", "energy", "score"]), st.floats(0, 1e3), st.floats(0, 1), st.booleans()),
        max_size=12,
    )
)
def test_what_is_proposed_is_never_too_tight_for_what_it_was_learnt_from(rows):
    spreads = [
        {
            f"sheet:{i}": (kind, Spread(1, size, share, "a"))
            for i, (kind, size, share, same) in enumerate(rows)
            if same is s
        }
        for s in (True, False)
    ]
    observed = {"same": Observed(fields=spreads[0]), "encodings": Observed(fields=spreads[1])}
    found = flags(propose(observed, SETTINGS, "test"), observed, SETTINGS)
    assert [flag for flag in found if flag.verdict == "too tight"] == []


class TestFlags:
    def flags(self, present: Tolerances, same: Observed):
        return flags(present, {"same": same, "encodings": Observed()}, SETTINGS)

    def test_a_class_that_allows_less_than_was_seen_is_too_tight(self):
        present = proposed(Observed())
        (flag,) = self.flags(present, seen(left=("box", Spread(1, 0.2, 0.1, "b sheet:left"))))
        assert (flag.verdict, flag.what, flag.media) == ("too tight", "box", "same")
        assert flag.text == "class box allows 0.05, but values lay 0.2 apart (b sheet:left)"

    def test_a_field_of_class_exact_that_moved_is_too_tight(self):
        found = self.flags(proposed(Observed()), seen(mean=("exact", Spread(1, 1e-9, 0.0, "a sheet:mean"))))
        assert [(flag.verdict, flag.what) for flag in found] == [("too tight", "sheet:mean")]

    def test_a_class_that_allows_far_more_than_is_needed_is_too_loose(self):
        present = Tolerances({**proposed(Observed()).classes, "box": Tolerance(0.6, 0, "px", "by hand")})
        found = [flag for flag in self.flags(present, Observed()) if flag.media == "same"]
        assert [(flag.verdict, flag.what, flag.allowed, flag.needed) for flag in found] == [
            ("too loose", "box", 0.6, 0.05)
        ]
        assert found[0].text == "box: class box allows 0.6, 12 times what is needed (0.05)"

    def test_a_field_that_another_field_of_its_class_makes_loose_is_named(self):
        same = seen(wild=("box", Spread(1, 0.5, 0.1, "a")), calm=("box", Spread(1, 0.001, 0.1, "a")))
        found = self.flags(propose({"same": same, "encodings": Observed()}, SETTINGS, "test"), same)
        assert [(flag.verdict, flag.what) for flag in found if flag.media == "same"] == [("too loose", "sheet:calm")]


def test_a_spread_keeps_the_largest_distance_its_place_and_shares_above_the_floor():
    spread = Spread()
    for magnitude, expected, where in [(0.01, 0.001, "a"), (0.2, 10.0, "b"), (0.1, 2.0, "c"), (0.0, 1.0, "d")]:
        spread.take(magnitude, expected, floor=0.05, where=where)
    assert (spread.changed, spread.abs, spread.where) == (4, 0.2, "b")
    assert math.isclose(spread.rel, 0.05)
