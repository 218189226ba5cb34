"""What a service is asked: everything its result depends on, as one JSON document with a digest."""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rumiai_v2.media.types import Media
from rumiai_v2.services import environment
from rumiai_v2.services.base import Service

_PACKAGE = Path(__file__).parent.parent
#: The code that makes results.
_CODE = ("media", "services", "analyses/events.py")


@dataclass(frozen=True)
class Request:
    """Equal ``asked`` on equal ``machine`` give equal results.

    ``asked``: input, parameters, weights, and what the results it builds on were asked. ``machine``: whatever else
    a result depends on, the same for every service of a run.
    """

    service: str
    asked: Mapping[str, Any]
    machine: Mapping[str, Any]

    @functools.cached_property
    def digest(self) -> str:
        """SHA-256 of what was asked."""
        return digest_of(self.asked)

    @functools.cached_property
    def key(self) -> str:
        """SHA-256 of everything that the result depends on."""
        return digest_of(self.to_json())

    def to_json(self) -> dict[str, Any]:
        """The full request."""
        return {"asked": dict(self.asked), "machine": dict(self.machine)}


def digest_of(document: Any) -> str:
    """SHA-256 of the canonical JSON, 64 hexadecimal digits."""
    return hashlib.sha256(canonical(document)).hexdigest()


def canonical(document: Any) -> bytes:
    """JSON with sorted keys and nothing between its parts: equal for equal documents."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def request_for(service: Service, media: Media, upstream: Mapping[str, str]) -> Request:
    """What ``service`` is asked about ``media``; ``upstream`` has the digest of the request behind each result it needs."""
    info = service.describe()
    looked_at: dict[str, Any] = {name: _INPUTS[name](media) for name in service.reads}
    asked = {
        "service": service.name,
        "input": {"duration": media.video.duration, **looked_at},
        "upstream": dict(upstream),
        "parameters": service.parameters(),
        "weights": [[weight.name, weight.sha256] for weight in info.weights],
        "library": info.library,
    }
    return Request(service.name, asked, machine())


def machine() -> dict[str, Any]:
    """What results depend on besides what is asked (JSON): versions, device, threads, code."""
    return {
        "versions": {name: environment.installed(name) for name in environment.LIBRARIES},
        "device": environment.device_or_unknown(),
        "threads": environment.threads(),
        "code": code(),
    }


@functools.cache
def code() -> str:
    """SHA-256 over the source files that make results, by name."""
    digest = hashlib.sha256()
    for part in _CODE:
        place = _PACKAGE / part
        for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
            digest.update(f"{file.relative_to(_PACKAGE).as_posix()}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _frames(media: Media) -> dict[str, Any]:
    video = media.video
    size = {"width": video.width, "height": video.height, "scale": video.scale}
    return {"fingerprint": video.fingerprint, "spacing": video.spacing, **size}


def _every_frame(media: Media) -> dict[str, Any]:
    return {"fingerprint": media.video.decoded_fingerprint, "count": media.video.frame_count}


def _audio(media: Media) -> dict[str, Any] | None:
    audio = media.audio
    return {"fingerprint": audio.fingerprint, "sample_rate": audio.sample_rate} if audio else None


_INPUTS: Mapping[str, Callable[[Media], dict[str, Any] | None]] = {
    "frames": _frames,
    "every_frame": _every_frame,
    "audio": _audio,
}
