"""Makes the recording of a replayed case from its script: what the services would have said of such a video.

No model is asked, so a recording can show what no free picture does. Scores waver a little from sample to sample by a
fixed rule, as measured ones do.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from rumiai_parity import recording_people as people
from rumiai_parity.script import Script, Service, Sticker, Text

Json = dict[str, Any]


def write_recording(folder: Path) -> None:
    """Write ``recorded.json`` of a case from the script in its ``replay.yaml``."""
    from parity.files import write_atomically
    from parity.verdict import UsageError
    from rumiai_parity.replay import REPLAY, load_replay

    replay = load_replay(folder)
    if replay.script is None:
        raise UsageError(f"{folder / REPLAY}: has no script, so its recording was written by hand; nothing to make")
    write_atomically(folder / "recorded.json", json.dumps(record(replay.script), ensure_ascii=False, indent=1) + "\n")


def record(script: Script) -> Json:
    """The recording: what a replay needs of a unified file."""
    results: dict[Service, Json] = {
        "yolo": _objects(script),
        "whisper": _speech(script),
        "mediapipe": people.document(script),
        "ocr": _texts(script),
        "scene_detection": _scenes(script),
        "audio_energy": _sound(script),
        "emotion_detection": people.expressions(script),
    }
    absent = {**dict.fromkeys(script.not_run, "not_run"), **dict.fromkeys(script.failed, "failed")}
    video = script.video
    frames = round(video.duration * video.fps)
    return {
        "video_id": video.id,
        "metadata": {"id": video.id, "duration": video.duration, **video.metadata},
        "duration": video.duration,
        "processing_metadata": {
            "source": f"{video.id}.mp4",
            "media": {
                # Of the script's id: there are no bytes to take them from, and two recordings must not share them.
                **{name: people.digest(f"{video.id} {name}") for name in ("sha256", "frames_fingerprint", "decoded_fingerprint")},
                "audio_fingerprint": people.digest(f"{video.id} audio") if script.sound else None,
                "width": video.size[0], "height": video.size[1], "fps": video.fps, "frame_count": frames,
                "duration": video.duration, "sampled_frames": len(video.times()), "sample_spacing": video.spacing,
                "has_audio": script.sound is not None,
            },
            "services": {
                name: {"status": absent.get(name, "run"), "error": script.failed.get(name)} for name in results
            },
        },
        "ml_data": {name: {} if name in absent else result for name, result in results.items()},
    }  # fmt: skip


def _objects(script: Script) -> Json:
    width, height = script.video.size
    found = []
    for k, t in enumerate(script.video.times()):
        for number, thing in enumerate(script.objects, 1):
            if thing.start <= t < thing.end:
                x, y, w, h = thing.box(t)
                found.append({
                    "trackId": f"obj_{number}", "className": thing.name, "class": thing.name,
                    "confidence": people.wavering(thing.score, k), "timestamp": t,
                    "bbox": [x * width, y * height, (x + w) * width, (y + h) * height],
                    "frame_number": round(t * script.video.fps),
                })  # fmt: skip
    return {
        "objectAnnotations": found,
        "metadata": {
            "model": "yolo11n-seg", "processed": True, "frames_analyzed": len(script.video.times()),
            "objects_detected": len(found), "tracks": len({a["trackId"] for a in found}),
            "sample_spacing": script.video.spacing,
        },
    }  # fmt: skip


def _speech(script: Script) -> Json:
    segments = []
    for number, line in enumerate(script.speech):
        words = line.text.split()
        step = (line.end - line.start) / len(words)
        edges = [round(line.start + i * step, 3) for i in range(len(words))] + [line.end]
        segments.append({
            "id": number, "start": line.start, "end": line.end, "text": line.text, "confidence": line.score,
            "words": [
                {"word": word, "start": a, "end": b, "probability": people.wavering(line.score, i)}
                for i, (word, (a, b)) in enumerate(zip(words, pairwise(edges), strict=True))
            ],
            "avg_logprob": round(math.log(line.score), 6), "no_speech_prob": people.wavering(0.1, number),
            "compression_ratio": people.wavering(1.2, number),
        })  # fmt: skip
    return {
        "text": " ".join(line.text for line in script.speech), "segments": segments,
        "language": script.language if segments else None, "duration": segments[-1]["end"] if segments else 0.0,
        "has_speech": bool(segments),
        "metadata": {
            "processed": True, "success": True, "model": "openai-whisper-base", "backend": "openai-whisper",
            "sample_rate": 16000, "has_audio": script.sound is not None,
        },
    }  # fmt: skip


def _texts(script: Script) -> Json:
    width, height = script.video.size

    def shown(one: Text | Sticker) -> Json:
        x, y, w, h = one.box
        return {
            "bbox": [x * width, y * height, w * width, h * height], "confidence": one.score, "timestamp": one.start,
            "end_timestamp": one.end, "frame_number": round(one.start * script.video.fps),
        }  # fmt: skip

    texts = [{"text": one.text, **shown(one)} for one in sorted(script.texts, key=lambda one: one.start)]
    stickers = [{"type": "sticker", **shown(one)} for one in sorted(script.stickers, key=lambda one: one.start)]
    return {
        "textAnnotations": texts, "stickers": stickers,
        "metadata": {
            "processed": True, "model": "easyocr", "frames_analyzed": len(script.video.times()), "frames_skipped": 0,
            "frames_without_evidence": 0, "unique_texts": len({one["text"] for one in texts}),
            "stickers_detected": len(stickers), "sample_spacing": script.video.spacing,
        },
    }  # fmt: skip


def _scenes(script: Script) -> Json:
    transitions: list[Json] = [
        {"timestamp": t, "start": t, "end": t, "type": "cut", "confidence": people.wavering(0.8, k)}
        for k, t in enumerate(script.cuts)
    ]
    transitions += [
        {"timestamp": (a + b) / 2, "start": a, "end": b, "type": "fade", "confidence": people.wavering(0.95, k)}
        for k, (a, b) in enumerate(script.fades)
    ]
    transitions.sort(key=lambda transition: transition["timestamp"])
    changes = [transition["timestamp"] for transition in transitions]
    edges = list(pairwise([0.0, *changes, script.video.duration]))
    return {
        "scenes": [
            {"scene_number": number, "start_time": a, "end_time": b, "duration": b - a}
            for number, (a, b) in enumerate(edges, 1)
        ],
        "total_scenes": len(edges), "scene_changes": changes, "transitions": transitions,
        "metadata": {
            "processed": True, "model": "pyscenedetect-adaptive+threshold", "min_scene_length": 0.2,
            "frames_analyzed": round(script.video.duration * script.video.fps),
        },
    }  # fmt: skip


def _sound(script: Script) -> Json:
    sound, duration = script.sound, script.video.duration
    loudness = list(sound.loudness) if sound else []
    top = max(loudness, default=0.0)
    mean = sum(loudness) / len(loudness) if loudness else 0.0
    windows = {
        f"{a}-{min(a + 5, duration):g}s": sum(loudness[a : a + 5]) / len(loudness[a : a + 5]) / top
        for a in range(0, len(loudness), 5)
    }
    most = max(windows.values(), default=1.0)
    return {
        "energy_level_windows": {label: value / most for label, value in windows.items()},
        "energy_variance": sum((v - mean) ** 2 for v in loudness) / len(loudness) if sound else None,
        "climax_timestamp": float(loudness.index(top)) if sound else None,
        "burst_pattern": sound.burst if sound else "unknown", "duration": duration if sound else 0.0,
        "rms_per_second": loudness, "onset_times": list(sound.onsets) if sound else [],
        "beat_times": list(sound.beats) if sound else [], "tempo_bpm": sound.tempo if sound else None,
        "has_audio": sound is not None,
        "metadata": {
            "processed": True, "success": True, "model": "librosa", "method": "librosa_rms", "sample_rate": 16000,
            "window_seconds": 5, "frames_analyzed": round(duration * 16000 / 512) if sound else 0,
        },
    }  # fmt: skip
