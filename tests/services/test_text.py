"""Only what changed is read, and what is read becomes a document; one run with the real reader."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from rumiai_v2.media.types import DecodedVideo, Frame, Media
from rumiai_v2.services.text import (
    CHANGED,
    Text,
    block_change,
    picture_holders,
    read_video,
    small_gray,
)
from rumiai_v2.services.text_appearances import Sighting, similarity
from rumiai_v2.services.text_readings import MAX_READ
from tests.schema_check import validate

SPACING = 0.2
TEXT_BOX = (40.0, 500.0, 280.0, 40.0)


def clip(images, *, scale=1.0):
    frames = tuple(Frame(6 * k, k * SPACING, image) for k, image in enumerate(images))
    height, width = images[0].shape[:2]
    size = (round(width * scale), round(height * scale))
    video = DecodedVideo(*size, scale, 30.0, 6 * len(frames), len(frames) * SPACING, frames, SPACING, "f", "d")
    return Media(Path("clip.mp4"), "0" * 64, video, None)


def plain(level=120):
    return np.full((640, 360, 3), level, np.uint8)


def noise(seed):
    return np.random.default_rng(seed).integers(0, 256, (640, 360, 3), dtype=np.uint8)


def gray_noise(seed):
    return np.repeat(noise(seed)[..., :1], 3, axis=2)


class Reader:
    """Reads what a test says: ``texts[k]`` in the picture whose corner pixel is k. Counts its calls."""

    def __init__(self, texts):
        self.texts = texts
        self.found, self.reads = [], []

    def find(self, image):
        self.found.append(int(image[0, 0, 0]))
        return [TEXT_BOX] if self.texts[int(image[0, 0, 0])] else []

    def read(self, image, top, bottom):
        self.reads.append(int(image[0, 0, 0]))
        text = self.texts[int(image[0, 0, 0])]
        return [Sighting(text, 0.99, TEXT_BOX)] if text else []


def marked(image, k):
    image = image.copy()
    image[0, 0] = k
    return image


def lettered(image, text, k):
    """``image`` with the strokes of ``text`` in TEXT_BOX, marked with k."""
    return marked(cv2.putText(image.copy(), text, (44, 532), cv2.FONT_HERSHEY_SIMPLEX, 1.1, (255, 255, 255), 5), k)


def run(reader, images, *, scale=1.0):
    media = clip(images, scale=scale)
    document = read_video(reader, media.video.frames, media=media)
    validate(document, "services/ocr.schema.json")
    return document


def test_gray_pictures_have_a_long_side_of_320():
    assert small_gray(plain()).shape == (320, 180)
    assert small_gray(np.zeros((90, 160, 3), np.uint8)).shape == (90, 160)


def test_block_change_is_the_mean_difference_of_each_block():
    a, b = np.zeros((20, 16), np.float32), np.zeros((20, 16), np.float32)
    b[:8, 8:] = 10
    b[16:, :8] = 4
    assert block_change(a, b) == pytest.approx(np.array([[0, 10], [0, 0], [4, 0]]))


def test_a_change_is_measured_against_the_last_changed_sample():
    levels = [0, 5, 10, 12, 30]
    grays = [np.full((16, 16), level, np.float32) for level in levels]
    # 5 is no change to 0, 10 is; 12 is none to 10; 30 is.
    assert picture_holders(grays) == [0, 0, 2, 2, 4]


def test_a_change_in_one_block_is_a_change():
    a = np.zeros((320, 184), np.float32)
    b = a.copy()
    b[160:168, 80:88] = CHANGED
    assert picture_holders([a, b]) == [0, 1]


def test_a_still_picture_is_read_once_and_its_text_lasts():
    reader = Reader({1: "Follow me"})
    document = run(reader, [marked(plain(), 1)] * 10)
    assert (reader.found, reader.reads) == ([1], [1])
    (only,) = document["textAnnotations"]
    assert (only["text"], only["timestamp"], only["end_timestamp"]) == ("Follow me", 0.0, pytest.approx(2.0))
    assert document["metadata"]["frames_analyzed"] == 1
    assert document["metadata"]["frames_skipped"] == 9


def test_each_changed_picture_is_searched_and_only_new_text_is_read():
    reader = Reader({1: "", 2: "Step one", 3: "Step one", 4: ""})
    images = [marked(plain(40), 1)] * 3 + [lettered(plain(120), "Step one", 2)] * 3
    images += [lettered(plain(160), "Step one", 3), marked(plain(200), 4)]
    document = run(reader, images)
    assert (reader.found, reader.reads) == ([1, 2, 3, 4], [2])
    (only,) = document["textAnnotations"]
    assert (only["timestamp"], only["end_timestamp"]) == (pytest.approx(0.6), pytest.approx(1.4))
    assert only["frame_number"] == 18


def test_a_text_over_a_moving_picture_is_read_once_and_ends_when_it_goes():
    soft = [cv2.normalize(cv2.blur(noise(k), (41, 41)), None, 0, 140, cv2.NORM_MINMAX) for k in range(8)]
    reader = Reader({1: "Follow me", 2: "Step one", 3: ""})
    images = [lettered(image, "Follow me", 1) for image in soft[:4]] + [lettered(soft[4], "Step one", 2)]
    images += [marked(image, 3) for image in soft[5:]]
    document = run(reader, images)
    assert reader.reads == [1, 2]
    assert [
        (a["text"], round(a["timestamp"], 6), round(a["end_timestamp"], 6)) for a in document["textAnnotations"]
    ] == [
        ("Follow me", 0.0, 0.8),
        ("Step one", 0.8, 1.0),
    ]


def test_boxes_are_in_source_pixels():
    document = run(Reader({1: "Follow me"}), [marked(plain(), 1)], scale=1.5)
    assert document["textAnnotations"][0]["bbox"] == [60.0, 750.0, 420.0, 60.0]


def test_samples_over_the_limit_are_not_read_and_are_counted():
    reader = Reader({1: "Follow me"})
    document = run(reader, [marked(gray_noise(k), 1) for k in range(80)])
    assert len(reader.reads) == MAX_READ
    assert document["metadata"]["frames_analyzed"] == MAX_READ
    assert document["metadata"]["frames_without_evidence"] == 20
    (only,) = document["textAnnotations"]
    assert only["timestamp"] == 0.0
    assert only["end_timestamp"] >= 15.6


def test_a_sticker_is_reported_in_source_pixels_unless_a_text_lies_on_it():
    images = []
    for k in range(8):
        image = cv2.cvtColor(cv2.cvtColor(cv2.blur(noise(k), (31, 31)), cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
        image = cv2.normalize(image, None, 0, 255, cv2.NORM_MINMAX)
        images.append(marked(cv2.circle(image, (180, 520), 40, (30, 40, 230), -1), 1))
    (sticker,) = run(Reader({1: ""}), images, scale=2.0)["stickers"]
    assert sticker["bbox"] == pytest.approx([280, 960, 162, 162], abs=8)
    assert run(Reader({1: "SALE"}), images)["stickers"] == []


def rendered(lines, *, colour=(255, 255, 255), y=80, seed=0):
    """Big outlined text over a soft picture, as overlays are."""
    coarse = np.random.default_rng(seed).integers(40, 200, (8, 5, 3), dtype=np.uint8)
    image = Image.fromarray(cv2.resize(coarse, (360, 640), interpolation=cv2.INTER_CUBIC))
    font = ImageFont.load_default(size=38)
    for row, line in enumerate(lines):
        at = ((360 - font.getlength(line)) / 2, y + 50 * row)
        ImageDraw.Draw(image).text(at, line, font=font, fill=colour, stroke_width=2, stroke_fill=(0, 0, 0))
    return np.ascontiguousarray(np.asarray(image)[..., ::-1])


def test_easyocr_reads_overlays_with_their_times():
    images = (
        [rendered([], seed=1)] * 2
        + [rendered(["Watch this", "now please"], seed=1)] * 3
        + [rendered(["link in bio"], colour=(255, 230, 0), y=560, seed=2)] * 2
    )
    service = Text()
    assert service.prepare() is None
    document = service.analyse(clip(images), {})
    validate(document, "services/ocr.schema.json")
    expected = [("Watch this", 0.4, 1.0), ("now please", 0.4, 1.0), ("link in bio", 1.0, 1.4)]
    assert len(document["textAnnotations"]) == len(expected)
    for annotation, (text, start, end) in zip(document["textAnnotations"], expected, strict=True):
        assert similarity(annotation["text"], text) >= 0.8
        assert (annotation["timestamp"], annotation["end_timestamp"]) == (pytest.approx(start), pytest.approx(end))
    assert document["stickers"] == []
    assert document["metadata"]["frames_analyzed"] == 2
    assert document["metadata"]["frames_skipped"] == 5


def test_the_service_describes_itself_without_loading_a_model():
    info = Text().describe()
    assert (info.service, info.library) == ("ocr", "easyocr")
    assert [weight.name for weight in info.weights] == ["craft_mlt_25k.pth", "english_g2.pth"]


def test_missing_weights_are_named_with_what_to_do(monkeypatch, tmp_path):
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path))
    assert "craft_mlt_25k.pth is missing" in Text().describe().problem
