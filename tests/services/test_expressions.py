"""Expressions: the real offline model on a smiling face, sampling, action units, the document's sums."""

import math
from types import SimpleNamespace

import numpy as np
import pytest

from rumiai_v2.errors import ServiceError, UsageError, WeightsError
from rumiai_v2.media.types import Frame
from rumiai_v2.services import expressions, expressions_fer
from rumiai_v2.services.expression import Expression
from rumiai_v2.services.expressions import Expressions
from tests.schema_check import validate

SCHEMA = "services/emotion_detection.schema.json"
NAMES = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")


@pytest.fixture(autouse=True)
def offline_model(monkeypatch):
    monkeypatch.setenv("RUMIAI_EXPRESSIONS", "offline")


def blank_frames(times):
    return [Frame(number, time, np.zeros((8, 8, 3), np.uint8)) for number, time in enumerate(times)]


def media(frames, *, duration, scale=1.0):
    height, width = frames[0].image.shape[:2]
    video = SimpleNamespace(
        frames=tuple(frames), duration=duration, width=round(width * scale), height=round(height * scale), scale=scale
    )
    return SimpleNamespace(video=video)


def face(emotion, *, score=0.8, units=None):
    rest = (1 - score) / 6
    return Expression({name: score if name == emotion else rest for name in NAMES}, units or {}, (1.0, 2.0, 3.0, 4.0))


def document(found, *, times=None, duration=10.0):
    frames = blank_frames(times or [k / 2 for k in range(len(found))])
    out = expressions.document(
        frames, found, duration=duration, rate=2.0, model="fer-mini-xception", au_source="mediapipe_blendshapes"
    )
    validate(out, SCHEMA, strict=True)
    return out


@pytest.fixture(scope="module")
def astronaut():
    """A public-domain portrait of a smiling woman (BGR), and MediaPipe's box of her face."""
    import skimage.data

    box = {"x": 0.35296, "y": 0.14031, "width": 0.17477, "height": 0.20621}
    return np.ascontiguousarray(skimage.data.astronaut()[:, :, ::-1]), box


@pytest.fixture(scope="module")
def smiling(astronaut):
    """A clip of 1.5 s at five samples a second; the face is missing in the sample at 1.0 s."""
    image, box = astronaut
    frames = [Frame(6 * k, k * 0.2, image) for k in range(8)]
    faces = [{"frame_number": f.number, "timestamp": f.timestamp, "bbox": box} for f in frames if f.number != 30]
    shapes = [{"frame_number": 0, "timestamp": 0.0, "scores": {"mouthSmile": 0.9, "jawOpen": 0.2, "browDown": 0.51}}]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RUMIAI_EXPRESSIONS", "offline")
        return Expressions().analyse(
            media(frames, duration=1.5, scale=2.0), {"mediapipe": {"faces": faces, "blendshapes": shapes}}
        )


def test_a_smiling_face_is_joy(smiling):
    validate(smiling, SCHEMA, strict=True)
    assert [entry["emotion"] for entry in smiling["emotions"]] == ["joy", "joy"]
    assert min(entry["confidence"] for entry in smiling["emotions"]) > 0.95
    assert smiling["dominant_emotion"] == "joy"
    for entry in smiling["emotions"]:
        assert sum(entry["all_scores"].values()) == pytest.approx(1, abs=1e-5)


def test_two_samples_a_second_are_taken_from_the_extracted_frames(smiling):
    # 0.0, 0.5 → 0.4 (tie: the earlier), 1.0 (no face there)
    assert [entry["timestamp"] for entry in smiling["emotions"]] == [0.0, 0.4]
    assert smiling["frames_analyzed"] == 3
    assert smiling["processing_stats"]["no_face_frames"] == 1
    assert smiling["timeline"]["1-2s"] == {"no_face": True}
    assert smiling["metadata"]["sample_spacing"] == pytest.approx(0.5)


def test_action_units_come_from_the_blendshapes_of_the_same_frame(smiling):
    first, second = smiling["emotions"]
    assert first["au_intensities"] == {"4": 0.51, "12": 0.9, "26": 0.2}
    assert first["action_units"] == [4, 12]
    assert (second["au_intensities"], second["action_units"]) == ({}, [])
    assert smiling["au_activations"] == {"4": 1, "12": 1}
    assert smiling["metadata"]["au_source"] == "mediapipe_blendshapes"


def test_the_face_box_is_in_source_pixels(smiling, astronaut):
    image, box = astronaut
    expected = [box["x"] * 1024, box["y"] * 1024, box["width"] * 1024, box["height"] * 1024]
    assert image.shape[:2] == (512, 512)
    assert smiling["emotions"][0]["face_bbox"] == pytest.approx(expected)


@pytest.mark.parametrize(("duration", "rate"), [(0.04, 2.0), (30.0, 2.0), (30.01, 1.0), (60.0, 1.0), (60.01, 0.5)])
def test_the_rate_follows_the_duration(duration, rate):
    assert expressions.sample_rate(duration) == rate


def test_samples_reach_the_very_end_of_a_long_video():
    frames = blank_frames([k / 2 for k in range(600)])
    taken = expressions.samples(frames, duration=300.0, rate=0.5)
    assert [frame.timestamp for frame in taken] == [2.0 * k for k in range(150)]


def test_a_frame_nearest_to_two_moments_is_taken_once():
    taken = expressions.samples(blank_frames([0.0, 1.9]), duration=2.0, rate=2.0)
    assert [frame.timestamp for frame in taken] == [0.0, 1.9]


def test_a_single_frame_is_one_sample():
    frames = blank_frames([0.0])
    assert expressions.samples(frames, duration=0.04, rate=2.0) == frames
    assert expressions.spacing(frames, rate=2.0) == 0.5


