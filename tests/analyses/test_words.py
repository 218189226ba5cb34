"""Whole words and phrases, never parts of words; emoji as they are displayed."""

from __future__ import annotations

import pytest

from rumiai_v2.analyses.words import Match, contains, emojis, find, first_listed, spoken_words, tokens, typed


def test_tokens_lose_case_and_punctuation_and_keep_apostrophes():
    assert tokens("Don’t STOP, mind-blowing!") == ["don't", "stop", "mind", "blowing"]


def test_spoken_words_keep_hyphens_and_drop_bare_punctuation():
    assert spoken_words('"Well-known"  - facts...') == ["well-known", "facts"]


def test_a_word_inside_another_word_is_not_found():
    assert not contains("now we know the following together", ["no", "follow", "get"])
    assert contains("NOW!", ["now"])


def test_phrases_are_found_in_order_of_place():
    assert find("check out the link in bio", ["link in bio", "check out"]) == [
        Match("check out", 0),
        Match("link in bio", 3),
    ]


def test_typographic_apostrophe_matches_the_plain_one():
    assert contains("You won’t believe it", ["you won't believe"])


def test_a_phrase_inside_a_longer_one_counts_once():
    lists = [("engagement", ["share"]), ("viral", ["share with"])]
    assert typed(tokens("share with friends, then share"), lists) == [
        ("viral", Match("share with", 0)),
        ("engagement", Match("share", 4)),
    ]


def test_the_first_listed_phrase_wins_whatever_its_place():
    assert first_listed("follow and buy", ["buy", "follow"]) == "buy"
    assert first_listed("nothing here", ["buy"]) is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("🔥🔥 ✨", ["🔥", "🔥", "✨"]),
        ("🇺🇸🇩🇪", ["🇺🇸", "🇩🇪"]),
        ("👨‍👩‍👧 👍🏽", ["👨‍👩‍👧", "👍🏽"]),
        ("1️⃣ and 1, #1", ["1️⃣"]),
        ("❤ ❤️", ["❤", "❤️"]),
        ("漢字 ひらがな 한국어 ©", []),
        ("☀\ufe0e", []),
    ],
)
def test_emoji_are_counted_as_displayed(text: str, found: list[str]):
    assert emojis(text) == found
