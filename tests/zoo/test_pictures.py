"""Sizes, pixel shapes and orientations: what the services see is upright and has the display size."""

from fractions import Fraction

import pytest

from tests.media_factory import render, rotate_mp4, set_matrix_mp4, times_at
from tests.zoo.pictures import BLUE, GREEN, RED, YELLOW, corners, two_scenes
from tests.zoo.visit import visit

TIMES = times_at(25, 1.2)
CUT = 0.6
SCENES = ("scene_detection",)


def seen_at(folder, *, width=64, height=96, change=None, **options):
    path = render(folder / "clip.mp4", two_scenes(TIMES, CUT, width=width, height=height), TIMES, **options)
    if change:
        change(path)
    seen = visit(path, duration=1.2, frames=30, only=SCENES)
    assert seen.cuts == pytest.approx([CUT], abs=2e-5)
    assert seen.shown().shape == (seen.facts["height"], seen.facts["width"], 3)
    return seen


def size(seen):
    return seen.facts["width"], seen.facts["height"]


@pytest.mark.parametrize(
    "clockwise, order",
    [(90, [BLUE, RED, YELLOW, GREEN]), (180, [YELLOW, BLUE, GREEN, RED]), (270, [GREEN, YELLOW, RED, BLUE])],
)
def test_a_rotated_clip_is_upright(folder, clockwise, order):
    seen = seen_at(folder, change=lambda path: rotate_mp4(path, clockwise))
    assert size(seen) == ((64, 96) if clockwise == 180 else (96, 64))
    assert corners(seen.shown()) == order


@pytest.mark.parametrize(
    "matrix, order",
    [
        pytest.param((-1, 0, 0, 1), [GREEN, RED, YELLOW, BLUE], id="left-right"),
        pytest.param((1, 0, 0, -1), [BLUE, YELLOW, RED, GREEN], id="top-bottom"),
        pytest.param((0, 1, 1, 0), [RED, BLUE, GREEN, YELLOW], id="turned"),
        pytest.param((0, -1, -1, 0), [YELLOW, GREEN, BLUE, RED], id="turned-the-other-way"),
    ],
)
def test_a_mirrored_clip_is_shown_as_its_matrix_says(folder, matrix, order):
    seen = seen_at(folder, change=lambda path: set_matrix_mp4(path, *matrix))
    assert size(seen) == ((64, 96) if matrix[0] else (96, 64))
    assert corners(seen.shown()) == order


def test_non_square_pixels_count_at_their_display_width(folder):
    seen = seen_at(folder, aspect=Fraction(4, 3))
    assert size(seen) == (85, 96)


def test_non_square_pixels_in_a_rotated_clip_stretch_the_height(folder):
    seen = seen_at(folder, aspect=Fraction(3, 2), change=lambda path: rotate_mp4(path, 90))
    assert size(seen) == (96, 96)
    assert corners(seen.shown()) == [BLUE, RED, YELLOW, GREEN]


@pytest.mark.parametrize("width, height", [(101, 57), (57, 101), (33, 33)])
def test_an_odd_size_keeps_every_pixel(folder, width, height):
    seen = seen_at(folder, width=width, height=height, pixels="yuv444p")
    assert size(seen) == (width, height)


@pytest.mark.parametrize("width, height", [(360, 640), (640, 360)], ids=["9:16", "16:9"])
def test_portrait_and_landscape(folder, width, height):
    seen = seen_at(folder, width=width, height=height)
    assert size(seen) == (width, height)
    assert corners(seen.shown()) == [RED, GREEN, BLUE, YELLOW]
