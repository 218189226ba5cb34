"""What librosa and whisper compile at their first call: compiled once per computer, and kept."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

from rumiai_v2.services import environment


def ensure_compiled() -> None:
    """Compile what librosa and whisper compile at their first call, and keep it (20 s in a fresh environment).

    One process at a time: two that fill numba's cache together spoil it, and every later run dies of it.
    """
    environment.prepare()
    cache = Path(os.environ["NUMBA_CACHE_DIR"])
    done = cache / f"compiled-{_compiled_for()}"
    if done.exists():
        return
    from filelock import FileLock

    with FileLock(cache / ".compiling.lock"):
        if not done.exists():
            _compile()
            done.touch()


def word_timing() -> Any:
    """whisper's module for word times, its compiled functions kept between processes."""
    from whisper import timing

    for function in (timing.backtrace, timing.dtw_cpu):
        function.enable_caching()
    return timing


def _compiled_for() -> str:
    """What numba tells machine code apart by: where the functions come from, versions and the processor."""
    import librosa
    import llvmlite.binding

    chosen = [os.environ.get(name, "") for name in ("NUMBA_CPU_NAME", "NUMBA_CPU_FEATURES")]
    packages = ("numba", "librosa", "openai-whisper", "numpy")
    versions = [sys.version, *(str(environment.installed(name)) for name in packages)]
    text = json.dumps([str(librosa.__file__), llvmlite.binding.get_host_cpu_name(), *chosen, *versions])
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _compile() -> None:
    import librosa
    import numpy as np

    rate = 16_000
    clicks = np.zeros(4 * rate, dtype=np.float32)
    clicks[:: rate // 2] = 1.0
    envelope = librosa.onset.onset_strength(y=clicks, sr=rate)
    librosa.onset.onset_detect(onset_envelope=envelope, sr=rate)
    librosa.beat.beat_track(onset_envelope=envelope, sr=rate)
    librosa.feature.rms(y=clicks)
    word_timing().dtw_cpu(np.zeros((4, 8), dtype=np.float64))  # the alignment that word times need: [tokens, frames]
    environment.pin_threads()
