"""Audio energy of older recordings: windows only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording

BURSTS = ("front_loaded", "back_loaded", "middle_peak", "steady", "unknown")


def audio(data: Mapping[str, Any], recording: Recording) -> Json:
    """Energy windows under their recorded keys; loudness per second, onsets, beats and tempo were not recorded."""
    windows = data.get("energy_level_windows") or {}
    if not isinstance(windows, Mapping):
        raise recording.wrong("ml_data.audio_energy.energy_level_windows", "an object", windows)
    path = "ml_data.audio_energy.energy_level_windows"
    variance = reading.maybe(data, "energy_variance", "ml_data.audio_energy", recording)
    climax = reading.maybe(data, "climax_timestamp", "ml_data.audio_energy", recording) if windows else None
    return {
        "energy_level_windows": {
            key: reading.share(windows, key, path, recording)
            for key in windows
            if float(key.split("-")[0]) < recording.duration
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
