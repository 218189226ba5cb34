"""Stickers are found over a moving picture, and nowhere else."""

import cv2
import numpy as np
import pytest

from rumiai_v2.media.types import Frame
from rumiai_v2.services.stickers import belongs_to_text, stickers

WIDTH, HEIGHT = 360, 640
SPACING = 0.2


def picture(seed, size=(1000, 1000), grain=40):
    """A colourful picture with soft structures of about ``grain`` px, saturated patches included."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(0, 256, (size[0] // grain, size[1] // grain, 3), dtype=np.uint8)
    return cv2.resize(coarse, size[::-1], interpolation=cv2.INTER_CUBIC)


def with_disc(image, centre=(180, 200), radius=40, colour=(30, 40, 230)):
    image = np.ascontiguousarray(image)
    cv2.circle(image, centre, radius, colour, -1, cv2.LINE_AA)
    return image


def coded(image):
    """What coding leaves of a picture."""
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], cv2.IMREAD_COLOR)


def frames(images):
    return [Frame(6 * k, k * SPACING, coded(image)) for k, image in enumerate(images)]


def found(images, texts=None):
    listed = frames(images)
    boxes = texts if texts is not None else [[] for _ in listed]
    return stickers(listed, boxes, spacing=SPACING, duration=len(listed) * SPACING)


def pan(image, count, step=30):
    return [image[k * step // 2 :, k * step :][:HEIGHT, :WIDTH].copy() for k in range(count)]


def zoom(image, count, rate):
    for k in range(count):
        scale = rate**k
        matrix = np.array([[scale, 0, 180 - 180 * scale], [0, scale, 320 - 320 * scale]])
        yield cv2.warpAffine(image, matrix, (WIDTH, HEIGHT), borderMode=cv2.BORDER_REFLECT)


def gray(image):
    return cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)


def test_a_disc_over_a_panning_picture_is_one_sticker_with_its_span_and_box():
    plain = pan(gray(picture(1)), 12)
    images = plain[:3] + [with_disc(image) for image in plain[3:10]] + plain[10:]
    (only,) = found(images)
    assert (only.start, only.end) == (pytest.approx(0.6), pytest.approx(2.0))
    assert only.number == 18
    assert only.box == pytest.approx((140, 160, 81, 81), abs=5)
    assert only.confidence == 1.0


def test_a_sticker_that_one_sample_lacks_keeps_its_span_and_loses_confidence():
    images = [with_disc(image) if k != 5 else image for k, image in enumerate(pan(gray(picture(1)), 10))]
    (only,) = found(images)
    assert only.confidence == pytest.approx(0.9)


def test_a_sticker_lasts_over_hard_cuts_of_still_pictures():
    shots = [gray(picture(seed))[:HEIGHT, :WIDTH] for seed in (1, 2, 3, 4)]
    assert len(found([with_disc(shot) for shot in shots for _ in range(4)])) == 1


def test_a_sticker_whose_outline_drowns_in_a_saturated_picture_for_a_while_is_still_one():
    plain = pan(gray(picture(1)), 12)
    for k in (5, 6, 7):
        plain[k] = np.full_like(plain[k], (200, 40, 40))
    (only,) = found([with_disc(image) for image in plain])
    assert (only.start, only.end, only.confidence) == (0.0, pytest.approx(2.4), 1.0)


@pytest.mark.parametrize("radius", [5, 80], ids=["under 0.1 %", "over 6 %"])
def test_regions_of_other_sizes_are_none(radius):
    assert found([with_disc(image, radius=radius) for image in pan(gray(picture(1)), 10)]) == ()


def test_a_disc_on_a_still_picture_is_none():
    assert found([with_disc(gray(picture(1))[:HEIGHT, :WIDTH])] * 10) == ()


@pytest.mark.parametrize("seed", range(4))
def test_ordinary_moving_footage_has_none(seed):
    assert found(pan(picture(seed), 16)) == ()
    assert found(pan(picture(seed), 16, step=2)) == ()


@pytest.mark.parametrize("rate", [1.002, 1.01, 1.03])
def test_a_saturated_thing_in_the_middle_of_a_zoom_is_none(rate):
    still = with_disc(gray(picture(2, grain=20))[:HEIGHT, :WIDTH], centre=(180, 320), radius=25)
    assert found(zoom(still, 25, rate)) == ()
    assert found(zoom(picture(3, grain=60)[:HEIGHT, :WIDTH].copy(), 25, rate)) == ()


def test_cuts_between_still_pictures_give_none():
    shots = [picture(seed)[:HEIGHT, :WIDTH] for seed in range(8)]
    assert found([shot for shot in shots for _ in range(3)]) == ()
    assert found(shots) == ()


def test_jump_cuts_into_one_picture_give_none():
    still = with_disc(gray(picture(2, grain=20))[:HEIGHT, :WIDTH], centre=(180, 320), radius=25)
    near, far = list(zoom(still, 2, 1.1))
    assert found([near, near, far, far] * 4) == ()


def test_a_thing_at_rest_behind_which_somebody_moves_is_none():
    still = with_disc(gray(picture(5))[:HEIGHT, :WIDTH], centre=(180, 400))
    images = []
    for k in range(20):
        image = still.copy()
        # The mover passes on both sides and above; what the thing stands on stays.
        cv2.rectangle(image, (20 * k - 60, 0), (20 * k + 60, 440), (90, 90, 90), -1)
        images.append(with_disc(image, centre=(180, 400)))
    assert found(images) == ()


def test_a_thing_that_moves_with_somebody_is_none():
    background = gray(picture(6))[:HEIGHT, :WIDTH]
    assert found([with_disc(background, centre=(120 + 7 * k, 300)) for k in range(15)]) == ()


def test_a_fade_to_black_gives_none():
    still = with_disc(gray(picture(7))[:HEIGHT, :WIDTH])
    assert found([(still * (1 - k / 10)).astype(np.uint8) for k in range(10)]) == ()


def test_black_bars_are_none():
    def barred(image):
        image = gray(image)
        image[:20] = image[-20:] = (3, 0, 0)  # nearly black, and as saturated as can be
        return image

    assert found([barred(image) for image in pan(picture(8), 10)]) == ()


def test_lettering_and_plates_behind_texts_are_none():
    box = (100.0, 290.0, 160.0, 30.0)

    def plate(image):
        image = image.copy()
        cv2.rectangle(image, (90, 280), (270, 330), (0, 0, 220), -1)
        return image

    images = [plate(image) for image in pan(gray(picture(1)), 10)]
    assert len(found(images)) == 1
    assert found(images, [[] for _ in range(4)] + [[box]] + [[] for _ in range(5)]) == ()


def test_what_belongs_to_a_text():
    text = (100.0, 100.0, 200.0, 40.0)
    assert belongs_to_text((110.0, 105.0, 20.0, 30.0), [text])
    assert belongs_to_text((50.0, 50.0, 300.0, 200.0), [text])
    assert not belongs_to_text((100.0, 200.0, 50.0, 50.0), [text])
    assert not belongs_to_text((100.0, 100.0, 50.0, 50.0), [])


def test_no_frames_no_stickers():
    assert stickers([], [], spacing=0.0, duration=0.0) == ()
