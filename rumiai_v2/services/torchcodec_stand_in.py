"""A stand-in for torchcodec on PyAV, so that py-feat can be imported.

py-feat imports ``torchcodec.decoders.VideoDecoder`` unconditionally, and the index's torchcodec needs a CUDA torch.
This pipeline hands py-feat decoded frames, so the decoder is complete enough for py-feat's own video reading and
nothing more. Where torchcodec itself can be imported, it is used.
"""

from __future__ import annotations

import importlib
import sys
import types
from typing import Any


class VideoDecoder:
    """All frames of a video, decoded at once: ``decoder[i]`` is a uint8 tensor [3, height, width], RGB."""

    def __init__(self, source: Any, **_options: Any) -> None:
        import av
        import torch

        with av.open(str(source)) as container:
            stream = container.streams.video[0]
            rate = float(stream.average_rate or 0) or 1.0
            self._frames = [
                torch.from_numpy(frame.to_ndarray(format="rgb24")).permute(2, 0, 1)
                for frame in container.decode(stream)
            ]
        height, width = self._frames[0].shape[1:] if self._frames else (0, 0)
        self.metadata = types.SimpleNamespace(
            num_frames=len(self._frames),
            average_fps=rate,
            height=height,
            width=width,
            duration_seconds=len(self._frames) / rate,
        )

    def __len__(self) -> int:
        return len(self._frames)

    def __getitem__(self, index: int) -> Any:
        return self._frames[index]


def install() -> None:
    """Make ``import torchcodec.decoders`` work; does nothing where it works already."""
    try:
        importlib.import_module("torchcodec.decoders")
        return
    except (ImportError, OSError, RuntimeError):
        for name in [name for name in sys.modules if name.partition(".")[0] == "torchcodec"]:
            del sys.modules[name]
    package: Any = types.ModuleType("torchcodec")  # modules take attributes that their class does not tell
    decoders: Any = types.ModuleType("torchcodec.decoders")
    package.__path__ = []  # marks a package, so that its submodule can be imported
    package.decoders = decoders
    decoders.VideoDecoder = VideoDecoder
    sys.modules["torchcodec"] = package
    sys.modules["torchcodec.decoders"] = decoders
