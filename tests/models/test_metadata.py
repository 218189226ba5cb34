"""One mapper for the platform's items and for our own metadata documents; it invents nothing."""

import pytest

from rumiai_v2.models.metadata import VideoMetadata, metadata_from, valid_video_id


def test_an_empty_item_has_nothing_but_unknowns():
    assert metadata_from({}) == VideoMetadata()
    assert metadata_from({}).to_dict()["views"] is None
    assert metadata_from({}).to_dict()["createTime"] is None


def test_the_first_present_key_counts_and_zero_is_a_value():
    item = {"playCount": 0, "views": 7, "likes": 3, "collectCount": 2, "videoMeta": {"duration": 9}, "duration": 10}
    metadata = metadata_from(item)
    assert (metadata.views, metadata.likes, metadata.saves, metadata.duration) == (0, 3, 2, 9.0)


def test_our_own_document_maps_to_itself():
    item = {
        "id": 7, "text": "hi #a", "createTimeISO": "2025-07-02T05:03:39.000Z", "authorMeta": {"name": "x"},
        "hashtags": [{"name": "a"}, "b"], "mediaUrls": ["", "https://media.example/v.mp4"],
    }  # fmt: skip
    metadata = metadata_from(item)
    assert metadata.id == "7"
    assert metadata.create_time == "2025-07-02T05:03:39+00:00"
    assert metadata.download_url == "https://media.example/v.mp4"
    assert metadata.hashtags == ({"name": "a"}, {"name": "b"})
    assert metadata_from(metadata.to_dict()) == metadata


@pytest.mark.parametrize("value", ["yesterday", "", None, -5, True, [], 10**20])
def test_an_unreadable_date_is_unknown_never_now(value):
    assert metadata_from({"createTime": value}).create_time is None


def test_whole_seconds_since_1970_are_a_date():
    assert metadata_from({"createTime": 1751432619}).create_time == "2025-07-02T05:03:39+00:00"


@pytest.mark.parametrize(
    ("item", "message"),
    [
        ([], "expected a JSON object"),
        ({"playCount": "many"}, "playCount: expected a whole number of at least 0, got str 'many'"),
        ({"diggCount": -1}, "diggCount: expected a whole number"),
        ({"shareCount": True}, "shareCount: expected a whole number"),
        ({"videoMeta": 3}, "videoMeta: expected an object"),
        ({"hashtags": "a b"}, "hashtags: expected a list"),
        ({"hashtags": [{}]}, r"hashtags\[0\]: expected an object with a name"),
        ({"id": 1.5}, "id: expected a string"),
        ({"text": 5}, "text: expected a string"),
        ({"mediaUrls": "x"}, "mediaUrls: expected a list"),
    ],
)
def test_a_value_of_the_wrong_type_is_named(item, message):
    with pytest.raises(ValueError, match=message):
        metadata_from(item)


@pytest.mark.parametrize("good", ["7", "a.b_c-D", "x" * 128])
def test_valid_ids(good):
    assert valid_video_id(good)


@pytest.mark.parametrize("bad", ["", ".hidden", "..", "a/b", "a b", "x" * 129, "é", "a\n"])
def test_invalid_ids(bad):
    assert not valid_video_id(bad)
