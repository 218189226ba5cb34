"""scene_pacing: how long scenes last, how the cutting rate develops, and whether cuts fall on sounds and beats."""

from __future__ import annotations

import bisect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from rumiai_v2.analyses import series
from rumiai_v2.analyses.base import Analysis, Missing, Reason
from rumiai_v2.analyses.events import Event, VideoEvents

#: A cut this close (s) to an onset, to a beat, falls on it.
ONSET_REACH, BEAT_REACH = 0.15, 0.1
#: Moments are compared with this slack (s), so that sums of decimals do not miss by their last bit.
SLACK = 1e-9
FLOW = {"decreasing": "accelerating", "increasing": "decelerating", "stable": "steady"}


@dataclass(frozen=True)
class Window:
    """One of at most ten equal parts of the video, and the cuts in it."""

    start: float
    length: float
    cuts: int

    @property
    def rate(self) -> float:
        """Cuts per minute."""
        return 60 * self.cuts / self.length

    @property
    def speed(self) -> str:
        return "slow" if self.rate < 10 else "medium" if self.rate < 30 else "fast"


@dataclass(frozen=True)
class Pacing:
    """The cut structure: ``changes`` are the transitions inside the video, in time order."""

    events: VideoEvents
    changes: tuple[Event, ...]

    @classmethod
    def of(cls, events: VideoEvents) -> Pacing:
        inside = {e.start: e for e in events.changes}
        return cls(events, tuple(inside[t] for t in sorted(inside)))

    @property
    def cuts(self) -> list[float]:
        return [e.start for e in self.changes]

    @property
    def edges(self) -> list[tuple[float, float]]:
        """Start and end of every scene (s); the first starts at 0, the last ends with the video."""
        return list(pairwise([0.0, *self.cuts, self.events.duration]))

    @cached_property
    def durations(self) -> list[float]:
        return [b - a for a, b in self.edges]

    @property
    def mean(self) -> float:
        return self.events.duration / len(self.durations)

    @property
    def variation(self) -> float:
        """Coefficient of variation of the scene durations."""
        return series.sample_spread(self.durations) / self.mean

    @property
    def rhythm(self) -> str:
        evenness = 1 / (1 + series.sample_spread(self.durations))
        return "consistent" if evenness > 0.7 else "varied" if evenness > 0.4 else "erratic"

    @cached_property
    def windows(self) -> list[Window]:
        n = max(1, min(10, int(self.events.duration)))
        length = self.events.duration / n
        starts = [self.events.duration * i / n for i in range(n)]
        limits = [bisect.bisect_left(self.cuts, start - SLACK) for start in starts] + [len(self.cuts)]
        # One length for all: equal counts must give equal rates to the last bit.
        return [Window(start, length, b - a) for start, (a, b) in zip(starts, pairwise(limits), strict=True)]

    @property
    def not_run(self) -> Reason | None:
        return self.events.unavailable("scene_detection")

    @property
    def no_cuts(self) -> Reason | None:
        return self.not_run or (None if self.changes else "no_cuts")


def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
    pacing = Pacing.of(VideoEvents.of(unified))
    missing = Missing()
    return {
        "CoreMetrics": _core(pacing, missing),
        "Dynamics": _dynamics(pacing, missing),
        "Interactions": _interactions(pacing, missing),
        "KeyEvents": _key_events(pacing, missing),
        "Patterns": _patterns(pacing, missing),
        "Quality": _quality(pacing, missing),
    }


def _core(p: Pacing, missing: Missing) -> dict[str, Any]:
    def value(name: str, reason: Reason | None, of: Callable[[], Any]) -> Any:
        return missing.unless(reason, f"CoreMetrics.{name}", of)

    duration = p.events.duration
    gradual = sum(e.data.get("transition_type") == "fade" for e in p.changes)
    return {
        "totalScenes": value("totalScenes", p.not_run, lambda: len(p.durations)),
        "averageSceneDuration": value("averageSceneDuration", p.not_run, lambda: round(p.mean, 2)),
        "scenesPerMinute": value("scenesPerMinute", p.not_run, lambda: round(60 * len(p.durations) / duration, 2)),
        "pacingScore": value("pacingScore", p.not_run, lambda: min(1.0, len(p.cuts) / duration)),
        "rhythmConsistency": value("rhythmConsistency", p.not_run, lambda: p.rhythm),
        "transitionSmoothing": value("transitionSmoothing", p.no_cuts, lambda: gradual / len(p.changes)),
    }


def _dynamics(p: Pacing, missing: Missing) -> dict[str, Any]:
    if p.not_run:
        for name in ("pacingProgression", "accelerationPoints", "decelerationPoints"):
            missing(f"Dynamics.{name}", p.not_run)
    windows = [] if p.not_run else p.windows
    faster, slower = _rate_changes(windows)
    return {
        "pacingProgression": [{"timestamp": w.start, "cuts": w.cuts, "cutsPerMinute": w.rate} for w in windows],
        "sceneRhythm": missing.unless(p.not_run, "Dynamics.sceneRhythm", lambda: _scene_rhythm(p)),
        "temporalFlow": _flow(p, missing, "Dynamics.temporalFlow"),
        "accelerationPoints": faster,
        "decelerationPoints": slower,
    }


def _interactions(p: Pacing, missing: Missing) -> dict[str, Any]:
    sync, sync_chance = _on_sound(p, missing, "audioVisualSync", "onset_times", ONSET_REACH)
    beat, beat_chance = _on_sound(p, missing, "beatMatching", "beat_times", BEAT_REACH)
    return {
        "audioVisualSync": sync,
        "audioVisualSyncChance": sync_chance,
        "beatMatching": beat,
        "beatMatchingChance": beat_chance,
        "emotionalPacing": _with_arousal(p, missing),
        "narrativeFlow": missing("Interactions.narrativeFlow", "not_measurable"),
    }


