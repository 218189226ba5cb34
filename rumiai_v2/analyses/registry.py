"""The analyses in their fixed order. Adding one: write its file, its schema, and a line here."""

from rumiai_v2.analyses import (
    creative_density,
    emotional_journey,
    metadata_analysis,
    person_framing,
    scene_pacing,
    speech_analysis,
    visual_overlay_analysis,
)
from rumiai_v2.analyses.base import Analysis

ANALYSES: tuple[Analysis, ...] = (
    creative_density.ANALYSIS,
    emotional_journey.ANALYSIS,
    person_framing.ANALYSIS,
    scene_pacing.ANALYSIS,
    speech_analysis.ANALYSIS,
    visual_overlay_analysis.ANALYSIS,
    metadata_analysis.ANALYSIS,
)
