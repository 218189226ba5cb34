"""The unified analysis: one JSON document with everything the analyses need; also the file that a replay reads."""

from __future__ import annotations

import json
import logging
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rumiai_v2 import CONTRACT_VERSION
from rumiai_v2.models.evidence import Evidence
from rumiai_v2.models.timeline import Timeline
from rumiai_v2.timeline.builder import prompt_format

log = logging.getLogger(__name__)

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
    """What a unified file says it was made from; None where it does not say (files of the deployed system)."""

    source: str | None
    sha256: str | None


def origin_of(path: Path) -> Origin | None:
    """Where the unified file at ``path`` came from; None when there is no such file or it is not readable as one."""
    try:
        processing = json.loads(path.read_bytes())["processing_metadata"]
        told = (processing.get("source"), (processing.get("media") or {}).get("sha256"))
        return Origin(*(value if isinstance(value, str) else None for value in told))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.warning("%s is not a unified analysis (%s): it will be replaced", path, error)
        return None
