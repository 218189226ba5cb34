"""Scene changes: found on the exact frame, each once."""

import cv2
import numpy as np
import pytest
from skimage import data

from rumiai_v2.errors import ServiceError
from rumiai_v2.media.open import Limits, open_media
from rumiai_v2.services.scenes import Fade, Scenes, confidence_of, merge
from tests.media_factory import render, times_at
from tests.schema_check import validate

FIRST, SECOND, THIRD = (
    cv2.resize(picture, (96, 128), interpolation=cv2.INTER_AREA)
    for picture in (data.astronaut(), data.coffee(), data.chelsea())
)


def analysed(tmp_path, show, times):
    path = render(tmp_path / "clip.mp4", [show(float(t)) for t in times], times)
    service = Scenes()
    media = open_media(path, limits=Limits(), observers=[service.prepare()])
    document = service.analyse(media, {})
    validate(document, "services/scene_detection.schema.json")
    edges = [0.0, *document["scene_changes"], media.video.duration]
    assert [s["start_time"] for s in document["scenes"]] == edges[:-1], "without gap"
    assert [s["end_time"] for s in document["scenes"]] == edges[1:]
    assert document["total_scenes"] == len(document["scenes"]) == len(document["transitions"]) + 1
    assert [t["timestamp"] for t in document["transitions"]] == document["scene_changes"]
    return document


@pytest.mark.parametrize("fps", ["24000/1001", "25", "30000/1001", "60"])
def test_cuts_are_found_on_the_exact_frame(tmp_path, fps):
    times = times_at(fps, 3)
    cuts = [times[len(times) // 3], times[2 * len(times) // 3]]
    document = analysed(tmp_path, lambda t: (FIRST, SECOND, THIRD)[sum(t >= float(c) for c in cuts)], times)
    assert document["scene_changes"] == pytest.approx([float(c) for c in cuts], abs=2e-5)
    assert {t["type"] for t in document["transitions"]} == {"cut"}


def test_cuts_are_exact_at_a_variable_rate(tmp_path):
    times = np.cumsum(np.random.default_rng(7).uniform(0.015, 0.09, 60))
    times = list(times - times[0])
    document = analysed(tmp_path, lambda t: FIRST if t < times[31] else SECOND, times)
    assert document["scene_changes"] == pytest.approx([times[31]], abs=2e-5)


def faded(t):
    """Out from 1.5 to 2 s, in from 2 to 2.5 s."""
    return (FIRST if t < 2 else SECOND) * min(1.0, abs(t - 2) / 0.5)


def test_a_fade_through_black_is_one_transition_with_start_and_end(tmp_path):
    document = analysed(tmp_path, lambda t: faded(t).astype(np.uint8), times_at(30, 4))
    [fade] = document["transitions"]
    assert fade["type"] == "fade"
    assert 1.8 < fade["start"] < 2 < fade["end"] < 2.2
    assert fade["timestamp"] == pytest.approx(2, abs=0.07)


def test_a_fade_to_black_followed_by_a_cut_counts_once_at_the_cut(tmp_path):
    show = lambda t: faded(t).astype(np.uint8) if t < 2 else SECOND  # noqa: E731
    [fade] = analysed(tmp_path, show, times_at(30, 4))["transitions"]
    assert (fade["type"], fade["timestamp"], fade["end"]) == ("fade", pytest.approx(2), pytest.approx(2))


def test_a_black_scene_between_two_cuts_is_no_fade(tmp_path):
    show = lambda t: FIRST if t < 1 else SECOND if t >= 2 else FIRST * 0  # noqa: E731
    document = analysed(tmp_path, show, times_at(30, 3))
    assert [(t["timestamp"], t["type"]) for t in document["transitions"]] == [
        (pytest.approx(1), "cut"),
        (pytest.approx(2), "cut"),
    ]


def test_a_still_picture_is_one_scene(tmp_path):
    document = analysed(tmp_path, lambda t: FIRST, times_at(30, 1))
    assert document["scenes"] == [{"scene_number": 1, "start_time": 0.0, "end_time": 1.0, "duration": 1.0}]


def test_a_single_frame_is_one_scene(tmp_path):
    assert analysed(tmp_path, lambda t: FIRST, [0])["total_scenes"] == 1


def test_changes_near_the_ends_are_dropped():
    assert [t.timestamp for t in merge(dict.fromkeys((0.1, 1.0, 4.9), 0.8), [], 5.0)] == [1.0]


def test_black_from_the_first_frame_on_is_no_change():
    assert merge({}, [Fade(0.0, 0.8, 1.0)], 5.0) == []


def test_cuts_inside_a_fade_belong_to_it():
    [fade] = merge({2.1: 0.6, 2.9: 0.7}, [Fade(2.0, 3.0, 0.9)], 5.0)
    assert (fade.timestamp, fade.start, fade.end, fade.type, fade.confidence) == (2.5, 2.0, 3.0, "fade", 0.9)


def test_confidence_is_a_half_at_the_threshold_and_rises_with_the_weakest_score():
    assert confidence_of(1.0) == 0.5
    assert confidence_of(4.0, 3.0) == 0.75
    assert confidence_of(float("inf")) == 1.0


def test_a_cut_is_the_surer_the_more_the_pictures_differ(tmp_path):
    def one_cut_to(picture, name):
        (tmp_path / name).mkdir()
        show = lambda t: FIRST if t < 1 else picture  # noqa: E731
        [cut] = analysed(tmp_path / name, show, times_at(30, 2))["transitions"]
        return cut["confidence"]

    alike = np.roll(FIRST, 40, axis=1)
    assert 0.5 <= one_cut_to(alike, "alike") < one_cut_to(255 - FIRST, "negative") < 1


def test_a_fade_is_the_surer_the_darker_it_gets(tmp_path):
    def fade_to(level, name):
        (tmp_path / name).mkdir()
        show = lambda t: np.maximum(faded(t), level).astype(np.uint8)  # noqa: E731
        [fade] = analysed(tmp_path / name, show, times_at(30, 4))["transitions"]
        return fade["confidence"]

    assert 0.5 <= fade_to(9, "gray") < fade_to(0, "black") <= 1


def test_analysing_without_the_decode_pass_is_named():
    with pytest.raises(ServiceError, match=r"prepare\(\) must run before"):
        Scenes().analyse(None, {})


def test_describe_tells_the_version():
    info = Scenes().describe()
    assert (info.library, info.version, info.problem) == ("scenedetect", "0.7.2", None)
