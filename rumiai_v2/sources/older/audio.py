"""Audio energy of older recordings: windows only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording

BURSTS = ("front_loaded", "back_loaded", "middle_peak", "steady", "unknown")


def audio(data: Mapping[str, Any], recording: Recording) -> Json:
    """Energy windows under their recorded keys; loudness per second, onsets, beats and tempo were not recorded."""
    windows = reading.mapping(data, "energy_level_windows", "ml_data.audio_energy", recording)
    path = "ml_data.audio_energy.energy_level_windows"
    variance = reading.maybe(data, "energy_variance", "ml_data.audio_energy", recording)
    climax = reading.maybe(data, "climax_timestamp", "ml_data.audio_energy", recording) if windows else None
    return {
        "energy_level_windows": {
            key: reading.share(windows, key, path, recording)
            for key in windows
            if _begin(key, path, recording) < recording.duration
        },
        "energy_variance": variance if windows else None,
        "climax_timestamp": min(climax, recording.duration) if climax is not None else None,
        "burst_pattern": reading.one_of(data, "burst_pattern", BURSTS, "ml_data.audio_energy", recording)
        if "burst_pattern" in data
        else "unknown",
        "duration": recording.duration,
        "rms_per_second": data.get("rms_per_second"),
        "onset_times": data.get("onset_times"),
        "beat_times": data.get("beat_times"),
        "tempo_bpm": data.get("tempo_bpm"),
        "has_audio": bool(windows),
        "metadata": {
            "processed": True,
            "success": True,
            "model": "librosa",
            "method": reading.known(data, "method", "librosa_rms"),
            "sample_rate": reading.known(data, "sample_rate"),
            "window_seconds": reading.known(data, "window_seconds"),
            "frames_analyzed": reading.known(data, "frames_analyzed"),
        },
    }


def _begin(window: str, path: str, recording: Recording) -> float:
    """When a window begins (s): its key is "5-10s"."""
    first = window.partition("-")[0]
    if not first.isdecimal() or len(first) > 6:
        raise recording.wrong(f"{path}.{window[:40]}", 'a window as "5-10s"', window)
    return float(first)
