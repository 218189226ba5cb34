"""One mapper for the platform's items and for our own metadata documents; it invents nothing."""

import json

import pytest

from rumiai_v2.errors import UsageError
from rumiai_v2.models.metadata import VideoMetadata, metadata_from, valid_video_id
from rumiai_v2.sources.video_id import checked_video_id


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
        "id": 7,
        "text": "hi #a",
        "createTimeISO": "2025-07-02T05:03:39.000Z",
        "authorMeta": {"name": "x"},
        "hashtags": [{"name": "a"}, "b"],
        "mediaUrls": ["", "https://media.example/v.mp4"],
    }
    metadata = metadata_from(item)
    assert metadata.id == "7"
    assert metadata.create_time == "2025-07-02T05:03:39+00:00"
    assert metadata.download_url == "https://media.example/v.mp4"
    assert metadata.hashtags == ({"name": "a"}, {"name": "b"})
    assert metadata_from(metadata.to_dict()) == metadata


@pytest.mark.parametrize("nameless", [{"name": ""}, {"id": "7", "name": " "}, "", "#", "\t# "])
def test_a_hashtag_without_a_name_is_none_and_not_counted(nameless):
    tags = [nameless, {"name": "cat"}, {"name": "fyp"}]
    assert metadata_from({"id": "1", "hashtags": tags}).hashtags == ({"name": "cat"}, {"name": "fyp"})
    assert metadata_from({"id": "1", "hashtags": [nameless]}).hashtags == ()


@pytest.mark.parametrize("value", ["yesterday", "", None, -5, True, [], 10**20, "1" * 30, float("1e300"), {"a": 1}])
def test_an_unreadable_date_is_unknown_never_now(value):
    assert metadata_from({"createTime": value}).create_time is None


@pytest.mark.parametrize(
    "value", [1751432619, "1751432619", 1751432619.0, 1751432619000, "1751432619000", "2025-07-02T05:03:39Z"]
)
def test_seconds_and_milliseconds_since_1970_and_texts_are_a_date(value):
    assert metadata_from({"createTime": value}).create_time == "2025-07-02T05:03:39+00:00"


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0, 0), (1200.0, 1200), ("1776621", 1776621), (" 12 ", 12), ("0", 0), (2**53, 2**53),
        (-1, None), ("1.7M", None), ("", None), (True, None), (1e30, None), (10**40, None), (2.5, None), ("١٢", None),
        ("many", None), ([], None), ({"count": 3}, None), ("-1", None), ("9" * 5000, None),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("key", "field"),
    [
        ("playCount", "views"),
        ("diggCount", "likes"),
        ("commentCount", "comments"),
        ("shareCount", "shares"),
        ("collectCount", "saves"),
        ("views", "views"),
    ],
)
def test_a_count_is_read_where_it_can_be_else_it_alone_is_unknown(caplog, key, field, value, read):
    metadata = metadata_from({"id": "7", "text": "kept", key: value})
    assert getattr(metadata, field) == read
    assert type(getattr(metadata, field)) in (int, type(None))
    assert (metadata.id, metadata.description) == ("7", "kept")
    warned = f"metadata: {key}: expected a whole number of at least 0, got {type(value).__name__}"
    assert (warned in caplog.text) == (read is None)


@pytest.mark.parametrize(
    ("item", "field", "expected", "says"),
    [
        ({"videoMeta": {"duration": "18"}}, "duration", 18.0, ""),
        ({"duration": "18.5"}, "duration", 18.5, ""),
        ({"videoMeta": {"duration": "0:18"}}, "duration", None, "videoMeta.duration: expected a number of at least 0"),
        ({"engagementRate": "high"}, "engagement_rate", None, "engagementRate: expected a number"),
        ({"engagementRate": float("1e300")}, "engagement_rate", None, "engagementRate: expected a number"),
        ({"videoMeta": 3}, "duration", None, "videoMeta: expected an object, got int 3"),
        ({"hashtags": "cats"}, "hashtags", ({"name": "cats"},), ""),
        ({"hashtags": 3}, "hashtags", (), "hashtags: expected a list, got int 3"),
        ({"hashtags": [{}, None, "a"]}, "hashtags", ({"name": "a"},), "hashtags[0]: expected an object with a name"),
        ({"text": 2024}, "description", "2024", ""),
        ({"text": ["a"]}, "description", "", "text: expected a text, got list ['a']"),
        ({"text": True, "description": "b"}, "description", "b", "text: expected a text, got bool True"),
        ({"musicMeta": "a song"}, "music", {"name": "a song"}, ""),
        ({"musicMeta": [1]}, "music", {}, "musicMeta: expected an object"),
        ({"author": "who"}, "username", "who", ""),
        ({"authorMeta": {"name": ["x"]}, "username": "y"}, "username", "y", "name: expected a text"),
        ({"mediaUrls": [None, "", "https://a.example/v.mp4"]}, "download_url", "https://a.example/v.mp4", ""),
        ({"mediaUrls": "https://a.example/v.mp4"}, "download_url", "https://a.example/v.mp4", ""),
        ({"mediaUrls": 3}, "download_url", None, "mediaUrls: expected a list, got int 3"),
    ],
)
def test_one_odd_value_never_costs_the_others(caplog, item, field, expected, says):
    metadata = metadata_from({**item, "diggCount": 5, "id": "7"})
    assert getattr(metadata, field) == expected
    assert (metadata.likes, metadata.id) == (5, "7")
    assert says in caplog.text
    assert bool(says) == bool(caplog.text)


@pytest.mark.parametrize("value", [1.5, 7e18, True, ["7"], {"id": 7}])
def test_an_id_that_cannot_be_read_is_refused_because_the_outputs_are_named_after_it(value):
    with pytest.raises(ValueError, match=r"id: expected a text or a whole number, got "):
        metadata_from({"id": value})


@pytest.mark.parametrize("document", [[], 3, None, "text", [1, 2]])
def test_what_is_no_object_is_refused(document):
    with pytest.raises(ValueError, match="expected"):
        metadata_from(document)


def test_half_surrogates_are_replaced_whoever_parsed_the_item():
    metadata = metadata_from(
        {"text": "a\ud83d", "hashtags": ["\udc00x"], "authorMeta": {"name": "\ud800", "k\ud800": "\udfff"}}
    )
    assert (metadata.description, metadata.hashtags, metadata.username) == ("a\ufffd", ({"name": "\ufffdx"},), "\ufffd")
    assert metadata.author == {"name": "\ufffd", "k\ufffd": "\ufffd"}
    json.dumps(metadata.to_dict(), ensure_ascii=False).encode()


@pytest.mark.parametrize("good", ["7", "a.b_c-D", "x" * 128])
def test_valid_ids(good):
    assert valid_video_id(good)


@pytest.mark.parametrize("bad", ["", ".hidden", "..", "a/b", "a b", "x" * 129, "é", "a\n"])
def test_a_wrong_id_is_named_with_what_said_it_however_long_it_is(bad):
    with pytest.raises(
        UsageError, match=r"^video id: expected 1-128 .* from the moon; choose one with --id ID$"
    ) as caught:
        checked_video_id(bad * 9999 or bad, origin="the moon")
    assert repr(bad)[1:-1][:2] in str(caught.value) and len(str(caught.value)) < 400


@pytest.mark.parametrize("bad", ["", ".hidden", "..", "a/b", "a b", "x" * 129, "é", "a\n"])
def test_invalid_ids(bad):
    assert not valid_video_id(bad)
