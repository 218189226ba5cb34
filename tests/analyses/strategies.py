"""Random small videos for property tests: any mixture of events, services without results, and missing audio."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.analyses import documents as d

_NAMES = st.sampled_from(d.EMOTIONS)
_CONFIDENCE = st.floats(0.05, 1.0)


def _many(one: st.SearchStrategy[Any], at_most: int = 8) -> st.SearchStrategy[list[Any]]:
    return st.lists(one, max_size=at_most)


@st.composite
def _box(draw: st.DrawFn) -> d.Json:
    x, y = draw(st.floats(-0.2, 0.9)), draw(st.floats(-0.2, 0.9))
    return d.box(x, y, draw(st.floats(0.01, 1.0)), draw(st.floats(0.01, 1.0)), confidence=draw(st.none() | _CONFIDENCE))


@st.composite
def videos(draw: st.DrawFn) -> d.Json:
    """A unified document of 0.2 to 14 s."""
    duration = draw(st.floats(0.2, 14.0))
    moment = st.floats(0.0, duration)
    span = st.tuples(moment, moment).map(sorted)
    word = st.text("abc yoü!", min_size=1, max_size=12)
    has_audio = draw(st.booleans())
    services = st.sets(st.sampled_from(d.SERVICES), max_size=3)
    return d.unified(
        duration=duration,
        texts=draw(_many(st.builds(lambda t, s, c: d.text(t, *s, confidence=c), word, span, _CONFIDENCE))),
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
        gazes=draw(_many(st.builds(d.gaze, moment, st.floats(0.0, 1.0)))),
        gestures=draw(_many(st.builds(lambda s: d.gesture("love", *s), span), 4)),
        emotions=draw(_many(st.builds(lambda t, n, c: d.emotion(t, n, confidence=c), moment, _NAMES, _CONFIDENCE), 12)),
        cuts=draw(st.lists(moment, unique=True, max_size=6)),
        fades=draw(_many(span, 2)),
        rms=draw(st.none() | st.lists(st.floats(0.0, 1.0), min_size=15, max_size=15)),
        onsets=sorted(draw(_many(moment))),
        beats=sorted(draw(_many(moment))),
        has_audio=has_audio,
        metadata={"description": draw(st.sampled_from(["", "love it", "the worst", "a video"]))},
        not_run=draw(services),
        failed=draw(services),
        media=draw(st.booleans()),
    )
