"""Random small videos for property tests: any mixture of events, services without results, and missing audio."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.analyses import documents as d

_NAMES = st.sampled_from(d.EMOTIONS)
_CONFIDENCE = st.floats(0.05, 1.0)


def _measured(least: float, most: float) -> st.SearchStrategy[float]:
    """A number as something measures it: no finer than a millionth."""
    return st.floats(least, most).map(lambda value: min(most, round(value, 6)))


def _many(one: st.SearchStrategy[Any], at_most: int = 8) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=at_most)


@st.composite
def _box(draw: st.DrawFn) -> d.Json:
    x, y = draw(_measured(-0.2, 0.9)), draw(_measured(-0.2, 0.9))
    return d.box(x, y, draw(st.floats(0.01, 1.0)), draw(st.floats(0.01, 1.0)), confidence=draw(st.none() | _CONFIDENCE))


@st.composite
def videos(draw: st.DrawFn) -> d.Json:
    """A unified document of 0.2 to 14 s."""
    duration = draw(_measured(0.2, 14.0))
    moment = _measured(0.0, duration)
    span = st.tuples(moment, moment).map(sorted)
    word = st.text("abc yoü!", min_size=3, max_size=12)
    sure = st.floats(0.5, 1.0, exclude_min=True)
    has_audio = draw(st.booleans())
    services = st.sets(st.sampled_from(d.SERVICES), max_size=3)
    return d.unified(
        duration=duration,
        texts=draw(_many(st.builds(lambda t, s, c: d.text(t, *s, confidence=c), word, span, sure))),
        stickers=draw(_many(st.builds(lambda s, c: d.sticker(*s, confidence=c), span, _CONFIDENCE), 3)),
        speech=draw(_many(st.builds(lambda t, s: d.segment(t, *s), word, span), 3)),
        objects=draw(
            _many(
                st.builds(
                    lambda n, s, c: d.thing(n, *s, confidence=c), st.sampled_from(["person", "dog"]), span, _CONFIDENCE
                )
            )
        ),
        faces=draw(_many(st.builds(lambda t, b: d.face(t, *b), moment, st.lists(_box(), max_size=3)))),
        poses=draw(_many(st.builds(d.pose, moment), 4)),
        gazes=draw(_many(st.builds(d.gaze, moment, _measured(0.0, 1.0)))),
        gestures=draw(_many(st.builds(lambda s: d.gesture("love", *s), span), 4)),
        emotions=draw(_many(st.builds(lambda t, n, c: d.emotion(t, n, confidence=c), moment, _NAMES, _CONFIDENCE), 12)),
        cuts=draw(st.lists(moment, unique=True, max_size=6)),
        fades=draw(_many(span, 2)),
        rms=draw(st.none() | st.lists(_measured(0.0, 1.0), min_size=15, max_size=15)),
        onsets=sorted(draw(_many(moment))),
        beats=sorted(draw(_many(moment))),
        has_audio=has_audio,
        metadata={"description": draw(st.sampled_from(["", "love it", "the worst", "a video"]))},
        not_run=draw(services),
        failed=draw(services),
        media=draw(st.booleans()),
    )


SAID = (
    "Did you know this trick? You won't believe it, it is amazing.",
    "Hello! Follow me and share with a friend, link in bio.",
    "um you know I really really like my mind-blowing hack",
    "the sun was out",
    "Is it? Don't buy now.",
)
SHOWN = ("Follow for more", "LINK IN BIO", "together", "you won’t believe", "sun", "shop now, order quick", "WOW")
CAPTIONS = (
    "",
    "love it 😍👍🏽 @me #fyp",
    "the worst, why? Tell me! https://a.example",
    "POV: here’s how, follow me 🇫🇷",
    "mail a@b.example",
)


@st.composite
def steady_videos(draw: st.DrawFn) -> d.Json:
    """A unified document of 0.2 to 15 s whose times are multiples of 0.05 s, and whose words mean something.

    No two samples of a detector have the same time, no two scenes change at once.
    """
    ticks = draw(st.integers(4, 300))
    duration = ticks / 20
    tick = st.integers(0, ticks)
    moment = st.integers(0, ticks - 1).map(lambda k: k / 20)
    span = st.tuples(tick, tick).map(sorted).map(lambda s: (s[0] / 20, s[1] / 20)).filter(lambda s: s[0] < duration)
    said = span.filter(lambda s: s[0] < s[1])
    certainty = st.integers(5, 96).map(lambda k: k / 97)
    side = st.integers(1, 19).map(lambda k: k / 20 + 0.013)
    box = st.builds(lambda x, y, w, h: d.box(x - 0.1, y - 0.1, w, h), side, side, side, side)

    def samples(one: Any, at_most: int = 12) -> list[Any]:
        return draw(st.lists(one, max_size=at_most, unique_by=lambda s: s["timestamp"]))

    cuts = draw(st.lists(moment, unique=True, max_size=6))
    fades = draw(st.lists(span, max_size=2, unique_by=lambda f: round(sum(f), 6)))
    services = st.sets(st.sampled_from(d.SERVICES), max_size=2)
    labels = st.sampled_from(["person", "dog", "cup"])
    kinds = st.sampled_from(["love", "victory"])
    count = st.none() | st.integers(0, 5000)
    return d.unified(
        duration=duration,
        texts=draw(
            _many(st.builds(lambda t, s, c: d.text(t, *s, confidence=c), st.sampled_from(SHOWN), span, certainty))
        ),
        stickers=draw(_many(st.builds(lambda s, c: d.sticker(*s, confidence=c), span, certainty), 3)),
        speech=draw(
            _many(st.builds(lambda t, s, c: d.segment(t, *s, confidence=c), st.sampled_from(SAID), said, certainty), 3)
        ),
        objects=draw(_many(st.builds(lambda n, s, c: d.thing(n, *s, confidence=c), labels, span, certainty))),
        faces=samples(st.builds(lambda t, b: d.face(t, *b), moment, st.lists(box, max_size=3))),
        poses=samples(st.builds(lambda t, x: d.pose(t, x=x / 2), moment, side), 4),
        gazes=samples(st.builds(lambda t, c: d.gaze(t, c), moment, certainty)),
        gestures=draw(_many(st.builds(lambda k, s, c: d.gesture(k, *s, confidence=c), kinds, span, certainty), 4)),
        emotions=samples(st.builds(lambda t, n, c: d.emotion(t, n, confidence=c), moment, _NAMES, certainty), 16),
        cuts=cuts,
        fades=[f for f in fades if all(abs(sum(f) / 2 - t) > 0.01 for t in cuts)],
        rms=draw(st.none() | st.lists(certainty, min_size=15, max_size=15)),
        onsets=sorted(draw(_many(moment, 20))),
        beats=sorted(draw(_many(moment, 20))),
        has_audio=draw(st.booleans()) or draw(st.booleans()),
        metadata={
            "description": draw(st.sampled_from(CAPTIONS)),
            "views": draw(count),
            "likes": draw(count),
            "comments": draw(count),
            "shares": draw(count),
            "saves": draw(count),
            "hashtags": draw(st.lists(st.sampled_from([{"name": "fyp"}, {"name": "cats"}]), max_size=20)),
            "createTime": draw(st.sampled_from([None, "2025-03-01T23:30:00-05:00", "2024-12-30T08:00:00+00:00"])),
        },
        not_run=draw(services),
        failed=draw(services),
        media=draw(st.integers(0, 3)) > 0,
    )
