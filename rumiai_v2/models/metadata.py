"""What the platform says about a video, and the one mapper that both runner configurations use."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from rumiai_v2.models.items import RECOGNISED, Kind, as_item, first_address, is_picture, kind_of, say_odd, unwrapped
from rumiai_v2.models.json_document import told, usable
from rumiai_v2.redact import redacted

log = logging.getLogger(__name__)

T = TypeVar("T")

#: Larger counts are no counts; up to here every JSON reader holds whole numbers exactly.
LARGEST_COUNT = 2**53
VIDEO_ID = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,128}")


def valid_video_id(video_id: str) -> bool:
    """1–128 letters, digits, dots, underscores and hyphens, no leading dot: safe as a file name."""
    return VIDEO_ID.fullmatch(video_id) is not None


class VideoMetadata(BaseModel):
    """Facts from the platform. Nothing is invented: a count or date that nobody stated is None.

    ``duration`` is the platform's own whole seconds, not the measured duration. ``create_time`` is ISO 8601 with zone.
    """

    model_config = ConfigDict(frozen=True, populate_by_name=True)

    id: str | None = None
    url: str | None = None
    username: str | None = None
    description: str = ""
    duration: float | None = None
    views: int | None = None
    likes: int | None = None
    comments: int | None = None
    shares: int | None = None
    saves: int | None = None
    create_time: str | None = Field(default=None, alias="createTime")
    download_url: str | None = Field(default=None, alias="downloadUrl")
    cover_url: str | None = Field(default=None, alias="coverUrl")
    hashtags: tuple[dict[str, Any], ...] = ()
    music: dict[str, Any] = {}
    author: dict[str, Any] = {}
    engagement_rate: float | None = Field(default=None, alias="engagementRate")

    def counts(self) -> tuple[int | None, ...]:
        return self.views, self.likes, self.comments, self.shares, self.saves

    def to_dict(self) -> dict[str, Any]:
        """The 16 keys of the contract plus ``username``."""
        return self.model_dump(by_alias=True, mode="json")


def metadata_from(item: Any) -> VideoMetadata:
    """Map what a platform or tool says of a video to ``VideoMetadata``: every kind of document that ``items`` knows.

    For each field the first key that is present and not null counts; 0 is a value. A value that cannot be what its
    field says (a count that is a word or negative) is unknown, with a warning, the same in every configuration: one odd value
    never costs the others. Raises ``ValueError`` ("<field>: expected …, got …") when the whole is no such document, or
    when the id, which names the outputs, cannot be read.
    """
    item = as_item(item)
    if not isinstance(item, Mapping):
        raise ValueError(f"expected a JSON object with the video's metadata, got {told(item)}")
    metadata = _Reader(usable(dict(item))).metadata()
    if all(count is None for count in metadata.counts()):
        log.warning("metadata: no counts are stated: they are unknown")
    return metadata


def described_video(document: Any) -> VideoMetadata:
    """``metadata_from`` for a file that somebody names as a video's metadata: one that says nothing of it is refused."""
    item = unwrapped(document)
    kind = kind_of(item)
    if kind is Kind.UNKNOWN:
        shown = ", ".join(map(str, list(item)[:8])) if isinstance(item, Mapping) else None
        got = told(item) if shown is None else f"one with the keys {redacted(shown)[:160]}" if shown else "an empty one"
        raise ValueError(
            "expected a document about a video (an item of the Apify actor, our own metadata, an info file of yt-dlp, "
            f"TikTok's page data), with keys such as {', '.join(RECOGNISED[2:4])} or playCount, got {got}"
        )
    return metadata_from(item)


