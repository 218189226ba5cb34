"""What the caption, the counts and the date say, as the platform reports them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from rumiai_v2.analyses import words
from rumiai_v2.analyses.base import Analysis, Missing

GENERIC_HASHTAGS = frozenset({"fyp", "foryou", "foryoupage", "viral", "trending", "explore"})
HOOKS = ("wait for it", "watch till", "won't believe", "pov", "story time", "here's how", "the secret")
CTAS = {
    "ctaFollow": ("follow me", "follow for", "hit follow"),
    "ctaLike": ("drop a like", "hit like", "double tap", "like if"),
    "ctaComment": ("comment below", "let me know", "drop a comment", "tell me"),
    "ctaShare": ("share this", "tag someone", "send this to"),
    "ctaUrgency": ("limited time", "act now", "last chance", "today only", "ends soon"),
}
#: An e-mail address is no mention.
MENTION = re.compile(r"(?<!\w)@\w+")
LINK = re.compile(r"https?://", re.IGNORECASE)
LISTED = 3


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    """The six blocks of metadata_analysis; counts and dates nobody stated are null."""
    metadata = unified["metadata"]
    missing = Missing()
    caption = metadata.get("description") or ""
    word_count = len(caption.split())
    emojis = words.emojis(caption)
    mentions = MENTION.findall(caption)
    hashtags = [tag if isinstance(tag, str) else tag["name"] for tag in metadata.get("hashtags") or ()]
    strategy = _strategy(len(hashtags))
    ctas = {name: int(words.contains(caption, phrases)) for name, phrases in CTAS.items()}
    has_cta = int(any(ctas.values()))
    published = _published(metadata.get("createTime"))
    if published is None:
        missing("Dynamics.publishHour", "not_measurable")
        missing("Dynamics.publishDayOfWeek", "not_measurable")
    counts = {}
    for path, key in (
        ("CoreMetrics.viewCount", "views"),
        ("Interactions.likeCount", "likes"),
        ("Interactions.commentCount", "comments"),
        ("Interactions.shareCount", "shares"),
        ("Interactions.saveCount", "saves"),
    ):
        counts[key] = metadata.get(key)
        if counts[key] is None:
            missing(path, "not_measurable")
    return {
        "CoreMetrics": {
            "captionLength": len(caption),
            "wordCount": word_count,
            "hashtagCount": len(hashtags),
            "emojiCount": len(emojis),
            "mentionCount": len(mentions),
            "engagementRate": _engagement(counts, missing),
            "viewCount": counts["views"],
            "videoDuration": float(unified["timeline"]["duration"]),
        },
        "Dynamics": {
            "hashtagStrategy": strategy,
            "emojiDensity": round(len(emojis) / word_count, 2) if word_count else 0.0,
            "mentionDensity": round(len(mentions) / word_count, 2) if word_count else 0.0,
            "publishHour": published.hour if published else None,
            "publishDayOfWeek": published.weekday() if published else None,
        },
        "Interactions": {
            "likeCount": counts["likes"],
            "commentCount": counts["comments"],
            "shareCount": counts["shares"],
            "saveCount": counts["saves"],
        },
        "KeyEvents": {
            "hashtags": hashtags,
            "keyMentions": mentions[:LISTED],
            "primaryEmojis": emojis[:LISTED],
            "hasHook": int(words.contains(caption, HOOKS)),
            "callToAction": has_cta,
        },
        "Patterns": {
            "hashtagBreakdown": _breakdown(hashtags, strategy),
            "ctaFeatures": {"hasCTA": has_cta, **ctas, "ctaCount": sum(ctas.values())},
            "hasQuestion": int("?" in caption),
            "hasExclamation": int("!" in caption),
        },
        "Quality": {
            "wordCount": word_count,
            "hasCaption": int(bool(caption.strip())),
            "linkPresent": int(bool(LINK.search(caption))),
            "missingDataPoints": missing.points,
        },
    }


def _engagement(counts: Mapping[str, int | None], missing: Missing) -> float | None:
    """100 · (likes + comments + shares) / views, in %."""
    views = counts["views"]
    reactions = [counts[key] for key in ("likes", "comments", "shares")]
    told = [count for count in reactions if count is not None]
    if not views or len(told) < len(reactions):
        return missing("CoreMetrics.engagementRate", "not_measurable")
    return round(100.0 * sum(told) / views, 2)


def _published(moment: str | None) -> datetime | None:
    """The moment in UTC; one without a zone is taken as UTC, one that is no ISO 8601 date is unknown."""
    if not isinstance(moment, str):
        return None
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError:
        return None
    return (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).astimezone(UTC)


def _strategy(hashtags: int) -> str:
    steps = ((0, "none"), (2, "minimal"), (7, "moderate"), (15, "heavy"))
    return next((name for most, name in steps if hashtags <= most), "spam")


def _breakdown(hashtags: list[str], strategy: str) -> dict[str, Any]:
    generic = sum(tag.lstrip("#").casefold() in GENERIC_HASHTAGS for tag in hashtags)
    total = len(hashtags)
    return {
        "total": total,
        "generic": generic,
        "niche": total - generic,
        "genericRatio": round(generic / total, 2) if total else 0.0,
        "strategy": strategy,
    }


ANALYSIS = Analysis(name="metadata_analysis", prefix="metadata", compute=compute)
