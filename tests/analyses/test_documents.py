"""The documents that tests are fed are those the pipeline would make."""

from __future__ import annotations

from rumiai_v2.timeline.builder import build_timeline
from tests.analyses import documents as d


def test_the_entries_of_a_test_document_are_those_of_the_timeline_builder():
    video = d.unified(
        duration=6.5,
        texts=[d.text("hello", 0, 2), d.text("right", 1, 2, bbox=(300, 10, 40, 40))],
        stickers=[d.sticker(1, 2)],
        speech=[d.segment("two words", 0, 1)],
        objects=[d.thing("dog", 0, 3), d.thing("person", 4, 6.5)],
        faces=[d.face(0.5), d.face(1.5, d.box(0.1, 0.1, 0.1, 0.1))],
        poses=[d.pose(1)],
        gazes=[d.gaze(1)],
        gestures=[d.gesture("love", 1, 2)],
        emotions=[d.emotion(0.5, "joy"), d.emotion(1, "fear")],
        cuts=[2],
        fades=[(4, 4.5)],
    )
    built = build_timeline("clip", 6.5, video["ml_data"], size=(d.WIDTH, d.HEIGHT)).to_dict()["entries"]
    key = str
    assert sorted(video["timeline"]["entries"], key=key) == sorted(_floats(built), key=key)


def _floats(entries: list[d.Json]) -> list[d.Json]:
    return [{k: float(v) if k in ("start", "end") else v for k, v in e.items()} for e in entries]
