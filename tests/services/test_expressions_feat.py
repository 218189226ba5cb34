"""py-feat's adapter on recorded result rows: the columns are py-feat 2.1's, py-feat itself is not needed."""

import math

import numpy as np
import pytest

from rumiai_v2.errors import WeightsError
from rumiai_v2.media.types import Frame
from rumiai_v2.services import expressions, expressions_feat
from tests.schema_check import validate

NAN = math.nan


SIZE = (640, 480)


def row(frame, *, score=0.99, box=(100.0, 50.0, 40.0, 60.0), **changes):
    """One face as a record of py-feat's result frame."""
    x, y, width, height = box
    emotions = {
        "anger": 0.01,
        "disgust": 0.02,
        "fear": 0.03,
        "happiness": 0.85,
        "sadness": 0.02,
        "surprise": 0.03,
        "neutral": 0.04,
    }
    numbers = (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 17, 20, 23, 24, 25, 26, 28, 43)
    units = {f"AU{number:02d}": 0.1 for number in numbers}
    return {
        "FaceRectX": x,
        "FaceRectY": y,
        "FaceRectWidth": width,
        "FaceRectHeight": height,
        "FaceScore": score,
        "x_0": 101.2,
        "y_0": 70.1,
        "Pitch": 0.1,
        "Roll": 0.0,
        "Yaw": -0.2,
        **emotions,
        **units,
        "input": "tensor",
        "frame": frame,
        "Identity": "Person_0",
    } | changes


def test_happiness_is_joy_and_units_keep_their_numbers():
    (face,) = expressions_feat.from_rows([row(0, AU06=0.8, AU12=0.9)], count=1, scale=2.0, size=SIZE)
    assert face.scores["joy"] == 0.85 and "happiness" not in face.scores
    assert len(face.units) == 20 and face.units[12] == 0.9 and face.units[43] == 0.1
    assert face.box == (200.0, 100.0, 80.0, 120.0)


def test_the_largest_of_several_faces_is_taken():
    rows = [row(0), row(0, box=(0.0, 0.0, 90.0, 90.0), happiness=0.0, anger=0.9), row(0, box=(1.0, 1.0, 5.0, 5.0))]
    (face,) = expressions_feat.from_rows(rows, count=1, scale=1.0, size=SIZE)
    assert face.scores["anger"] == 0.9


@pytest.mark.parametrize("score", [0.5, 0.2, NAN])
def test_a_face_without_a_score_above_one_half_is_none(score):
    assert expressions_feat.from_rows([row(0, score=score)], count=1, scale=1.0, size=SIZE) == [None]


def test_frames_without_a_row_have_no_face():
    found = expressions_feat.from_rows([row(2.0)], count=4, scale=1.0, size=SIZE)
    assert [face is not None for face in found] == [False, False, True, False]


def test_a_unit_that_was_not_measured_is_left_out():
    (face,) = expressions_feat.from_rows([row(0, AU01=NAN)], count=1, scale=1.0, size=SIZE)
    assert 1 not in face.units and 2 in face.units


class RecordedDetector:
    """Answers like py-feat's detector, from records, and keeps what it was asked."""

    def __init__(self, rows):
        self.rows = rows

    def detect(self, images, **options):
        self.images, self.options = images, options
        return self

    def to_dict(self, orient):
        assert orient == "records"
        return self.rows


def test_frames_reach_py_feat_as_rgb_and_come_back_as_the_services_document():
    image = np.zeros((6, 4, 3), np.uint8)
    image[..., 0] = 255  # blue, in BGR
    frames = [Frame(k, k * 0.5, image) for k in range(3)]
    detector = RecordedDetector([row(0), row(2, happiness=0.1, sadness=0.8, AU15=0.7)])
    found = expressions_feat.run(detector, frames, scale=1.0)
    assert tuple(detector.images.shape) == (3, 3, 6, 4)
    assert detector.images[0, :, 0, 0].tolist() == [0, 0, 255]
    assert detector.options["data_type"] == "tensor" and detector.options["face_detection_threshold"] == 0.5
    out = expressions.document(frames, found, duration=1.5, rate=2.0, model="feat", au_source="feat")
    validate(out, "services/emotion_detection.schema.json", strict=True)
    assert [entry["emotion"] for entry in out["emotions"]] == ["joy", "sadness"]
    assert out["emotions"][1]["action_units"] == [15]
    assert (out["metadata"]["model"], out["metadata"]["au_source"]) == ("feat", "feat")


def test_no_frames_ask_nothing():
    assert expressions_feat.run(None, [], scale=1.0) == []


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """py-feat as if installed, with a cache of its hub in which every repository has one file."""
    monkeypatch.setattr(expressions_feat.environment, "installed", lambda package: "2.1.5")
    monkeypatch.setattr(expressions_feat, "_cache", lambda: tmp_path)
    for name in expressions_feat.REPOSITORIES:
        folder = tmp_path / f"models--py-feat--{name}"
        (folder / "blobs").mkdir(parents=True)
        (folder / "snapshots" / "abc").mkdir(parents=True)
        (folder / "blobs" / ("0" * 64)).write_bytes(b"weights")
        (folder / "snapshots" / "abc" / f"{name}.safetensors").symlink_to(folder / "blobs" / ("0" * 64))
    return tmp_path


def test_py_feat_is_used_where_package_and_weights_are_present(hub, monkeypatch):
    monkeypatch.delenv("RUMIAI_EXPRESSIONS", raising=False)
    assert expressions.uses_feat()
    info = expressions.Expressions().describe()
    assert (info.library, info.version, info.problem, len(info.weights)) == ("py-feat", "2.1.5", None, 4)


def test_py_feat_with_a_missing_weight_is_not_used_and_named_when_asked_for(hub, monkeypatch):
    next((hub / "models--py-feat--xgb_au" / "snapshots" / "abc").iterdir()).unlink()
    monkeypatch.delenv("RUMIAI_EXPRESSIONS", raising=False)
    assert not expressions.uses_feat()
    monkeypatch.setenv("RUMIAI_EXPRESSIONS", "feat")
    assert "missing in" in expressions.Expressions().describe().problem
    with pytest.raises(WeightsError, match=r"weights of py-feat are missing in .*: xgb_au"):
        expressions_feat.recognise([], scale=1.0)


def test_a_damaged_file_of_the_hub_is_refused(hub):
    with pytest.raises(WeightsError, match="is damaged: expected SHA-256 0000"):
        expressions_feat.recognise([], scale=1.0)


def test_without_the_package_the_problem_says_how_to_install_it(monkeypatch):
    monkeypatch.setattr(expressions_feat.environment, "installed", lambda package: None)
    assert "locks/feat.lock" in expressions_feat.problem()


def test_a_box_that_leaves_the_frame_is_cut_at_its_edge():
    beyond = {**row(0), "FaceRectX": -20.0, "FaceRectY": 400.0, "FaceRectWidth": 100.0, "FaceRectHeight": 900.0}
    (face,) = expressions_feat.from_rows([beyond], count=1, scale=2.0, size=SIZE)
    assert face.box == (0.0, 800.0, 160.0, 160.0)
