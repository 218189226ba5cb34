"""The process the ML libraries run in: threads, caches, quiet logs, device. Called before any of them is imported."""

from __future__ import annotations

import os
import sys
import warnings
from importlib import metadata
from typing import Any

from rumiai_v2.errors import UsageError
from rumiai_v2.services import torchvision_ops
from rumiai_v2.services.weights import cache_folder

#: The packages that compute anything: with other versions a result may be another one.
LIBRARIES = (
    "av", "easyocr", "h5py", "lap", "librosa", "mediapipe", "numba", "numpy", "openai-whisper", "opencv-python-headless",
    "pillow", "py-feat", "pyclipper", "rapidfuzz", "scenedetect", "scikit-image", "scipy", "shapely", "tiktoken", "torch",
    "torchvision", "ultralytics",
)  # fmt: skip


def threads() -> int:
    """Threads per library on the CPU: ``RUMIAI_THREADS``, by default 1.

    One thread gives the same numbers on every machine with the same instruction set, and is faster beside other work.
    """
    text = os.environ.get("RUMIAI_THREADS", "1")
    if not text.isdigit() or int(text) < 1:
        raise UsageError(f"setting RUMIAI_THREADS: expected a whole number of at least 1, got {text!r}.")
    return int(text)


def prepare() -> None:
    """Set what the libraries read once, at their import. Values that the user has set stay; calling again is free.

    Raises ``UsageError`` for a wrong ``RUMIAI_THREADS`` or a cache folder that cannot be made.
    """
    count = str(threads())
    cache = cache_folder()
    defaults = {
        "OMP_NUM_THREADS": count,
        "MKL_NUM_THREADS": count,
        "OPENBLAS_NUM_THREADS": count,
        "NUMEXPR_NUM_THREADS": count,
        "NUMBA_NUM_THREADS": count,
        # Machine code that numba compiles once per computer; the package folder may not be writable.
        "NUMBA_CACHE_DIR": str(cache / "numba"),
        # No look-up at import, no package installed on the side, settings and font caches of our own.
        "YOLO_OFFLINE": "true",
        "YOLO_AUTOINSTALL": "false",
        "YOLO_VERBOSE": "false",
        "YOLO_CONFIG_DIR": str(cache / "ultralytics"),
        # A run never downloads: without this, a missing file costs 46 s of retries before it is reported.
        "HF_HUB_OFFLINE": "1",
        "HF_HUB_DISABLE_TELEMETRY": "1",
        # Warnings of the native libraries are no news to the person who runs this; errors stay.
        "GLOG_minloglevel": "2",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "ABSL_MIN_LOG_LEVEL": "2",
    }
    for name, value in defaults.items():
        os.environ.setdefault(name, value)
    for name in ("NUMBA_CACHE_DIR", "YOLO_CONFIG_DIR"):
        try:
            os.makedirs(os.environ[name], exist_ok=True)
        except OSError as error:
            raise UsageError(
                f"setting {name}: cannot create the folder {os.environ[name]} ({error.strerror}). "
                "Set RUMIAI_CACHE_DIR to a folder that can be written."
            ) from error
    # A deprecation inside protobuf and pin_memory without a GPU: nothing a run could change.
    warnings.filterwarnings("ignore", message=r".*SymbolDatabase\.GetPrototype.*")
    warnings.filterwarnings("ignore", message=r".*pin_memory.*no accelerator.*")
    torchvision_ops.install()


def pin_threads() -> None:
    """Set torch's thread count again: numba's parallel loops and ultralytics change it while they run."""
    import torch

    if torch.get_num_threads() != threads():
        torch.set_num_threads(threads())


def device() -> str:
    """``cuda:0`` when torch can use it, else ``cpu``. Imports torch, unless it was built for the CPU alone."""
    prepare()
    if (installed("torch") or "").endswith("+cpu"):
        return "cpu"  # importing it takes two seconds, also where every result is recorded
    import torch

    return "cuda:0" if torch.cuda.is_available() else "cpu"


def device_or_unknown() -> str:
    """``device``, or ``unknown`` where torch is not installed: for descriptions, which must not fail."""
    return "unknown" if installed("torch") is None else device()


def installed(package: str) -> str | None:
    """Version of an installed package without importing it, None when it is missing."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def missing_package(package: str) -> str:
    """What to say when ``package`` is not installed."""
    return f"the package {package} is not installed in {sys.prefix}: run `make setup`."


def device_summary() -> dict[str, Any]:
    """What the models run on: ``name``, ``kind`` (``cuda`` or ``cpu``) and ``memory_bytes`` (null on the CPU)."""
    if device() == "cpu":
        return {"name": "cpu", "kind": "cpu", "memory_bytes": None}
    import torch

    properties = torch.cuda.get_device_properties(0)
    return {"name": properties.name, "kind": "cuda", "memory_bytes": int(properties.total_memory)}