class _Reader:
    """Reads the fields of one item; what is odd becomes unknown, and is said once."""

    def __init__(self, item: Mapping[str, Any]) -> None:
        self.item = item

    def metadata(self) -> VideoMetadata:
        item = self.item
        video_meta = self.read(_fields, "videoMeta", item.get("videoMeta")) or {}
        author = self.object(item, "authorMeta") or self.object(item, "author")
        measured = "videoMeta.duration", self.first(video_meta, "duration")[1]
        return VideoMetadata(
            id=_identifier(item),
            url=self.text(item, "webVideoUrl", "url"),
            username=self.text(author, "name") or self.text(item, "username"),
            description=self.text(item, "text", "description") or "",
            duration=self.read(_number, *(measured if measured[1] is not None else self.first(item, "duration"))),
            views=self.count("playCount", "views"),
            likes=self.count("diggCount", "likes"),
            comments=self.count("commentCount", "comments"),
            shares=self.count("shareCount", "shares"),
            saves=self.count("collectCount", "saves"),
            createTime=self.date(),
            downloadUrl=self.text(item, "videoUrl", "downloadAddr")
            or self.media_url()
            or self.text(item, "downloadUrl"),
            coverUrl=self.text(video_meta, "cover", "coverUrl") or self.text(item, "coverUrl"),
            hashtags=self.hashtags(),
            music=dict(self.object(item, "musicMeta") or self.object(item, "music")),
            author=dict(author),
            engagementRate=self.read(_number, *self.first(item, "engagementRate")),
        )

    def read(self, reader: Callable[[Any], T], key: str, value: Any) -> T | None:
        """``value`` as ``reader`` understands it; None when it is absent, and with a warning when it is odd."""
        if value is None:
            return None
        try:
            return reader(value)
        except ValueError as error:
            say_odd(key, str(error), value)
            return None

    def first(self, holder: Mapping[str, Any], *keys: str) -> tuple[str, Any]:
        return next(((key, holder[key]) for key in keys if holder.get(key) is not None), (keys[0], None))

    def count(self, *keys: str) -> int | None:
        return self.read(_count, *self.first(self.item, *keys))

    def text(self, holder: Mapping[str, Any], *keys: str) -> str | None:
        """The first text that is not empty; platforms send "" for unknown addresses."""
        found = (self.read(_text, key, holder.get(key)) for key in keys)
        return next((text for text in found if text), None)

    def object(self, holder: Mapping[str, Any], key: str) -> Mapping[str, Any]:
        return self.read(_object, key, holder.get(key)) or {}

    def date(self) -> str | None:
        found = (self.read(_date, key, self.item.get(key)) for key in ("createTimeISO", "createTime"))
        return next((date for date in found if date), None)

    def media_url(self) -> str | None:
        urls = self.read(_list, "mediaUrls", self.item.get("mediaUrls")) or []
        return first_address(urls, "mediaUrls", wanted=lambda url: not is_picture(url))

    def hashtags(self) -> tuple[dict[str, Any], ...]:
        tags = self.read(_list, "hashtags", self.item.get("hashtags")) or ()
        read = (self.read(_hashtag, f"hashtags[{index}]", tag) for index, tag in enumerate(tags))
        # Real items list tags without a name beside the others: nothing was tagged there.
        return tuple(tag for tag in read if tag is not None and tag["name"].strip(" \t\n#"))


def _identifier(item: Mapping[str, Any]) -> str | None:
    key = "id" if item.get("id") is not None else "video_id"
    value = item.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"{key}: expected a text or a whole number, got {told(value)}")
    return str(value)


def _count(value: Any) -> int:
    """A whole number, as a number (1200, 1200.0) or as a text ("1776621")."""
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,16}", value.strip()):
        value = int(value)
    if isinstance(value, float) and value.is_integer() and abs(value) <= LARGEST_COUNT:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= LARGEST_COUNT:
        raise ValueError("a whole number of at least 0")
    return value


def _number(value: Any) -> float:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{1,16}(\.[0-9]{1,16})?", value.strip()):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= LARGEST_COUNT:
        raise ValueError("a number of at least 0")
    return float(value)


def _text(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise ValueError("a text")
    return str(value)


def _object(value: Any) -> Mapping[str, Any]:
    return {"name": value} if isinstance(value, str) and value else _fields(value)


def _fields(value: Any) -> Mapping[str, Any]:
    if value == "":
        return {}
    if not isinstance(value, Mapping):
        raise ValueError("an object")
    return value


def _list(value: Any) -> list[Any]:
    if isinstance(value, str):
        return [value]
    if not isinstance(value, list | tuple):
        raise ValueError("a list")
    return list(value)


def _hashtag(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        return {"name": value}
    if not isinstance(value, Mapping) or not isinstance(value.get("name"), str):
        raise ValueError("an object with a name")
    return dict(value)


def _date(value: Any) -> str | None:
    """ISO 8601 text, or seconds or milliseconds since 1970 as a number or digits; "" and 0 are how platforms say unknown."""
    if value in ("", 0) and not isinstance(value, bool):
        return None
    try:
        if isinstance(value, str) and not re.fullmatch(r"[0-9]{9,}", value):
            moment = datetime.fromisoformat(value)
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
        seconds = int(value) if isinstance(value, str) else value
        if isinstance(seconds, int | float) and not isinstance(seconds, bool) and 0 < seconds < 1e14:
            # A hundred milliard seconds are in the year 5138: such numbers count milliseconds.
            return datetime.fromtimestamp(int(seconds / 1000 if seconds >= 1e11 else seconds), UTC).isoformat()
    except (OverflowError, OSError, ValueError):
        pass
    raise ValueError("a moment (ISO 8601, or seconds since 1970)")
