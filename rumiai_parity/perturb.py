"""Start the pipeline under another condition: ``python -m rumiai_parity.perturb CONDITION ARGUMENTS…``.

The arguments are those of ``python -m rumiai_v2``. Nothing of the pipeline knows of this: the condition is set up first
(environment variables that the libraries read at their import, a decoder whose frames are changed), then its command
line runs. Imports no library of the pipeline before the variables stand.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

#: AVX2 at most, for one family of libraries each: what most machines without AVX-512 run.
INSTRUCTION_SETS: Mapping[str, Mapping[str, str]] = {
    "avx2-torch": {"ATEN_CPU_CAPABILITY": "avx2"},
    "avx2-onednn": {"ONEDNN_MAX_CPU_ISA": "AVX2"},
    "avx2-mkl": {"MKL_ENABLE_INSTRUCTIONS": "AVX2"},
    "avx2-openblas": {"OPENBLAS_CORETYPE": "Haswell"},
    "avx2-numpy": {"NPY_DISABLE_CPU_FEATURES": "X86_V4,AVX512_ICL"},
    "avx2-opencv": {"OPENCV_CPU_DISABLE": "AVX512-SKX"},
    "avx2-numba": {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx2,+fma"},
}

_THREADS = (
    "RUMIAI_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS", "NUMEXPR_NUM_THREADS",
    "NUMBA_NUM_THREADS",
)  # fmt: skip

#: Condition → environment variables; they win over those the process was started with.
VARIABLES: Mapping[str, Mapping[str, str]] = {
    "repeat": {},
    "threads-2": dict.fromkeys(_THREADS, "2"),
    "avx2": {name: value for each in INSTRUCTION_SETS.values() for name, value in each.items()},
    **INSTRUCTION_SETS,
    "noise": {},
}

_SEED = 20_240_607


def noisy(frames: Iterator[Any]) -> Iterator[Any]:
    """The decoded frames (PyAV) with −1, 0 or +1 added to every sample of every plane, seeded by the frame's place.

    Samples stay within 0 to 255. A frame's times, rotation and other side data stay; 8 bits per sample are expected.
    """
    import numpy as np

    for place, frame in enumerate(frames):
        generator = np.random.default_rng((_SEED, place))
        # A reference frame of the decoder is shared: without this, the noise would be predicted into later frames.
        frame.make_writable()
        for plane in frame.planes:
            samples = np.frombuffer(plane, dtype=np.uint8)
            noise = generator.integers(-1, 2, size=samples.size, dtype=np.int16)
            plane.update(np.clip(samples + noise, 0, 255).astype(np.uint8).tobytes())
        yield frame


def _add_noise() -> None:
    """Replace the decoder's frames by noisy ones; must come before ``rumiai_v2.media.decode`` is imported."""
    from rumiai_v2.media import container

    decoded = container.frames

    def frames(container: Any, stream: Any, path: Path) -> Iterator[Any]:
        found = decoded(container, stream, path)
        return noisy(found) if stream.type == "video" else found

    container.frames = frames
    if "rumiai_v2.media.decode" in sys.modules:
        raise RuntimeError("rumiai_v2.media.decode was imported before its frames could be changed")


def main(arguments: list[str]) -> None:
    """Set the condition up and run the command line of the pipeline."""
    if not arguments or arguments[0] not in VARIABLES:
        got = arguments[0] if arguments else "nothing"
        sys.exit(f"perturb: expected one of {', '.join(VARIABLES)} and the arguments of rumiai_v2, got {got!r}")
    condition = arguments[0]
    os.environ.update(VARIABLES[condition])
    sys.argv = ["rumiai_v2", *arguments[1:]]
    if condition == "noise":
        _add_noise()
    from rumiai_v2.entry import main as command_line

    command_line()


if __name__ == "__main__":
    main(sys.argv[1:])
