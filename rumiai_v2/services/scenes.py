"""Scene changes: PySceneDetect's detectors fed from the decode pass, so that no frame is decoded twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Any

from rumiai_v2.errors import ServiceError
from rumiai_v2.media.types import FrameObserver, Media
from rumiai_v2.services import environment
from rumiai_v2.services.base import ServiceInfo

NAME = "scene_detection"

MIN_SCENE = 0.2  # seconds
_WIDTH = 256  # frames are compared at this width
_ADAPTIVE = {"adaptive_threshold": 2.5, "min_content_val": 27.0, "window_width": 2, "min_scene_len": MIN_SCENE}
_BLACK = 12  # mean intensity below which a picture counts as black


@dataclass(frozen=True)
class Transition:
    """A scene change. A cut has ``start == end == timestamp``; a fade through black lasts from the first black
    frame to the first frame after it (s)."""

    timestamp: float
    start: float
    end: float
    type: str


class Scenes:
    """PySceneDetect with one parameter set for every video."""

    name = NAME
    needs: tuple[str, ...] = ()

    def __init__(self) -> None:
        self._watch: _Watch | None = None

    def describe(self) -> ServiceInfo:
        """Library and version; nothing is imported."""
        found = environment.installed("scenedetect")
        problem = None if found else environment.missing_package("scenedetect")
        return ServiceInfo(NAME, "scenedetect", found, (), "cpu", problem)

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
        self._last: Any = None
        self._size: tuple[int, int] | None = None
        self._cuts: list[float] = []
        self._fades: list[tuple[float, float]] = []

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
        self._last = code
        self._cuts += [cut.seconds for cut in self._adaptive.process_frame(code, picture)]
        # The detector names only the middle of a black stretch (in frames); its memory knows where it began.
        before = dict(self._threshold.last_fade)
        if self._threshold.process_frame(code, picture) and before["type"] == "out":
            self._fades.append((before["frame"].seconds, code.seconds))

    def finish(self) -> tuple[list[float], list[tuple[float, float]]]:
        if self._last is not None:
            self._cuts += [cut.seconds for cut in self._adaptive.post_process(self._last)]
        return sorted(self._cuts), self._fades


def merge(cuts: Sequence[float], fades: Sequence[tuple[float, float]], duration: float) -> list[Transition]:
    """Cuts and black stretches (s) as one list of scene changes.

    Black with a cut at both ends is a black scene between two cuts, not a fade; black from the first frame on is
    an opening, not a change. Cuts inside a fade, or nearer to it than the shortest scene, are part of it: the
    fade's time is then the cut that ends it, else its middle. Changes nearer than the shortest scene to either
    end of the video are dropped.
    """
    rest = list(cuts)
    changes = []
    for start, end in fades:
        hard = start in cuts and end in cuts
        if hard or start <= 0:
            continue
        inside = [c for c in rest if start - MIN_SCENE < c < end + MIN_SCENE]
        rest = [c for c in rest if c not in inside]
        middle = (start + end) / 2
        changes.append(Transition(end if end in inside else middle, start, end, "fade"))
    changes += [Transition(c, c, c, "cut") for c in rest]
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
        "transitions": [{"timestamp": t.timestamp, "start": t.start, "end": t.end, "type": t.type} for t in changes],
        "metadata": {
            "processed": True,
            "model": "pyscenedetect-adaptive+threshold",
            "frames_analyzed": frames,
            "min_scene_length": MIN_SCENE,
        },
    }
