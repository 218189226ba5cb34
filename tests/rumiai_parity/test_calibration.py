"""The project's own calibration: of the present versions and weights, and sharp enough for what must be seen."""

from __future__ import annotations

from pathlib import Path

import pytest

from parity.compare import tolerance
from parity.pipeline import settings
from parity.tools.calibrate import plan, session, store, write
from parity.tools.calibrate.propose import propose
from parity.verdict import Verdict

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def config():
    return settings.load(ROOT / "parity.toml")


@pytest.fixture(scope="module")
def calibration(config):
    return store.load(plan.load(config).data)


def test_the_committed_tolerances_follow_from_data_of_the_present_versions_and_weights(config):
    result = session.check(config)
    assert result.verdict is Verdict.PARITY, result.text


def test_the_page_shows_the_committed_numbers(config, calibration):
    chosen = plan.load(config)
    text = chosen.page.read_text(encoding="utf-8")
    proposed = propose(calibration.by_media(), chosen, calibration.provenance_line())
    flags = session.flags(proposed, calibration.by_media(), chosen)
    assert write.page(text, calibration, proposed, chosen, flags) == text


def test_every_condition_was_run_on_every_live_case_and_repeats_on_two(config, calibration):
    chosen = plan.load(config)
    live = {name for seen in calibration.observed.values() for name in seen.cases}
    assert len(live) == 10
    for condition in calibration.conditions:
        cases = calibration.observed[condition.name].cases
        assert cases == (set(chosen.few) if condition.few or condition.name == plan.REPEAT else live), condition.name
    assert calibration.observed[plan.REPEAT].pairs == 2 * len(chosen.few)


def test_repeated_runs_are_equal_to_the_last_bit(calibration):
    assert calibration.observed[plan.REPEAT].unequal == 0


def test_no_run_on_the_same_media_raises_an_alarm_against_the_goldens(calibration):
    seen = {name: each.remaining for name, each in calibration.checked.items() if _kind(calibration, name) == "same"}
    assert set(seen) == {"repeat", "threads-2", "avx2"}
    assert seen == dict.fromkeys(seen, 0)


def _kind(calibration, name):
    return next(condition.kind for condition in calibration.conditions if condition.name == name)


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("time", 1 / 30),  # a frame
        ("speech_time", 1 / 30 * 1.5),  # a frame: the grid of its times is nearly as coarse
        ("box", 2.0),  # pixels
        ("probability", 0.02),
        ("ocr_confidence", 0.02),
        ("landmark", 2.0 / 640),  # pixels of the longer side
    ],
)
def test_what_must_be_seen_is_at_least_twice_what_a_golden_tolerates(config, name, size):
    found = tolerance.load(config.tolerances)[name]
    assert found.rel == 0
    assert 0 < found.abs <= size / 2


@pytest.mark.parametrize("ratio", [1.0, 0.1, 0.01, 0.001])
def test_five_percent_of_a_ratio_are_seen_against_a_golden(config, ratio):
    assert tolerance.load(config.tolerances)["ratio"].allowed(ratio) <= 0.05 * ratio / 2


@pytest.mark.parametrize("name", ["read_text", "spoken_text"])
def test_one_character_and_one_word_are_seen_against_a_golden(config, name):
    found = tolerance.load(config.tolerances)[name]
    assert (found.abs, found.rel) == (0, 0)
