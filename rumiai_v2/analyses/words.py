"""Whole words and phrases in texts and captions: tokens, phrase matching, emoji, and the word lists."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

#: An apostrophe belongs to its word; the typographic one counts as the plain one.
WORD = regex.compile(r"\w+(?:'\w+)*")

#: One displayed character is an emoji when it is shown in colour by default, is asked to be (U+FE0F), or is one of the
#: older symbols (U+2600–27BF) that platforms show in colour unless U+FE0E forbids it. Digits and CJK are not.
EMOJI = regex.compile(r"\p{Emoji_Presentation}|\p{Emoji}\uFE0F|[\u2600-\u27BF&&\p{Emoji}](?!\uFE0E)", regex.V1)
FLAG = regex.compile(r"\p{Regional_Indicator}{2}")
LONE_REGIONAL_INDICATOR = regex.compile(r"\p{Regional_Indicator}")

FILLERS = ("um", "uh", "like", "you know", "basically", "literally", "actually")
#: Phrases that open a video, by kind; a greeting counts only as the very first words.
HOOKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("question", ("did you know", "guess what", "wait for it", "watch this", "check this out")),
    ("hyperbole", ("amazing", "incredible", "mind-blowing", "shocking", "unbelievable")),
    ("promise", ("you won't believe", "you need to see", "this will change")),
    ("greeting", ("hey", "hi", "hello", "what's up")),
    ("value_prop", ("secret", "trick", "hack", "tip")),
)
CALLS_TO_ACTION: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("engagement", ("follow", "like", "subscribe", "comment", "share", "hit the")),
    ("traffic", ("link in bio", "check out", "visit", "go to")),
    ("conversion", ("buy", "purchase", "get yours", "order now")),
    ("save", ("save this", "bookmark", "remember")),
    ("viral", ("tag someone", "send this", "share with")),
)
SECOND_PERSON = frozenset({"you", "your", "yours", "yourself", "yourselves", "you're", "you'll", "you've", "you'd"})
FIRST_PERSON = frozenset({"i", "i'm", "i'll", "i've", "i'd", "me", "my", "mine", "myself"})


@dataclass(frozen=True)
class Match:
    """``phrase`` as listed, found at word ``index`` (from 0)."""

    phrase: str
    index: int


def tokens(text: str) -> list[str]:
    """The words of a text, case-folded, without punctuation: "Don’t STOP!" → ["don't", "stop"]."""
    found: list[str] = WORD.findall(text.replace("’", "'").casefold())
    return found


def spoken_words(text: str) -> list[str]:
    """White-space separated words, case-folded, without punctuation around them; bare punctuation is no word."""
    parts = (regex.sub(r"^[^\w]+|[^\w]+$", "", part) for part in text.replace("’", "'").casefold().split())
    return [part for part in parts if part]


def find(text: str | Sequence[str], phrases: Iterable[str]) -> list[Match]:
    """Where each phrase stands as whole words, by place, then in the order of ``phrases``; ``text`` may be tokens."""
    words = tokens(text) if isinstance(text, str) else list(text)
    found = []
    for order, phrase in enumerate(phrases):
        wanted = tokens(phrase)
        for index in range(len(words) - len(wanted) + 1):
            if wanted and words[index : index + len(wanted)] == wanted:
                found.append((index, order, Match(phrase, index)))
    return [match for _, _, match in sorted(found, key=lambda item: item[:2])]


def typed(text: Sequence[str], lists: Iterable[tuple[str, Iterable[str]]]) -> list[tuple[str, Match]]:
    """(type, match) for phrases of several lists, by place.

    One inside a longer one ("share" in "share with") is dropped. ``lists`` are (type, phrases); ``text`` is tokens.
    """
    found = [(kind, match) for kind, phrases in lists for match in find(text, phrases)]
    spans = [(match.index, match.index + len(tokens(match.phrase))) for _, match in found]
    kept = [
        item
        for item, (start, end) in zip(found, spans, strict=True)
        if not any(a <= start and end <= b and (b - a) > (end - start) for a, b in spans)
    ]
    return sorted(kept, key=lambda item: item[1].index)


def contains(text: str | Sequence[str], phrases: Iterable[str]) -> bool:
    """Does any phrase stand in the text as whole words?"""
    return bool(find(text, phrases))


def first_listed(text: str | Sequence[str], phrases: Iterable[str]) -> str | None:
    """The first of ``phrases`` (in their order) that the text contains, None without one."""
    words = tokens(text) if isinstance(text, str) else text
    return next((phrase for phrase in phrases if contains(words, [phrase])), None)


def emojis(text: str) -> list[str]:
    """The emoji of a text one by one, as displayed: a flag, a family or a skin tone is one emoji."""
    found = []
    for character in regex.findall(r"\X", text):
        if LONE_REGIONAL_INDICATOR.search(character):
            # Half a flag is shown as a letter.
            if FLAG.match(character):
                found.append(character)
        elif EMOJI.search(character):
            found.append(character)
    return found
