"""The picture at the diverging moment, and what each side saw, read and heard there."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from parity.report.page.pictures import at_moments
from rumiai_v2.media.decode import decode
from tests.harness.report.page import toys
from tests.media_factory import render, rotate_mp4

SEEN = toys.SEEN
OTHER_TEXT = [{**SEEN["Texts"][0], "text": "BUY NEVER"}]


def image_of(url: str) -> np.ndarray:
    """The picture [height, width, RGB] behind a data URL."""
    kind, _, data = url.partition(",")
    assert kind == "data:image/jpeg;base64"
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")).astype(int)


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> toys.World:
    """A project with goldens; every test runs it with something else seen."""
    return toys.world(tmp_path_factory.mktemp("frames"), "one")


def frames_of(world: toys.World, clip: bytes | None = b"", **seen: Any) -> list[dict[str, Any]]:
    """The frames of a run in which other things are seen; ``clip``: empty for that of the toys, None for none."""
    file = world.project.root / "corpus/one/clip.mp4"
    file.unlink(missing_ok=True)
    world.case("one", seen=seen, clip=clip == b"")
    if clip:
        file.write_bytes(clip)
    page = world.page()
    assert sorted(index for cause in page["causes"] for index in cause["frames"]) == list(range(len(page["frames"])))
    return page["frames"]


def test_the_picture_is_the_frame_of_the_moment_at_which_the_item_begins(base):
    (frame,) = frames_of(base, Texts=OTHER_TEXT)
    assert (frame["case"], frame["time"]) == ("one", 1.0)
    assert (frame["width"], frame["height"]) == (360, 202)
    picture = image_of(frame["image"])
    assert picture.shape == (202, 360, 3)
    assert np.abs(picture.mean(axis=(0, 1)) - toys.COLOURS[1]).max() < 12, "the second second is green"
    assert frame["title"] == "Texts[0].text: golden 'BUY NOW', disk and web 'BUY NEVER'"
    assert frame["why_no_image"] is None


def test_both_sides_tell_their_boxes_as_shares_of_the_frame_with_the_texts_they_read(base):
    (frame,) = frames_of(base, Texts=OTHER_TEXT)
    expected, actual = frame["sides"]
    assert (expected["title"], actual["title"]) == ("golden", "disk and web")
    box = {"x": 0.1, "y": 0.2, "w": 0.5, "h": 0.1, "text": True, "stage": "scoring"}
    assert [each for each in expected["boxes"] if each["text"]] == [{**box, "label": "BUY NOW"}]
    assert [each for each in actual["boxes"] if each["text"]] == [{**box, "label": "BUY NEVER"}]


def test_boxes_in_pixels_refer_to_the_frame_and_carry_the_names_of_what_they_hold(base):
    faces = [{**face, "box": [0.0, 0.0, 320.0, 180.0]} if face["who"] == "bob" else face for face in SEEN["Faces"]]
    (frame,) = frames_of(base, Faces=faces)
    assert frame["time"] == 0.5
    expected, actual = ({box["label"]: box for box in side["boxes"]} for side in frame["sides"])
    place = ("x", "y", "w", "h")
    assert [expected["ann"][name] for name in place] == [0.1, 0.1, 0.4, 0.4]
    assert [expected["bob"][name] for name in place] == [0.5, 0.1, 0.5, 0.4]
    assert [actual["bob"][name] for name in place] == [0, 0, 0.5, 0.5]
    assert not actual["bob"]["text"]
    assert "BUY NOW" not in expected, "that text begins later"


def test_what_is_said_at_the_moment_is_a_note(base):
    spoken = [{"start": 0.0, "end": 1.4, "text": "hello here"}]
    (frame,) = frames_of(base, Spoken=spoken)
    assert [side["notes"] for side in frame["sides"]] == [["Spoken: hello there"], ["Spoken: hello here"]]


def test_of_a_missing_item_the_moment_is_that_of_the_side_that_has_it(base):
    (frame,) = frames_of(base, Texts=[])
    assert frame["time"] == 1.0
    labels = [{box["label"] for box in side["boxes"]} for side in frame["sides"]]
    assert "BUY NOW" in labels[0] - labels[1]


def test_of_a_window_the_moment_is_its_middle(base):
    found = frames_of(base, Curve=[0.1, 0.9, 0.3, 0.4])
    assert [frame["time"] for frame in found] == [3.0]


def test_a_value_without_a_moment_has_no_frame(base):
    assert frames_of(base, **{"Core/mean": 0.9}) == []


def test_without_a_clip_the_boxes_are_drawn_all_the_same_and_the_page_says_why(base):
    (frame,) = frames_of(base, None, Texts=OTHER_TEXT)
    assert frame["image"] is None
    assert frame["why_no_image"] == "case one has no clip of its own"
    assert [len(side["boxes"]) for side in frame["sides"]] == [1, 1]
    assert frame["width"] > 0 < frame["height"]


def test_a_clip_that_cannot_be_decoded_costs_nothing_but_the_picture(base):
    (frame,) = frames_of(base, b"no video at all", Texts=OTHER_TEXT)
    assert frame["image"] is None
    assert frame["why_no_image"].startswith("clip.mp4 cannot be decoded: ")
    assert [len(side["boxes"]) for side in frame["sides"]] == [1, 1]


def test_moments_near_each_other_are_one_frame_of_a_cause(base):
    texts = [
        {"start": start, "end": start + 0.2, "text": f"text {n}", "box": SEEN["Texts"][0]["box"]}
        for n, start in enumerate((0.2, 0.3, 1.2, 2.2))
    ]
    found = frames_of(base, Texts=texts)
    times = sorted(frame["time"] for frame in found)
    assert (times[0], len(times), times[2]) == (0.2, 3, 2.2), "0.3 lies near 0.2"
    assert times[1] in (1.0, 1.2), "the text that is gone and the one that came"


@pytest.mark.parametrize("clockwise", [0, 90, 180, 270])
def test_a_turned_clip_is_shown_upright_as_the_pipeline_sees_it(tmp_path: Path, clockwise: int):
    corner = np.zeros((96, 64, 3), dtype=np.uint8)
    corner[:32, :32] = (255, 255, 255)
    path = tmp_path / "clip.mp4"
    render(path, [corner] * 4, [n / 10 for n in range(4)])
    path = rotate_mp4(path, clockwise)
    seen = decode(path)
    picture = at_moments(path, [0.1]).pictures[0.1]
    assert picture.frame == (picture.width, picture.height) == (seen.width, seen.height)
    bgr = seen.frames[0].image.astype(int)
    assert np.abs(image_of(picture.url) - bgr[..., ::-1]).mean() < 12


def test_a_moment_behind_the_end_shows_the_last_frame(tmp_path: Path):
    toys.write_clip(tmp_path / "clip.mp4")
    shown = at_moments(tmp_path / "clip.mp4", [0.0, 2.95, 60.0])
    colours = [image_of(shown.pictures[moment].url).mean(axis=(0, 1)) for moment in (0.0, 2.95, 60.0)]
    for colour, wanted in zip(colours, (0, 2, 2), strict=True):
        assert np.abs(colour - toys.COLOURS[wanted]).max() < 12
    assert shown.length == pytest.approx(3.0, abs=0.01)
