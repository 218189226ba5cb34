"""People: the real tasks on a tiny clip, and the geometry behind the fields."""

import io
import itertools
import zipfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from rumiai_v2.services import weights
from rumiai_v2.services.gesture_labels import LABELS, labelled_bundle
from rumiai_v2.services.people import (
    BLENDSHAPES,
    People,
    blendshapes,
    gaze,
    gesture_name,
    landmark_box,
    score_of,
)
from tests.schema_check import validate
from tests.services.people_clip import empty_media, person_media

SCHEMA = "services/mediapipe.schema.json"


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    media = person_media(tmp_path_factory.mktemp("people"))
    return media, People().analyse(media, {})


def test_face_pose_gaze_and_expression_are_found_on_every_sample(person):
    media, document = person
    validate(document, SCHEMA)
    times = [f.timestamp for f in media.video.frames]
    for kind in ("faces", "poses", "gaze", "blendshapes"):
        assert [e["timestamp"] for e in document[kind]] == times, kind
    assert document["presence_percentage"] == 100.0
    assert document["frames_with_people"] == document["metadata"]["frames_analyzed"] == len(times)


def test_the_face_box_lies_on_the_face_and_follows_it(person):
    _, document = person
    boxes = [f["bbox"] for f in document["faces"]]
    assert boxes[0] == {
        "x": pytest.approx(0.35, abs=0.03),
        "y": pytest.approx(0.28, abs=0.03),
        "width": pytest.approx(0.18, abs=0.03),
        "height": pytest.approx(0.126, abs=0.03),
    }
    steps = [b["x"] - a["x"] for a, b in itertools.pairwise(boxes)]
    assert steps == pytest.approx([15 / 384] * len(steps), abs=0.01)


def test_the_face_is_scored_by_the_detector(person):
    for face, gaze_entry in zip(person[1]["faces"], person[1]["gaze"], strict=True):
        assert face["count"] == 1 == len(face["boxes"])
        assert face["confidence"] == face["boxes"][0]["confidence"] == gaze_entry["confidence"]
        assert 0.3 < face["confidence"] < 1


def test_the_smiling_portrait_smiles_into_the_camera(person):
    scores = person[1]["blendshapes"][0]["scores"]
    assert scores["mouthSmile"] > 0.8 > 0.2 > scores["mouthFrown"]
    assert person[1]["gaze"][0]["gaze_direction"] == "camera"


def test_the_same_clip_gives_the_same_document_in_one_process(person, tmp_path):
    assert People().analyse(person_media(tmp_path), {}) == person[1]


def test_nobody_seen_is_data(tmp_path, capfd):
    document = People().analyse(empty_media(tmp_path), {})
    validate(document, SCHEMA)
    assert [document[k] for k in ("poses", "faces", "hands", "gaze", "gestures", "blendshapes")] == [[]] * 6
    assert (document["presence_percentage"], document["frames_with_people"]) == (0.0, 0)
    assert capfd.readouterr().out == "", "no word on standard output"


def eyes(dx, dy, size):
    """Landmarks of two eyes ``size`` pixels wide whose irises are off by shares of that width."""
    marks = np.zeros((478, 2))
    for iris, inner, outer, x in ((468, 33, 133, 100), (473, 362, 263, 300)):
        marks[inner], marks[outer] = (x - size / 2, 50), (x + size / 2, 50)
        marks[iris] = (x + dx * size, 50 + dy * size)
    return marks


@pytest.mark.parametrize("size", [4, 40])
@pytest.mark.parametrize(
    "dx, dy, direction, contact",
    [
        (0.0, 0.0, "camera", 1.0),
        (0.075, 0.0, "camera", 0.5),
        (0.2, 0.1, "right", 0.0),
        (-0.2, 0.1, "left", 0.0),
        (0.1, 0.3, "down", 0.0),
        (0.1, -0.3, "up", 0.0),
    ],
)
def test_gaze_is_measured_in_eye_widths_at_any_distance(size, dx, dy, direction, contact):
    seen = gaze(eyes(dx, dy, size))
    assert seen["gaze_direction"] == direction
    assert seen["eye_contact"] == pytest.approx(contact)
    assert (seen["gaze_offset_x"], seen["gaze_offset_y"]) == pytest.approx((dx, dy))
    assert seen["gaze_magnitude"] == pytest.approx(np.hypot(dx, dy))


def test_the_overlapping_detector_box_scores_a_face():
    face = (0.2, 0.2, 0.4, 0.4)
    near, far = (0.22, 0.2, 0.42, 0.4), (0.7, 0.7, 0.9, 0.9)
    assert score_of(face, [(far, 0.9), (near, 0.6)]) == 0.6
    assert score_of(face, [(far, 0.9), ((0.39, 0.2, 0.6, 0.4), 0.8)]) is None
    assert score_of(face, []) is None


def test_boxes_are_clipped_to_the_frame():
    marks = [SimpleNamespace(x=x, y=y) for x, y in ((-0.2, 0.1), (0.5, 1.3))]
    assert landmark_box(marks) == (0.0, 0.1, 0.5, 1.0)


@pytest.mark.parametrize(
    "label, score, name",
    [
        ("Thumb_Up", 0.9, "thumbs_up"),
        ("Thumb_Down", 0.9, "thumbs_down"),
        ("Victory", 0.9, "victory"),
        ("Pointing_Up", 0.9, "pointing"),
        ("Open_Palm", 0.9, "open_palm"),
        ("Closed_Fist", 0.9, "closed_fist"),
        ("ILoveYou", 0.9, "love"),
        ("Wave", 0.9, "wave"),
        ("None", 0.9, None),
        (None, 0.9, None),
        ("", 0.9, None),
        ("Victory", 0.5, None),
    ],
)
def test_gestures_are_named_and_none_is_dropped(label, score, name):
    assert gesture_name([SimpleNamespace(category_name=label, score=score)]) == name


def test_the_gesture_classifier_gets_its_names(tmp_path):
    bundle = labelled_bundle(Path(weights.find("gesture_recognizer.task", service="mediapipe").path))
    with zipfile.ZipFile(io.BytesIO(bundle)) as outer:
        inner = zipfile.ZipFile(io.BytesIO(outer.read("hand_gesture_recognizer.task")))
    with zipfile.ZipFile(io.BytesIO(inner.read("canned_gesture_classifier.tflite"))) as classifier:
        assert classifier.read("labels.txt").decode().split() == list(LABELS)
    (tmp_path / "named.task").write_bytes(bundle)
    assert labelled_bundle(tmp_path / "named.task") == bundle, "a bundle with names stays as it is"


def test_an_expression_takes_the_stronger_side():
    scores = dict.fromkeys(BLENDSHAPES, 0.0) | {"mouthSmileLeft": 0.3, "mouthSmileRight": 0.7, "jawOpen": 0.2}
    assert blendshapes(scores) == dict.fromkeys(BLENDSHAPES, 0.0) | {"mouthSmile": 0.7, "jawOpen": 0.2}


def test_describe_tells_weights_and_version():
    info = People().describe()
    assert (info.library, info.version, info.problem) == ("mediapipe", "0.10.33", None)
    assert [w.name for w in info.weights] == [
        "face_landmarker.task",
        "pose_landmarker_full.task",
        "gesture_recognizer.task",
    ]
