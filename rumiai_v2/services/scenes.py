"""Scene changes: PySceneDetect's detectors fed from the decode pass, so that no frame is decoded twice."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypedDict

from rumiai_v2.errors import ServiceError
from rumiai_v2.media.types import FrameObserver, Media
from rumiai_v2.services import environment
from rumiai_v2.services.base import Input, ServiceInfo, constants

NAME = "scene_detection"


class _Adaptive(TypedDict):
    """What PySceneDetect's adaptive detector is told."""

    adaptive_threshold: float
    min_content_val: float
    window_width: int
    min_scene_len: float


MIN_SCENE = 0.2  # seconds
_WIDTH = 256  # frames are compared at this width
_ADAPTIVE: _Adaptive = {
    "adaptive_threshold": 2.5,
    "min_content_val": 27.0,
    "window_width": 2,
    "min_scene_len": MIN_SCENE,
}
_BLACK = 12  # mean intensity below which a picture counts as black


@dataclass(frozen=True)
class Transition:
    """A scene change. A cut has ``start == end == timestamp``; a fade through black lasts from the first black
    frame to the first frame after it (s). ``confidence``: see ``confidence_of``."""

    timestamp: float
    start: float
    end: float
    type: str
    confidence: float


@dataclass(frozen=True)
class Fade:
    """A black stretch: its first black frame, the first frame after it (s), and how sure it is black."""

    start: float
    end: float
    confidence: float


def confidence_of(*clearances: float) -> float:
    """Confidence in [0.5, 1] of something detected; a clearance is how many times a score clears its threshold.

    The smallest one r counts: r / (1 + r), which is 0.5 at the threshold and approaches 1 far from it.
    """
    smallest = min(clearances)
    return 1.0 if smallest == float("inf") else smallest / (1.0 + smallest)


class Scenes:
    """PySceneDetect with one parameter set for every video."""

    name = NAME
    needs: tuple[str, ...] = ()
    reads: tuple[Input, ...] = ("every_frame",)

    def __init__(self) -> None:
        self._watch: _Watch | None = None

    def describe(self) -> ServiceInfo:
        """Library and version; nothing is imported."""
        found = environment.installed("scenedetect")
        problem = None if found else environment.missing_package("scenedetect")
        return ServiceInfo(NAME, "scenedetect", found, (), "cpu", problem)

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return constants(sys.modules[__name__])

    def prepare(self) -> FrameObserver:
        """The observer that compares every frame of the decode pass with its neighbours."""
        self._watch = _Watch()
        return self._watch

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """Scenes from 0 to D without gap and the transitions between them (s)."""
        if self._watch is None:
            raise ServiceError("scene_detection: prepare() must run before the decode pass", service=NAME)
        cuts, fades = self._watch.finish()
        return document(merge(cuts, fades, media.video.duration), media.video.duration, media.video.frame_count)


class _Watch:
    """Sees every decoded frame; remembers cuts and black stretches by their exact times."""

    def __init__(self) -> None:
        from scenedetect.detectors import AdaptiveDetector, ThresholdDetector

        self._adaptive = AdaptiveDetector(**_ADAPTIVE)
        self._threshold = ThresholdDetector(threshold=_BLACK, min_scene_len=MIN_SCENE)
        self._first: Fraction | None = None
        self._size: tuple[int, int] | None = None
        self._cuts: dict[float, float] = {}
        self._darkest = float("inf")
        self._fades: list[Fade] = []

    def see(self, frame: Any, timestamp: float) -> None:
        from scenedetect import FrameTimecode
        from scenedetect.common import Timecode

        base = Fraction(frame.time_base)
        if self._size is None:
            self._size = (_WIDTH, max(2, round(frame.height * _WIDTH / frame.width)))
        width, height = self._size
        picture = frame.reformat(width=width, height=height, format="bgr24", interpolation="AREA").to_ndarray()
        # Times instead of frame numbers keep variable frame rates exact; the rate only labels them.
        code = FrameTimecode(Timecode(pts=round(Fraction(timestamp) / base), time_base=base), fps=Fraction(30))
        for cut in self._adaptive.process_frame(code, picture):
            self._cuts[cut.seconds] = self._confidence_of_cut()
        # The detector names only the middle of a black stretch (in frames); its memory knows where it began.
        before = dict(self._threshold.last_fade)
        ended = self._threshold.process_frame(code, picture)
        if ended and before["type"] == "out":
            times_darker = _BLACK / self._darkest if self._darkest > 0 else float("inf")
            self._fades.append(Fade(before["frame"].seconds, code.seconds, confidence_of(times_darker)))
        black = self._threshold.last_fade["type"] == "out"
        self._darkest = min(self._darkest, float(picture.mean())) if black else float("inf")

    def _confidence_of_cut(self) -> float:
        """Of the cut just found, in the middle of the detector's window: both of its conditions count."""
        # The detector tells its scores only to a statistics file, for which it would also search edges.
        scores = [float(score) for _, score in self._adaptive._buffer]
        middle = scores.pop(_ADAPTIVE["window_width"])
        around = sum(scores) / len(scores)
        ratio = middle / around if around > 0 else float("inf")
        return confidence_of(ratio / _ADAPTIVE["adaptive_threshold"], middle / _ADAPTIVE["min_content_val"])

    def finish(self) -> tuple[dict[float, float], list[Fade]]:
        """Cuts (time → confidence) in time order, and black stretches."""
        return dict(sorted(self._cuts.items())), self._fades


def merge(cuts: Mapping[float, float], fades: Sequence[Fade], duration: float) -> list[Transition]:
    """Cuts (time → confidence) and black stretches as one list of scene changes (s).

    Black with a cut at both ends is a black scene between two cuts, not a fade; black from the first frame on is
    an opening, not a change. Cuts inside a fade, or nearer to it than the shortest scene, are part of it: the
    fade's time is then the cut that ends it, else its middle; its confidence that of the black. Changes nearer than
    the shortest scene to either end of the video are dropped.
    """
    rest = list(cuts)
    changes = []
    for fade in fades:
        start, end = fade.start, fade.end
        hard = start in cuts and end in cuts
        if hard or start <= 0:
            continue
        inside = [c for c in rest if start - MIN_SCENE < c < end + MIN_SCENE]
        rest = [c for c in rest if c not in inside]
        middle = (start + end) / 2
        changes.append(Transition(end if end in inside else middle, start, end, "fade", fade.confidence))
    changes += [Transition(c, c, c, "cut", cuts[c]) for c in rest]
    return [t for t in sorted(changes, key=lambda t: t.timestamp) if MIN_SCENE <= t.timestamp <= duration - MIN_SCENE]


def document(changes: Sequence[Transition], duration: float, frames: int) -> dict[str, Any]:
    """The service's JSON document for these scene changes."""
    edges = [0.0, *(t.timestamp for t in changes), duration]
    scenes = [
        {"scene_number": k, "start_time": start, "end_time": end, "duration": end - start}
        for k, (start, end) in enumerate(pairwise(edges), 1)
    ]
    return {
        "scenes": scenes,
        "total_scenes": len(scenes),
        "scene_changes": [t.timestamp for t in changes],
        "transitions": [
            {"timestamp": t.timestamp, "start": t.start, "end": t.end, "type": t.type, "confidence": t.confidence}
            for t in changes
        ],
        "metadata": {
            "processed": True,
            "model": "pyscenedetect-adaptive+threshold",
            "frames_analyzed": frames,
            "min_scene_length": MIN_SCENE,
        },
    }
