"""Write the two recordings in the shape of the system before this one: ``replay_older`` and ``replay_broken``.

    python scripts/make_older_recordings.py

What they show is told in the ``replay.yaml`` beside each; nothing in them was measured.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

CORPUS = Path(__file__).resolve().parents[1] / "golden" / "corpus"
Json = dict[str, Any]
EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")


def frame(video_id: str, duration: float, size: tuple[int, int], ml_data: Json) -> Json:
    """A recording with only what that system wrote."""
    return {
        "video_id": video_id,
        "metadata": {"video_id": video_id, "duration": duration, "width": size[0], "height": size[1], "fps": 30.0},
        "duration": duration,
        "pipeline_status": {"yolo": True, "mediapipe": True, "ocr": True, "scene": True, "whisper": True},
        "processing_metadata": {"timeline_entries": 0, "entry_types": {}, "duration": duration},
        "timeline": {"video_id": video_id, "duration": duration, "entry_count": 0, "entries": []},
        "ml_data": ml_data,
    }


def broke(model: str, error: str) -> Json:
    """What a service left that could not run."""
    return {"metadata": {"processed": False, "model": model, "error": error}}


def text(words: str, t: float, x: float, y: float, confidence: float) -> Json:
    """A first sighting, its place as the four corners of a polygon."""
    right, bottom = x + 14.0 * len(words), y + 40.0
    corners = [[x, y], [right, y], [right, bottom], [x, bottom]]
    return {"text": words, "confidence": confidence, "timestamp": t, "frame_number": round(30 * t), "bbox": corners}


def expression(t: float, name: str, score: float) -> Json:
    """An expression with the action units that the earlier model named."""
    rest = round((1 - score) / 6, 6)
    return {
        "timestamp": t, "emotion": name, "confidence": score, "action_units": [6, 12],
        "all_scores": {emotion: score if emotion == name else rest for emotion in EMOTIONS},
        "au_intensities": {"6": 0.7, "12": round(score, 2)},
    }  # fmt: skip


def older() -> Json:
    """Objects were not asked for and sound energy broke; the rest is there in its older shape."""
    samples = [(k, k / 5, 6 * k) for k in range(40)]
    places = [(round(0.4 + 0.004 * k, 3), round(0.2 + 0.002 * k, 3)) for k, _, _ in samples]
    return frame("7501000000000000003", 8.0, (576, 1024), {
        "audio_energy": broke("librosa", "the audio could not be read"),
        "whisper": {
            "text": "Hello again, this is the lamp I love. Only today, buy it now!", "language": "en", "duration": 8.0,
            "segments": [
                {"id": 0, "start": 0.2, "end": 4.6, "text": " Hello again, this is the lamp I love.", "words": []},
                {"id": 1, "start": 6.0, "end": 7.8, "text": " Only today, buy it now!", "words": []},
            ],
            "metadata": {"model": "whisper.cpp-base", "processed": True, "success": True},
        },
        "mediapipe": {
            "poses": [
                {"timestamp": t, "frame_number": n, "landmarks": 33, "visibility": round(0.8 - 0.005 * (k % 7), 3)}
                for k, t, n in samples
            ],
            "faces": [
                {"timestamp": t, "frame_number": n, "count": 1, "confidence": 0.9,
                 "bbox": {"x": x, "y": 0.3, "width": w, "height": w}}
                for (_, t, n), (x, w) in zip(samples, places, strict=True)
            ],
            "hands": [{"timestamp": t, "frame_number": n, "count": 1 + (k in (4, 5))} for k, t, n in samples],
            "gaze": [
                {"timestamp": t, "eye_contact": round(0.9 - 0.02 * k, 2), "gaze_direction": "camera" if k < 20 else "left"}
                for k, t, _ in samples
            ],
            "gestures": [
                {"timestamp": 0.8, "frame_number": 24, "type": "thumbs_up", "confidence": 0.75, "hand": 0},
                {"timestamp": 1.2, "frame_number": 36, "type": "none", "confidence": 0.9, "hand": 1},
            ],
            "presence_percentage": 100.0, "frames_with_people": 40,
            "metadata": {"processed": True, "frames_analyzed": 40},
        },
        "ocr": {
            "textAnnotations": [
                text("Subscribe today", 0.4, 40.0, 60.0, 0.83), text("the lamp", 2.6, 300.0, 500.0, 0.74),
                text("so bright", 3.8, 400.0, 300.0, 0.88), text("so small", 4.6, 400.0, 420.0, 0.79),
                text("so warm", 5.0, 400.0, 540.0, 0.69), text("so mine", 5.2, 400.0, 660.0, 0.72),
                text("50% OFF", 5.6, 60.0, 900.0, 0.91), text("and gone tomorrow", 6.2, 40.0, 700.0, 0.81),
                text("link below", 7.0, 300.0, 900.0, 0.9),
            ],
            "stickers": [{"timestamp": 2.0, "frame_number": 60, "type": "sticker", "bbox": [10, 10, 60, 60]}],
            "metadata": {"frames_analyzed": 40, "processed": True},
        },
        "scene_detection": {
            "scenes": [
                {"scene_number": 1, "start_time": 0.0, "end_time": 2.5, "duration": 2.5},
                {"scene_number": 2, "start_time": 2.5, "end_time": 5.5, "duration": 3.0},
                {"scene_number": 3, "start_time": 5.5, "end_time": 8.0, "duration": 2.5},
            ],
            "total_scenes": 3, "scene_changes": [0.0, 2.5, 5.5], "metadata": {"processed": True},
        },
        "emotion_detection": {
            "emotions": [expression(t, "joy" if t < 4 else "surprise", 0.6 + 0.04 * t) for t in (0.0, 2.0, 4.0, 6.0)],
            "metadata": {"processed": True},
        },
    })  # fmt: skip


def broken() -> Json:
    """Only objects and sound energy ran, and nothing is seen in two stretches; the other five services broke."""
    tracks = (
        ("dog", 0, 25, 40),
        ("car", 0, 25, 200),
        ("bicycle", 10, 25, 330),
        ("bird", 0, 25, 500),
        ("bench", 0, 25, 590),
        ("car", 50, 70, 120),
        ("cat", 50, 70, 420),
        ("bird", 50, 70, 520),
        ("bench", 50, 70, 600),
        ("dog", 50, 70, 300),
    )
    annotations = [
        {
            "trackId": f"obj_{6 * k}_{number}", "className": name, "class": "unknown", "frames": [],
            "confidence": round(0.6 + 0.02 * ((3 * k + number) % 10), 2), "timestamp": k / 10, "frame_number": 3 * k,
            "bbox": [x + 2.0 * (k - first), 500.0, x + 90.0 + 2.0 * (k - first), 640.0],
        }
        for number, (name, first, last, x) in enumerate(tracks)
        for k in range(first, last)
    ]  # fmt: skip
    return frame("7501000000000000004", 10.0, (720, 1280), {
        "yolo": {"objectAnnotations": sorted(annotations, key=lambda a: a["timestamp"]),
                 "metadata": {"processed": True, "model": "YOLOv8n"}},
        "whisper": broke("whisper.cpp-base", "the transcriber ended with code 3"),
        "mediapipe": broke("mediapipe", "no detector could be made"),
        "ocr": broke("easyocr", "out of memory"),
        "scene_detection": broke("pyscenedetect", "the video could not be opened"),
        "audio_energy": {
            "energy_level_windows": {"0-5s": 1.0, "5-10s": 0.4}, "energy_variance": 0.0021, "climax_timestamp": 1.5,
            "burst_pattern": "front_loaded", "duration": 10.0, "metadata": {"success": True, "method": "librosa_rms"},
        },
        "emotion_detection": broke("feat", "the model did not answer"),
    })  # fmt: skip


if __name__ == "__main__":
    for name, recording in (("replay_older", older()), ("replay_broken", broken())):
        file = CORPUS / name / "recorded.json"
        file.write_text(json.dumps(recording, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
        print(f"wrote {file.relative_to(CORPUS.parents[1])}")
