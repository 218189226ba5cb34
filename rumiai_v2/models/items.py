"""What kind of document says something about a video, and every kind as an item of the Apify actor's shape.

docs/metadata.md has the table. Nothing is invented on the way: a field that a tool does not state stays absent.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from rumiai_v2.redact import redacted

Json = Mapping[str, Any]

#: Keys that the mapper of metadata reads; a document with none of them says nothing about a video.
RECOGNISED = (
    "id", "video_id", "webVideoUrl", "url", "username", "text", "description", "videoMeta", "duration", "authorMeta",
    "author", "musicMeta", "music", "hashtags", "createTimeISO", "createTime", "mediaUrls", "videoUrl", "downloadAddr",
    "downloadUrl", "coverUrl", "engagementRate", "playCount", "views", "diggCount", "likes", "commentCount", "comments",
    "shareCount", "shares", "collectCount", "saves",
)  # fmt: skip
#: Of these, the ones that many documents have which are about something else.
_COMMON = {"id", "url", "text", "description", "author", "username", "duration"}
#: Keys of an item that has a video, whatever else it says.
_OF_A_VIDEO = (
    "videoMeta", "mediaUrls", "videoUrl", "downloadAddr", "downloadUrl", "authorMeta", "aweme_id", "itemInfo", "desc",
)  # fmt: skip
#: Where else than under ``error`` actors put their words.
_SAID = ("errorMessage", "errorDescription", "errorMessages")
#: What actors say by a flag alone.
_FLAGS = {
    "demo": "it is a demo item only: the account may not run the actor in full",
    "noResults": "it has no results",
}
#: Letters of somebody else's words in a message.
LONGEST_WORDS = 300
#: Keys under which an item has objects.
_OBJECTS = ("authorMeta", "musicMeta", "videoMeta")


class Kind(StrEnum):
    """What a document is; the value is for people."""

    ITEM = "an item of the Apify actor, or a metadata document of ours"
    YT_DLP = "an info file of yt-dlp"
    WEB = "an item of TikTok's web page"
    APP = "an item of TikTok's app (aweme)"
    ERROR = "the report of an error"
    UNKNOWN = "no document about a video that is known here"


def kind_of(item: Any) -> Kind:
    """What kind of document ``item`` (one video's, see ``unwrapped``) is; never raises.

    ``ERROR`` is an item that carries an error and names no video that was found: the Apify actor's
    ``{"url": …, "error": …, "errorCode": …}``, an error of the Apify API, TikTok's ``statusCode``/``statusMsg``.
    ``error_of`` gives its words.
    """
    if not isinstance(item, Mapping):
        return Kind.UNKNOWN
    if error_of(item) is not None:
        return Kind.ERROR
    if "aweme_id" in item or ("statistics" in item and "desc" in item):
        return Kind.APP
    if "webpage_url" in item or "extractor" in item or "extractor_key" in item:
        return Kind.YT_DLP
    if isinstance(item.get("stats", item.get("statsV2")), Mapping) or ("desc" in item and "video" in item):
        return Kind.WEB
    keys = set(_dotted(item))
    known = keys & set(RECOGNISED)
    # Common keys among foreign ones say little: {"id": "7", "text": "…", "public_metrics": …} is a tweet.
    return Kind.ITEM if known - _COMMON or (known and known == keys) else Kind.UNKNOWN


def error_of(item: Any) -> str | None:
    """The words with which ``item`` says that there is no video, None when it is no report of an error.

    An item that has a video as well is one: what is wrong with a part of it does not matter here. The words are
    somebody else's: one line, without secrets and control characters, and cut where they are endless.
    """
    if not isinstance(item, Mapping) or any(item.get(key) for key in _OF_A_VIDEO):
        return None
    error, code = item.get("error"), item.get("errorCode")
    if isinstance(error, Mapping):  # of the Apify API itself
        error, code = error.get("message"), error.get("type")
    debug = _object(item, "#debug")
    words = next(
        (
            said
            for said in (error, *map(item.get, _SAID), debug.get("errorMessages"), debug.get("errorMessage"))
            if isinstance(said, str | list) and said
        ),
        None,
    )
    if not words and (error or item.get("#error")):
        words = "it failed, and does not say why"
    if not words and code is None and item.get("statusCode") not in (None, 0):
        words, code = item.get("statusMsg") or item.get("status_msg") or "no video", item.get("statusCode")
    if not words and not code:
        words = next((said for flag, said in _FLAGS.items() if item.get(flag) is True), None)
    if not words and not code:
        return None
    if isinstance(words, list):
        words = "; ".join(dict.fromkeys(map(str, words)))
    return quotable(f"{words} ({code})" if words and code else str(words or code))


def quotable(words: str) -> str:
    """Words of a platform as they may be repeated in a message; secrets go before the cut, which could hide them."""
    kept = "".join(" " if unicodedata.category(char).startswith("C") else char for char in redacted(words))
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST_WORDS else line[: LONGEST_WORDS - 1] + "…"


def is_photo_post(item: Any) -> bool:
    """Whether ``item`` says that it is a post of pictures; one may have a video all the same (see ``is_picture``)."""
    if not isinstance(item, Mapping):
        return False
    media = item.get("mediaUrls")
    media = [url for url in media if url] if isinstance(media, list) else []
    return (
        item.get("isSlideshow") is True
        or any(item.get(key) for key in ("imagePost", "imagePostInfo", "image_post_info", "slideshowImageLinks"))
        or "/photo/" in str(item.get("webVideoUrl") or "")
        or (bool(media) and all(is_picture(url) for url in media))
    )


def is_picture(url: Any) -> bool:
    """Whether an address names a picture by its ending."""
    path = str(url).partition("?")[0].partition("#")[0].lower()
    return path.endswith((".jpg", ".jpeg", ".png", ".webp", ".heic", ".heif", ".avif", ".gif", ".bmp", ".image"))


def unwrapped(document: Any) -> Any:
    """The one video's item inside ``document``: a list of one, a playlist of one, an answer or the page data of TikTok.

    Raises ``ValueError`` ("expected …, got …; what to do") when there is none, or more than one.
    """
    for _ in range(8):  # as deep as pages are wrapped: page data → video detail → item info → item
        inner = _inside(document)
        if inner is document:
            return document
        document = inner
    return document


def as_item(document: Any) -> Json:
    """The document as an item of the Apify actor's shape, which the mapper reads.

    Raises ``ValueError`` when it is none that is known, or reports an error.
    """
    item = unwrapped(document)
    match kind_of(item):
        case Kind.ERROR:
            raise ValueError(
                f"expected the metadata of a video, got the report of an error: {error_of(item)}; "
                "fetch it again, or check whether the video can still be seen"
            )
        case Kind.YT_DLP:
            return _from_yt_dlp(item)
        case Kind.WEB:
            return _from_web(item)
        case Kind.APP:
            return _from_app(item)
    return _dotted(item) if isinstance(item, Mapping) else item


def _inside(document: Any) -> Any:
    if isinstance(document, list):
        return _only(document, "items")
    if not isinstance(document, Mapping):
        return document
    page = document.get("__UNIVERSAL_DATA_FOR_REHYDRATION__")
    if isinstance(page, Mapping):
        return page
    if isinstance(scope := document.get("__DEFAULT_SCOPE__"), Mapping):
        detail = scope.get("webapp.video-detail", scope.get("webapp.reflow.video.detail"))
        if not isinstance(detail, Mapping):
            raise ValueError(
                "expected the page data of a video (webapp.video-detail), got those of another page; "
                "take them from the video's own page"
            )
        return detail
    if isinstance(info := document.get("itemInfo"), Mapping) and isinstance(info.get("itemStruct"), Mapping):
        return info["itemStruct"]
    if isinstance(document.get("itemStruct"), Mapping):
        return document["itemStruct"]
    if isinstance(document.get("aweme_detail"), Mapping):
        return document["aweme_detail"]
    if isinstance(module := document.get("ItemModule"), Mapping):
        return _only(list(module.values()), "videos")
    for key, what in (("aweme_list", "videos"), ("itemList", "videos"), ("aweme_details", "videos")):
        if isinstance(document.get(key), list):
            return _only(document[key], what)
    if document.get("_type") in ("playlist", "multi_video") or ("entries" in document and "extractor" in document):
        return _only(document.get("entries") or [], "entries")
    return document


def _only(found: Any, what: str) -> Any:
    if isinstance(found, list) and len(found) == 1:
        return found[0]
    count = len(found) if isinstance(found, list) else type(found).__name__
    raise ValueError(f"expected one video, got a list of {count} {what}; keep the one that belongs to the video")


def _dotted(item: Json) -> Json:
    """An item whose objects were flattened for a table (``authorMeta.name``), as it was before."""
    flat = [key for key in item if str(key).partition(".")[0] in _OBJECTS and "." in str(key)]
    if not flat:
        return item
    made = {key: value for key, value in item.items() if key not in flat}
    for key in flat:
        outer, _, inner = key.partition(".")
        if isinstance(made.setdefault(outer, {}), Mapping):
            made[outer] = {**made[outer], inner: item[key]}
    return made


def _from_yt_dlp(info: Json) -> Json:
    tags = info.get("tags")
    named = {"name": info.get("uploader"), "id": info.get("uploader_id"), "nickName": info.get("channel")}
    music = {"musicName": info.get("track"), "musicAuthor": info.get("artist"), "musicAlbum": info.get("album")}
    artists = info.get("artists")
    if music["musicAuthor"] is None and isinstance(artists, list):
        music["musicAuthor"] = ", ".join(map(str, artists)) or None
    return _stated({
        "id": info.get("id"),
        "webVideoUrl": info.get("webpage_url") or info.get("original_url"),
        "text": info.get("description") or info.get("title"),
        "videoMeta": _stated({"duration": info.get("duration"), "coverUrl": info.get("thumbnail")}),
        "authorMeta": _stated({**named, "profileUrl": info.get("uploader_url")}),
        "musicMeta": _stated(music),
        "playCount": info.get("view_count"),
        "diggCount": info.get("like_count"),
        "commentCount": info.get("comment_count"),
        "shareCount": info.get("repost_count"),
        "collectCount": info.get("save_count"),
        # `upload_date` is a day: taken for a time it would invent the hour of publishing.
        "createTime": info.get("timestamp"),
        "hashtags": tags,
    })  # fmt: skip


def _from_web(item: Json) -> Json:
    stats = {**_object(item, "stats"), **_object(item, "statsV2")}  # the second has the same counts, as texts, and more
    author, video, music = item.get("author"), _object(item, "video"), _object(item, "music")
    name = author.get("uniqueId") if isinstance(author, Mapping) else author
    people = author if isinstance(author, Mapping) else {}
    number = item.get("id")
    page = f"https://www.tiktok.com/@{name}/video/{number}" if name and number else None
    return _stated({
        "id": number,
        "webVideoUrl": page,
        "text": item.get("desc"),
        "createTime": item.get("createTime"),
        "videoMeta": _stated({"duration": video.get("duration"), "coverUrl": video.get("cover")}),
        "authorMeta": _stated({
            "name": name, "id": people.get("id"), "nickName": people.get("nickname"), "verified": people.get("verified"),
        }),
        "musicMeta": _stated({
            "musicName": music.get("title"), "musicAuthor": music.get("authorName"), "musicId": music.get("id"),
            "musicOriginal": music.get("original"), "musicAlbum": music.get("album"),
        }),
        "playCount": stats.get("playCount"),
        "diggCount": stats.get("diggCount"),
        "commentCount": stats.get("commentCount"),
        "shareCount": stats.get("shareCount"),
        "collectCount": stats.get("collectCount"),
        "hashtags": _names(item, ("challenges", "title"), ("textExtra", "hashtagName")),
    })  # fmt: skip


def _from_app(item: Json) -> Json:
    stats, author = _object(item, "statistics"), _object(item, "author")
    video, music = _object(item, "video"), _object(item, "music")
    length = video.get("duration", item.get("duration"))  # in milliseconds
    known = isinstance(length, int | float) and not isinstance(length, bool)
    cover = _object(video, "cover").get("url_list")
    return _stated({
        "id": item.get("aweme_id"),
        "webVideoUrl": item.get("share_url"),
        "text": item.get("desc"),
        "createTime": item.get("create_time"),
        "videoMeta": _stated({
            "duration": length / 1000 if known else None,
            "coverUrl": cover[0] if isinstance(cover, list) and cover else None,
        }),
        "authorMeta": _stated({
            "name": author.get("unique_id"), "id": author.get("uid"), "nickName": author.get("nickname"),
        }),
        "musicMeta": _stated({
            "musicName": music.get("title"), "musicAuthor": music.get("author"), "musicId": music.get("mid"),
            "musicAlbum": music.get("album"),
        }),
        "playCount": stats.get("play_count"),
        "diggCount": stats.get("digg_count"),
        "commentCount": stats.get("comment_count"),
        "shareCount": stats.get("share_count"),
        "collectCount": stats.get("collect_count"),
        "hashtags": _names(item, ("text_extra", "hashtag_name"), ("cha_list", "cha_name")),
    })  # fmt: skip


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None and value != {}}


def _object(item: Json, key: str) -> Json:
    value = item.get(key)
    return value if isinstance(value, Mapping) else {}


def _names(item: Json, *places: tuple[str, str]) -> list[dict[str, Any]] | None:
    """Hashtags from the first of ``places`` (list, key of the name) that has any, each once."""
    for place, key in places:
        records: Iterable[Any] = found if isinstance(found := item.get(place), list) else ()
        names = [r[key] for r in records if isinstance(r, Mapping) and isinstance(r.get(key), str) and r[key]]
        if names:
            return [{"name": name} for name in dict.fromkeys(names)]
    return None
