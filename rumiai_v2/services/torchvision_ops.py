"""Makes torchvision importable beside a CPU build of torch.

Package indexes serve torchvision built for CUDA. Beside a CPU torch its compiled operators cannot load, and
``import torchvision`` fails because ``torchvision::nms`` does not exist. ultralytics and easyocr import it. Where the
compiled operators load, and beside any CUDA torch, nothing here has an effect.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import torch

_library: Any = None  # keeps the operator definitions alive


class _Finder(importlib.abc.MetaPathFinder):
    """Acts at the first import of torchvision, so that a process that never needs it never imports torch."""

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> importlib.machinery.ModuleSpec | None:
        if fullname != "torchvision":
            return None
        sys.meta_path.remove(self)
        spec = importlib.machinery.PathFinder.find_spec(fullname, path)
        if spec is None or spec.loader is None:
            return None
        execute = spec.loader.exec_module

        def exec_module(module: Any) -> None:
            defined = _define_operators(list(spec.submodule_search_locations or ()))
            execute(module)
            if defined:
                # Its own flag for "the operators exist", which is now true of the ones used here.
                module.extension._has_ops = lambda: True

        spec.loader.exec_module = exec_module  # type: ignore[method-assign]  # replacing it is the point
        return spec


def install() -> None:
    """Watch for the import of torchvision; does nothing when it has been imported or is watched for already."""
    if "torchvision" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


def _define_operators(package_folders: list[str]) -> bool:
    """Define the two operators that the import needs, if the compiled ones cannot load beside a CPU torch."""
    global _library
    import torch

    if torch.version.cuda is not None or _compiled_operators_load(package_folders):
        return False
    _library = torch.library.Library("torchvision", "DEF")
    _library.define("nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.define("qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    _library.impl("nms", nms, "CPU")
    return True


def _compiled_operators_load(package_folders: list[str]) -> bool:
    import torch

    finder_details = (importlib.machinery.ExtensionFileLoader, importlib.machinery.EXTENSION_SUFFIXES)
    for folder in package_folders:
        spec = importlib.machinery.FileFinder(folder, finder_details).find_spec("_C")
        if spec is None or spec.origin is None:
            continue
        try:
            torch.ops.load_library(spec.origin)
        except (ImportError, OSError):
            continue
        return True
    return False


def nms(dets: torch.Tensor, scores: torch.Tensor, iou_threshold: float) -> torch.Tensor:
    """Indices of the boxes kept by greedy non-maximum suppression, by falling score (ties: the earlier box).

    ``dets`` is float [n, 4] (x1, y1, x2, y2), ``scores`` [n]; a box goes when its overlap (intersection over union)
    with a kept box exceeds ``iou_threshold``.
    """
    import torch

    order = scores.argsort(descending=True, stable=True)
    boxes = dets[order]
    areas = (boxes[:, 2] - boxes[:, 0]) * (boxes[:, 3] - boxes[:, 1])
    alive = torch.ones(len(boxes), dtype=torch.bool)
    kept: list[int] = []
    for index in range(len(boxes)):
        if not alive[index]:
            continue
        kept.append(index)
        rest = boxes[index + 1 :]
        width = (torch.minimum(boxes[index, 2], rest[:, 2]) - torch.maximum(boxes[index, 0], rest[:, 0])).clamp(min=0)
        height = (torch.minimum(boxes[index, 3], rest[:, 3]) - torch.maximum(boxes[index, 1], rest[:, 1])).clamp(min=0)
        shared = width * height
        overlap = shared / (areas[index] + areas[index + 1 :] - shared)
        # "not exceeding" keeps boxes without area, whose overlap is not a number, as the compiled operator does
        alive[index + 1 :] &= ~(overlap > iou_threshold)
    return order[torch.tensor(kept, dtype=torch.int64)]
