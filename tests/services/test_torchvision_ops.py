"""Non-maximum suppression: the same boxes as a plain double loop, and torchvision imports beside any torch."""

import subprocess
import sys

import numpy as np
import pytest

from rumiai_v2.services import torchvision_ops


def brute_force(boxes, scores, threshold):
    """Greedy suppression, one pair at a time."""

    def overlap(a, b):
        width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
        height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
        union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
        return width * height / union if union else 0.0

    kept = []
    for index in sorted(range(len(boxes)), key=lambda i: (-scores[i], i)):
        if all(overlap(boxes[index], boxes[other]) <= threshold for other in kept):
            kept.append(index)
    return kept


@pytest.mark.parametrize("seed", range(20))
def test_it_keeps_what_a_double_loop_keeps(seed):
    import torch

    random = np.random.default_rng(seed)
    corner = random.uniform(0, 60, (80, 2))
    boxes = np.hstack([corner, corner + random.uniform(1, 40, (80, 2))])
    scores = random.choice(np.linspace(0.1, 0.9, 9), 80)  # many ties
    threshold = float(random.uniform(0.1, 0.9))
    kept = torchvision_ops.nms(torch.tensor(boxes), torch.tensor(scores), threshold)
    assert kept.tolist() == brute_force(boxes.tolist(), scores.tolist(), threshold)


def test_no_boxes_give_no_indices():
    import torch

    kept = torchvision_ops.nms(torch.empty((0, 4)), torch.empty(0), 0.5)
    assert kept.tolist() == [] and kept.dtype == torch.int64


def test_boxes_without_area_do_not_suppress_each_other():
    import torch

    boxes = torch.tensor([[1.0, 1.0, 1.0, 1.0], [1.0, 1.0, 1.0, 1.0]])
    assert torchvision_ops.nms(boxes, torch.tensor([0.5, 0.4]), 0.5).tolist() == [0, 1]


def test_torchvision_imports_and_its_own_nms_agrees():
    code = (
        "from rumiai_v2.services import environment; environment.prepare(); import torch;"
        "from torchvision.ops import nms, batched_nms;"
        "b = torch.tensor([[0, 0, 10, 10.], [1, 1, 10, 10], [20, 20, 30, 30]]); s = torch.tensor([.5, .9, .3]);"
        "print(nms(b, s, .5).tolist(), batched_nms(b, s, torch.tensor([0, 1, 0]), .5).tolist())"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.stdout == "[1, 2] [1, 0, 2]\n", done.stderr


def test_nothing_is_defined_beside_a_cuda_torch(monkeypatch):
    import torch

    monkeypatch.setattr(torch.version, "cuda", "13.0")
    assert torchvision_ops._define_operators([]) is False


def test_nothing_is_defined_where_the_compiled_operators_load(monkeypatch, tmp_path):
    import importlib.machinery

    import torch

    monkeypatch.setattr(torch.version, "cuda", None)
    loaded = []
    monkeypatch.setattr(torch.ops, "load_library", loaded.append)
    library = tmp_path / f"_C{importlib.machinery.EXTENSION_SUFFIXES[-1]}"
    library.touch()
    assert torchvision_ops._define_operators([str(tmp_path)]) is False
    assert loaded == [str(library)]
