"""Numbers over the seconds of a video: correlation, trend, spread, the tie rule, arousal and loudness."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable, Mapping, Sequence

from rumiai_v2.analyses.base import Reason
from rumiai_v2.analyses.events import Bin, Event, VideoEvents

#: Fewer common seconds than this give no correlation.
FEWEST_COMMON = 5
#: How exciting an emotion is; a second's arousal is the sum of score · weight.
AROUSAL = {
    "surprise": 0.9,
    "anger": 0.8,
    "fear": 0.8,
    "joy": 0.6,
    "disgust": 0.5,
    "sadness": 0.3,
    "neutral": 0.1,
}


def above(value: float, limit: float) -> bool:
    """Is the value above the limit by more than the last bits that sums and means of floats leave?"""
    return value > limit and not math.isclose(value, limit, rel_tol=1e-9, abs_tol=1e-12)


def mean(values: Iterable[float | None]) -> float | None:
    """Mean of the known values, None when there are none."""
    known = [v for v in values if v is not None]
    return float(statistics.fmean(known)) if known else None


def spread(values: Sequence[float]) -> float:
    """Population standard deviation, 0 for fewer than two values."""
    return float(statistics.pstdev(values)) if len(values) > 1 else 0.0


def sample_spread(values: Sequence[float]) -> float:
    """Sample standard deviation (n − 1), 0 for fewer than two values."""
    return float(statistics.stdev(values)) if len(values) > 1 else 0.0


def ratio(part: float, whole: float) -> float:
    """part / whole, kept in [0, 1] against rounding errors of summed seconds."""
    return min(1.0, max(0.0, part / whole))


def time_of(bins: Iterable[Bin]) -> float:
    """Summed length of the given seconds (s)."""
    return sum((b.length for b in bins), 0.0)


def most_common(votes: Iterable[tuple[str, float | None]]) -> str | None:
    """The label with the most votes; ties go to the higher summed confidence, then alphabetically.

    A vote is (label, confidence); an unknown confidence counts 0. None without votes.
    """
    return heaviest((label, 1.0, confidence) for label, confidence in votes)


def heaviest(votes: Iterable[tuple[str, float, float | None]]) -> str | None:
    """The label with the largest summed weight; votes are (label, weight, confidence), ties as in ``most_common``."""
    weight: dict[str, float] = {}
    confidence: dict[str, float] = {}
    for label, w, c in votes:
        weight[label] = weight.get(label, 0.0) + w
        confidence[label] = confidence.get(label, 0.0) + (c or 0.0)
    # Rounded, because sums of equal parts may differ in their last bits and then would not tie.
    return min(weight, key=lambda k: (-round(weight[k], 6), -round(confidence[k], 9), k), default=None)


def rho_undefined(x: Sequence[float | None], y: Sequence[float | None]) -> Reason | None:
    """Why ``rho`` has no value: too few common seconds, or a side that never changes."""
    common = _common(x, y)
    if len(common) < FEWEST_COMMON:
        return "too_short"
    if any(len(set(side)) == 1 for side in zip(*common, strict=True)):
        return "not_measurable"
    return None


def rho(x: Sequence[float | None], y: Sequence[float | None]) -> float | None:
    """Spearman rank correlation over the seconds in which both sides are known, in [−1, 1].

    Pearson correlation of average ranks (Spearman 1904); None where ``rho_undefined`` says why.
    """
    if rho_undefined(x, y):
        return None
    a, b = zip(*_common(x, y), strict=True)
    return min(1.0, max(-1.0, statistics.correlation(_ranks(a), _ranks(b))))


def _common(x: Sequence[float | None], y: Sequence[float | None]) -> list[tuple[float, float]]:
    # Rounded, because equal seconds may differ in the last bits of their sums, and then would not share a rank.
    return [(round(a, 9), round(b, 9)) for a, b in zip(x, y, strict=False) if a is not None and b is not None]


def _ranks(values: Sequence[float]) -> list[float]:
    """Ranks from 1; equal values share the mean of their ranks."""
    ordered = sorted(values)
    first = {v: i for i, v in reversed(list(enumerate(ordered, 1)))}
    last = {v: i for i, v in enumerate(ordered, 1)}
    return [(first[v] + last[v]) / 2 for v in values]


def trend(values: Sequence[float]) -> str | None:
    """increasing, decreasing or stable: the rise of the least-squares line over the series against its mean.

    A rise above a quarter of the mean counts. None for fewer than three values or a mean of 0.
    """
    n = len(values)
    if n < 3 or (middle := statistics.fmean(values)) == 0:
        return None
    slope = statistics.linear_regression(range(n), values).slope
    rise = slope * (n - 1) / middle
    return "increasing" if above(rise, 0.25) else "decreasing" if above(-rise, 0.25) else "stable"


def overlap(event: Event, start: float, end: float) -> float:
    """How much of [start, end] the event covers (s)."""
    return max(0.0, min(event.end, end) - max(event.start, start))


def arousal_of(scores: Mapping[str, float]) -> float | None:
    """Arousal of one set of emotion scores, None when there are no scores."""
    return sum(scores.get(e, 0.0) * w for e, w in AROUSAL.items()) if scores else None


def arousal(events: VideoEvents) -> list[float | None]:
    """Arousal per second: the mean over the expressions measured in it, None without one."""
    return [
        mean(arousal_of(e.data.get("all_scores") or {}) for e in seen) for seen in events.per_bin(events.expressions)
    ]


def audio_reason(events: VideoEvents, series: str) -> Reason | None:
    """Why the audio service's ``series`` (``rms_per_second``, ``onset_times``, ``beat_times``) cannot be used."""
    if reason := events.unavailable("audio_energy"):
        return reason
    document = events.ml["audio_energy"]
    if document.get("has_audio") is False or events.has_audio is False:
        return "no_audio"
    # Recordings of older versions know the loudness only in windows of 5 s.
    return "not_measurable" if document.get(series) is None else None


def rms(events: VideoEvents) -> list[float | None]:
    """Loudness per second (RMS), None for a second the audio does not reach."""
    values: Sequence[float] = events.ml.get("audio_energy", {}).get("rms_per_second") or ()
    return [float(values[b.index]) if b.index < len(values) else None for b in events.bins]


def per_second(events: VideoEvents, moments: Iterable[float]) -> list[float]:
    """How many of the moments (s) lie in each second, per second of its length."""
    counts = [0] * len(events.bins)
    for t in moments:
        if (index := events.bin_of(t)) is not None:
            counts[index] += 1
    return [n / b.length for n, b in zip(counts, events.bins, strict=True)]


def runs(flags: Sequence[bool]) -> list[tuple[int, int]]:
    """Stretches of true values as (first index, index after the last)."""
    out: list[tuple[int, int]] = []
    for i, flag in enumerate(flags):
        if flag and out and out[-1][1] == i:
            out[-1] = (out[-1][0], i + 1)
        elif flag:
            out.append((i, i + 1))
    return out


def range_label(start: int, end: int) -> str:
    """A range of whole seconds, as in "7-8s"."""
    return f"{start}-{end}s"


def union(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    """The stretches covered by any of the (start, end) spans, in time order, without overlap."""
    out: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if out and start <= out[-1][1]:
            out[-1] = (out[-1][0], max(out[-1][1], end))
        elif end > start:
            out.append((start, end))
    return out
