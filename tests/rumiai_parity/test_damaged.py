"""Descriptions of cases that are damaged are named in one sentence."""

from __future__ import annotations

import pytest

from parity.verdict import ParityError
from rumiai_parity import failure, replay, storyboard

YAML = [
    "", "[" * 100_000, "a: [" * 300, "a: &x [1]\nb: *x\n", "a: 1\na: 2\n", "fps: .inf\n", "fps: 2024-13-45\n", "? [1]\n: 2\n",
    "!!python/object:os.system {}\n", "\tfps: 1\n", "fps: !!binary x\n", "- 1\n", "fps: 1e999\n", "1: 2\n", "fps: {}\n", "\0",
    "<<: 1\n", "scenes: null\n", "scenes: [null]\n", "covers: 1\nscript: []\n", "ends: []\n", 'a: "\\ud83d"\n',
]  # fmt: skip


@pytest.mark.parametrize("text", YAML, ids=range(len(YAML)))
def test_damaged_descriptions_of_cases_are_named(text, tmp_path):
    for name, load in (
        (storyboard.STORYBOARD, storyboard.load_storyboard),
        (replay.REPLAY, replay.load_replay),
        (failure.FAILURE, lambda folder: failure.load_failure(folder, ("production", "local"))),
    ):
        (tmp_path / name).write_bytes(text.encode())
        with pytest.raises(ParityError) as caught:
            load(tmp_path)
        assert str(tmp_path / name) in str(caught.value)
        assert len(str(caught.value)) < 2_000
