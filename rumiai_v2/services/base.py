"""The protocol every ML service follows, and what it tells about itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from rumiai_v2.media.types import FrameObserver, Media


@dataclass(frozen=True)
class WeightInfo:
    """One model file: where it came from (``setting``, ``cache``, ``offline_pack``, ``download``) and its hash."""

    name: str
    sha256: str
    source: str | None
    path: str | None


@dataclass(frozen=True)
class ServiceInfo:
    """What runs: goes to the report and to ``doctor``. ``problem`` says why it is not ready and what to do."""

    service: str
    library: str
    version: str | None
    weights: tuple[WeightInfo, ...]
    device: str
    problem: str | None = None


class Service(Protocol):
    """One ML library. A service is made for one video and then thrown away.

    ``needs`` names the services whose results ``analyse`` gets in ``upstream`` (the stage graph).
    Nothing heavy is imported before ``prepare``; imports and model loading happen in ``prepare`` or ``analyse``.
    """

    name: str
    needs: tuple[str, ...]

    def describe(self) -> ServiceInfo:
        """What would run, without loading a model or importing the library."""
        ...

    def prepare(self) -> FrameObserver | None:
        """Called before the decode pass; an observer that is returned sees every frame of it."""
        ...

    def analyse(self, media: Media, upstream: Mapping[str, dict[str, Any]]) -> dict[str, Any]:
        """The service's JSON document for this video; raises on failure, returns empty lists for no detections."""
        ...
