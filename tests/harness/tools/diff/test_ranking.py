"""What weighs more than what, and that every kind of difference has a weight."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from parity.compare.difference import Difference
from parity.tools.diff.rank import weight

GOLDEN = Path(__file__).parents[4] / "golden" / "snapshots" / "minimal"


def test_a_text_weighs_by_its_error_rate():
    word = Difference("said", "value", "milk", "dog", magnitude=1.0, unit="WER", allowed=0.0)
    letter = Difference("read", "value", "milk", "silk", magnitude=0.25, unit="CER", allowed=0.1)
    assert weight(word) == 2.5
    assert weight(letter) == pytest.approx(2 + 2.5 / 3.5)


def test_another_word_than_in_the_golden_is_told(diff, tmp_path):
    shutil.copytree(GOLDEN, tmp_path / "changed")
    file = tmp_path / "changed" / "unified.json"
    document = json.loads(file.read_text())
    document["ml_data"]["whisper"]["segments"][0]["words"][0]["word"] = "dog"
    file.write_text(json.dumps(document))
    done = diff(GOLDEN, tmp_path / "changed", "--field", "*.word", "--tolerances", "--format", "json")
    assert done.code == 1
    assert [d["path"] for d in done.pair["findings"]] == ["ml_data.whisper.segments[0].words[0].word"]
