"""py-feat itself, its networks filled with random numbers: interfaces and shapes fit, the emotions mean nothing.

None of py-feat's weights is in a package index. The action units' classifiers are trees, not networks, and are left
out here; their columns are covered by the tests on recorded rows.
"""

import functools
import json

import numpy as np
import pytest

from rumiai_v2.media.types import Frame
from rumiai_v2.services import environment, expressions, expressions_feat, torchcodec_stand_in
from tests.schema_check import validate


@pytest.fixture(scope="module")
def detector(tmp_path_factory):
    """py-feat's detector as the service makes it, but for random weights and without action units."""
    environment.prepare()
    torchcodec_stand_in.install()
    import feat.detector as feat
    import torch

    folder = tmp_path_factory.mktemp("weights")
    torch.manual_seed(0)

    def random_weights(repo_id, filename, **_):
        path = folder / filename
        if filename == "config.json":
            path.write_text(json.dumps({"in_channels": 3, "num_classes": 7}))
        elif repo_id == "py-feat/mobilefacenet":
            torch.save({"state_dict": feat.MobileFaceNet([112, 112], 136, device="cpu").state_dict()}, path)
        elif repo_id == "py-feat/resmasknet":
            net = feat.ResMasking("", in_channels=3)
            net.fc = torch.nn.Sequential(torch.nn.Dropout(0.4), torch.nn.Linear(512, 7))
            torch.save({"net": net.state_dict()}, path)
        else:
            raise AssertionError(f"unexpected file {filename} of {repo_id}")
        return str(path)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(feat, "hf_hub_download", random_weights)
        # A random face detector sees faces everywhere: its best two are enough.
        patch.setattr(feat, "Retinaface", functools.partial(feat.Retinaface, pretrained="no", top_k=20, keep_top_k=2))
        patch.setitem(expressions_feat.MODELS, "au_model", None)
        yield expressions_feat._detector()


def test_frames_go_through_py_feat_and_become_a_valid_document(detector):
    random = np.random.default_rng(0)
    frames = [Frame(k, k * 0.5, random.integers(0, 255, (240, 160, 3), dtype=np.uint8)) for k in range(5)]
    asked = []
    real = detector.detect

    def recording(*args, **options):
        asked.append(real(*args, **options))
        return asked[-1]

    detector.detect = recording
    found = expressions_feat.run(detector, frames, scale=2.0)
    (result,) = asked
    columns = {"frame", "FaceScore", "FaceRectX", "FaceRectY", "FaceRectWidth", "FaceRectHeight", "AU01", "AU43"}
    assert columns | set(expressions_feat.EMOTION_COLUMNS) <= set(result.columns)
    assert len(found) == len(frames)
    assert any(found), "the random detector saw no face: nothing was tested"
    for face in filter(None, found):
        assert sum(face.scores.values()) == pytest.approx(1.0, abs=1e-4)
        assert face.units == {}
    out = expressions.document(frames, found, duration=2.5, rate=2.0, model="feat", au_source="feat")
    validate(out, "services/emotion_detection.schema.json", strict=True)


def test_the_stand_in_decodes_a_video_like_torchcodec(tmp_path):
    from torchcodec.decoders import VideoDecoder

    from tests.media_factory import numbered, render, times_at

    pictures = numbered(5, width=64, height=96)
    decoder = VideoDecoder(render(tmp_path / "clip.mp4", pictures, times_at(25, 0.2)), dimension_order="NCHW")
    assert len(decoder) == decoder.metadata.num_frames == 5
    assert tuple(decoder[0].shape) == (3, 96, 64)
    assert decoder.metadata.average_fps == pytest.approx(25.0)
    assert abs(int(decoder[2][0, 90, 60]) - int(pictures[2][90, 60, 0])) < 8