def _key_events(p: Pacing, missing: Missing) -> dict[str, Any]:
    if p.not_run:
        missing("KeyEvents.pacingShifts", p.not_run)
    windows = [] if p.not_run else p.windows
    longest = max(p.edges, key=lambda e: (round(e[1] - e[0], 6), -e[0]))
    shortest = min(p.edges, key=lambda e: (round(e[1] - e[0], 6), e[0]))
    return {
        "longestScene": _scene(p, missing, "longestScene", longest),
        "shortestScene": _scene(p, missing, "shortestScene", shortest),
        "pacingShifts": [
            {"timestamp": b.start, "from": a.speed, "to": b.speed} for a, b in pairwise(windows) if a.speed != b.speed
        ],
        "climaxTiming": missing.unless(p.no_cuts, "KeyEvents.climaxTiming", lambda: _climax(p)),
    }


def _patterns(p: Pacing, missing: Missing) -> dict[str, Any]:
    if p.no_cuts:
        missing("Patterns.transitionTypes", p.no_cuts)
    return {
        "editingStyle": missing.unless(p.not_run, "Patterns.editingStyle", lambda: _style(p)),
        "transitionTypes": sorted({e.data.get("transition_type") or "cut" for e in p.changes}),
        "pacingPattern": _flow(p, missing, "Patterns.pacingPattern"),
        "rhythmStructure": missing("Patterns.rhythmStructure", "not_measurable"),
    }


def _quality(p: Pacing, missing: Missing) -> dict[str, Any]:
    return {
        "flowScore": missing.unless(p.no_cuts, "Quality.flowScore", lambda: 1 - min(1.0, p.variation)),
        **{
            name: missing(f"Quality.{name}", "not_measurable")
            for name in ("engagementPacing", "viewerRetention", "editingQuality", "overallScore")
        },
        "missingDataPoints": missing.points,
    }


def _scene_rhythm(p: Pacing) -> str:
    if len(p.durations) == 1:
        return "single"
    return "regular" if p.variation < 0.3 else "varied" if p.variation < 0.7 else "irregular"


def _flow(p: Pacing, missing: Missing, path: str) -> str | None:
    """Do scenes get shorter (accelerating) or longer? It takes three scenes to say."""
    short: Reason | None = "too_short" if len(p.durations) < 3 else None
    return missing.unless(p.no_cuts or short, path, lambda: FLOW[series.trend(p.durations) or "stable"])


def _rate_changes(windows: Sequence[Window]) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Windows whose cutting rate is at least 1.5 times, at most 0.67 times that of the last window with cuts.

    Of several windows without cuts only the first is a point: the rate falls there and then stays.
    """
    faster, slower = [], []
    reference: Window | None = None
    for before, window in zip([None, *windows], windows, strict=False):
        if reference and before:
            factor = window.rate / reference.rate
            point = {"timestamp": window.start, "factor": factor}
            if factor >= 1.5 - SLACK:
                faster.append(point)
            elif factor <= 0.67 and not (window.cuts == before.cuts == 0):
                slower.append(point)
        if window.cuts:
            reference = window
    return faster, slower


def _on_sound(p: Pacing, missing: Missing, name: str, sounds: str, reach: float) -> tuple[float | None, float | None]:
    """Share of cuts within ``reach`` (s) of a sound, and the share of the video that is: what chance would give."""
    paths = f"Interactions.{name}", f"Interactions.{name}Chance"
    if reason := p.no_cuts or series.audio_reason(p.events, sounds):
        return missing(paths[0], reason), missing(paths[1], reason)
    moments = p.events.ml["audio_energy"][sounds]
    hits = sum(any(abs(cut - t) <= reach + SLACK for t in moments) for cut in p.cuts)
    duration = p.events.duration
    near = series.union((max(0.0, t - reach), min(duration, t + reach)) for t in moments)
    return hits / len(p.cuts), series.ratio(sum((b - a for a, b in near), 0.0), duration)


def _with_arousal(p: Pacing, missing: Missing) -> float | None:
    path = "Interactions.emotionalPacing"
    reason = p.no_cuts or p.events.unavailable("emotion_detection") or (None if p.events.expressions else "no_face")
    if reason:
        return missing(path, reason)
    cuts, arousal = series.per_second(p.events, p.cuts), series.arousal(p.events)
    return missing.unless(series.rho_undefined(cuts, arousal), path, lambda: series.rho(cuts, arousal))


def _scene(p: Pacing, missing: Missing, name: str, edge: tuple[float, float]) -> dict[str, Any]:
    start, end = edge
    path = f"KeyEvents.{name}"
    return {
        "duration": missing.unless(p.not_run, f"{path}.duration", lambda: float(end - start)),
        "timestamp": missing.unless(
            p.not_run, f"{path}.timestamp", lambda: series.range_label(int(start), math.ceil(end))
        ),
    }


def _climax(p: Pacing) -> float:
    """Centre of the window with the most cuts, as a share of the video; the first of equals."""
    densest = max(p.windows, key=lambda w: (w.cuts, -w.start))
    return series.ratio(densest.start + densest.length / 2, p.events.duration)


def _style(p: Pacing) -> str:
    if p.mean < 1.5:
        return "mtv_style"
    if p.rhythm == "consistent":
        return "classic_narrative" if p.mean > 3 else "rhythmic"
    return "experimental"


ANALYSIS = Analysis(name="scene_pacing", prefix="scenePacing", compute=compute)
