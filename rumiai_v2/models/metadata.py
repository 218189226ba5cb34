"""What the platform says about a video, and the one mapper that both runner configurations use."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

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
    create_time: str | None = Field(None, alias="createTime")
    download_url: str | None = Field(None, alias="downloadUrl")
    cover_url: str | None = Field(None, alias="coverUrl")
    hashtags: tuple[dict[str, Any], ...] = ()
    music: dict[str, Any] = {}
    author: dict[str, Any] = {}
    engagement_rate: float | None = Field(None, alias="engagementRate")

    def to_dict(self) -> dict[str, Any]:
        """The 16 keys of the contract plus ``username``."""
        return self.model_dump(by_alias=True, mode="json")


def metadata_from(item: Any) -> VideoMetadata:
    """Map an Apify item, or our own metadata document, to ``VideoMetadata``.

    For each field the first key that is present and not null counts; 0 is a value. A date that cannot be read is None.
    Raises ``ValueError`` naming field, expected and got when a value has a type the field cannot have.
    """
    if not isinstance(item, Mapping):
        raise ValueError(f"expected a JSON object with the video's metadata, got {_kind(item)}")
    video_meta = _mapping(item, "videoMeta")
    author = _mapping(item, "authorMeta") or _mapping(item, "author")
    media_urls = item.get("mediaUrls")
    if media_urls is not None and not isinstance(media_urls, list):
        raise ValueError(f"mediaUrls: expected a list of URLs, got {_kind(media_urls)}")
    return VideoMetadata(
        id=_identifier(item),
        url=_text(item, "webVideoUrl", "url"),
        username=_text(author, "name") or _text(item, "username"),
        description=_text(item, "text", "description") or "",
        duration=_number(video_meta, "duration") if _has(video_meta, "duration") else _number(item, "duration"),
        views=_count(item, "playCount", "views"),
        likes=_count(item, "diggCount", "likes"),
        comments=_count(item, "commentCount", "comments"),
        shares=_count(item, "shareCount", "shares"),
        saves=_count(item, "collectCount", "saves"),
        create_time=_date(item),
        download_url=_text(item, "videoUrl", "downloadAddr") or (_first_url(media_urls)) or _text(item, "downloadUrl"),
        cover_url=_text(video_meta, "cover", "coverUrl") or _text(item, "coverUrl"),
        hashtags=_hashtags(item),
        music=dict(_mapping(item, "musicMeta") or _mapping(item, "music")),
        author=dict(author),
        engagement_rate=_number(item, "engagementRate"),
    )


def _has(item: Mapping[str, Any], key: str) -> bool:
    return item.get(key) is not None


def _kind(value: Any) -> str:
    return f"{type(value).__name__} {value!r}"[:80]


def _first(item: Mapping[str, Any], *keys: str) -> tuple[str, Any]:
    for key in keys:
        if _has(item, key):
            return key, item[key]
    return keys[0], None


def _mapping(item: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = item.get(key)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"{key}: expected an object, got {_kind(value)}")
    return value


def _text(item: Mapping[str, Any], *keys: str) -> str | None:
    """The first non-empty string; platforms send "" for unknown addresses."""
    for key in keys:
        value = item.get(key)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"{key}: expected a string, got {_kind(value)}")
        if value:
            return value
    return None


def _number(item: Mapping[str, Any], *keys: str) -> float | None:
    key, value = _first(item, *keys)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value or value < 0:
        raise ValueError(f"{key}: expected a number of at least 0, got {_kind(value)}")
    return float(value)


def _count(item: Mapping[str, Any], *keys: str) -> int | None:
    key, value = _first(item, *keys)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ValueError(f"{key}: expected a whole number of at least 0, got {_kind(value)}")
    return value


def _identifier(item: Mapping[str, Any]) -> str | None:
    _, value = _first(item, "id", "video_id")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise ValueError(f"id: expected a string, got {_kind(value)}")
    return str(value)


def _date(item: Mapping[str, Any]) -> str | None:
    for key in ("createTimeISO", "createTime"):
        value = item.get(key)
        if isinstance(value, int) and not isinstance(value, bool) and value > 0:
            try:
                return datetime.fromtimestamp(value, UTC).isoformat()
            except (OverflowError, OSError, ValueError):
                continue  # no date at all: the next key, else unknown
        if isinstance(value, str):
            try:
                moment = datetime.fromisoformat(value)
            except ValueError:
                continue
            return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()
    return None


def _first_url(urls: list[Any] | None) -> str | None:
    return next((u for u in urls or () if isinstance(u, str) and u), None)


def _hashtags(item: Mapping[str, Any]) -> tuple[dict[str, Any], ...]:
    value = item.get("hashtags")
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ValueError(f"hashtags: expected a list, got {_kind(value)}")
    out = []
    for index, tag in enumerate(value):
        if isinstance(tag, str):
            tag = {"name": tag}
        if not isinstance(tag, Mapping) or not isinstance(tag.get("name"), str):
            raise ValueError(f"hashtags[{index}]: expected an object with a name, got {_kind(tag)}")
        out.append(dict(tag))
    return tuple(out)
