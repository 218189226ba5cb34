"""The unified analysis: one JSON document with everything the analyses need; also the file that a replay reads."""

from __future__ import annotations

import json
import stat
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rumiai_v2 import CONTRACT_VERSION
from rumiai_v2.models.evidence import Evidence
from rumiai_v2.models.timeline import Timeline
from rumiai_v2.timeline.builder import prompt_format

#: Key in ``pipeline_status`` of each service that has one (``scene`` is the old name of scene_detection).
STATUS_KEYS = {"yolo": "yolo", "mediapipe": "mediapipe", "ocr": "ocr", "scene": "scene_detection", "whisper": "whisper"}


def unified_document(evidence: Evidence, timeline: Timeline, markers: Mapping[str, Any] | None) -> dict[str, Any]:
    """Assemble the document; ``temporalMarkers`` is present only once they were generated."""
    results = evidence.results
    document: dict[str, Any] = {
        "video_id": evidence.video_id,
        "metadata": dict(evidence.metadata),
        "duration": evidence.duration,
        "pipeline_status": {key: results[service].success for key, service in STATUS_KEYS.items()}
        | {"temporal": markers is not None},
        "processing_metadata": {
            "timeline_entries": len(timeline.entries),
            "entry_types": dict(sorted(Counter(e.entry_type for e in timeline.entries).items())),
            "duration": evidence.duration,
            "contract_version": CONTRACT_VERSION,
            "source": evidence.reference,
            "media": dict(evidence.media) if evidence.media else None,
            "services": {name: {"status": r.status, "error": r.error} for name, r in results.items()},
        },
    }
    if markers is not None:
        document["temporalMarkers"] = dict(markers)
    document["timeline"] = timeline.to_dict()
    for kind in ("speech", "text", "object"):
        document[f"{kind}Timeline"] = prompt_format(timeline, kind)
    document["ml_data"] = {name: dict(result.data) for name, result in results.items()}
    return document


@dataclass(frozen=True)
class Origin:
    """What a unified file says it was made from; None where it does not say.

    ``unproven``: why nothing tells that this pipeline wrote it (the deployed system names no source); None where it did.
    """

    source: str | None = None
    sha256: str | None = None
    unproven: str | None = None


def origin_of(path: Path) -> Origin | None:
    """Where what stands at ``path`` came from; None when nothing is there, or its folder cannot be reached."""
    try:
        kind = path.stat().st_mode
    except OSError:
        return None  # whoever writes there says what is wrong with the folder
    if not stat.S_ISREG(kind):
        return Origin(unproven="it is no file")
    try:
        processing = json.loads(path.read_bytes())["processing_metadata"]
        said = processing.get("source"), (processing.get("media") or {}).get("sha256")
        known = Origin(*(value if isinstance(value, str) else None for value in said))
    except OSError as error:
        return Origin(unproven=f"it cannot be read: {error.strerror}")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return Origin(unproven="it is no unified analysis, or one of an older system")
    if known.source is None:
        return Origin(unproven="it does not say what it was made from, as in an older system")
    return known
