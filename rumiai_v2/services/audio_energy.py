"""Loudness, onsets and beats with librosa."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from rumiai_v2.analyses import events
from rumiai_v2.analyses.events import SHORTEST_BIN, bins_of
from rumiai_v2.media.types import Audio, FrameObserver, Media
from rumiai_v2.services import compiled, environment
from rumiai_v2.services.base import Input, ServiceInfo, constants

FRAME, HOP = 2048, 512
#: librosa keeps onsets 30 ms apart, counted in whole hops: at 16 kHz a hop of 512 is longer, and one click gives two.
ONSET_HOP = 256
WINDOW = 5.0
#: Below −60 dBFS throughout there is nothing to hear: the loudest moment and the rhythm of noise mean nothing.
AUDIBLE = 1e-3
#: Parts this share below the loudest one count as equally loud.
STEADY = 0.2


@dataclass(frozen=True)
class Window:
    """A stretch of the video (s) under its name in the document, such as ``5-8.4s``."""

    start: float
    end: float

    @property
    def key(self) -> str:
        return f"{_shortest(self.start)}-{_shortest(self.end)}s"


def _shortest(value: float) -> str:
    return np.format_float_positional(value, trim="-")


def windows_of(duration: float) -> tuple[Window, ...]:
    """Windows of 5 s that cover [0, ``duration``] s; a rest under 0.05 s, too short to measure, joins the last one."""
    count = max(1, int(np.ceil((duration - SHORTEST_BIN) / WINDOW)))
    return tuple(Window(k * WINDOW, duration if k == count - 1 else (k + 1) * WINDOW) for k in range(count))


def burst_pattern(means: Sequence[float]) -> str:
    """Where the energy lies: front_loaded, back_loaded, middle_peak or steady.

    The windows' means fall into a first, a middle and a last third. Steady: fewer than two windows, or front and back
    both within 20 % of the loudest third. Two windows have a front and a back and no middle.
    """
    if len(means) < 2:
        return "steady"
    third = max(1, len(means) // 3)
    front = float(np.mean(means[:third]))
    middle = float(np.mean(means[third : 2 * third])) if len(means) > 2 else 0.0
    back = float(np.mean(means[2 * third :] if len(means) > 2 else means[third:]))
    loudest = max(front, middle, back)
    if loudest - front <= STEADY * loudest and loudest - back <= STEADY * loudest:
        return "steady"
    return {front: "front_loaded", back: "back_loaded", middle: "middle_peak"}[loudest]


def fitted(audio: Audio, duration: float) -> np.ndarray:
    """The samples of [0, ``duration``] s: silence where the track ends early."""
    count = max(1, int(duration * audio.sample_rate))
    samples = np.asarray(audio.samples[:count], dtype=np.float32)
    return np.pad(samples, (0, count - len(samples)))


def rhythm(samples: np.ndarray, rate: int) -> tuple[list[float], list[float], float | None]:
    """Onset times (s), beat times (s) and tempo (bpm); a tempo needs two beats, all of them one analysis frame."""
    import librosa

    if len(samples) < FRAME:
        return [], [], None
    envelope = librosa.onset.onset_strength(y=samples, sr=rate, hop_length=ONSET_HOP)
    timing: dict[str, Any] = {"onset_envelope": envelope, "sr": rate, "hop_length": ONSET_HOP, "units": "time"}
    onsets = [float(t) for t in librosa.onset.onset_detect(**timing)]
    if not onsets:
        return [], [], None
    tempo, beats = librosa.beat.beat_track(**timing)
    bpm = float(np.atleast_1d(tempo)[0])
    return onsets, [float(t) for t in beats], bpm if len(beats) > 1 and bpm > 0 else None


class AudioEnergy:
    """Service ``audio_energy``: RMS per window and second, onsets, beats, tempo."""

    name = "audio_energy"
    needs: tuple[str, ...] = ()
    reads: tuple[Input, ...] = ("audio",)

    def describe(self) -> ServiceInfo:
        """librosa's version; there are no weights, and it computes on the CPU."""
        return ServiceInfo(
            service=self.name,
            library="librosa",
            version=importlib.metadata.version("librosa"),
            weights=(),
            device="cpu",
        )

    def parameters(self) -> dict[str, Any]:
        """What changes the result."""
        return constants(sys.modules[__name__], events)

    def prepare(self) -> FrameObserver | None:
        """Nothing: audio is not part of the decode pass."""
        return None

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """The document of schemas/services/audio_energy.schema.json.

        Without an audio track: no windows, empty lists, nulls, pattern ``unknown``. Inaudible audio (below −60 dBFS
        throughout) keeps its RMS, and has no onsets, beats, tempo or climax. RMS: frames of 2048 samples every 512,
        centred; a window's or second's value is the mean of the frames whose centre lies in it. Windows are relative
        to the 95th percentile of their means, at most 1; ``energy_variance`` is the population variance of the means
        before that.
        """
        duration = media.video.duration
        if media.audio is None:
            return _document(duration=duration, rate=None)
        compiled.ensure_compiled()
        import librosa

        rate = media.audio.sample_rate
        samples = fitted(media.audio, duration)
        rms = librosa.feature.rms(y=samples, frame_length=FRAME, hop_length=HOP)[0].astype(np.float64)
        centres = np.arange(len(rms)) * (HOP / rate)

        def mean(start: float, end: float) -> float:
            return float(rms[(centres >= start) & (centres < end)].mean())

        windows = windows_of(duration)
        means = [mean(window.start, window.end) for window in windows]
        reference = float(np.percentile(means, 95))
        audible = float(np.abs(samples).max()) >= AUDIBLE
        onsets, beats, tempo = rhythm(samples, rate) if audible else ([], [], None)
        environment.pin_threads()
        return _document(
            duration=duration,
            rate=rate,
            frames=len(rms),
            windows={
                window.key: min(1.0, value / reference) if reference > 0 else 0.0
                for window, value in zip(windows, means, strict=True)
            },
            variance=float(np.var(means)),
            climax=float(centres[int(np.argmax(rms))]) if audible else None,
            pattern=burst_pattern(means),
            per_second=[mean(b.start, b.end) for b in bins_of(duration)],
            onsets=onsets,
            beats=beats,
            tempo=tempo,
        )


def _document(
    *,
    duration: float,
    rate: int | None,
    frames: int = 0,
    windows: dict[str, float] | None = None,
    variance: float | None = None,
    climax: float | None = None,
    pattern: str = "unknown",
    per_second: Sequence[float] = (),
    onsets: Sequence[float] = (),
    beats: Sequence[float] = (),
    tempo: float | None = None,
) -> dict[str, Any]:
    return {
        "energy_level_windows": windows or {},
        "energy_variance": variance,
        "climax_timestamp": climax,
        "burst_pattern": pattern,
        "duration": duration,
        "rms_per_second": list(per_second),
        "onset_times": list(onsets),
        "beat_times": list(beats),
        "tempo_bpm": tempo,
        "has_audio": rate is not None,
        "metadata": {
            "processed": True,
            "success": True,
            "model": "librosa",
            "method": "librosa_rms",
            "sample_rate": rate,
            "window_seconds": int(WINDOW),
            "frames_analyzed": frames,
        },
    }
