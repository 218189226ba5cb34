"""Speech of older recordings: segments without words or confidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording


def speech(data: Mapping[str, Any], recording: Recording) -> Json:
    """Segments, cut at D; a segment without times or text is dropped, one without an end lasts 0.3 s a word."""
    segments: list[Json] = []
    records = reading.records_of(data, recording, "whisper", "segments")
    for path, record in records:
        text, start, end = record.get("text"), record.get("start"), record.get("end")
        if not isinstance(text, str) or not text.strip() or not reading.is_number(start) or start >= recording.duration:
            continue
        start = max(0.0, start)
        end = min(end if reading.is_number(end) else start + 0.3 * len(text.split()), recording.duration)
        if end <= start:
            continue
        segments.append(
            {
                "id": len(segments),
                "start": float(start),
                "end": float(end),
                "text": text.strip(),
                "words": _words(record, recording.duration, path, recording),
                # Some recordings wrote 0 where they had no confidence.
                "confidence": reading.maybe_share(record, "confidence", path, recording) or None,
                "avg_logprob": reading.maybe(record, "avg_logprob", path, recording),
                "no_speech_prob": reading.maybe(record, "no_speech_prob", path, recording),
                "compression_ratio": reading.maybe(record, "compression_ratio", path, recording),
            }
        )
    language = data.get("language")
    if language is not None and not isinstance(language, str):
        raise recording.wrong("ml_data.whisper.language", "the code of a language", language)
    return {
        "text": " ".join(s["text"] for s in segments),
        "segments": segments,
        "language": language if segments and language != "unknown" else None,
        "duration": segments[-1]["end"] if segments else 0.0,
        "has_speech": bool(segments),
        "metadata": {
            "processed": True,
            "success": True,
            "model": "whisper.cpp-base",
            "backend": "whisper.cpp",
            "sample_rate": 16000,
            # It could not be run on a video without an audio track.
            "has_audio": True,
        },
    }


def _words(record: Mapping[str, Any], duration: float, path: str, recording: Recording) -> list[Json]:
    """Its words with times, cut to the video; none when a word lacks time or probability, for then the text alone counts."""
    words = []
    for word in reading.listed(record, "words", path, recording):
        if not isinstance(word, Mapping) or not all(
            map(reading.is_number, map(word.get, ("start", "end", "probability")))
        ):
            return []
        if not isinstance(word.get("word"), str) or not 0 <= word["probability"] <= 1:
            return []
        start, end = (min(max(float(word[key]), 0.0), duration) for key in ("start", "end"))
        if start < duration:
            words.append(
                {"word": word["word"], "start": start, "end": max(start, end), "probability": word["probability"]}
            )
    return words
