"""Two clips of the zoo through the models: a person filmed sideways, and text in landscape."""

import cv2
import numpy as np
import pytest
from skimage import data

from tests.media_factory import render, rotate_mp4, times_at
from tests.zoo.visit import visit

TIMES = times_at(10, 0.5)


@pytest.mark.parametrize("clockwise", [90, 180, 270])
def test_a_person_in_a_rotated_clip_gets_upright_boxes(folder, clockwise):
    portrait = cv2.resize(data.astronaut(), (384, 384), interpolation=cv2.INTER_AREA)
    tall = np.pad(portrait, ((128, 128), (0, 0), (0, 0)), constant_values=90)
    stored = np.rot90(tall, clockwise // 90)  # anticlockwise; the flag turns it back
    path = rotate_mp4(render(folder / "clip.mp4", [stored] * len(TIMES), TIMES), clockwise)
    seen = visit(path, duration=0.5, frames=len(TIMES), only=("yolo", "mediapipe"))
    assert (seen.facts["width"], seen.facts["height"]) == (384, 640)
    people = [o for o in seen.data("yolo")["objectAnnotations"] if o["className"] == "person"]
    faces = seen.data("mediapipe")["faces"]
    assert len(people) == len(faces) == seen.facts["sampled_frames"] == 3
    for person, face in zip(people, faces, strict=True):
        x1, y1, x2, y2 = person["bbox"]
        box = face["bbox"]
        left, top = box["x"] * 384, box["y"] * 640
        assert (box["x"], box["y"]) == pytest.approx((0.35, 0.28), abs=0.03)
        assert (box["width"] * 384, box["height"] * 640) == pytest.approx((69, 81), abs=20)
        assert 128 - 20 < y1 < top and x1 < left < left + box["width"] * 384 < x2 <= 384
        assert y2 == pytest.approx(512, abs=25), "the portrait's lower edge"
    assert len(seen.data("mediapipe")["poses"]) == 3
    assert seen.outputs["person_framing"]["CoreMetrics"]["subjectCount"] == 1


def test_text_in_a_landscape_clip_is_read_where_it_stands(folder):
    picture = np.full((360, 640, 3), 40, np.uint8)
    cv2.putText(picture, "SALE TODAY", (340, 90), cv2.FONT_HERSHEY_SIMPLEX, 1.4, (255, 255, 255), 3, cv2.LINE_AA)
    path = render(folder / "clip.mp4", [picture] * len(TIMES), TIMES)
    seen = visit(path, duration=0.5, frames=len(TIMES), only=("ocr",))
    assert (seen.facts["width"], seen.facts["height"]) == (640, 360)
    [text] = seen.data("ocr")["textAnnotations"]
    assert text["text"].upper() == "SALE TODAY"
    x, y, w, h = text["bbox"]
    assert (x, y + h) == pytest.approx((340, 92), abs=15) and x + w < 640
    assert (text["timestamp"], text["end_timestamp"]) == pytest.approx((0, 0.5), abs=0.11)
    [entry] = [e for e in seen.unified["timeline"]["entries"] if e["entry_type"] == "text"]
    assert (entry["data"]["position"], entry["end"]) == ("right", pytest.approx(0.5, abs=0.11))
