"""py-feat as the expression model: used where the package and its weights are installed.

Its weights come from its own hub (py-feat downloads them at its first use, outside a run) and lie in the layout of
the hub's cache inside the package. They are in no package index, so no hash of them is pinned here: what was used is
recorded by hash, and a file that the hub names by its hash is checked against that name.
"""

from __future__ import annotations

import importlib.util
import re
import warnings
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rumiai_v2.errors import WeightsError
from rumiai_v2.media.types import Frame
from rumiai_v2.services import environment, torchcodec_stand_in
from rumiai_v2.services.base import ServiceInfo, WeightInfo
from rumiai_v2.services.expression import Expression
from rumiai_v2.services.weight_file import sha256_of

#: Detector of the deployed system: which models, and the hub repositories that hold them.
MODELS = {
    "face_model": "retinaface",
    "landmark_model": "mobilefacenet",
    "au_model": "xgb",
    "emotion_model": "resmasknet",
    "identity_model": None,
    "gaze_model": None,
}
REPOSITORIES = ("retinaface_r34", "mobilefacenet", "xgb_au", "resmasknet")
MIN_FACE_SCORE = 0.5
BATCH = 4
#: py-feat's column → our name of the emotion.
EMOTION_COLUMNS = {
    "anger": "anger", "disgust": "disgust", "fear": "fear", "happiness": "joy",
    "sadness": "sadness", "surprise": "surprise", "neutral": "neutral",
}  # fmt: skip
_UNIT_COLUMN = re.compile(r"AU(\d\d)")


def problem() -> str | None:
    """Why py-feat cannot be used, None if it can; nothing is imported."""
    if environment.installed("py-feat") is None:
        return "the package py-feat is not installed: install the extra [feat] from locks/feat.lock."
    missing = [name for name in REPOSITORIES if not _snapshot_files(name)]
    if missing:
        return (
            f"weights of py-feat are missing in {_cache()}: {', '.join(missing)}. On a machine with network run "
            "`HF_HUB_OFFLINE=0 python -c 'import feat; feat.Detectorv1()'` once."
        )
    return None


def describe(service: str, device: str) -> ServiceInfo:
    """What would run, with the hash of every weight file."""
    files = [path for name in REPOSITORIES for path in _snapshot_files(name)]
    infos = tuple(
        WeightInfo(name=path.name, sha256=sha256_of(path), source="download", path=str(path)) for path in files
    )
    return ServiceInfo(service, "py-feat", environment.installed("py-feat"), infos, device, problem())


def recognise(frames: Sequence[Frame], *, scale: float) -> list[Expression | None]:
    """The largest face's expression per frame, by py-feat with its own face detector."""
    reason = problem()
    if reason is not None:
        raise WeightsError(f"emotion_detection: {reason}", service="emotion_detection")
    for name in REPOSITORIES:
        for path in _snapshot_files(name):
            _check_blob(path)
    return run(_detector(), frames, scale=scale)


def run(detector: Any, frames: Sequence[Frame], *, scale: float) -> list[Expression | None]:
    """What ``detector`` (a ``feat.Detectorv1``) says about the frames, in the service's terms."""
    import torch

    if not frames:
        return []
    images = np.stack([np.ascontiguousarray(frame.image[:, :, ::-1].transpose(2, 0, 1)) for frame in frames])
    torch.manual_seed(0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        result = detector.detect(
            torch.from_numpy(images), data_type="tensor", batch_size=BATCH, progress_bar=False,
            face_detection_threshold=MIN_FACE_SCORE,
        )  # fmt: skip
    environment.pin_threads()
    height, width = frames[0].image.shape[:2]
    return from_rows(result.to_dict("records"), count=len(frames), scale=scale, size=(width, height))


def from_rows(
    rows: Iterable[Mapping[str, Any]], *, count: int, scale: float, size: tuple[int, int]
) -> list[Expression | None]:
    """py-feat's result rows, one per face, as one expression per frame: the largest face with a score above 0.5.

    ``rows`` carry ``frame`` (index of the frame), ``FaceRectX/Y/Width/Height`` (pixels of the frame), ``FaceScore``,
    the emotions and ``AU01`` …; a frame without a face has no row, or one of NaN. ``scale`` makes source pixels;
    boxes are cut at the frame's ``size`` (width, height), which py-feat's may leave.
    """
    largest: list[tuple[float, Mapping[str, Any]] | None] = [None] * count
    for row in rows:
        if not float(row["FaceScore"]) > MIN_FACE_SCORE:  # also false for NaN
            continue
        index = int(row["frame"])
        area = float(row["FaceRectWidth"]) * float(row["FaceRectHeight"])
        best = largest[index]
        if best is None or area > best[0]:
            largest[index] = (area, row)
    return [None if best is None else _expression(best[1], scale, size) for best in largest]


def _expression(row: Mapping[str, Any], scale: float, size: tuple[int, int]) -> Expression:
    units = {
        int(match[1]): float(value)
        for name, value in row.items()
        if (match := _UNIT_COLUMN.fullmatch(str(name))) and not np.isnan(float(value))
    }
    x, y, width, height = (float(row[f"FaceRect{name}"]) for name in ("X", "Y", "Width", "Height"))
    left, right = (min(max(edge, 0.0), float(size[0])) * scale for edge in (x, x + width))
    top, bottom = (min(max(edge, 0.0), float(size[1])) * scale for edge in (y, y + height))
    return Expression(
        scores={ours: float(row[theirs]) for theirs, ours in EMOTION_COLUMNS.items()},
        units=units,
        box=(left, top, right - left, bottom - top),
    )


def _detector() -> Any:
    environment.prepare()
    torchcodec_stand_in.install()
    from feat.detector import Detectorv1

    # Chatter on stderr about head pose, which is not asked for here.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Detectorv1(**MODELS, device="cuda" if environment.device() != "cpu" else "cpu")


def _cache() -> Path:
    spec = importlib.util.find_spec("feat")
    folders = list(spec.submodule_search_locations or ()) if spec else []
    return Path(folders[0]) / "resources" if folders else Path("feat/resources")


def _snapshot_files(repository: str) -> list[Path]:
    return sorted(
        path
        for path in (_cache() / f"models--py-feat--{repository}" / "snapshots").glob("*/*")
        if path.is_file() and path.suffix != ".md"
    )


def _check_blob(path: Path) -> None:
    """The hub's cache names a large file's content by its SHA-256: a file that differs was damaged or changed."""
    blob = path.resolve()
    if re.fullmatch(r"[0-9a-f]{64}", blob.name) and sha256_of(blob) != blob.name:
        raise WeightsError(
            f"weights of emotion_detection: {path} is damaged: expected SHA-256 {blob.name}, "
            f"got {sha256_of(blob)}. Delete it and let py-feat download it again.",
            service="emotion_detection",
        )
