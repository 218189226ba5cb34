"""Service results of older recordings → the shapes that the services have today, one file per service.

What an older recording does not hold is null or an empty list; values that it filled with a fixed number, such as the
0.7 of every sticker, count as not held.
"""

from collections.abc import Callable, Mapping
from typing import Any

from rumiai_v2.sources.older.audio import audio
from rumiai_v2.sources.older.expressions import expressions, expressions_from_timeline
from rumiai_v2.sources.older.objects import objects
from rumiai_v2.sources.older.people import people
from rumiai_v2.sources.older.reading import Json, Recording
from rumiai_v2.sources.older.scenes import scenes, scenes_from_timeline
from rumiai_v2.sources.older.speech import speech
from rumiai_v2.sources.older.texts import texts

__all__ = ["CONVERTERS", "FROM_TIMELINE", "Recording"]

CONVERTERS: Mapping[str, Callable[[Mapping[str, Any], Recording], Json]] = {
    "yolo": objects,
    "whisper": speech,
    "mediapipe": people,
    "ocr": texts,
    "scene_detection": scenes,
    "audio_energy": audio,
    "emotion_detection": expressions,
}

#: Services whose results some recordings kept as timeline entries only.
FROM_TIMELINE: Mapping[str, Callable[[Recording], Json | None]] = {
    "scene_detection": scenes_from_timeline,
    "emotion_detection": expressions_from_timeline,
}
