"""What each condition changes in a run, and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from parity.check.encodings import rescaled
from parity.contract import check, registry
from parity.pipeline.case import Case
from rumiai_parity import perturb
from rumiai_parity.perturbations import ENCODINGS, Perturbations
from rumiai_parity.pipeline import RumiAI
from rumiai_parity.reencode import Encoding, reencode

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "golden/corpus"


def planes(frame):
    return [
        np.frombuffer(plane, np.uint8).reshape(-1, plane.line_size)[:, : plane.width].copy() for plane in frame.planes
    ]


def decoded(file: Path, change=lambda frames: frames):
    with av.open(str(file)) as container:
        return [(frame.pts, planes(frame)) for frame in change(container.decode(container.streams.video[0]))]


@pytest.fixture(scope="module")
def pairs():
    """Frames of a clip as they are, and with noise."""
    clip = CORPUS / "edge_case/clip.mp4"
    return list(zip(decoded(clip), decoded(clip, perturb.noisy), strict=True))


class TestNoise:
    def test_every_sample_of_every_frame_moves_by_at_most_one_level(self, pairs):
        assert len(pairs) == 159
        for (pts, clean), (noisy_pts, noisy) in pairs:
            assert pts == noisy_pts
            for before, after in zip(clean, noisy, strict=True):
                # Also in the last frames: noise that crept into the decoder's references would add up.
                assert np.abs(after.astype(int) - before).max() == 1

    def test_a_third_of_the_samples_stay_and_the_mean_does_not_move(self, pairs):
        moved = np.concatenate([(b[0].astype(int) - a[0]).ravel() for (_, a), (_, b) in pairs[:20]])
        assert abs((moved == 0).mean() - 1 / 3) < 0.1
        assert abs(moved.mean()) < 0.1

    def test_the_noise_is_the_same_every_time_and_another_for_every_frame(self, pairs):
        clip = CORPUS / "edge_case/clip.mp4"
        again = decoded(clip, perturb.noisy)
        assert all(
            (a == b).all()
            for (_, (_, one)), (_, two) in zip(pairs, again, strict=True)
            for a, b in zip(one, two, strict=True)
        )
        differences = [(b[0].astype(int) - a[0]).tobytes() for (_, a), (_, b) in pairs[:5]]
        assert len(set(differences)) == 5


def launched(condition: str, code: str, **variables: str) -> list[str]:
    """What ``code`` prints in place of the pipeline's command line, under ``condition``."""
    program = (
        "import os, sys, rumiai_v2.entry as entry\n"
        "from rumiai_parity import perturb\n"
        f"def instead():\n    {code}\n"
        "entry.main = instead\n"
        f"perturb.main([{condition!r}, 'local', 'clip.mp4'])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split()


def test_two_threads_win_over_what_the_environment_says():
    code = "from rumiai_v2.services import environment as e; e.prepare(); print(e.threads(), os.environ['OMP_NUM_THREADS'], *sys.argv)"
    assert launched("threads-2", code, OMP_NUM_THREADS="1", RUMIAI_THREADS="1") == [
        "2",
        "2",
        "rumiai_v2",
        "local",
        "clip.mp4",
    ]


def test_the_noise_reaches_the_pipelines_own_decoder():
    clip = CORPUS / "edge_case/clip.mp4"
    code = (
        "from pathlib import Path; from rumiai_v2.media.decode import decode; "
        f"print(decode(Path({str(clip)!r})).fingerprint)"
    )
    plain, again, noisy = (launched(name, code)[0] for name in ("repeat", "repeat", "noise"))
    assert plain == again
    assert noisy != plain


def test_the_instruction_set_is_lowered_where_the_library_says_which_it_uses():
    code = "import numpy, torch; print(torch.backends.cpu.get_cpu_capability())"
    assert launched("avx2-torch", code) == ["AVX2"]


def test_an_unknown_condition_ends_with_the_known_ones():
    with pytest.raises(SystemExit, match="expected one of repeat, threads-2, avx2"):
        perturb.main(["heat"])


def test_every_condition_either_launches_or_encodes():
    launched_ones, encoded = set(perturb.VARIABLES), set(ENCODINGS)
    assert {condition.name for condition in Perturbations.conditions} == launched_ones | encoded
    # Noise is other pictures too: it teaches what another encoding may change, never what a golden tolerates.
    assert {c.name for c in Perturbations.conditions if c.kind == "encodings"} == encoded | {"noise"}


def test_replays_and_failing_cases_are_not_calibrated_on(tmp_path):
    fits = Perturbations(RumiAI).fits
    assert fits(Case("minimal", CORPUS / "minimal"))
    assert not fits(Case("replay_pair", CORPUS / "replay_pair"))
    assert not fits(Case("empty", tmp_path))


@pytest.mark.parametrize(
    "encoding", [Encoding(video=150_000, audio=32_000), Encoding(video=200_000, audio=48_000, size=0.75)]
)
def test_a_re_encoded_clip_keeps_every_frame_at_its_time_and_has_other_pixels(tmp_path, encoding):
    source, target = CORPUS / "minimal/clip.mp4", tmp_path / "clip.mp4"
    reencode(source, target, encoding)
    before, after = decoded(source), decoded(target)
    with av.open(str(source)) as one, av.open(str(target)) as two:
        times = [
            [Fraction(pts) * c.streams.video[0].time_base for pts, _ in frames]
            for c, frames in ((one, before), (two, after))
        ]
        assert times[0] == times[1]
        picture = two.streams.video[0]
        assert (picture.width, picture.height) == (round(360 * encoding.size), round(640 * encoding.size))
        assert picture.bit_rate < 1.3 * encoding.video
        assert two.streams.audio[0].bit_rate < 1.3 * encoding.audio
        assert abs(two.duration - one.duration) / 1e6 < 0.05
    assert target.read_bytes() != source.read_bytes()


def test_the_clip_of_a_case_is_encoded_into_a_folder_that_goes_away():
    with Perturbations(RumiAI).under("bitrate-600k", Case("minimal", CORPUS / "minimal")) as (_, case):
        assert (case.name, sorted(path.name for path in case.folder.iterdir())) == (
            "minimal",
            ["clip.mp4", "metadata.json"],
        )
        folder = case.folder
        assert folder != CORPUS / "minimal"
    assert not folder.exists()


def test_pixel_boxes_are_scaled_and_nothing_else():
    schemas = registry.load(ROOT / "schemas")
    node = check.build(schemas, "services/yolo.schema.json").node
    item = {
        "trackId": "obj_1",
        "className": "person",
        "class": "person",
        "confidence": 0.9,
        "timestamp": 1.0,
        "bbox": [10.0, 20.0, 30.0, 40.0],
        "frame_number": 5,
    }
    document = {"objectAnnotations": [item]}
    found = rescaled(document, node, 2.0, 0.5)
    assert found["objectAnnotations"][0]["bbox"] == [20.0, 10.0, 60.0, 20.0]
    assert {**found["objectAnnotations"][0], "bbox": item["bbox"]} == item
    assert document["objectAnnotations"][0]["bbox"] == [10.0, 20.0, 30.0, 40.0]
