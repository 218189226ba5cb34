"""Which services there are, in the order they run."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module

from rumiai_v2.services.base import Service


def _lazily(module: str, name: str) -> Callable[[], Service]:
    """A factory that imports the service's module only when the service is made."""

    def make() -> Service:
        service: Service = getattr(import_module(f"rumiai_v2.services.{module}"), name)()
        return service

    make.__name__ = name
    return make


#: Service key → how to make the service; a new one for every video.
SERVICES: dict[str, Callable[[], Service]] = {
    "yolo": _lazily("objects", "Objects"),
    "whisper": _lazily("speech", "Speech"),
    "mediapipe": _lazily("people", "People"),
    "ocr": _lazily("text", "Text"),
    "scene_detection": _lazily("scenes", "Scenes"),
    "audio_energy": _lazily("audio_energy", "AudioEnergy"),
    "emotion_detection": _lazily("expressions", "Expressions"),
}
