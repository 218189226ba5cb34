"""Documents of other tools are recognised and mapped, or refused by name; never taken with everything unknown."""

import json

import pytest

from rumiai_v2.errors import UsageError
from rumiai_v2.models.items import Kind, error_of, kind_of
from rumiai_v2.sources.local_file import LARGEST_METADATA, read_metadata

#: What every document below says, in the words of its tool.
SAID = {
    "id": "7334567890123456789",
    "username": "who.ever",
    "description": "A caption #cat",
    "duration": 18.0,
    "views": 1776621,
    "likes": 0,
    "comments": 12,
    "shares": 3,
    "createTime": "2024-04-03T20:40:00+00:00",
}
NUMBER, PAGE = SAID["id"], f"https://www.tiktok.com/@who.ever/video/{SAID['id']}"

APIFY = {
    "id": NUMBER,
    "text": SAID["description"],
    "createTime": 1712176800,
    "webVideoUrl": PAGE,
    "authorMeta": {"name": "who.ever"},
    "videoMeta": {"duration": 18},
    "playCount": 1776621,
    "diggCount": 0,
    "commentCount": 12,
    "shareCount": 3,
    "collectCount": 7,
    "hashtags": [{"name": "cat"}],
}
FLAT = {k: v for k, v in APIFY.items() if k not in ("authorMeta", "videoMeta")} | {
    "authorMeta.name": "who.ever",
    "videoMeta.duration": 18,
}
YT_DLP = {
    "id": NUMBER, "extractor": "TikTok", "extractor_key": "TikTok", "webpage_url": PAGE, "uploader": "who.ever",
    "uploader_id": "68", "channel": "Who", "title": "A caption", "description": SAID["description"], "duration": 18,
    "view_count": 1776621, "like_count": 0, "comment_count": 12, "repost_count": 3, "save_count": 7,
    "timestamp": 1712176800, "upload_date": "20240403", "tags": ["cat"], "track": "A song", "artists": ["A", "B"],
    "formats": [{"url": "https://media.example/v"}],
}  # fmt: skip
WEB = {
    "id": NUMBER,
    "desc": SAID["description"],
    "createTime": "1712176800",
    "author": {"id": "68", "uniqueId": "who.ever", "nickname": "Who"},
    "video": {"duration": 18, "cover": "https://c"},
    "stats": {"playCount": 1776621, "diggCount": 0, "commentCount": 12, "shareCount": 3, "collectCount": "7"},
    "statsV2": {"playCount": "1776621", "diggCount": "0", "commentCount": "12", "shareCount": "3"},
    "challenges": [{"title": "cat"}],
    "music": {"title": "A song", "authorName": "A"},
}
APP = {
    "aweme_id": NUMBER,
    "desc": SAID["description"],
    "create_time": 1712176800,
    "share_url": PAGE,
    "author": {"unique_id": "who.ever", "nickname": "Who", "uid": "68"},
    "video": {"duration": 18000, "cover": {"url_list": ["https://c"]}},
    "statistics": {"play_count": 1776621, "digg_count": 0, "comment_count": 12, "share_count": 3, "collect_count": 7},
    "text_extra": [{"hashtag_name": "cat"}, {"user_id": "3"}],
}
DETAIL = {"itemInfo": {"itemStruct": WEB}, "statusCode": 0, "statusMsg": ""}
SCOPE = {"__DEFAULT_SCOPE__": {"webapp.video-detail": DETAIL, "webapp.app-context": {}}}


def read(folder, content: object):
    file = folder / "item.json"
    if isinstance(content, str):
        content = content.encode()
    file.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return read_metadata(file)


