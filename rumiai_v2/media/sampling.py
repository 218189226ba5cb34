"""Which frames are sampled: frame nearest k/rate for every k with k/rate < D, each frame at most once."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Generic, TypeVar

_RATES = ((30, 5), (60, 3), (120, 2))

T = TypeVar("T")


def target_rate(duration: Fraction | float) -> int:
    """Samples per second for a video of ``duration`` seconds: 5 below 30 s, 3 below 60, 2 below 120, else 1."""
    return next((rate for limit, rate in _RATES if duration < limit), 1)


class Sampler(Generic[T]):
    """Chooses samples while frames stream by, so that one decode pass is enough and nothing else is kept.

    Feed frames in order of strictly increasing ``time`` (s, exact, the first one is 0) to ``push`` and end with
    ``finish(D)``; both yield the items chosen meanwhile, in order. Between two frames the nearer one wins and
    the earlier one in a tie. What is chosen depends on the frames that came, never on what a header announced.
    """

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._k = 0
        self._last: tuple[Fraction, T] | None = None
        self._last_used = False

    def push(self, time: Fraction, item: T) -> Iterator[T]:
        used = False
        while (target := Fraction(self._k, self._rate)) <= time:
            self._k += 1
            if self._last is not None and target - self._last[0] <= time - target:
                if not self._last_used:
                    self._last_used = True
                    yield self._last[1]
            elif not used:
                used = True
                yield item
        self._last, self._last_used = (time, item), used

    def finish(self, duration: Fraction) -> Iterator[T]:
        """The last frame, when a sample time lies after it and before D and it was not used yet."""
        if self._last is not None and not self._last_used and Fraction(self._k, self._rate) < duration:
            self._last_used = True
            yield self._last[1]
