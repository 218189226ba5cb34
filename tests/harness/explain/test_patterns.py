"""A recogniser is one file of the folder: found by its place, asked by its turn."""

from __future__ import annotations

from parity.explain import patterns
from parity.explain.patterns.fold import fold, recognisers
from tests.harness.explain.generated import document, findings

#: A recogniser as somebody would add it.
ADDED = """
from parity.explain.patterns.part import Part

TURN = 5


def recognise(left, documents):
    yield Part("lucky", "lucky numbers", ("here",), tuple(each for each in left if each.difference.actual == 7.25), ())
"""


def test_a_file_in_the_folder_is_a_recogniser(tmp_path, monkeypatch):
    (tmp_path / "added.py").write_text(ADDED, encoding="utf-8")
    actual = document()
    actual["detections"][0]["box"][0] = 7.25
    found, documents = findings(document(), actual), {}
    assert fold(found, documents) == ([], found)
    monkeypatch.setattr(patterns, "__path__", [*patterns.__path__, str(tmp_path)])
    parts, left = fold(found, documents)
    assert [(part.kind, len(part.findings)) for part in parts] == [("lucky", 1)]
    assert left == []


def test_every_recogniser_has_a_turn_of_its_own():
    turns = [vars(__import__(each.__module__, fromlist=["TURN"]))["TURN"] for each in recognisers()]
    assert turns == sorted(set(turns))
    assert len(turns) == 13
