"""All that is known of a video before its timeline is built: the hand-over from sources and services to the analyses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rumiai_v2.models.ml_result import MLResult


@dataclass(frozen=True)
class Evidence:
    """``duration`` is D (s); ``media`` are ``Media.facts()``; in older recordings width and height
    alone, or None.

    ``size`` is the upright frame (width, height) in px, None when unknown. ``results`` has all seven services.
    ``reference`` names the source; ``video`` is the path of the local file, None in a replay.
    """

    video_id: str
    metadata: Mapping[str, Any]
    duration: float
    size: tuple[int, int] | None
    media: Mapping[str, Any] | None
    results: Mapping[str, MLResult]
    reference: str
    video: str | None

    @property
    def failed_services(self) -> list[str]:
        return [name for name, result in self.results.items() if result.status == "failed"]

    @property
    def not_run_services(self) -> list[str]:
        return [name for name, result in self.results.items() if result.status == "not_run"]