@pytest.mark.parametrize(
    "document",
    [
        APIFY, [APIFY], FLAT, YT_DLP, {"_type": "playlist", "entries": [YT_DLP]}, WEB, DETAIL, {"itemInfo": DETAIL["itemInfo"]},
        SCOPE, {"__UNIVERSAL_DATA_FOR_REHYDRATION__": SCOPE}, {"ItemModule": {NUMBER: WEB}}, {"itemList": [WEB]},
        APP, {"aweme_detail": APP, "status_code": 0}, {"aweme_list": [APP]}, [{"aweme_detail": APP}],
        json.dumps(YT_DLP) + "\n", json.dumps(APIFY).encode("utf-8-sig"), json.dumps(WEB).encode("utf-16"),
        json.dumps(APP).encode("utf-32"), "\n\n" + json.dumps(APIFY) + "\n\n",
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_a_document_of_any_tool_says_the_same(tmp_path, caplog, document):
    metadata = read(tmp_path, document)
    found = metadata.to_dict()
    assert {key: found[key] for key in SAID} == SAID
    assert (metadata.url, metadata.saves, [tag["name"] for tag in metadata.hashtags]) == (PAGE, 7, ["cat"])
    assert caplog.text == ""


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"url": PAGE, "error": "Post not found or private", "errorCode": "POST_NOT_FOUND"}, "the report of an error: "
         "Post not found or private (POST_NOT_FOUND)"),
        ([{"url": PAGE, "errorCode": "X"}], "the report of an error: X"),
        ({"error": {"type": "record-not-found", "message": "Dataset was not found"}}, "Dataset was not found (record-not"),
        ({"__DEFAULT_SCOPE__": {"webapp.video-detail": {"statusCode": 10204, "statusMsg": "item doesn't exist"}}},
         "the report of an error: item doesn't exist (10204)"),
        ({"__DEFAULT_SCOPE__": {"webapp.user-detail": {}}}, "expected the page data of a video (webapp.video-detail)"),
        ([APIFY, APIFY], "a list of 2 items; keep the one"),
        ([], "a list of 0 items"),
        (json.dumps(APIFY) + "\n" + json.dumps(APIFY), "a list of 2 items; keep the one"),
        ({"aweme_list": [APP, APP, APP]}, "a list of 3 videos; keep the one"),
        ({"_type": "playlist", "entries": [YT_DLP, YT_DLP]}, "a list of 2 entries; keep the one"),
        ({}, "expected a document about a video"),
        ({"id": "7", "snippet": {"title": "x"}, "statistics": {"viewCount": "5"}}, "got one with the keys id, snippet, stat"),
        ({"id": "7", "text": "a tweet", "public_metrics": {"like_count": 3}}, "got one with the keys id, text, public_me"),
        ({"version": "1.0", "type": "video", "title": "oembed", "author_name": "x"}, "got one with the keys version, ty"),
        ({"video_id": 3, "ml_data": {}, "id": {}}, "id: expected a text or a whole number"),
        ("3", "got int 3"), ("null", "got nothing"), ('"words"', "got str 'words'"),
        ("<!DOCTYPE html>", "got what looks like a web page"), ("", "got an empty file"), (" \n", "got an empty file"),
        ("[" * 100_000, "at most 64 deep in each other"), ('{"a":' * 70 + "1" + "}" * 70, "at most 64 deep"),
        ('{"id": "7", "playCount": NaN}', "playCount: expected a number that a double can hold, got nan"),
        ('{"id": "7", "playCount": 1e400}', "playCount: expected a number that a double can hold, got inf"),
        ('{"id": "7", "a": [0, ' + "1" * 5000 + "]}", "a[1]: expected a whole number of at most 100 digits, got 5000"),
        ('{"videoMeta": {"duration": 1, "duration": 2}}', "videoMeta: expected every key once, got duration with two"),
        (b'{"text": "\xff"}', "byte 10: expected text in UTF-8"), (b"\xff\xfe{", "expected text in UTF-16"),
        (b"\x00" * 50, "expected JSON"), ('{"text": "a', "expected JSON, got something else"),
        (b'"' + b"x" * LARGEST_METADATA + b'"', "expected at most 16 MB, got more"),
    ],
    ids=lambda value: str(value)[:40],
)  # fmt: skip
def test_what_is_no_metadata_of_one_video_is_refused_by_name(tmp_path, document, says):
    with pytest.raises(UsageError) as caught:
        read(tmp_path, document)
    text = str(caught.value)
    assert text.startswith(f"metadata file {tmp_path}/item.json: ")
    assert says in text
    assert ";" in text  # what to do
    assert len(text) < 800


