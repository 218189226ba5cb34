"""Which leaves of the outputs may have one value, or none, in every case, and why a null is there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

FORMAT = "marks the format"
LEGACY = "kept for consumers of the old report"
NOT_MEASURABLE = "not measurable (docs/decisions.md): always null"
REPEATS = "repeats"
PROVENANCE = "changes with the models, not with the video"
NO_WEIGHTS = "the service has no weights"

SERVICES = ("yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy", "emotion_detection")
_KINDS = ("object", "speech", "text", "sticker", "pose", "gaze", "face", "gesture", "scene_change", "scene", "emotion")
#: Services with fewer than two files of weights.
_WEIGHTS = {
    "yolo": PROVENANCE, "whisper": PROVENANCE, "emotion_detection": PROVENANCE,
    "scene_detection": NO_WEIGHTS, "audio_energy": NO_WEIGHTS,
}  # fmt: skip


def _all(reason: str, *paths: str) -> dict[str, str]:
    return dict.fromkeys(paths, reason)


#: Artifact → path → reason.
LEAVES: Mapping[str, Mapping[str, str]] = {
    "unified": {
        "temporalMarkers.**": f"{REPEATS} the file of the temporal markers",
        **_all(FORMAT, *(f"timeline.entries[*]<{kind}>.entry_type" for kind in _KINDS)),
        **_all(FORMAT, *(f"ml_data.{service}<2>.metadata.processed" for service in SERVICES)),
        **_all(FORMAT, *(f"ml_data.{service}<2>.metadata.success" for service in ("whisper", "audio_energy"))),
        **_all(
            FORMAT,
            "processing_metadata.contract_version",
            "timeline.entries[*]<text>.data.size",
            "timeline.entries[*]<text>.data.style",
            "timeline.entries[*]<sticker>.data.type",
            "timeline.entries[*]<sticker>.data.value",
            "timeline.entries[*]<pose>.data.landmarks",
            "timeline.entries[*]<pose>.data.action",
            "timeline.entries[*]<face>.data.source",
            "textTimeline.*[*].size",
            "textTimeline.*[*].style",
            "ml_data.mediapipe<2>.poses[*].landmarks",
            "ml_data.ocr<2>.stickers[*].type",
            "ml_data.ocr<2>.metadata.model",
            "ml_data.audio_energy<2>.metadata.model",
            "ml_data.audio_energy<2>.metadata.method",
            "ml_data.emotion_detection<2>.timeline.*<no_face>.no_face",
        ),
    },
    "return": {
        "report.**": f"{REPEATS} the file of the report",
        **_all(FORMAT, "stage", "error_type", "exit_code"),
        **_all(LEGACY, "metrics.active_timers[*]"),
    },
    "report": {
        **_all(FORMAT, "contract_version", "processing_metrics.active_timers[*]"),
        **_all(LEGACY, "total_cost", "total_tokens", "prompt_details.*.tokens", "prompt_details.*.cost"),
        **_all(LEGACY, *(f"feature_flags.{flag}" for flag in ("ml_precompute", "python_only", "output_format"))),
        **_all(FORMAT, "prompts_total", "video_metrics.total_videos"),
        **{
            f"services.{service}.weights[*].{field}": reason
            for service, reason in _WEIGHTS.items()
            for field in ("name", "sha256")
        },
    },
    "failure": {**_all(FORMAT, "success"), **_all(LEGACY, "metrics.active_timers[*]")},
    "person_framing.result": _all(
        NOT_MEASURABLE,
        "personFramingPatterns.cinematicStyle",
        "personFramingPatterns.framingTechnique",
        "personFramingQuality.framingAppropriate",
        "personFramingQuality.visualEngagement",
        "personFramingQuality.professionalLevel",
        "personFramingQuality.overallScore",
    ),
    "scene_pacing.result": _all(
        NOT_MEASURABLE,
        "scenePacingInteractions.narrativeFlow",
        "scenePacingPatterns.rhythmStructure",
        "scenePacingQuality.engagementPacing",
        "scenePacingQuality.viewerRetention",
        "scenePacingQuality.editingQuality",
        "scenePacingQuality.overallScore",
    ),
    "speech_analysis.result": {
        **_all(FORMAT, "speechDynamics.speechBursts[*].type"),
        **_all(
            NOT_MEASURABLE,
            "speechDynamics.temporalAlignment.lip_sync_quality",
            "speechQuality.engagement",
            "speechQuality.overallScore",
        ),
    },
}


def null_reasons(document: Mapping[str, Any], prefix: str, blocks: Sequence[str]) -> dict[str, str]:
    """Path in ``document`` (list indices left out) → reason code, from its ``missingDataPoints``."""
    listed = document.get(f"{prefix}Quality" if prefix else "metadata", {}).get("missingDataPoints", [])
    found = {}
    for point in listed:
        path, _, code = point.partition(":")
        block, dot, rest = path.partition(".")
        found[f"{prefix}{block}{dot}{rest}" if block in blocks else path] = code
    return found