def test_blendshapes_become_the_nine_action_units():
    scores = dict.fromkeys(expressions.AU_OF_BLENDSHAPE, 0.25) | {"somethingElse": 1.0}
    assert expressions.units_from_blendshapes(scores) == dict.fromkeys((1, 2, 4, 6, 9, 12, 15, 26, 45), 0.25)


def test_an_action_unit_is_active_above_one_half_only():
    out = document([face("joy", units={12: 0.5, 6: 0.5001})])
    assert out["emotions"][0]["action_units"] == [6]


def test_without_any_face_nothing_is_invented():
    out = document([None, None, None])
    assert (out["emotions"], out["dominant_emotion"], out["confidence_scores"]) == ([], None, [])
    metrics = out["metrics"]
    assert (metrics["avg_confidence"], metrics["emotion_diversity"], metrics["unique_emotions"]) == (None, None, 0)
    assert (metrics["video_type"], metrics["suitable_for_emotion_analysis"]) == ("no_people", False)
    assert metrics["reason"] == "no face in more than 80 % of the samples"


def test_four_of_five_samples_without_a_face_are_still_people():
    assert document([face("joy"), None, None, None, None])["metrics"]["video_type"] == "people_detected"
    assert document([face("joy"), *[None] * 5])["metrics"]["video_type"] == "no_people"


def test_transitions_skip_samples_without_a_face():
    out = document([face("joy"), None, face("joy"), face("fear"), face("joy")])
    assert out["emotion_transitions"] == [
        {"timestamp": 1.5, "from": "joy", "to": "fear"},
        {"timestamp": 2.0, "from": "fear", "to": "joy"},
    ]
    assert out["metrics"]["transition_count"] == 2


def test_a_tie_goes_to_the_higher_confidence_then_to_the_alphabet():
    assert document([face("joy", score=0.6), face("sadness", score=0.7)])["dominant_emotion"] == "sadness"
    assert document([face("sadness"), face("joy")])["dominant_emotion"] == "joy"


def test_diversity_is_the_entropy_over_its_maximum():
    out = document([face("joy"), face("joy"), face("joy"), face("fear")])
    expected = -(0.75 * math.log(0.75) + 0.25 * math.log(0.25)) / math.log(2)
    assert out["metrics"]["emotion_diversity"] == pytest.approx(expected)
    assert document([face("joy")])["metrics"]["emotion_diversity"] == 0.0


def test_a_second_shows_its_most_confident_detection():
    out = document([face("joy", score=0.6), face("fear", score=0.9), None, face("anger")])
    assert {key: value.get("emotion") for key, value in out["timeline"].items()} == {"0-1s": "fear", "1-2s": "anger"}


def test_the_five_most_active_units_are_listed_by_count_then_number():
    units = dict.fromkeys((1, 2, 4, 6, 9, 12), 0.9)
    out = document([face("joy", units=units), face("joy", units={12: 0.9})])
    assert out["metrics"]["most_active_aus"] == [[12, 2], [1, 1], [2, 1], [4, 1], [6, 1]]


def test_without_mediapipe_the_service_fails_and_says_so(astronaut):
    frames = [Frame(0, 0.0, astronaut[0])]
    with pytest.raises(ServiceError, match="needs the faces of mediapipe, which gave no result"):
        Expressions().analyse(media(frames, duration=0.5), {})
    with pytest.raises(ServiceError):
        Expressions().analyse(media(frames, duration=0.5), {"mediapipe": {}})


def test_no_face_anywhere_needs_no_model(monkeypatch, tmp_path, astronaut):
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path))
    frames = [Frame(0, 0.0, astronaut[0])]
    out = Expressions().analyse(media(frames, duration=0.5), {"mediapipe": {"faces": [], "blendshapes": []}})
    assert out["metadata"]["frames_analyzed"] == 1


def test_missing_weights_stop_the_service(monkeypatch, tmp_path, astronaut):
    monkeypatch.setenv("RUMIAI_WEIGHTS_DIR", str(tmp_path))
    image, box = astronaut
    with pytest.raises(WeightsError, match=r"emotion_model\.hdf5 is missing"):
        Expressions().analyse(
            media([Frame(0, 0.0, image)], duration=0.5), {"mediapipe": {"faces": [{"frame_number": 0, "bbox": box}]}}
        )
    assert "emotion_model.hdf5 is missing" in Expressions().describe().problem


def test_a_keras_file_of_another_kind_is_refused(tmp_path):
    (tmp_path / "other.hdf5").write_bytes(b"not hdf5")
    with pytest.raises(WeightsError, match=r"other\.hdf5 is not the expected Keras file"):
        expressions_fer.FaceExpressions(tmp_path / "other.hdf5", device="cpu")


def test_a_face_at_the_edge_is_cropped_inside_the_frame_and_one_outside_is_none():
    image = np.full((40, 40, 3), 255, np.uint8)
    crop = expressions_fer.crop(image, {"x": -0.1, "y": 0.8, "width": 0.5, "height": 0.5})
    assert (crop.shape, crop.dtype, float(crop.min()), float(crop.max())) == ((64, 64), np.float32, 1.0, 1.0)
    assert expressions_fer.crop(image, {"x": 1.2, "y": 0.2, "width": 0.3, "height": 0.3}) is None


def test_black_is_minus_one():
    crop = expressions_fer.crop(np.zeros((40, 40, 3), np.uint8), {"x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5})
    assert float(crop.min()) == float(crop.max()) == -1.0


def test_a_wrong_choice_of_model_names_the_choices(monkeypatch):
    monkeypatch.setenv("RUMIAI_EXPRESSIONS", "best")
    with pytest.raises(UsageError, match="expected auto, feat or offline, got 'best'"):
        Expressions().describe()
