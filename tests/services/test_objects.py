"""Objects: the real detector on a tiny clip, identities without losing detections."""

import itertools
from types import SimpleNamespace

import numpy as np
import pytest

from rumiai_v2.media.types import Frame
from rumiai_v2.services.objects import Objects, _Identities, sample_spacing, select
from tests.schema_check import validate
from tests.services.people_clip import empty_media, person_media

SCHEMA = "services/yolo.schema.json"


def frames(count, step=0.2):
    return [Frame(k, k * step, np.zeros((8, 8, 3), np.uint8)) for k in range(count)]


@pytest.fixture(scope="module")
def person(tmp_path_factory):
    media = person_media(tmp_path_factory.mktemp("objects"))
    return media, Objects().analyse(media, {})


def test_the_person_is_found_on_every_sample_with_one_identity(person):
    media, document = person
    validate(document, SCHEMA)
    people = [o for o in document["objectAnnotations"] if o["class"] == "person"]
    assert [o["timestamp"] for o in people] == [f.timestamp for f in media.video.frames]
    assert {o["trackId"] for o in people} == {people[0]["trackId"]}
    assert min(o["confidence"] for o in people) > 0.8


def test_boxes_follow_the_person_in_source_pixels(person):
    _, document = person
    boxes = [o["bbox"] for o in document["objectAnnotations"] if o["class"] == "person"]
    assert boxes[0] == pytest.approx([14, 138, 272, 510], abs=12)
    assert [b[0] - a[0] for a, b in itertools.pairwise(boxes)] == pytest.approx([15] * 3, abs=6)


def test_metadata_counts_what_is_there(person):
    media, document = person
    objects, metadata = document["objectAnnotations"], document["metadata"]
    assert metadata == {
        "processed": True,
        "model": "yolo11n-seg",
        "frames_analyzed": len(media.video.frames),
        "objects_detected": len(objects),
        "tracks": len({o["trackId"] for o in objects}),
        "sample_spacing": pytest.approx(0.2),
    }


def test_the_same_clip_gives_the_same_document_in_one_process(person, tmp_path):
    assert Objects().analyse(person_media(tmp_path), {}) == person[1]


def test_nothing_seen_is_data(tmp_path):
    document = Objects().analyse(empty_media(tmp_path), {})
    validate(document, SCHEMA)
    assert document["objectAnnotations"] == []
    assert document["metadata"]["frames_analyzed"] == 5


def test_no_word_reaches_standard_output(tmp_path, capfd):
    Objects().analyse(empty_media(tmp_path), {})
    assert capfd.readouterr().out == ""


@pytest.mark.parametrize("count", [1, 99, 100])
def test_up_to_a_hundred_frames_are_all_used(count):
    assert [f.number for f in select(frames(count))] == list(range(count))


@pytest.mark.parametrize("count", [101, 149, 200, 300])
def test_more_are_thinned_evenly_from_first_to_last(count):
    numbers = [f.number for f in select(frames(count))]
    assert numbers == [round(i * (count - 1) / 99) for i in range(100)]
    assert (numbers[0], numbers[-1], len(set(numbers))) == (0, count - 1, 100)


def test_spacing_is_the_median_distance():
    assert sample_spacing(frames(4), otherwise=9) == pytest.approx(0.2)
    assert sample_spacing(frames(1), otherwise=9) == 9


class Boxes(SimpleNamespace):
    """What the tracker reads of detections: boxes as centre and size."""

    def __init__(self, xywh, conf):
        super().__init__(
            xywh=np.array(xywh, np.float32).reshape(-1, 4),
            conf=np.array(conf, np.float32),
            cls=np.zeros(len(conf), np.float32),
        )

    def __len__(self):
        return len(self.conf)

    def __getitem__(self, mask):
        return Boxes(self.xywh[mask], self.conf[mask])


def test_every_detection_gets_an_identity_even_one_the_tracker_does_not_take():
    identify = _Identities(samples_per_second=5)
    frame = frames(1)[0]
    near, far, flat = (50, 50, 20, 40), (150, 50, 20, 40), (90, 90, 10, 0)  # the tracker refuses boxes without height
    assert identify(Boxes([near, far], [0.9, 0.3]), frame) == [1, 2]
    assert identify(Boxes([far, flat, near], [0.8, 0.9, 0.9]), frame) == [2, 3, 1]
    assert identify(Boxes([flat, near], [0.9, 0.9]), frame) == [4, 1]


def test_each_video_starts_with_identity_one():
    for _ in range(2):
        assert _Identities(samples_per_second=5)(Boxes([(50, 50, 20, 40)], [0.9]), frames(1)[0]) == [1]


def test_describe_tells_weights_and_version():
    info = Objects().describe()
    assert (info.library, info.version, info.problem) == ("ultralytics", "8.4.190", None)
    assert [w.name for w in info.weights] == ["yolo11n-seg.pt"]


def test_a_thing_that_becomes_another_one_in_its_place_is_another_identity():
    identify = _Identities(samples_per_second=5)
    frame = frames(1)[0]
    person, cup = Boxes([(50, 50, 20, 40)], [0.9]), Boxes([(50, 50, 20, 40)], [0.9])
    cup.cls = np.ones(1, np.float32)
    assert [identify(person, frame), identify(cup, frame), identify(person, frame)] == [[1], [2], [1]]
