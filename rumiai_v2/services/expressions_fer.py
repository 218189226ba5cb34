"""The offline expression model: a mini-Xception for 64×64 gray faces, read from its Keras file and run by torch."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rumiai_v2.errors import WeightsError
from rumiai_v2.services.weight_file import FETCH_COMMAND

if TYPE_CHECKING:
    import torch

#: Order of the model's outputs.
EMOTIONS = ("anger", "disgust", "fear", "joy", "sadness", "surprise", "neutral")
SIDE = 64
#: The face box grows by this share of its size on every side: landmarks end above the brows and at the chin.
MARGIN = 0.1
_EPSILON = 1e-3  # of every batch normalisation in the file


class FaceExpressions:
    """Probabilities of the seven emotions for faces.

    The network: two 3×3 convolutions, four blocks of two separable convolutions beside a strided 1×1 shortcut, a
    3×3 convolution to seven maps whose means go through a softmax (Arriaga et al. 2017, arXiv:1710.07557).
    """

    def __init__(self, path: Path, *, device: str) -> None:
        self._device = device
        self._weights = _read(path, device)

    def __call__(self, faces: np.ndarray) -> np.ndarray:
        """float32 [n, 64, 64] in [-1, 1] → float32 [n, 7], rows sum to 1, columns as ``EMOTIONS``."""
        import torch
        import torch.nn.functional as F

        with torch.inference_mode():
            x = torch.from_numpy(faces).to(self._device).unsqueeze(1)
            x = F.relu(self._norm(self._conv(x, 1), 1))
            x = F.relu(self._norm(self._conv(x, 2), 2))
            for block in range(4):
                # Layers are numbered in the order the file's author made them: the shortcut's first in each block.
                shortcut = self._norm(self._conv(x, 3 + block, stride=2), 3 + 3 * block)
                x = F.relu(self._norm(self._separable(x, 1 + 2 * block), 4 + 3 * block))
                x = self._norm(self._separable(x, 2 + 2 * block), 5 + 3 * block)
                x = _pool(x) + shortcut
            x = self._conv(x, 7, padding=1).mean((2, 3))
            return torch.softmax(x, dim=1).cpu().numpy()

    def _conv(self, x: torch.Tensor, number: int, **options: int) -> torch.Tensor:
        import torch.nn.functional as F

        layer = self._weights[f"conv2d_{number}"]
        return F.conv2d(x, layer["kernel"].permute(3, 2, 0, 1), layer.get("bias"), **options)

    def _separable(self, x: torch.Tensor, number: int) -> torch.Tensor:
        import torch.nn.functional as F

        layer = self._weights[f"separable_conv2d_{number}"]
        x = F.conv2d(x, layer["depthwise_kernel"].permute(2, 3, 0, 1), padding=1, groups=x.shape[1])
        return F.conv2d(x, layer["pointwise_kernel"].permute(3, 2, 0, 1))

    def _norm(self, x: torch.Tensor, number: int) -> torch.Tensor:
        import torch.nn.functional as F

        w = self._weights[f"batch_normalization_{number}"]
        return F.batch_norm(x, w["moving_mean"], w["moving_variance"], w["gamma"], w["beta"], eps=_EPSILON)


def crop(image: np.ndarray, box: dict[str, Any]) -> np.ndarray | None:
    """The model's input, float32 [64, 64], from a BGR frame and a relative face box; None if it is outside."""
    import cv2

    height, width = image.shape[:2]
    grow_x, grow_y = box["width"] * MARGIN, box["height"] * MARGIN
    left = max(0, round((box["x"] - grow_x) * width))
    right = min(width, round((box["x"] + box["width"] + grow_x) * width))
    top = max(0, round((box["y"] - grow_y) * height))
    bottom = min(height, round((box["y"] + box["height"] + grow_y) * height))
    if right - left < 2 or bottom - top < 2:
        return None
    gray = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    shrinking = min(gray.shape) > SIDE
    gray = cv2.resize(gray, (SIDE, SIDE), interpolation=cv2.INTER_AREA if shrinking else cv2.INTER_LINEAR)
    return gray.astype(np.float32) / 127.5 - 1.0


def _pool(x: torch.Tensor) -> torch.Tensor:
    """Keras' 3×3 maximum with stride 2 and "same" padding, whose odd pixel of padding is at the end."""
    import torch.nn.functional as F

    size = x.shape[-1]
    missing = max((-(-size // 2) - 1) * 2 + 3 - size, 0)
    before, after = missing // 2, missing - missing // 2
    return F.max_pool2d(F.pad(x, (before, after, before, after), value=float("-inf")), 3, 2)


def _read(path: Path, device: str) -> dict[str, dict[str, torch.Tensor]]:
    """Arrays of the Keras file: layer → name → float32 tensor."""
    import h5py
    import torch

    layers: dict[str, dict[str, torch.Tensor]] = {}
    try:
        with h5py.File(path) as file:
            group = file["model_weights"]
            for layer in group:
                for raw in group[layer].attrs["weight_names"]:
                    name = raw.decode() if isinstance(raw, bytes) else str(raw)
                    values = torch.from_numpy(np.asarray(group[layer][name], dtype=np.float32)).to(device)
                    layers.setdefault(layer, {})[name.rpartition("/")[2].partition(":")[0]] = values
    except (OSError, KeyError) as error:
        raise WeightsError(
            f"weights of emotion_detection: {path} is not the expected Keras file ({error}). Run `{FETCH_COMMAND}`.",
            service="emotion_detection",
        ) from error
    return layers
