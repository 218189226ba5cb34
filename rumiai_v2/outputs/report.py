"""The report: what ran, on what, how long it took, what failed. Every number is measured in this run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rumiai_v2 import CONTRACT_VERSION
from rumiai_v2.metrics import Metrics
from rumiai_v2.models.evidence import Evidence
from rumiai_v2.models.ml_result import MLResult
from rumiai_v2.pipeline import AnalysisOutcome
from rumiai_v2.services.base import ServiceInfo


def build_report(
    evidence: Evidence,
    outcomes: Iterable[AnalysisOutcome],
    *,
    markers: AnalysisOutcome,
    services: Mapping[str, ServiceInfo | None],
    device: Mapping[str, Any],
    machine: str | None,
    metrics: Metrics,
) -> dict[str, Any]:
    """The report document (JSON). ``prompt_*``, ``total_*`` and ``feature_flags`` keep the old names for consumers.

    ``services`` has None for a service whose library is unknown (a replayed recording), and ``machine``, the digest
    of what all results depend on besides their requests, is None there.
    """
    outcomes = list(outcomes)
    results = evidence.results
    failed = [o.analysis.name for o in (markers, *outcomes) if o.error is not None]
    success = int(not failed)
    return {
        "video_id": evidence.video_id,
        "duration": evidence.duration,
        "contract_version": CONTRACT_VERSION,
        "ml_analyses_complete": all(result.success for result in results.values()),
        "ml_completion_details": {name: result.success for name, result in results.items()},
        "failed_services": evidence.failed_services,
        "not_run_services": evidence.not_run_services,
        "temporal_markers_generated": markers.error is None,
        "failed_analyses": failed,
        "prompts_successful": sum(o.error is None for o in outcomes),
        "prompts_total": len(outcomes),
        "total_cost": 0.0,
        "total_tokens": 0,
        "prompt_details": {
            o.analysis.name: {"success": o.error is None, "error": o.error, "tokens": 0, "cost": 0.0, "time": o.seconds}
            for o in outcomes
        },
        "processing_metrics": metrics.snapshot() | {"stage_seconds": metrics.stage_seconds},
        "video_metrics": {
            "total_videos": 1,
            "successful": success,
            "failed": 1 - success,
            "success_rate": float(success),
            "average_ml_times": {name: r.seconds for name, r in results.items() if r.status != "not_run"},
            "average_analysis_times": {markers.analysis.name: markers.seconds},  # the others: prompt_details
        },
        "memory_usage": metrics.memory_usage(),
        "device": dict(device),
        "machine": machine,
        "weights_sources": _weights_sources(services.values()),
        "services": {name: _service(services.get(name), result) for name, result in results.items()},
        "feature_flags": {"ml_precompute": True, "python_only": True, "output_format": "v2"},
    }


def _weights_sources(services: Iterable[ServiceInfo | None]) -> str | None:
    """Where the model files came from, in one text: ``offline_pack: a.pt, b.task; setting: c.pt``; None in a replay."""
    files: dict[str, list[str]] = {}
    for info in services:
        for weight in info.weights if info else ():
            files.setdefault(weight.source or "unknown", []).append(weight.name)
    return "; ".join(f"{source}: {', '.join(names)}" for source, names in sorted(files.items())) or None


def _service(info: ServiceInfo | None, result: MLResult) -> dict[str, Any]:
    return {
        "status": result.status,
        "error": result.error,
        "request": result.request,
        "library": info.library if info else None,
        "version": info.version if info else None,
        "weights": [{"name": w.name, "sha256": w.sha256} for w in info.weights] if info else [],
    }
