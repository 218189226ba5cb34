"""The outputs a second time, from the definitions alone: exact fractions, numpy and scipy, none of the analyses' code."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.analyses.independent.common import Json, differences
from tests.analyses.independent.creative_density import creative_density
from tests.analyses.independent.emotional_journey import emotional_journey
from tests.analyses.independent.metadata_analysis import metadata_analysis
from tests.analyses.independent.person_framing import person_framing
from tests.analyses.independent.scene_pacing import scene_pacing
from tests.analyses.independent.speech_analysis import speech_analysis
from tests.analyses.independent.temporal_markers import temporal_markers
from tests.analyses.independent.visual_overlay_analysis import visual_overlay_analysis

__all__ = ["DERIVED", "differences"]

DERIVED: dict[str, Callable[[Mapping[str, Any]], Json]] = {
    "creative_density": creative_density,
    "emotional_journey": emotional_journey,
    "person_framing": person_framing,
    "scene_pacing": scene_pacing,
    "speech_analysis": speech_analysis,
    "visual_overlay_analysis": visual_overlay_analysis,
    "metadata_analysis": metadata_analysis,
    "temporal_markers": temporal_markers,
}
