"""Speech as words with times and as stretches of time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rumiai_v2.analyses import words
from rumiai_v2.analyses.base import Reason
from rumiai_v2.analyses.events import Event, VideoEvents

Span = tuple[float, float]


@dataclass(frozen=True)
class SpokenWord:
    """One word without punctuation, case-folded, with its times (s); ``probability`` is None without word times."""

    text: str
    start: float
    end: float
    probability: float | None

    def share_in(self, start: float, end: float) -> float:
        """Which part of the word's time lies in [start, end); a word without length is wholly where it starts."""
        if self.end <= self.start:
            return float(start <= self.start < end)
        return max(0.0, min(self.end, end) - max(self.start, start)) / (self.end - self.start)


def words_of(segment: Event) -> list[SpokenWord]:
    """The words of one segment; in recordings without word times they share the segment's time evenly."""

    def within(t: float) -> float:
        return min(max(t, segment.start), segment.end)

    timed = [
        SpokenWord(text, within(word["start"]), within(word["end"]), word.get("probability"))
        for word in segment.data["words"]
        for text in words.spoken_words(word["word"])
    ]
    if timed:
        return timed
    texts = words.spoken_words(segment.data["text"])
    step = segment.duration / max(1, len(texts))
    start = segment.start
    return [SpokenWord(text, start + i * step, start + (i + 1) * step, None) for i, text in enumerate(texts)]


def union(spans: Iterable[Span]) -> list[Span]:
    """The given stretches, in order, overlapping and touching ones joined."""
    out: list[Span] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif end > start:
            out.append((start, end))
    return out


def covered(spans: Sequence[Span], start: float, end: float) -> float:
    """How much of [start, end) the (disjoint) stretches cover (s)."""
    return sum(max(0.0, min(b, end) - max(a, start)) for a, b in spans)


def gaps(spans: Sequence[Span], duration: float) -> list[Span]:
    """What the (disjoint, ordered) stretches leave of [0, duration]."""
    edges = [0.0, *(edge for span in spans for edge in span), duration]
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if b > a]


def silent_because(events: VideoEvents) -> Reason:
    """Why there are no words although the service ran."""
    tracks = (events.has_audio, events.ml.get("whisper", {}).get("metadata", {}).get("has_audio"))
    return "no_audio" if False in tracks else "no_speech"
