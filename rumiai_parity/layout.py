"""Where things lie in a checkout and in a case, and the names that the parts of an analysis have."""

from __future__ import annotations

from pathlib import Path

from parity.contract import registry

ROOT = Path(__file__).parents[1]


def _prefixes() -> dict[str, str]:
    """Prefix of the six blocks in the result form, by analysis, as its schema states it; temporal markers have none."""
    schemas = {path: registry.read(path) for path in sorted((ROOT / "schemas").glob("*.schema.json"))}
    return {
        path.name.removesuffix(".schema.json"): schema["x-parity-prefix"]
        for path, schema in schemas.items()
        if "x-parity-prefix" in schema
    }


PREFIXES = _prefixes()
BLOCKS = ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality")
FORMS = ("result", "ml", "complete")
CLIP, METADATA, STORYBOARD = "clip.mp4", "metadata.json", "storyboard.yaml"
#: A case with this alone must fail.
FAILURE = "failure.yaml"
#: A case with these instead is replayed from a recording of the services' results.
RECORDED, REPLAY = "recorded.json", "replay.yaml"
