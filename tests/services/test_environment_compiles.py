"""What numba compiles is compiled once per computer, however many first runs begin together."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

RHYTHM = """
import numpy as np
from rumiai_v2.services import audio_energy, compiled
compiled.ensure_compiled()
clicks = np.zeros(32000, dtype=np.float32)
clicks[::8000] = 1.0
print(len(audio_energy.rhythm(clicks, 16000)[0]))
"""


def run(cache: Path) -> subprocess.Popen:
    # What is kept, and by whom, is the same however well it is compiled; so it takes two thirds of the time.
    env = {**os.environ, "RUMIAI_CACHE_DIR": str(cache), "NUMBA_OPT": "0"}
    env.pop("NUMBA_CACHE_DIR", None)
    return subprocess.Popen([sys.executable, "-c", RHYTHM], env=env, stdout=subprocess.PIPE, text=True)


def test_two_first_runs_at_once_leave_a_cache_that_works(tmp_path):
    pair = [run(tmp_path), run(tmp_path)]
    answers = [process.communicate()[0] for process in pair]
    assert [process.returncode for process in pair] == [0, 0]
    compiled = sorted(path.name for path in (tmp_path / "numba").rglob("*.nbc"))
    later = run(tmp_path)
    assert (later.communicate()[0], later.returncode) == (answers[0], 0)
    assert answers[0] == answers[1]
    assert sorted(path.name for path in (tmp_path / "numba").rglob("*.nbc")) == compiled
    assert len(list((tmp_path / "numba").glob("compiled-*"))) == 1
