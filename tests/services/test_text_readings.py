"""Each region is read once where it starts, and again only where doubt is left."""

import numpy as np

from rumiai_v2.services.text_appearances import Sighting
from rumiai_v2.services.text_readings import MAX_READ, bands, certainty, choose, read_regions, sure
from rumiai_v2.services.text_regions import Region

HIGH, LOW = (40.0, 40.0, 280.0, 40.0), (40.0, 500.0, 280.0, 40.0)


def said(text, confidence=0.99, box=HIGH):
    return Sighting(text, confidence, box)


class Script:
    """A band reader that finds ``lines[sample]`` where they lie; remembers (sample, rows)."""

    def __init__(self, lines):
        self.lines, self.calls = lines, []

    def __call__(self, image, top, bottom):
        sample = int(image[0, 0, 0])
        self.calls.append((sample, top, bottom))
        return [line for line in self.lines[sample] if top <= line.box[1] < bottom]


def read(lines, regions, **options):
    images = {k: np.full((640, 360, 3), k, np.uint8) for k in lines}
    script = Script(lines)
    return read_regions(images, regions, script, **options), script.calls


def test_all_wanted_samples_are_read_within_the_limit():
    wanted = [(i, 10.0) for i in range(MAX_READ)]
    assert choose(wanted) == tuple(range(MAX_READ))


def test_over_the_limit_readings_spread_and_go_where_most_text_is_new():
    wanted = [(i, 200.0 if i % 4 == 1 else 10.0) for i in range(240)]
    assert choose(wanted) == tuple(range(1, 240, 4))
    even = choose([(i, 10.0) for i in range(300)])
    assert len(even) == MAX_READ
    assert even[0] == 0 and even[-1] >= 290


def test_bands_hold_a_line_height_around_their_boxes_and_stay_in_the_image():
    assert bands([LOW, HIGH], 640) == [(0, 120), (460, 580)]
    assert bands([(0.0, 300.0, 50.0, 10.0)], 640) == [(284, 326)]


def test_bands_that_touch_are_one_and_much_is_the_whole_image():
    assert bands([(0.0, 100.0, 90.0, 40.0), (0.0, 150.0, 90.0, 40.0)], 640) == [(60, 230)]
    assert bands([(0.0, 40.0, 90.0, 200.0), (0.0, 400.0, 90.0, 40.0)], 640) == [(0, 640)]


def test_certainty_counts_sure_letters_and_doubt_is_any_unsure_word():
    assert certainty([said("abcd", 1.0), said("xx", 0.3)]) == 2.0
    assert sure([said("Follow me"), said("l.", 0.2)])
    assert not sure([said("Follow me"), said("now", 0.9)])
    assert not sure([])


def test_a_region_that_is_read_surely_is_read_once_in_its_band():
    readings, calls = read({k: [said("Follow me")] for k in range(5)}, [Region(HIGH, [0, 1, 2, 3, 4])])
    assert calls == [(0, 0, 120)]
    assert readings.best == {0: (said("Follow me"),)}
    assert readings.samples == {0}


def test_doubt_is_read_again_at_the_end_and_in_the_middle_and_the_best_reading_stays():
    lines = {0: [said("Foll", 0.7)], 1: [], 2: [said("Follow me", 0.9)], 3: [], 4: [said("Folow me", 0.8)]}
    readings, calls = read(lines, [Region(HIGH, [0, 1, 2, 3, 4])])
    assert [sample for sample, _, _ in calls] == [0, 4, 2]
    assert readings.best == {0: (said("Follow me", 0.9),)}


def test_a_region_of_one_sample_is_not_read_twice():
    readings, calls = read({0: [said("Foll", 0.7)]}, [Region(HIGH, [0])])
    assert len(calls) == 1
    assert readings.best == {0: (said("Foll", 0.7),)}


def test_only_new_regions_are_read_and_lines_of_others_are_left_to_them():
    near = (40.0, 90.0, 280.0, 40.0)
    lines = {0: [said("line one")], 1: [said("line on"), said("line two", box=near)]}
    readings, calls = read(lines, [Region(HIGH, [0, 1]), Region(near, [1])])
    assert calls == [(0, 0, 120), (1, 50, 170)]
    assert readings.best == {0: (said("line one"),), 1: (said("line two", box=near),)}


def test_over_the_limit_a_region_is_read_where_a_chosen_sample_shows_it_or_not_at_all():
    lines = {0: [said("one")], 1: [said("one"), said("two", box=LOW)], 2: [said("three", 0.8)]}
    small = (40.0, 40.0, 28.0, 40.0)
    regions = [Region(small, [0, 1]), Region(LOW, [1]), Region(small, [2])]
    readings, calls = read(lines, regions, limit=1)
    assert {sample for sample, _, _ in calls} == {1}
    assert sorted(readings.best) == [0, 1]
    assert readings.samples == {1}