ODD = [
    (WEB | {"stats": 5, "statsV2": None}, "stats: expected an object, got int 5", {"views": None}),
    (WEB | {"statsV2": ["x"]}, "statsV2: expected an object, got list ['x']", {"views": 1776621}),
    (WEB | {"video": 7}, "videoMeta: expected an object, got int 7", {"duration": None, "coverUrl": None}),
    (WEB | {"video": "7"}, "videoMeta: expected an object, got str '7'", {"duration": None}),
    (WEB | {"music": ["x"]}, "musicMeta: expected an object, got list ['x']", {"music": {}}),
    (WEB | {"author": 3}, "authorMeta: expected an object, got int 3", {"username": None, "author": {}}),
    (WEB | {"author": {"uniqueId": {"a": 1}}}, "name: expected a text, got dict", {"username": None, "url": None}),
    (WEB | {"challenges": "cat"}, "challenges: expected a list, got str 'cat'", {"hashtags": []}),
    (WEB | {"challenges": [{"title": 5}, {"title": "cat"}]}, "challenges[0].title: expected a text, got int 5",
     {"hashtags": [{"name": "cat"}]}),
    (WEB | {"challenges": [5, "cat"]}, "challenges[0]: expected a text, got int 5", {"hashtags": [{"name": "cat"}]}),
    (APP | {"statistics": "many"}, "statistics: expected an object, got str 'many'", {"views": None}),
    (APP | {"author": [1]}, "authorMeta: expected an object, got list [1]", {"username": None}),
    (APP | {"music": 1}, "musicMeta: expected an object, got int 1", {"music": {}}),
    (APP | {"video": 1}, "videoMeta: expected an object, got int 1", {"duration": None}),
    (APP | {"video": {"duration": "long"}}, "videoMeta.duration: expected a number of at least 0, got str 'long'",
     {"duration": None}),
    (APP | {"video": {"duration": True}}, "videoMeta.duration: expected a number of at least 0, got bool", {"duration": None}),
    (APP | {"video": {"cover": {"url_list": {"a": 1}}}}, "coverUrl: expected a text, got dict", {"coverUrl": None}),
    (APP | {"video": {"cover": {"url_list": [7, "https://c"]}}}, "cover.url_list[0]: expected a text, got int 7",
     {"coverUrl": "https://c"}),
    (APP | {"text_extra": {"a": 1}}, "text_extra: expected a list, got dict", {"hashtags": []}),
    (YT_DLP | {"artists": [{"name": "A"}, "B"]}, "artists[0]: expected a text, got dict",
     {"music": {"musicName": "A song", "musicAuthor": "B"}}),
    (YT_DLP | {"description": ["a"]}, "text: expected a text, got list ['a']", {"description": "A caption"}),
    (YT_DLP | {"webpage_url": [], "original_url": PAGE}, "webVideoUrl: expected a text, got list []", {"url": PAGE}),
    (YT_DLP | {"tags": {"a": 1}}, "hashtags: expected a list, got dict", {"hashtags": []}),
    (FLAT | {"authorMeta": 5}, "authorMeta: expected an object, got int 5", {"username": "who.ever"}),
    (APIFY | {"videoMeta": "18"}, "videoMeta: expected an object, got str '18'", {"duration": None}),
    (APIFY | {"mediaUrls": [{"url": "x"}, "https://v"]}, "mediaUrls[0]: expected a text, got dict",
     {"downloadUrl": "https://v"}),
]  # fmt: skip


@pytest.mark.parametrize(("document", "says", "read_as"), ODD, ids=[says[:40] for _, says, _ in ODD])
def test_what_is_odd_in_a_tools_document_is_named_once_and_costs_nothing_else(
    tmp_path, caplog, document, says, read_as
):
    found = read(tmp_path, document).to_dict()
    assert caplog.text.count(f"metadata: {says}") == 1
    assert len([record for record in caplog.records if "taken as unknown" in record.message]) == 1
    assert {key: found[key] for key in read_as} == read_as
    assert (found["id"], found["createTime"]) == (NUMBER, SAID["createTime"])


