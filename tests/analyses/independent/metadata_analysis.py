"""The metadata analysis, derived a second time."""

from __future__ import annotations

import datetime
import re
import unicodedata
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from tests.analyses.independent.common import Json, exact, says


def emoji_in(text: str) -> list[str]:
    """Pictographs with what modifies and joins them; flags in pairs."""
    found, joined = [], False
    for ch, following in zip(text, text[1:] + " ", strict=False):
        code = ord(ch)
        pictograph = code >= 0x1F000 or 0x2600 <= code <= 0x27BF or ord(following) == 0xFE0F
        modifier = code in (0xFE0F, 0x200D) or 0x1F3FB <= code <= 0x1F3FF
        flag = 0x1F1E6 <= code <= 0x1F1FF
        if (modifier and found) or (flag and found and len(found[-1]) == 1 and 0x1F1E6 <= ord(found[-1]) <= 0x1F1FF):
            found[-1] += ch
        elif unicodedata.category(ch) == "So" and pictograph:
            if joined:
                found[-1] += ch
            else:
                found.append(ch)
        joined = code == 0x200D
    return found


def metadata_analysis(unified: Mapping[str, Any]) -> Json:
    facts = unified["metadata"]
    caption = facts["description"] or ""
    tags = [t if isinstance(t, str) else t["name"] for t in facts["hashtags"]]
    count, words = len(tags), len(caption.split())
    strategy = (
        "none"
        if count == 0
        else "minimal"
        if count < 3
        else "moderate"
        if count <= 7
        else "heavy"
        if count <= 15
        else "spam"
    )
    generic = sum(
        t.lower().lstrip("#") in ["fyp", "foryou", "foryoupage", "viral", "trending", "explore"] for t in tags
    )
    emoji = emoji_in(caption)
    mentions = re.findall(r"(?<![\w])@\w+", caption)
    stats_ = [facts["likes"], facts["comments"], facts["shares"]]
    rate = 100 * Fraction(sum(stats_), facts["views"]) if facts["views"] and None not in stats_ else None
    groups = {
        "ctaFollow": ["follow me", "follow for", "hit follow"],
        "ctaLike": ["drop a like", "hit like", "double tap", "like if"],
        "ctaComment": ["comment below", "let me know", "drop a comment", "tell me"],
        "ctaShare": ["share this", "tag someone", "send this to"],
        "ctaUrgency": ["limited time", "act now", "last chance", "today only", "ends soon"],
    }
    hits = {k: int(any(says(caption, p) for p in v)) for k, v in groups.items()}
    has = int(any(hits.values()))
    hooks = ["wait for it", "watch till", "won't believe", "pov", "story time", "here's how", "the secret"]
    when = None
    if facts["createTime"]:
        when = datetime.datetime.fromisoformat(facts["createTime"])
        when = when.astimezone(datetime.UTC) if when.tzinfo else when
    return {
        "CoreMetrics": {
            "captionLength": len(caption),
            "wordCount": words,
            "hashtagCount": count,
            "emojiCount": len(emoji),
            "mentionCount": len(mentions),
            "engagementRate": rate,
            "viewCount": facts["views"],
            "videoDuration": exact(unified["timeline"]["duration"]),
        },
        "Dynamics": {
            "hashtagStrategy": strategy,
            "emojiDensity": Fraction(len(emoji), words) if words else 0,
            "mentionDensity": Fraction(len(mentions), words) if words else 0,
            "publishHour": when.hour if when else None,
            "publishDayOfWeek": when.isoweekday() - 1 if when else None,
        },
        "Interactions": {
            "likeCount": facts["likes"],
            "commentCount": facts["comments"],
            "shareCount": facts["shares"],
            "saveCount": facts["saves"],
        },
        "KeyEvents": {
            "hashtags": tags,
            "keyMentions": mentions[:3],
            "primaryEmojis": emoji[:3],
            "hasHook": int(any(says(caption, p) for p in hooks)),
            "callToAction": has,
        },
        "Patterns": {
            "hashtagBreakdown": {
                "total": count,
                "generic": generic,
                "niche": count - generic,
                "genericRatio": Fraction(generic, count) if count else 0,
                "strategy": strategy,
            },
            "ctaFeatures": {"hasCTA": has, **hits, "ctaCount": sum(hits.values())},
            "hasQuestion": int("?" in caption),
            "hasExclamation": int("!" in caption),
        },
        "Quality": {
            "wordCount": words,
            "hasCaption": int(caption.strip() != ""),
            "linkPresent": int(re.search(r"(?i)https?://", caption) is not None),
        },
    }
