"""Small unified documents for tests: say what happens in a video, get what the pipeline would hand to an analysis.

``unified(duration=3, texts=[text("hi", 0, 2)], faces=[face(0.5)])`` makes the services' documents, the timeline entries
and the processing metadata. Times are seconds, boxes source pixels unless a helper says otherwise; frame 360 × 640.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

SERVICES = ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy", "emotion_detection")
EMOTIONS = ("joy", "sadness", "anger", "fear", "disgust", "surprise", "neutral")
WIDTH, HEIGHT = 360, 640
#: Distance of two samples (s) in these documents.
SAMPLE = 0.5

Json = dict[str, Any]


def text(
    words: str, start: float, end: float, *, confidence: float = 0.9, bbox: Sequence[float] = (80, 300, 200, 40)
) -> Json:
    """An overlay text; ``bbox`` is [x, y, w, h]."""
    return {
        "text": words,
        "confidence": confidence,
        "timestamp": start,
        "end_timestamp": end,
        "bbox": list(bbox),
        "frame_number": _frame(start),
    }


def sticker(start: float, end: float, *, confidence: float = 0.8, bbox: Sequence[float] = (20, 20, 60, 60)) -> Json:
    """A sticker; ``bbox`` is [x, y, w, h]."""
    return {
        "bbox": list(bbox),
        "confidence": confidence,
        "type": "sticker",
        "timestamp": start,
        "end_timestamp": end,
        "frame_number": _frame(start),
    }


def segment(
    words: str,
    start: float,
    end: float,
    *,
    confidence: float = 0.9,
    timed: Sequence[tuple[str, float, float]] | None = None,
    probability: float = 0.9,
) -> Json:
    """A spoken segment; ``timed`` gives (word, start, end), else the words share the segment evenly."""
    if timed is None:
        split = words.split()
        step = (end - start) / max(1, len(split))
        timed = [(w, start + i * step, start + (i + 1) * step) for i, w in enumerate(split)]
    return {
        "start": start,
        "end": end,
        "text": words,
        "confidence": confidence,
        "avg_logprob": math.log(confidence),
        "no_speech_prob": 0.01,
        "compression_ratio": 1.2,
        "words": [{"word": w, "start": a, "end": b, "probability": probability} for w, a, b in timed],
    }


def thing(
    name: str,
    start: float,
    end: float,
    *,
    confidence: float = 0.9,
    track: str | None = None,
    bbox: Sequence[float] = (100, 100, 250, 600),
) -> Json:
    """One object track, seen at every sample of [start, end); ``bbox`` is [x1, y1, x2, y2]."""
    return {"class": name, "start": start, "end": end, "confidence": confidence, "track": track, "bbox": list(bbox)}


def box(x: float, y: float, width: float, height: float, *, confidence: float | None = 0.9) -> Json:
    """A face box in shares of the frame."""
    return {"x": x, "y": y, "width": width, "height": height, "confidence": confidence}


def face(t: float, *boxes: Json, confidence: float | None = 0.9) -> Json:
    """The faces of the sample at ``t``; without boxes one face of 10 % of the frame in its middle."""
    found = [dict(b) for b in boxes] or [box(0.4, 0.25, 0.2, 0.5, confidence=confidence)]
    found.sort(key=lambda b: -b["width"] * b["height"])
    first = found[0]
    return {
        "timestamp": t,
        "frame_number": _frame(t),
        "count": len(found),
        "confidence": first["confidence"],
        "bbox": {k: first[k] for k in ("x", "y", "width", "height")},
        "boxes": found,
    }


def pose(t: float, *, x: float = 0.3, y: float = 0.2, confidence: float = 0.8) -> Json:
    """A pose whose box is 0.4 × 0.6 of the frame at (x, y)."""
    return {
        "timestamp": t,
        "frame_number": _frame(t),
        "landmarks": 33,
        "visibility": confidence,
        "confidence": confidence,
        "bbox": {"x": x, "y": y, "width": 0.4, "height": 0.6},
    }


def gaze(t: float, eye_contact: float = 1.0, *, direction: str = "camera", confidence: float | None = 0.9) -> Json:
    """Where the largest face looks."""
    magnitude = 0.15 * (1 - eye_contact)
    return {
        "timestamp": t,
        "eye_contact": eye_contact,
        "gaze_direction": direction,
        "gaze_offset_x": magnitude,
        "gaze_offset_y": 0.0,
        "gaze_magnitude": magnitude,
        "confidence": confidence,
    }


def gesture(kind: str, start: float, end: float, *, confidence: float = 0.8, hand: str = "right") -> Json:
    """A gesture held over [start, end]."""
    return {"type": kind, "start": start, "end": end, "confidence": confidence, "hand": hand}


def emotion(t: float, name: str, *, confidence: float = 0.8, scores: Mapping[str, float] | None = None) -> Json:
    """An expression at the sample ``t``; without ``scores`` the rest to 1 goes to neutral (or joy)."""
    if scores is None:
        scores = {name: confidence, ("joy" if name == "neutral" else "neutral"): 1 - confidence}
    return {
        "timestamp": t,
        "emotion": name,
        "confidence": confidence,
        "all_scores": {e: float(scores.get(e, 0.0)) for e in EMOTIONS},
        "action_units": [],
        "au_intensities": {},
        "face_bbox": [144.0, 160.0, 72.0, 320.0],
    }


def unified(
    *,
    duration: float = 10.0,
    texts: Iterable[Json] = (),
    stickers: Iterable[Json] = (),
    speech: Iterable[Json] = (),
    objects: Iterable[Json] = (),
    faces: Iterable[Json] = (),
    poses: Iterable[Json] = (),
    gazes: Iterable[Json] = (),
    gestures: Iterable[Json] = (),
    emotions: Iterable[Json] = (),
    cuts: Iterable[float] = (),
    fades: Iterable[tuple[float, float]] = (),
    change_confidence: float | None = 0.8,
    rms: Sequence[float] | None = None,
    onsets: Sequence[float] = (),
    beats: Sequence[float] = (),
    has_audio: bool = True,
    metadata: Mapping[str, Any] | None = None,
    not_run: Iterable[str] = (),
    failed: Iterable[str] = (),
    media: bool = True,
) -> Json:
    """The unified document of a video in which this happens.

    ``cuts`` are moments of hard cuts, ``fades`` (start, end) of fades, all as sure as ``change_confidence``
    (None as in old recordings). ``rms`` defaults to 0.1 in every second.
    ``not_run`` and ``failed`` name services without results; ``media=False`` leaves out what is known of the media,
    as in old recordings. ``metadata`` replaces single fields of the video's metadata.
    """
    duration = float(duration)
    missing = {**dict.fromkeys(not_run, "not_run"), **dict.fromkeys(failed, "failed")}
    documents = {
        "yolo": _yolo(objects),
        "whisper": _whisper(speech if has_audio else (), has_audio),
        "mediapipe": _mediapipe(duration, faces, poses, gazes, gestures),
        "ocr": _ocr(texts, stickers),
        "scene_detection": _scenes(duration, cuts, fades, change_confidence),
        "audio_energy": _audio(duration, rms, onsets, beats, has_audio),
        "emotion_detection": _expressions(duration, emotions),
    }
    ml = {s: {} if s in missing else copy.deepcopy(documents[s]) for s in SERVICES}
    entries = _entries(duration, ml, [] if "yolo" in missing else objects, [] if "mediapipe" in missing else gestures)
    video_id = "clip"
    return {
        "video_id": video_id,
        "metadata": _metadata(duration, metadata or {}),
        "duration": duration,
        "pipeline_status": {
            "yolo": "yolo" not in missing,
            "mediapipe": "mediapipe" not in missing,
            "ocr": "ocr" not in missing,
            "scene": "scene_detection" not in missing,
            "whisper": "whisper" not in missing,
            "temporal": True,
        },
        "processing_metadata": {
            "timeline_entries": len(entries),
            "entry_types": {k: sum(e["entry_type"] == k for e in entries) for k in {e["entry_type"] for e in entries}},
            "duration": duration,
            "contract_version": "2.0.0",
            "source": "local",
            "media": _media(duration, has_audio) if media else None,
            "services": {
                s: {"status": missing.get(s, "run"), "error": "it broke" if missing.get(s) == "failed" else None}
                for s in SERVICES
            },
        },
        "timeline": {
            "video_id": video_id,
            "duration": duration,
            "entry_count": len(entries),
            "entries": entries,
        },
        "speechTimeline": _prompt(entries, "speech"),
        "textTimeline": _prompt(entries, "text"),
        "objectTimeline": _prompt(entries, "object"),
        "ml_data": ml,
    }


def _frame(t: float) -> int:
    return round(t * 30)


def _yolo(objects: Iterable[Json]) -> Json:
    annotations = []
    for n, one in enumerate(objects, 1):
        track = one["track"] or f"obj_{n}"
        t = one["start"]
        while t < one["end"]:
            annotations.append(
                {
                    "trackId": track,
                    "className": one["class"],
                    "class": one["class"],
                    "confidence": one["confidence"],
                    "timestamp": t,
                    "bbox": list(one["bbox"]),
                    "frame_number": _frame(t),
                }
            )
            t += SAMPLE
    annotations.sort(key=lambda a: a["timestamp"])
    return {
        "objectAnnotations": annotations,
        "metadata": {
            "model": "yolo",
            "processed": True,
            "frames_analyzed": 1,
            "objects_detected": len(annotations),
            "tracks": len({a["trackId"] for a in annotations}),
            "sample_spacing": SAMPLE,
        },
    }


def _whisper(speech: Iterable[Json], has_audio: bool) -> Json:
    segments = [{"id": i, **s} for i, s in enumerate(sorted(speech, key=lambda s: s["start"]))]
    return {
        "text": " ".join(s["text"] for s in segments),
        "segments": segments,
        "language": "en" if segments else None,
        "duration": segments[-1]["end"] if segments else 0.0,
        "has_speech": bool(segments),
        "metadata": {
            "processed": True,
            "success": True,
            "model": "openai-whisper-base",
            "backend": "openai-whisper",
            "sample_rate": 16000,
            "has_audio": has_audio,
        },
    }


def _mediapipe(
    duration: float, faces: Iterable[Json], poses: Iterable[Json], gazes: Iterable[Json], gestures: Iterable[Json]
) -> Json:
    frames = max(1, math.ceil(duration / SAMPLE))
    found = {"poses": list(poses), "faces": list(faces), "hands": [], "gaze": list(gazes), "gestures": []}
    for one in gestures:
        t = one["start"]
        while t < one["end"]:
            found["gestures"].append(
                {
                    "type": one["type"],
                    "confidence": one["confidence"],
                    "hand": one["hand"],
                    "timestamp": t,
                    "timestamp_ms": round(t * 1000),
                    "frame_number": _frame(t),
                }
            )
            t += SAMPLE
    for records in found.values():
        records.sort(key=lambda r: r["timestamp"])
    return {
        **found,
        "blendshapes": [],
        "presence_percentage": min(100.0, 100.0 * len(found["poses"]) / frames),
        "frames_with_people": len(found["poses"]),
        "metadata": {
            "processed": True,
            "model": "mediapipe",
            "frames_analyzed": frames,
            **{f"{kind}_detected": len(records) for kind, records in found.items()},
            "sample_spacing": SAMPLE,
        },
    }


def _ocr(texts: Iterable[Json], stickers: Iterable[Json]) -> Json:
    found = sorted(texts, key=lambda a: a["timestamp"])
    pictures = sorted(stickers, key=lambda a: a["timestamp"])
    return {
        "textAnnotations": found,
        "stickers": pictures,
        "metadata": {
            "processed": True,
            "model": "easyocr",
            "frames_analyzed": 1,
            "frames_skipped": 0,
            "frames_without_evidence": 0,
            "unique_texts": len({a["text"] for a in found}),
            "stickers_detected": len(pictures),
            "sample_spacing": SAMPLE,
        },
    }


def _scenes(
    duration: float, cuts: Iterable[float], fades: Iterable[tuple[float, float]], confidence: float | None
) -> Json:
    sure = {"confidence": confidence}
    transitions = [{"timestamp": t, "start": t, "end": t, "type": "cut"} | sure for t in cuts]
    transitions += [{"timestamp": (a + b) / 2, "start": a, "end": b, "type": "fade"} | sure for a, b in fades]
    transitions.sort(key=lambda t: t["timestamp"])
    starts = [0.0, *(float(t["timestamp"]) for t in transitions)]
    ends = [*starts[1:], duration]
    return {
        "scenes": [
            {"scene_number": i, "start_time": a, "end_time": b, "duration": b - a}
            for i, (a, b) in enumerate(zip(starts, ends, strict=True), 1)
        ],
        "total_scenes": len(starts),
        "scene_changes": starts[1:],
        "transitions": transitions,
        "metadata": {"processed": True, "model": "pyscenedetect", "frames_analyzed": 1, "min_scene_length": 0.5},
    }


def _audio(
    duration: float, rms: Sequence[float] | None, onsets: Sequence[float], beats: Sequence[float], has_audio: bool
) -> Json:
    seconds = math.ceil(duration)
    if not has_audio:
        rms = onsets = beats = ()
    elif rms is None:
        rms = [0.1] * seconds
    top = max(rms, default=0.0)
    windows: dict[str, float] = {}
    for a in range(0, seconds if has_audio else 0, 5):
        b = min(a + 5, duration)
        part = rms[a : a + 5]
        windows[f"{a}-{b:g}s"] = min(1.0, sum(part) / len(part) / top) if part and top else 0.0
    return {
        "energy_level_windows": windows,
        "energy_variance": 0.0 if has_audio else None,
        "climax_timestamp": float(list(rms).index(top)) if top else None,
        "burst_pattern": "steady" if has_audio else "unknown",
        "duration": duration if has_audio else 0.0,
        "rms_per_second": [float(v) for v in rms],
        "onset_times": [float(t) for t in onsets],
        "beat_times": [float(t) for t in beats],
        "tempo_bpm": 120.0 if beats else None,
        "has_audio": has_audio,
        "metadata": {
            "processed": True,
            "success": True,
            "model": "librosa",
            "method": "librosa_rms",
            "sample_rate": 16000,
            "window_seconds": 5,
            "frames_analyzed": 10,
        },
    }


def _expressions(duration: float, emotions: Iterable[Json]) -> Json:
    found = sorted(emotions, key=lambda e: e["timestamp"])
    samples = max(1, math.ceil(duration / SAMPLE))
    stats = {
        "total_frames": samples,
        "successful_frames": len(found),
        "no_face_frames": max(0, samples - len(found)),
        "video_type": "people_detected",
    }
    return {
        "emotions": found,
        "action_units": [{"timestamp": e["timestamp"], "aus": [], "intensities": {}} for e in found],
        "timeline": {},
        "dominant_emotion": found[0]["emotion"] if found else None,
        "emotion_transitions": [],
        "confidence_scores": [e["confidence"] for e in found],
        "au_activations": {},
        "processing_stats": stats,
        "metrics": {
            "video_type": "people_detected",
            "unique_emotions": len({e["emotion"] for e in found}),
            "transition_count": 0,
            "avg_confidence": None,
            "emotion_diversity": None,
            "detection_rate": min(1.0, len(found) / samples),
            "suitable_for_emotion_analysis": True,
            "reason": None,
            "most_active_aus": [],
            "processing_stats": dict(stats),
        },
        "video_duration": duration,
        "frames_analyzed": samples,
        "sample_rate": 1 / SAMPLE,
        "metadata": {
            "processed": True,
            "model": "fer-mini-xception",
            "au_source": "mediapipe_blendshapes",
            "frames_analyzed": samples,
            "sample_spacing": SAMPLE,
        },
    }


def _entries(duration: float, ml: Mapping[str, Json], objects: Iterable[Json], gestures: Iterable[Json]) -> list[Json]:
    """The timeline as the builder makes it, service by service, then by start."""
    out: list[Json] = []

    def add(kind: str, start: float, data: Json, end: float | None = None) -> None:
        entry = {"start": min(float(start), duration), "entry_type": kind, "data": data}
        if end is not None:
            entry["end"] = min(float(end), duration)
        out.append(entry)

    for n, one in enumerate(objects, 1):
        data = {
            "class": one["class"],
            "confidence": one["confidence"],
            "bbox": one["bbox"],
            "track_id": one["track"] or f"obj_{n}",
        }
        add("object", one["start"], data, one["end"])
    for s in ml["whisper"].get("segments", ()):
        data = {"text": s["text"], "confidence": s["confidence"], "language": "en", "words": s["words"]}
        add("speech", s["start"], data, s["end"])
    for a in ml["ocr"].get("textAnnotations", ()):
        data = {
            "text": a["text"],
            "position": _position(a["bbox"]),
            "size": "medium",
            "style": "normal",
            "confidence": a["confidence"],
            "bbox": a["bbox"],
        }
        add("text", a["timestamp"], data, a["end_timestamp"])
    for a in ml["ocr"].get("stickers", ()):
        data = {
            "type": "sticker",
            "value": "",
            "position": _position(a["bbox"]),
            "confidence": a["confidence"],
            "bbox": a["bbox"],
        }
        add("sticker", a["timestamp"], data, a["end_timestamp"])
    people = ml["mediapipe"]
    for p in people.get("poses", ()):
        data = {"landmarks": 33, "action": "unknown", "confidence": p["confidence"], "bbox": p["bbox"]}
        add("pose", p["timestamp"], data)
    for g in people.get("gaze", ()):
        add("gaze", g["timestamp"], {"eye_contact": g["eye_contact"], "gaze_direction": g["gaze_direction"]})
    for f in people.get("faces", ()):
        data = {"bbox": f["bbox"], "confidence": f["confidence"], "count": f["count"], "source": "mediapipe"}
        add("face", f["timestamp"], data)
    for g in gestures:
        data = {"type": g["type"], "hand": g["hand"], "confidence": g["confidence"]}
        add("gesture", g["start"], data, g["end"])
    scenes = ml["scene_detection"]
    for i, t in enumerate(scenes.get("transitions", ()), 1):
        add(
            "scene_change",
            t["timestamp"],
            {"transition_type": t["type"], "scene_index": i, "confidence": t["confidence"]},
        )
    for i, s in enumerate(scenes.get("scenes", ())):
        add("scene", s["start_time"], {"scene_index": i, "duration": s["duration"]}, s["end_time"])
    for e in ml["emotion_detection"].get("emotions", ()):
        data = {k: e[k] for k in ("emotion", "confidence", "all_scores", "action_units", "au_intensities")}
        data |= {"source": "fer-mini-xception", "model": "fer-mini-xception", "has_action_units": False}
        add("emotion", e["timestamp"], data, e["timestamp"] + SAMPLE)
    return sorted(out, key=lambda e: e["start"])


def _position(bbox: Sequence[float]) -> str:
    centre = (bbox[0] + bbox[2] / 2) / WIDTH
    return "left" if centre < 1 / 3 else "right" if centre > 2 / 3 else "center"


def _prompt(entries: Iterable[Json], kind: str) -> Json:
    out: Json = {}
    for entry in entries:
        if entry["entry_type"] == kind:
            out.setdefault(f"{int(entry['start'])}s", []).append(entry["data"])
    return out


def _media(duration: float, has_audio: bool) -> Json:
    return {
        "sha256": "0" * 64,
        "width": WIDTH,
        "height": HEIGHT,
        "fps": 30.0,
        "frame_count": round(duration * 30),
        "duration": duration,
        "sampled_frames": math.ceil(duration / SAMPLE),
        "sample_spacing": SAMPLE,
        "has_audio": has_audio,
        "frames_fingerprint": "1" * 64,
        "decoded_fingerprint": "3" * 64,
        "audio_fingerprint": "2" * 64 if has_audio else None,
    }


def _metadata(duration: float, given: Mapping[str, Any]) -> Json:
    return {
        "id": "clip",
        "url": "",
        "username": None,
        "description": "",
        "duration": round(duration),
        "views": None,
        "likes": None,
        "comments": None,
        "shares": None,
        "saves": None,
        "createTime": None,
        "downloadUrl": "",
        "coverUrl": "",
        "hashtags": [],
        "music": {},
        "author": {},
        "engagementRate": None,
        **given,
    }
