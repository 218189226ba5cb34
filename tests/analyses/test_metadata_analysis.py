"""metadata_analysis: a caption that can be counted by hand, and nothing invented where nothing is known."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rumiai_v2.analyses.base import BLOCKS
from rumiai_v2.analyses.metadata_analysis import ANALYSIS
from tests.analyses.checked import computed
from tests.analyses.documents import Json, unified


def run(**metadata: Any) -> Json:
    return computed(ANALYSIS, unified(duration=7.5, metadata=metadata))


@pytest.fixture
def example() -> Json:
    return run(
        description="POV: drop a like 🔥🔥 @ann? tell me! https://x.io",
        views=1000,
        likes=100,
        comments=10,
        shares=5,
        saves=3,
        createTime="2025-08-11T01:30:00+02:00",
        hashtags=[{"name": "fyp"}, {"name": "cats"}, "viral"],
    )


def test_blocks_stand_in_their_order(example: Json):
    assert tuple(example) == BLOCKS


def test_caption_is_counted(example: Json):
    core = example["CoreMetrics"]
    assert (core["captionLength"], core["wordCount"], core["emojiCount"], core["mentionCount"]) == (47, 9, 2, 1)
    assert example["Dynamics"]["emojiDensity"] == 0.22
    assert example["Dynamics"]["mentionDensity"] == 0.11
    assert example["KeyEvents"]["primaryEmojis"] == ["🔥", "🔥"]
    assert example["KeyEvents"]["keyMentions"] == ["@ann"]
    assert example["Quality"] == {"wordCount": 9, "hasCaption": 1, "linkPresent": 1, "missingDataPoints": []}


def test_engagement_is_a_percentage_of_the_views(example: Json):
    assert example["CoreMetrics"]["engagementRate"] == 11.5
    assert example["CoreMetrics"]["viewCount"] == 1000
    assert example["Interactions"] == {"likeCount": 100, "commentCount": 10, "shareCount": 5, "saveCount": 3}
    assert example["CoreMetrics"]["videoDuration"] == 7.5


def test_publishing_time_is_in_utc(example: Json):
    # Monday 01:30 two hours east of Greenwich is Sunday 23:30 in Greenwich.
    assert (example["Dynamics"]["publishHour"], example["Dynamics"]["publishDayOfWeek"]) == (23, 6)


def test_a_date_without_zone_is_taken_as_utc():
    assert run(createTime="2025-08-11T14:00:00")["Dynamics"]["publishHour"] == 14


def test_hashtags_may_be_names_or_objects(example: Json):
    assert example["KeyEvents"]["hashtags"] == ["fyp", "cats", "viral"]
    assert example["Patterns"]["hashtagBreakdown"] == {
        "total": 3,
        "generic": 2,
        "niche": 1,
        "genericRatio": 0.67,
        "strategy": "moderate",
    }


@pytest.mark.parametrize(
    ("number", "strategy"),
    [(0, "none"), (2, "minimal"), (3, "moderate"), (7, "moderate"), (8, "heavy"), (15, "heavy"), (16, "spam")],
)
def test_strategy_follows_the_number_of_hashtags(number: int, strategy: str):
    tags = [{"name": f"t{i}"} for i in range(number)]
    assert run(hashtags=tags)["Dynamics"]["hashtagStrategy"] == strategy


def test_hooks_and_calls_are_whole_words(example: Json):
    assert (example["KeyEvents"]["hasHook"], example["KeyEvents"]["callToAction"]) == (1, 1)
    assert example["Patterns"]["ctaFeatures"] == {
        "hasCTA": 1,
        "ctaFollow": 0,
        "ctaLike": 1,
        "ctaComment": 1,
        "ctaShare": 0,
        "ctaUrgency": 0,
        "ctaCount": 2,
    }
    assert run(description="the secretary can hotel me")["Patterns"]["ctaFeatures"]["hasCTA"] == 0
    assert run(description="the secretary")["KeyEvents"]["hasHook"] == 0


def test_an_address_is_no_mention():
    assert run(description="write to me@example.org")["CoreMetrics"]["mentionCount"] == 0


def test_what_nobody_stated_is_null_with_a_reason():
    result = run()
    assert result["CoreMetrics"]["viewCount"] is None
    assert result["CoreMetrics"]["engagementRate"] is None
    assert set(result["Quality"]["missingDataPoints"]) == {
        f"{field}:not_measurable"
        for field in (
            "CoreMetrics.viewCount",
            "CoreMetrics.engagementRate",
            "Interactions.likeCount",
            "Interactions.commentCount",
            "Interactions.shareCount",
            "Interactions.saveCount",
            "Dynamics.publishHour",
            "Dynamics.publishDayOfWeek",
        )
    }


def test_no_views_give_no_engagement_rate():
    assert run(views=0, likes=0, comments=0, shares=0)["CoreMetrics"]["engagementRate"] is None
    assert run(views=10, likes=1, comments=None, shares=0)["CoreMetrics"]["engagementRate"] is None


COUNT = st.none() | st.integers(0, 10**9)


@settings(max_examples=50, deadline=None)
@given(caption=st.text(max_size=60), views=COUNT, likes=COUNT, tags=st.lists(st.text(max_size=5), max_size=20))
def test_any_metadata_give_a_valid_document(caption: str, views: int | None, likes: int | None, tags: list[str]):
    result = run(description=caption, views=views, likes=likes, comments=1, shares=2, hashtags=tags)
    breakdown = result["Patterns"]["hashtagBreakdown"]
    assert breakdown["generic"] + breakdown["niche"] == breakdown["total"] == len(tags)
