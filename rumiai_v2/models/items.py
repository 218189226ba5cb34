"""Documents that say something about a video, each as an item of the Apify actor (long: a table of many tools).

docs/metadata.md has the table. Nothing is invented on the way: a field that a tool does not state stays absent. Nothing is
lost in silence either: what is odd is handed on as it is, for the mapper to say so, or is said here where it has no place.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from rumiai_v2.models.json_document import told
from rumiai_v2.redact import redacted

log = logging.getLogger(__name__)

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
    keys = {_outer(key) or key for key in item}
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
        code, error = error.get("type"), error.get("message")
    debug = said if isinstance(said := item.get("#debug"), Mapping) else {}
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


def say_odd(key: str, expected: str, got: Any) -> None:
    """The word about a value that cannot be what it should be."""
    log.warning("metadata: %s: expected %s, got %s; taken as unknown", key, expected, told(got))


def first_address(addresses: list[Any], key: str, *, wanted: Callable[[str], bool] = bool) -> str | None:
    """The first text of a list of addresses that is ``wanted``; null and empty places say nothing."""
    for index, address in enumerate(addresses):
        if isinstance(address, str):
            if address and wanted(address):
                return address
        elif address is not None:
            say_odd(f"{key}[{index}]", "a text", address)
    return None


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


def _outer(key: Any) -> str | None:
    """The object that ``key`` names a part of, in an item that was flattened for a table (``authorMeta.name``)."""
    outer, dot, _ = str(key).partition(".")
    return outer if dot and outer in _OBJECTS else None


def _dotted(item: Json) -> Json:
    """An item whose objects were flattened for a table, as it was before."""
    flat = {key: outer for key in item if (outer := _outer(key))}
    if not flat:
        return item
    made = {key: value for key, value in item.items() if key not in flat}
    for key, outer in flat.items():
        made[outer] = {**_object(made, outer), str(key).partition(".")[2]: item[key]}
    return made


def _from_yt_dlp(info: Json) -> Json:
    named = {"name": info.get("uploader"), "id": info.get("uploader_id"), "nickName": info.get("channel")}
    music = {"musicName": info.get("track"), "musicAuthor": info.get("artist"), "musicAlbum": info.get("album")}
    if music["musicAuthor"] is None:
        music["musicAuthor"] = _joined(info, "artists")
    return _stated({
        "id": info.get("id"),
        "webVideoUrl": info.get("webpage_url"),
        "url": info.get("original_url"),
        "text": info.get("description"),
        "description": info.get("title"),
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
        "hashtags": info.get("tags"),
    })  # fmt: skip


def _from_web(item: Json) -> Json:
    # The second has the same counts, as texts, and more; what it leaves open the first may say.
    newer = {key: value for key, value in _object(item, "statsV2").items() if value is not None and value != ""}
    stats = {**_object(item, "stats"), **newer}
    author, number = item.get("author"), item.get("id")
    name = author.get("uniqueId") if isinstance(author, Mapping) else author
    named = all(isinstance(part, str | int) and not isinstance(part, bool) and part for part in (name, number))
    return _stated({
        "id": number,
        "webVideoUrl": f"https://www.tiktok.com/@{name}/video/{number}" if named else None,
        "text": item.get("desc"),
        "createTime": item.get("createTime"),
        "videoMeta": _part(item.get("video"), duration="duration", coverUrl="cover"),
        "authorMeta": _part(author, name="uniqueId", id="id", nickName="nickname", verified="verified"),
        "musicMeta": _part(
            item.get("music"), musicName="title", musicAuthor="authorName", musicId="id", musicOriginal="original",
            musicAlbum="album",
        ),
        "playCount": stats.get("playCount"),
        "diggCount": stats.get("diggCount"),
        "commentCount": stats.get("commentCount"),
        "shareCount": stats.get("shareCount"),
        "collectCount": stats.get("collectCount"),
        "hashtags": _names(item, ("challenges", "title"), ("textExtra", "hashtagName")),
    })  # fmt: skip


def _from_app(item: Json) -> Json:
    stats, video = _object(item, "statistics"), _part(item.get("video"), duration="duration", coverUrl="cover")
    if video is None or isinstance(video, Mapping):
        length, cover = (video or {}).get("duration", item.get("duration")), (video or {}).get("coverUrl")
        video = _stated({"duration": _seconds(length), "coverUrl": _address(cover)})
    return _stated({
        "id": item.get("aweme_id"),
        "webVideoUrl": item.get("share_url"),
        "text": item.get("desc"),
        "createTime": item.get("create_time"),
        "videoMeta": video,
        "authorMeta": _part(item.get("author"), name="unique_id", id="uid", nickName="nickname"),
        "musicMeta": _part(item.get("music"), musicName="title", musicAuthor="author", musicId="mid", musicAlbum="album"),
        "playCount": stats.get("play_count"),
        "diggCount": stats.get("digg_count"),
        "commentCount": stats.get("comment_count"),
        "shareCount": stats.get("share_count"),
        "collectCount": stats.get("collect_count"),
        "hashtags": _names(item, ("text_extra", "hashtag_name"), ("cha_list", "cha_name")),
    })  # fmt: skip


def _stated(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value is not None}


def _part(value: Any, **keys: str) -> Any:
    """The part of an item under our names (ours = theirs); what is no object stays as it is."""
    return _stated({ours: value.get(theirs) for ours, theirs in keys.items()}) if isinstance(value, Mapping) else value


def _object(item: Json, key: str) -> Json:
    value = item.get(key)
    if isinstance(value, Mapping):
        return value
    if value is not None and value != "":
        say_odd(key, "an object", value)
    return {}


def _seconds(milliseconds: Any) -> Any:
    """A length in seconds; what is no number stays as it is."""
    if isinstance(milliseconds, str) and re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,16})?", milliseconds.strip()):
        milliseconds = float(milliseconds)
    known = isinstance(milliseconds, int | float) and not isinstance(milliseconds, bool)
    return milliseconds / 1000 if known else milliseconds


def _address(cover: Any) -> Any:
    """The first address of a cover; what is no object with a list of them stays as it is."""
    if not isinstance(cover, Mapping):
        return cover
    listed = cover.get("url_list")
    return first_address(listed, "cover.url_list") if isinstance(listed, list) else listed


def _joined(info: Json, key: str) -> Any:
    """A list of names as one text; what is no list stays as it is."""
    listed = info.get(key)
    if not isinstance(listed, list):
        return listed
    for index, name in enumerate(listed):
        if name is not None and not isinstance(name, str):
            say_odd(f"{key}[{index}]", "a text", name)
    return ", ".join(name for name in listed if isinstance(name, str) and name) or None


def _names(item: Json, *places: tuple[str, str]) -> list[dict[str, Any]] | None:
    """Hashtags from the first of ``places`` (list, key of the name) that has any, each once."""
    for place, key in places:
        records = item.get(place)
        if records is not None and not isinstance(records, list):
            say_odd(place, "a list", records)
            continue
        names = [_name(record, key, f"{place}[{index}]") for index, record in enumerate(records or ())]
        if any(names):
            return [{"name": name} for name in dict.fromkeys(filter(None, names))]
    return None


def _name(record: Any, key: str, place: str) -> str | None:
    """The hashtag that ``record`` names; it names none where it is something else in a caption, as another user."""
    name = record.get(key) if isinstance(record, Mapping) else record
    if name is None or isinstance(name, str):
        return name
    say_odd(f"{place}.{key}" if isinstance(record, Mapping) else place, "a text", name)
    return None
