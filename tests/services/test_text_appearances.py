"""Readings of single samples become appearances."""

import pytest

from rumiai_v2.services.text_appearances import (
    Sample,
    Sighting,
    accepted,
    appearances,
    hull,
    iou,
    joined_lines,
    similarity,
)

BOX = (40.0, 500.0, 280.0, 40.0)
SPACING = 0.2


def said(text, confidence=0.9, box=BOX):
    return Sighting(text, confidence, box)


def samples(*contents):
    """One sample per argument: a tuple of sightings, or None for one whose text was not read."""
    return [Sample(k * SPACING, k * 5, content or (), content is not None) for k, content in enumerate(contents)]


def merged(*contents, duration=100.0):
    return appearances(samples(*contents), spacing=SPACING, duration=duration)


def spans(found):
    return [(a.text, round(a.start, 6), round(a.end, 6)) for a in found]


def test_a_text_seen_in_three_samples_is_one_appearance_that_ends_one_sample_after_the_last():
    (only,) = merged((), (said("Follow me"),), (said("Follow me"),), (said("Follow me"),), (), ())
    assert (only.start, only.end) == (pytest.approx(0.2), pytest.approx(0.8))
    assert only.number == 5


def test_a_text_seen_in_a_single_sample_is_kept():
    assert spans(merged((), (said("SALE"),), (), ())) == [("SALE", 0.2, 0.4)]


def test_an_appearance_ends_with_the_video_at_the_latest():
    assert merged((said("The end"),), duration=0.15)[0].end == 0.15


def test_the_best_reading_gives_text_confidence_and_box():
    better = (42.0, 501.0, 281.0, 41.0)
    (only,) = merged((said("link in bi0", 0.6),), (said("link in bio", 0.95, better),), (said("Iink in bio", 0.7),))
    assert (only.text, only.confidence, only.box) == ("link in bio", 0.95, better)
    assert only.start == 0.0


def test_letter_case_and_single_wrong_letters_do_not_split_an_appearance():
    assert len(merged((said("STOP SCROLLING"),), (said("SToP SCROLLNG"),))) == 1


def test_a_changed_text_in_the_same_place_is_a_new_appearance():
    assert spans(merged((said("Step one"),), (said("Now stir"),))) == [("Step one", 0.0, 0.2), ("Now stir", 0.2, 0.4)]


def test_the_same_text_elsewhere_is_another_appearance():
    elsewhere = (40.0, 100.0, 280.0, 40.0)
    assert len(merged((said("Step one"),), (said("Step one", box=elsewhere),))) == 2


def test_a_text_that_creeps_is_followed_from_box_to_box():
    creeping = [(said("Credits", box=(40.0, 500.0 - 20 * k, 280.0, 40.0)),) for k in range(10)]
    assert len(merged(*creeping)) == 1


def test_one_missed_sample_is_bridged_and_two_are_not():
    assert len(merged((said("Watch"),), (), (said("Watch"),))) == 1
    assert spans(merged((said("Watch"),), (), (), (said("Watch"),))) == [("Watch", 0.0, 0.2), ("Watch", 0.6, 0.8)]


def test_samples_that_were_not_read_are_neither_sighting_nor_gap():
    assert spans(merged((said("Watch"),), None, None, None, (said("Watch"),))) == [("Watch", 0.0, 1.0)]
    assert spans(merged((said("Watch"),), None, None, ())) == [("Watch", 0.0, 0.2)]
    assert merged(None, None) == ()


def test_what_is_known_of_a_partly_read_sample_is_a_sighting():
    first, last = (Sample(t, 0, (said("Watch"),)) for t in (0.0, 0.8))
    partly = [Sample(0.2 * k, 0, (said("this", box=(0.0, 0.0, 90.0, 30.0)),), complete=False) for k in (1, 2, 3)]
    found = appearances([first, *partly, last], spacing=SPACING, duration=9.0)
    assert spans(found) == [("Watch", 0.0, 1.0), ("this", 0.2, 0.8)]


def test_two_texts_on_screen_keep_apart_and_stand_from_top_to_bottom():
    low, high = (40.0, 560.0, 280.0, 40.0), (40.0, 500.0, 280.0, 40.0)
    both = (said("and line two", box=low), said("line one", box=high))
    assert spans(merged(both, both)) == [("line one", 0.0, 0.4), ("and line two", 0.0, 0.4)]


def test_each_of_two_alike_texts_continues_its_own_place():
    left, right = (0.0, 0.0, 100.0, 40.0), (60.0, 0.0, 100.0, 40.0)
    pair = (said("tip 1", box=left), said("tip 2", box=right))
    found = merged(pair, pair[::-1])
    assert [(a.text, a.box) for a in found] == [("tip 1", left), ("tip 2", right)]


def test_pieces_of_one_line_join_from_left_to_right():
    pieces = [said("faster", 0.8, (100.0, 12.0, 120.0, 38.0)), said("3x", 1.0, (40.0, 10.0, 40.0, 40.0))]
    (line,) = joined_lines(pieces)
    assert line.text == "3x faster"
    assert line.box == (40.0, 10.0, 180.0, 40.0)
    assert line.confidence == pytest.approx((2 * 1.0 + 6 * 0.8) / 8)


@pytest.mark.parametrize(
    "other",
    [(40.0, 60.0, 100.0, 40.0), (160.0, 10.0, 60.0, 40.0), (85.0, 10.0, 200.0, 110.0)],
    ids=["next line", "far away", "other size"],
)
def test_lines_columns_and_other_sizes_do_not_join(other):
    assert len(joined_lines([said("one", box=(40.0, 10.0, 40.0, 40.0)), said("two", box=other)])) == 2


def test_unsure_and_short_readings_are_dropped():
    far = [(0.0, 100.0 * k, 50.0, 20.0) for k in range(5)]
    pieces = [
        said("sure", 0.51, far[0]),
        said("unsure", 0.5, far[1]),
        said(" ab ", 0.99, far[2]),
        said(" abc ", 0.99, far[3]),
        said("  ", 0.99, far[4]),
    ]
    assert [line.text for line in accepted(pieces)] == ["sure", "abc"]


def test_measures_of_boxes_and_texts():
    assert iou((0, 0, 10, 10), (5, 0, 10, 10)) == pytest.approx(1 / 3)
    assert iou((0, 0, 10, 10), (20, 0, 10, 10)) == 0.0
    assert iou((0, 0, 0, 0), (0, 0, 0, 0)) == 0.0
    assert hull([(1, 2, 3, 4), (0, 5, 1, 9)]) == (0, 2, 4, 12)
    assert similarity("HELLO", "hello") == 1.0
    assert similarity("Step 1", "Now stir") < 0.8


def test_a_small_figure_beside_a_slanted_word_joins_it():
    pieces = [said("1", 0.97, (209.0, 311.0, 20.0, 28.0)), said("Day", 1.0, (121.3, 300.1, 90.5, 57.8))]
    assert [line.text for line in accepted(pieces)] == ["Day 1"]
