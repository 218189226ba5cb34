"""Text regions are followed by their strokes, whatever moves behind them."""

import cv2
import numpy as np
import pytest

from rumiai_v2.services.text_regions import SAME_STROKES, follow, same_strokes, stroke_agreement

BOX = (20.0, 80.0, 200.0, 40.0)


def backdrop(seed):
    """Soft noise of [200, 360, 3], another one for each seed."""
    coarse = np.random.default_rng(seed).integers(0, 160, (10, 18, 3), dtype=np.uint8)
    return cv2.resize(coarse, (360, 200), interpolation=cv2.INTER_CUBIC)


def caption(text, seed=0, *, origin=(24, 112)):
    image = backdrop(seed)
    for colour, thickness in (((0, 0, 0), 9), ((255, 255, 255), 4)):
        cv2.putText(image, text, origin, cv2.FONT_HERSHEY_SIMPLEX, 1.1, colour, thickness, cv2.LINE_AA)
    return image


def spans(regions):
    return [(region.samples[0], region.samples[-1]) for region in regions]


def test_equal_crops_agree_fully_and_plain_ones_too():
    gray = cv2.cvtColor(caption("Follow me"), cv2.COLOR_BGR2GRAY)
    assert stroke_agreement(gray, gray) == pytest.approx(1.0)
    assert stroke_agreement(np.full((20, 60), 9, np.uint8), np.full((20, 60), 90, np.uint8)) == 1.0


def test_strokes_that_appear_or_go_do_not_agree():
    with_text, without = (cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in (caption("SALE"), backdrop(0)))
    assert stroke_agreement(with_text, without) < 0.3


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_same_caption_over_another_picture_has_the_same_strokes(seed):
    assert same_strokes(caption("Follow me"), caption("Follow me", seed), BOX)


@pytest.mark.parametrize("text", ["Follow us", "Follow", "Hello me", "Step one"])
def test_one_changed_word_is_a_change(text):
    assert not same_strokes(caption("Follow me"), caption(text), BOX)


def test_a_fading_caption_keeps_its_strokes():
    full = caption("Follow me")
    half = cv2.addWeighted(full, 0.6, backdrop(0), 0.4, 0)
    assert same_strokes(full, half, BOX)
    assert SAME_STROKES > 0.5


def test_a_caption_over_a_moving_picture_is_one_region():
    images = {k: caption("Follow me", k) for k in range(6)}
    (region,) = follow(images, {k: [BOX] for k in images})
    assert region.samples == list(range(6))


def test_a_caption_goes_on_where_the_search_misses_it():
    images = {k: caption("Follow me", k) for k in range(4)}
    regions = follow(images, {0: [BOX], 1: [], 2: [BOX], 3: []})
    assert spans(regions) == [(0, 3)]


def test_a_new_caption_in_the_same_place_is_a_new_region():
    images = {0: caption("Follow me"), 1: caption("Follow me", 1), 2: caption("Step one", 2), 3: backdrop(3)}
    regions = follow(images, {0: [BOX], 1: [BOX], 2: [BOX], 3: []})
    assert spans(regions) == [(0, 1), (2, 2)]


def test_a_line_that_grew_replaces_the_short_one():
    short, long = (20.0, 80.0, 120.0, 40.0), (20.0, 80.0, 240.0, 40.0)
    images = {0: caption("Follow"), 1: caption("Follow me now")}
    regions = follow(images, {0: [short], 1: [long]})
    assert spans(regions) == [(0, 0), (1, 1)]
    assert regions[1].box == long


def test_a_second_text_leaves_the_first_one_alone():
    high = (20.0, 20.0, 120.0, 40.0)
    second = caption("Follow me", 1)
    cv2.putText(second, "SALE", (24, 52), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (255, 255, 255), 4)
    regions = follow({0: caption("Follow me"), 1: second}, {0: [BOX], 1: [high, BOX]})
    assert [region.box for region in regions] == [BOX, high]
    assert spans(regions) == [(0, 1), (1, 1)]


def test_pieces_that_overlap_on_a_line_are_one_region_and_lie_in_the_image():
    left, right = (-4.0, 80.0, 104.0, 40.0), (90.0, 84.0, 400.0, 30.0)
    (region,) = follow({0: caption("Follow me")}, {0: [left, right, (500.0, 10.0, 20.0, 20.0)]})
    assert region.box == (0.0, 80.0, 360.0, 40.0)
