"""One run from a source to published outputs, by every configuration (long: the one code path, read from the top)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from rumiai_v2.analyses.base import Analysis
from rumiai_v2.crash import reported
from rumiai_v2.errors import AnalysisError, Defect, InputError, OutputError, RumiError, Stopped
from rumiai_v2.failure import failure
from rumiai_v2.metrics import Metrics
from rumiai_v2.models.evidence import Evidence
from rumiai_v2.outputs.file_sets import stage_set, to_json
from rumiai_v2.outputs.files import is_same
from rumiai_v2.outputs.ownership import Places
from rumiai_v2.outputs.publication import Publication
from rumiai_v2.outputs.reading import standing_unified
from rumiai_v2.outputs.report import build_report
from rumiai_v2.outputs.stamps import OPEN, stamped
from rumiai_v2.pipeline import AnalysisOutcome, ServiceRegistry, ServiceRuns, run_analysis, select
from rumiai_v2.progress import Progress, Silent
from rumiai_v2.redact import redacted_document, watch_logs
from rumiai_v2.results import choose_results
from rumiai_v2.services.base import ServiceInfo
from rumiai_v2.settings import Settings
from rumiai_v2.sources.base import Source
from rumiai_v2.sources.replay import Recording

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class RunnerConfig:
    """A runner configuration: a source (URL, file or recording) and the choices of this run. Nothing else may differ.

    ``only`` names the services to run (None: all). ``analyses`` and ``services`` default to the registries.
    """

    source: Source | Recording
    settings: Settings
    only: tuple[str, ...] | None = None
    allow_partial: bool = False
    replace_id: bool = False
    services: ServiceRegistry | None = None
    analyses: tuple[Analysis, ...] | None = None
    progress: Progress = field(default_factory=Silent)


@dataclass(frozen=True)
class RunResult:
    """``returned`` is the return structure (JSON), ``exit_code`` what the process ends with."""

    returned: dict[str, Any]
    exit_code: int


def run(config: RunnerConfig) -> RunResult:
    """Analyse one video and publish its outputs; a failure is returned as a structure, never raised.

    After a failure nothing of the run is left: no staged file, no partial set, no downloaded video.
    """
    watch_logs()
    result = _Run(config).execute()
    return RunResult(redacted_document(result.returned), result.exit_code)


class _Run:
    """The state of one run: what to take back if it fails."""

    def __init__(self, config: RunnerConfig) -> None:
        from rumiai_v2.analyses.registry import ANALYSES
        from rumiai_v2.services.registry import SERVICES

        self.config = config
        self.settings = config.settings
        self.services = SERVICES if config.services is None else config.services
        self.analyses = ANALYSES if config.analyses is None else config.analyses
        self.metrics = Metrics()
        self.publication = Publication()
        self.label: str | None = None
        self.video_id: str | None = None
        self.downloaded: Path | None = None
        self.runs: ServiceRuns | None = None

    def execute(self) -> RunResult:
        finished = False
        try:
            result = self._execute()
            finished = True
            return result
        except (RumiError, Stopped) as error:
            log.error("%s", error)
            return self._failure(error, str(error), error.exit_code)
        except (Exception, SystemExit) as error:  # a library that ends the process ends this run alone
            said = reported(error)
            log.error("%s", said)
            return self._failure(error, said, Defect.exit_code)
        finally:
            if not finished:
                self.publication.discard()
            if self.downloaded is not None:
                self.downloaded.unlink(missing_ok=True)

    def _execute(self) -> RunResult:
        evidence = self._gather()
        with self._stage("building_timeline"):
            from rumiai_v2.timeline.builder import build_timeline
            from rumiai_v2.timeline.unified import unified_document

            ml_data = {name: result.data for name, result in evidence.results.items()}
            timeline = build_timeline(evidence.video_id, evidence.duration, ml_data, size=evidence.size)
            unified = unified_document(evidence, timeline, None)
            self.metrics.count("timeline_entries", len(timeline.entries))
        with self._stage("generating_temporal_markers"):
            from rumiai_v2.timeline import temporal_markers

            now = datetime.now(UTC)
            compute = partial(temporal_markers.temporal_markers, generated_at=now.isoformat())
            markers = run_analysis(Analysis(temporal_markers.NAME, "", compute), unified)
        folder = self.settings.insights_dir / evidence.video_id
        complete: dict[str, Path] = {}
        with self._stage("saving_analysis"):
            unified = unified_document(evidence, timeline, markers.ml_form)
            unified_path = self._unified_path(evidence.video_id)
            unified_bytes = to_json(unified)
            if markers.ml_form is not None:
                complete[markers.analysis.name] = self._stage_outcome(markers, folder)
        with self._stage("running_precompute_functions"):
            outcomes = []
            for done, analysis in enumerate(self.analyses):
                self.config.progress.advance(done / len(self.analyses), analysis.name)
                outcome = run_analysis(analysis, unified)
                if outcome.ml_form is not None:
                    complete[analysis.name] = self._stage_outcome(outcome, folder)
                outcomes.append(outcome)
        with self._stage("generating_report"):
            report = build_report(
                evidence,
                outcomes,
                markers=markers,
                services=self._service_infos(evidence),
                device=self._device(evidence),
                machine=self._machine(),
                metrics=self.metrics,
            )
            report_path = folder / f"report_{OPEN}.json"
            if not self._is_its_own_recording(unified_path):
                self.publication.stage(unified_path, unified_bytes)
            self.publication.stage(report_path, to_json(report))
            stamp = self.publication.commit(now)
        markers_path = complete.get(markers.analysis.name)
        outputs = {
            "video": evidence.video,
            "unified": str(unified_path),
            "temporal": str(stamped(markers_path, stamp)) if markers_path else None,
            "insights": str(folder),
            "report": str(stamped(report_path, stamp)),
        }
        self._begin("completed")
        return self._success(evidence, outputs, report, [markers, *outcomes])

    def _gather(self) -> Evidence:
        source = self.config.source
        if isinstance(source, Recording):
            return self._gather_recorded(source)
        only = select(self.services, self.config.only)
        source_of_results = choose_results(self.settings)
        with self._stage("scraping_metadata"):
            described = source.describe()
            self.video_id = described.video_id
        with self._stage("downloading_video"):
            from rumiai_v2.media.open import Limits, check_media, hash_file

            settings = self.settings
            places = self._places(described.video_id)
            self.publication.begin(places)
            if source.owns_file:
                self._make_temp_folder()
            partial_file = self.publication.partial(places.video_file)
            path = source.fetch(described, partial_file, self.config.progress.advance)
            kept = self._keep(path, described.video_id) if source.owns_file else path
            limits = Limits(duration=settings.max_duration)
            check_media(path, limits=limits)
            self._check_id_is_free(described.video_id, hash_file(path), source.reference)
        with self._stage("running_ml_analysis"):
            from rumiai_v2.media.open import open_media

            progress = self.config.progress
            self.runs = ServiceRuns(self.services, only, self.config.allow_partial, self.metrics, source_of_results)
            observers = self.runs.prepare()
            self._log_device()
            progress.advance(0.0, "decoding")
            media = open_media(path, limits=limits, observers=observers, count=self.metrics.count)
            self.metrics.count("frames_sampled", len(media.video.frames))
            self.metrics.count("frames_decoded", media.video.frame_count)
            results = self.runs.analyse(media, progress.advance)
        return Evidence(
            video_id=described.video_id,
            metadata=described.metadata.to_dict(),
            duration=media.video.duration,
            size=(media.video.width, media.video.height),
            media=media.facts(),
            results=results,
            reference=source.reference,
            video=str(kept) if kept else None,
        )

    def _gather_recorded(self, source: Recording) -> Evidence:
        with self._stage("scraping_metadata"):
            unified = standing_unified(source.path, self._places(source.path.stem))
            evidence = source.evidence(unified)
            self.video_id = evidence.video_id
        with self._stage("downloading_video"):
            self.publication.begin(self._places(evidence.video_id))
            if not self._is_its_own_recording(self._unified_path(evidence.video_id)):
                sha256 = evidence.media.get("sha256") if evidence.media else None
                self._check_id_is_free(evidence.video_id, sha256, evidence.reference)
        with self._stage("running_ml_analysis"):
            return evidence

    def _make_temp_folder(self) -> None:
        folder = self.settings.temp_dir
        try:
            self.publication.make_folder(folder)
        except OSError as error:
            raise OutputError(
                f"download folder {folder}: cannot be made ({error.strerror or error}); check RUMIAI_TEMP_DIR"
            ) from None

    def _keep(self, partial_file: Path, video_id: str) -> Path | None:
        """Where a downloaded video will stay: published with the outputs, so that a failed run replaces no earlier one."""
        if self.settings.cleanup_video:
            self.downloaded = partial_file
            return None
        target = self._places(video_id).video_file
        self.publication.adopt(target)
        return target

    def _places(self, video_id: str) -> Places:
        settings = self.settings
        return Places(video_id, settings.insights_dir / video_id, settings.unified_dir, settings.temp_dir)

    def _unified_path(self, video_id: str) -> Path:
        return self._places(video_id).unified_file

    def _is_its_own_recording(self, unified_path: Path) -> bool:
        """A replay never overwrites the recording it reads."""
        source = self.config.source
        return isinstance(source, Recording) and is_same(source.path, unified_path)

    def _check_id_is_free(self, video_id: str, sha256: str | None, reference: str) -> None:
        """Stop when this id was recorded with other media from another source (a re-encode of the same source may).

        What nothing tells to be of this pipeline is never replaced unasked.
        """
        from rumiai_v2.timeline.unified import origin_of

        path = self._unified_path(video_id)
        known = origin_of(path)
        if self.config.replace_id or known is None:
            return
        if known.unproven is not None:
            raise InputError(
                f"video id {video_id!r} is taken: {path} was there before, and nothing tells that it is of this pipeline "
                f"({known.unproven}); move it away, give this video another id with --id, or replace it with --replace-id"
            )
        if known.sha256 in (None, sha256) or known.source == reference:
            return
        raise InputError(
            f"video id {video_id!r} is taken: {path} was made from {known.source} (SHA-256 {known.sha256[:16]}…), "
            f"this run is of {reference} (SHA-256 {(sha256 or 'unknown')[:16]}…); "
            "give this video another id with --id, or replace the old one with --replace-id"
        )

    def _stage_outcome(self, outcome: AnalysisOutcome, folder: Path) -> Path:
        analysis = outcome.analysis
        assert outcome.ml_form is not None
        return stage_set(
            self.publication,
            folder,
            analysis=analysis.name,
            prefix=analysis.prefix,
            ml_form=outcome.ml_form,
        )

    def _service_infos(self, evidence: Evidence) -> Mapping[str, ServiceInfo | None]:
        if isinstance(self.config.source, Recording):
            return dict.fromkeys(evidence.results)
        return {name: make().describe() for name, make in self.services.items()}

    def _device(self, evidence: Evidence) -> Mapping[str, Any]:
        if isinstance(self.config.source, Recording):
            return {"kind": None, "name": None, "memory_bytes": None}
        from rumiai_v2.services.environment import device_summary

        return device_summary()

    def _machine(self) -> str | None:
        if isinstance(self.config.source, Recording):
            return None
        from rumiai_v2.services.request import digest_of, machine

        return digest_of(machine())

    def _log_device(self) -> None:
        from rumiai_v2.services.environment import device_summary

        device = device_summary()
        memory = f", {device['memory_bytes'] / 2**30:.1f} GiB" if device["memory_bytes"] else ""
        log.info("models run on %s%s", "the CPU" if device["kind"] == "cpu" else device["name"], memory)

    def _begin(self, label: str) -> None:
        self.label = label
        self.config.progress.stage(label)

    def _stage(self, label: str) -> AbstractContextManager[None]:
        self._begin(label)
        return self.metrics.stage(label)

    def _success(
        self, evidence: Evidence, outputs: dict[str, Any], report: dict[str, Any], outcomes: Iterable[AnalysisOutcome]
    ) -> RunResult:
        returned: dict[str, Any] = {
            "success": True,
            "video_id": evidence.video_id,
            "outputs": outputs,
            "report": report,
            "metrics": self.metrics.snapshot(),
        }
        if evidence.failed_services:
            returned["failed_services"] = evidence.failed_services
        failed = [o for o in outcomes if o.error is not None]
        if not failed:
            return RunResult(returned, 0)
        error = AnalysisError(
            "; ".join(f"analysis {o.analysis.name}: {o.error}" for o in failed)
            + "; no file of it was written, the other outputs are saved"
        )
        returned |= {
            "success": False,
            "stage": "running_precompute_functions",
            "error": str(error),
            "error_type": type(error).__name__,
            "failed_analyses": [o.analysis.name for o in failed],
            "exit_code": error.exit_code,
        }
        return RunResult(returned, error.exit_code)

    def _failure(self, error: BaseException, message: str, exit_code: int) -> RunResult:
        stage = getattr(error, "stage", None) or self.label
        returned = failure(
            message, error_type=type(error).__name__, exit_code=exit_code, stage=stage, video_id=self.video_id
        )
        returned["metrics"] = self.metrics.snapshot()
        if self.runs is not None:
            failed = [name for name, result in self.runs.results.items() if result.status == "failed"]
            if failed:
                returned["failed_services"] = failed
        return RunResult(returned, exit_code)
