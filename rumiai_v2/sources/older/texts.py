"""Texts and stickers of older recordings: first sightings without an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording
from rumiai_v2.timeline.builder import sample_spacing

#: How long a sticker (s) and a text (s, s per letter) were taken to stay when a recording does not say.
STICKER_STAYS = 2.0
TEXT_STAYS, TEXT_STAYS_PER_LETTER = 1.0, 0.1


def texts(data: Mapping[str, Any], recording: Recording) -> Json:
    """Texts and stickers with the end they were taken to have; polygons become their upright hull."""
    annotations, stickers = [], []
    for path, record in reading.records_of(data, recording, "ocr", "textAnnotations", "text_annotations", "texts"):
        text = record.get("text", "")
        if not isinstance(text, str):
            raise recording.wrong(f"{path}.text", "a text", text)
        text = text.strip()
        if not text:
            continue
        start = reading.time_of(record, path, recording)
        stays = max(TEXT_STAYS, TEXT_STAYS_PER_LETTER * len(text))
        annotations.append(
            {
                "text": text,
                "confidence": reading.maybe_share(record, "confidence", path, recording),
                "timestamp": start,
                "end_timestamp": float(record.get("end_timestamp") or start + stays),
                "bbox": reading.upright(record.get("bbox"), f"{path}.bbox", recording),
                "frame_number": reading.whole(record, "frame_number", None, path, recording),
            }
        )
    for path, record in reading.records_of(data, recording, "ocr", "stickers"):
        start = reading.time_of(record, path, recording)
        stickers.append(
            {
                "bbox": reading.upright(record.get("bbox"), f"{path}.bbox", recording),
                "confidence": None,
                "type": "sticker",
                "timestamp": start,
                "end_timestamp": float(record.get("end_timestamp") or start + STICKER_STAYS),
                "frame_number": reading.whole(record, "frame_number", None, path, recording),
            }
        )
    annotations, stickers = reading.within(annotations, recording), reading.within(stickers, recording)
    for record in annotations + stickers:
        record["end_timestamp"] = min(record["end_timestamp"], recording.duration)
    times = [record["timestamp"] for record in annotations + stickers]
    return {
        "textAnnotations": annotations,
        "stickers": stickers,
        "metadata": {
            "processed": True,
            "model": "easyocr",
            "frames_analyzed": reading.known(data, "frames_analyzed"),
            "frames_skipped": None,
            "frames_without_evidence": None,
            "unique_texts": len({a["text"] for a in annotations}),
            "stickers_detected": len(stickers),
            "sample_spacing": sample_spacing(data, times, recording.duration),
        },
    }