@pytest.mark.parametrize(
    ("document", "read_as"),
    [
        (
            WEB | {"statsV2": {"playCount": None, "diggCount": "", "commentCount": "13"}},
            {"views": 1776621, "likes": 0, "comments": 13},
        ),
        (
            WEB | {"author": "who.ever", "music": "A song"},
            {"author": {"name": "who.ever"}, "music": {"name": "A song"}, "username": "who.ever", "url": PAGE},
        ),
        (WEB | {"challenges": [{"title": ""}, "cat", None]}, {"hashtags": [{"name": "cat"}]}),
        (APP | {"author": "who.ever", "music": "A song"}, {"username": "who.ever", "music": {"name": "A song"}}),
        (APP | {"video": {"duration": None}, "duration": 18000}, {"duration": 18.0}),
        (APP | {"video": {"duration": "18000"}}, {"duration": 18.0}),
        (APP | {"video": {"cover": {"url_list": [None, "", "https://c"]}}}, {"coverUrl": "https://c"}),
        (APP | {"video": {"cover": "https://c"}}, {"coverUrl": "https://c"}),
        (YT_DLP | {"artists": [None, "B"]}, {"music": {"musicName": "A song", "musicAuthor": "B"}}),
        (YT_DLP | {"artists": "B"}, {"music": {"musicName": "A song", "musicAuthor": "B"}}),
        (
            YT_DLP | {"description": "", "webpage_url": None, "original_url": PAGE},
            {"description": "A caption", "url": PAGE},
        ),
        (FLAT | {"authorMeta": None, "videoMeta": ""}, {"username": "who.ever", "duration": 18.0}),
    ],
    ids=lambda value: str(value)[-40:],
)
def test_what_a_tool_spells_otherwise_is_not_lost(tmp_path, caplog, document, read_as):
    found = read(tmp_path, document).to_dict()
    assert {key: found[key] for key in read_as} == read_as
    assert caplog.text == ""


@pytest.mark.parametrize("document", [APP | {"aweme_id": {}}, WEB | {"id": {}}, YT_DLP | {"id": {}}])
def test_an_id_of_no_kind_is_refused_in_every_tools_document(tmp_path, document):
    with pytest.raises(UsageError, match=r"id: expected a text or a whole number, got dict"):
        read(tmp_path, document)


def test_a_tool_that_states_no_counts_is_not_taken_in_silence(tmp_path, caplog):
    bare = {key: value for key, value in YT_DLP.items() if not key.endswith("_count")}
    assert read(tmp_path, bare).views is None
    assert "no counts are stated: they are unknown" in caplog.text


def test_a_day_is_no_moment(tmp_path):
    day_only = {key: value for key, value in YT_DLP.items() if key != "timestamp"}
    assert read(tmp_path, day_only).create_time is None


def test_a_key_that_says_the_same_twice_is_read(tmp_path):
    assert read(tmp_path, '{"id": "7", "id": "7"}').id == "7"


def test_half_surrogates_are_replaced_and_whole_pairs_kept(tmp_path):
    metadata = read(tmp_path, r'{"id": "7", "text": "\ud83d and \ud83d\ude00", "authorMeta": {"\udc00": ["\ud800"]}}')
    assert metadata.description == "\ufffd and \U0001f600"
    assert metadata.author == {"\ufffd": ["\ufffd"]}


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        (APIFY, Kind.ITEM),
        (FLAT, Kind.ITEM),
        ({"id": "7"}, Kind.ITEM),
        (YT_DLP, Kind.YT_DLP),
        (WEB, Kind.WEB),
        ({**WEB, "stats": None, "statsV2": None}, Kind.WEB),
        (APP, Kind.APP),
        ({}, Kind.UNKNOWN),
        (3, Kind.UNKNOWN),
        (None, Kind.UNKNOWN),
        ([], Kind.UNKNOWN),
        ({"error": "gone"}, Kind.ERROR),
        ({"error": ""}, Kind.UNKNOWN),
        ({**APIFY, "error": "no subtitles"}, Kind.ITEM),
    ],
    ids=lambda value: str(value)[:40],
)
def test_kinds(item, kind):
    assert kind_of(item) is kind


def test_the_words_of_an_error():
    assert error_of({"url": PAGE, "error": "gone", "errorCode": "E"}) == "gone (E)"
    assert error_of({"errorDescription": "private", "errorCode": None}) == "private"
    assert error_of(APIFY) is None


def test_other_names_for_counts_are_not_taken_for_none_in_silence(tmp_path, caplog):
    read(tmp_path, {"id": "3", "videoUrl": "https://host/v.mp4", "likesCount": 9, "videoPlayCount": 200})
    assert "no counts are stated" in caplog.text
