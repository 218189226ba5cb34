"""All analyses: every module of this package that defines ``ANALYSIS``. Adding one is adding its file (and its schema)."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules

from rumiai_v2 import analyses
from rumiai_v2.analyses.base import Analysis

#: Consumers of the report know these in this order; others follow by name.
_FIRST = (
    "creative_density",
    "emotional_journey",
    "person_framing",
    "scene_pacing",
    "speech_analysis",
    "visual_overlay_analysis",
    "metadata_analysis",
)


def discover() -> tuple[Analysis, ...]:
    """The analyses of the package, in their fixed order."""
    modules = (
        import_module(f"{analyses.__name__}.{found.name}")
        for found in iter_modules(analyses.__path__)
        if found.name != "registry"
    )
    found = [module.ANALYSIS for module in modules if hasattr(module, "ANALYSIS")]
    return tuple(sorted(found, key=lambda a: (_FIRST.index(a.name) if a.name in _FIRST else len(_FIRST), a.name)))


ANALYSES = discover()
