"""Texts and stickers of older recordings: first sightings without an end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rumiai_v2.sources.older import reading
from rumiai_v2.sources.older.reading import Json, Recording

#: Letters that a text has at least, and a confidence that is none yet.
SHORTEST, UNSURE = 3, 0.5
#: How long a sticker (s) and a text (s, s per letter) were taken to stay when a recording does not say.
STICKER_STAYS = 2.0
TEXT_STAYS, TEXT_STAYS_PER_LETTER = 1.0, 0.1


def texts(data: Mapping[str, Any], recording: Recording) -> Json:
    """Texts and stickers with the end they were taken to have; polygons become their upright hull.

    What the service leaves out today is left out here: texts of less than three letters, and unsure ones.
    """
    annotations: list[Json] = []
    stickers: list[Json] = []
    for path, record in reading.records_of(data, recording, "ocr", "textAnnotations", "text_annotations", "texts"):
        text = record.get("text", "")
        if not isinstance(text, str):
            raise recording.wrong(f"{path}.text", "a text", text)
        text = text.strip()
        confidence = reading.maybe_share(record, "confidence", path, recording)
        if len(text) < SHORTEST or (confidence is not None and confidence <= UNSURE):
            continue
        start = reading.time_of(record, path, recording)
        stays = max(TEXT_STAYS, TEXT_STAYS_PER_LETTER * len(text))
        annotations.append(
            {
                "text": text,
                "confidence": confidence,
                "timestamp": start,
                "end_timestamp": reading.end_of(record, start + stays, path, recording),
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
                "end_timestamp": reading.end_of(record, start + STICKER_STAYS, path, recording),
                "frame_number": reading.whole(record, "frame_number", None, path, recording),
            }
        )
    annotations, stickers = reading.within(annotations, recording), reading.within(stickers, recording)
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
            "sample_spacing": reading.spacing(data, times, "ml_data.ocr", recording),
        },
    }
