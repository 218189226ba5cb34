"""What each fault does: functions that patch ``rumiai_v2``, by fault id (long: a list, some lines for each fault)."""

from __future__ import annotations

import dataclasses
import functools
import hashlib
import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

PATCHES: dict[str, Callable[[], None]] = {}

MARKERS = "temporal_markers"
_ORIGIN = ("source", "processing_mode", "version", "contract_version")


def _fault(identity: str) -> Callable[[Callable[[], None]], Callable[[], None]]:
    def keep(patch: Callable[[], None]) -> Callable[[], None]:
        PATCHES[identity] = patch
        return patch

    return keep


def _around(holder: Any, name: str, change: Callable[..., Any]) -> None:
    """Replace ``holder.name`` by ``change``, which gets the original as its first argument."""
    setattr(holder, name, functools.partial(change, getattr(holder, name)))


def _method(holder: type, name: str, change: Callable[..., Any]) -> None:
    """The same for a method: ``change`` gets the original and then the object."""
    original = getattr(holder, name)

    @functools.wraps(original)
    def changed(self: Any, *arguments: Any, **named: Any) -> Any:
        return change(original, self, *arguments, **named)

    setattr(holder, name, changed)


def _change_analysis(name: str, change: Callable[[Callable[..., Any], Any], Any]) -> None:
    from rumiai_v2.analyses import registry

    registry.ANALYSES = tuple(
        dataclasses.replace(each, compute=functools.partial(change, each.compute)) if each.name == name else each
        for each in registry.ANALYSES
    )


# ── the twelve items, and the extra row ──────────────────────────────────────────────────────────────────────


def _without_origin(concerns: Callable[[str], bool]) -> None:
    from rumiai_v2.outputs import file_sets

    def form(made: Callable[..., Any], analysis: str, *rest: Any) -> dict[str, Any]:
        document = made(analysis, *rest)
        return {k: v for k, v in document.items() if k not in _ORIGIN} if concerns(analysis) else document

    _around(file_sets, "complete_form", form)


@_fault("item-1")
def complete_files_without_origin() -> None:
    _without_origin(lambda analysis: analysis != MARKERS)


def _leak_audio() -> None:
    from rumiai_v2.media import open as opened

    def extract(made: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        audio = made(*arguments, **named)
        with tempfile.NamedTemporaryFile(suffix=".wav", delete=False) as left:
            left.write(audio.samples.tobytes() if audio is not None else b"")
        return audio

    _around(opened, "extract_audio", extract)


@_fault("item-2")
def audio_is_left_behind() -> None:
    _leak_audio()


@_fault("item-3")
def prefix_of_another_name() -> None:
    from rumiai_v2.outputs import file_sets

    def form(made: Callable[..., Any], ml_form: Any, prefix: str) -> Any:
        return made(ml_form, "overlays" if prefix == "visualOverlay" else prefix)

    _around(file_sets, "result_form", form)


def _write_plainly(concerns: Callable[[Path], bool]) -> None:
    from rumiai_v2.outputs.publication import Publication
    from rumiai_v2.outputs.stamps import FORMAT, stamped

    began = datetime.now(UTC)

    def stage(staged: Callable[..., None], self: Any, target: Path, content: bytes) -> None:
        if not concerns(target):
            staged(self, target, content)
            return
        place = stamped(target, began.strftime(FORMAT))
        self.make_folder(place.parent)
        with open(place, "wb") as out:
            out.write(content)

    _method(Publication, "stage", stage)


@_fault("item-4")
def plain_writes() -> None:
    _write_plainly(lambda target: target.parent.name != "unified_analysis")


@_fault("item-5")
def plain_write_of_the_unified_file() -> None:
    _write_plainly(lambda target: target.parent.name == "unified_analysis")


@_fault("item-6")
def no_device_line() -> None:
    from rumiai_v2.runner import _Run

    _method(_Run, "_log_device", lambda made, self: None)


@_fault("item-7")
def new_service_unknown() -> None:
    from rumiai_v2 import runner

    _around(runner, "select", lambda made, *rest: [name for name in made(*rest) if name != "emotion_detection"])


@_fault("item-8")
def no_report() -> None:
    from rumiai_v2 import cli
    from rumiai_v2.outputs.publication import Publication

    def stage(staged: Callable[..., None], self: Any, target: Path, content: bytes) -> None:
        if not target.name.startswith("report_"):
            staged(self, target, content)

    def write(written: Callable[..., None], path: Path, returned: dict[str, Any]) -> None:
        outputs = {k: v for k, v in returned["outputs"].items() if k != "report"}
        written(path, {k: v for k, v in returned.items() if k != "report"} | {"outputs": outputs})

    _method(Publication, "stage", stage)
    _around(cli, "_write_return", write)


@_fault("item-9")
def small_summary_returned() -> None:
    from rumiai_v2 import cli

    def write(written: Callable[..., None], path: Path, returned: dict[str, Any]) -> None:
        report = returned["report"]
        summary = {
            "video_id": returned["video_id"],
            "duration": report["duration"],
            "ml_results_count": len(report["services"]),
            "timeline_entries": report["processing_metrics"]["counters"]["timeline_entries"],
            "analyses_generated": list(report["prompt_details"]),
            "success": True,
            "outputs": returned["outputs"],  # so that the video is told from what the run left behind
        }
        written(path, summary)

    _around(cli, "_write_return", write)


@_fault("item-10")
def no_metrics() -> None:
    from rumiai_v2.metrics import Metrics

    def snapshot(made: Callable[..., Any], self: Any) -> dict[str, Any]:
        return {k: v for k, v in made(self).items() if k not in ("memory", "counters")}

    _method(Metrics, "snapshot", snapshot)


@_fault("item-11")
def dotenv_not_loaded() -> None:
    from rumiai_v2 import cli

    cli._load_env_file = lambda: None


@_fault("item-12")
def another_processing_mode() -> None:
    from rumiai_v2 import runner
    from rumiai_v2.outputs import file_sets

    def form(made: Callable[..., dict[str, Any]], analysis: str, *rest: Any) -> dict[str, Any]:
        return made(analysis, *rest) | {"source": "prompt", "processing_mode": "prompt"}

    def report(made: Callable[..., Any], *arguments: Any, **named: Any) -> dict[str, Any]:
        document: dict[str, Any] = made(*arguments, **named)
        return document | {"feature_flags": document["feature_flags"] | {"python_only": False}}

    _around(file_sets, "complete_form", form)
    _around(runner, "build_report", report)


@_fault("extra")
def error_files_of_failed_analyses() -> None:
    from rumiai_v2 import runner

    def analyse(made: Callable[..., Any], analysis: Any, unified: Any) -> Any:
        outcome = made(analysis, unified)
        if outcome.error is None:
            return outcome
        return dataclasses.replace(outcome, ml_form={"error": outcome.error, "success": False})

    _around(runner, "run_analysis", analyse)


# ── the list of all differences ──────────────────────────────────────────────────────────────────────────────


@_fault("D1")
def only_the_path_is_read() -> None:
    from rumiai_v2.sources.local_file import LocalFile

    def init(made: Callable[..., None], self: Any, path: Path, **_: Any) -> None:
        made(self, path, metadata=Path("metadata.json"))

    _method(LocalFile, "__init__", init)


@_fault("D2")
def id_from_the_file_name() -> None:
    from rumiai_v2.sources.local_file import LocalFile

    _method(LocalFile, "_identify", lambda made, self, metadata: (self.path.stem, "the name of the file"))


class _Mock:
    """Metadata that exports another shape than the platform's."""

    def __init__(self, real: Any) -> None:
        self.real = real

    def to_dict(self) -> dict[str, Any]:
        return {
            "id": self.real.id,
            "text": f"Test video - {self.real.id}",
            "createTime": 1_700_000_000,
            "createTimeISO": "2023-11-14T22:13:20+00:00",
            "authorMeta": {"id": "1", "name": "test", "nickName": "Test"},
            "musicMeta": {"musicName": "original", "musicAuthor": "test"},
            "videoMeta": {"duration": 1, "width": 360, "height": 640},
            "diggCount": 0, "shareCount": 0, "playCount": 0, "commentCount": 0,
            "hashtags": [],
            "duration": 1.0,
        }  # fmt: skip


def _describe(change: Callable[[Any], Any]) -> None:
    from rumiai_v2.sources.local_file import LocalFile

    def describe(made: Callable[..., Any], self: Any) -> Any:
        described = made(self)
        return dataclasses.replace(described, metadata=change(described.metadata))

    _method(LocalFile, "describe", describe)


@_fault("D3")
def metadata_of_another_shape() -> None:
    _describe(_Mock)


@_fault("D3a")
def invented_counts_and_dates() -> None:
    invented: dict[str, Any] = {
        "views": 0, "likes": 0, "comments": 0, "shares": 0, "saves": None, "url": None, "music": {}, "author": {},
        "create_time": "1970-01-01T00:00:00+00:00",
    }  # fmt: skip
    _describe(lambda metadata: metadata.model_copy(update=invented))


@_fault("D4")
def duration_of_the_platform() -> None:
    from rumiai_v2 import runner

    def evidence(made: Callable[..., Any], **fields: Any) -> Any:
        return made(**fields | {"duration": float(int(fields["metadata"]["duration"]))})

    _around(runner, "Evidence", evidence)


@_fault("D5")
def literal_folders() -> None:
    from rumiai_v2 import settings

    def load(made: Callable[[], Any]) -> Any:
        return made().model_copy(
            update={"insights_dir": Path("insights"), "unified_dir": Path("unified_analysis"), "temp_dir": Path("temp")}
        )

    _around(settings, "load_settings", load)


@_fault("D6")
def sound_needs_the_temp_folder() -> None:
    from rumiai_parity.faults.recorded import wrap

    def change(service: Any) -> None:
        analyse = service.analyse

        def needs_a_folder(media: Any, upstream: Any) -> Any:
            with tempfile.TemporaryFile(dir="temp"):
                return analyse(media, upstream)

        service.analyse = needs_a_folder

    wrap("audio_energy", change)


@_fault("D7")
def dotenv_loaded_too_late() -> None:
    from rumiai_v2 import cli, settings

    late = cli._load_env_file
    cli._load_env_file = lambda: None

    def load(made: Callable[[], Any]) -> Any:
        found = made()
        late()
        return found

    _around(settings, "load_settings", load)


@_fault("D8")
def speech_depends_on_a_mode() -> None:
    def compute(made: Callable[..., Any], unified: Mapping[str, Any]) -> Any:
        if os.environ.get("USE_PYTHON_ONLY_PROCESSING") == "true" and not unified["ml_data"]["audio_energy"]:
            raise ValueError("audio energy is required in python-only mode")
        return made(unified)

    _change_analysis("speech_analysis", compute)


@_fault("D9")
def models_not_checked() -> None:
    from rumiai_v2.pipeline import ServiceRuns

    _method(ServiceRuns, "_check_ready", lambda made, self, service: None)


@_fault("D10")
def a_stamp_per_file_set() -> None:
    from rumiai_v2 import runner

    saved = iter(range(100))

    def stage(made: Callable[..., Path], *arguments: Any, **named: Any) -> Path:
        return made(*arguments, stamp=f"20260101_{next(saved):06d}", **named)

    _around(runner, "stage_set", stage)


@_fault("D11")
def saved_as_soon_as_computed() -> None:
    from rumiai_v2.runner import _Run

    def stage(made: Callable[..., Path], self: Any, *rest: Any) -> Path:
        path = made(self, *rest)
        self.publication.commit(datetime.now(UTC))
        self.publication.begin(self._places(self.video_id))
        return path

    _method(_Run, "_stage_outcome", stage)


@_fault("D12")
def unified_file_published_first() -> None:
    from rumiai_v2.outputs.publication import Publication

    def commit(made: Callable[..., str], self: Any, now: datetime) -> str:
        self._staged.sort(key=lambda staged: staged.target.parent.name != "unified_analysis")
        return made(self, now)

    _method(Publication, "commit", commit)


@_fault("D13")
def input_changed_under_the_others() -> None:
    def compute(made: Callable[..., Any], unified: Any) -> Any:
        result = made(unified)
        unified["timeline"]["entries"].clear()
        return result

    _change_analysis("creative_density", compute)


@_fault("D14")
def failed_analysis_ends_the_run() -> None:
    from rumiai_v2 import runner
    from rumiai_v2.errors import OutputError

    def analyse(made: Callable[..., Any], analysis: Any, unified: Any) -> Any:
        outcome = made(analysis, unified)
        if outcome.error is not None:
            raise OutputError(f"analysis {analysis.name}: {outcome.error}")
        return outcome

    _around(runner, "run_analysis", analyse)


@_fault("D15")
def partial_files_left_behind() -> None:
    from rumiai_v2.outputs.publication import Publication

    _method(Publication, "discard", lambda made, self: None)


@_fault("D16")
def failure_raised_through() -> None:
    from rumiai_v2.runner import _Run

    _method(_Run, "execute", lambda made, self: self._execute())


@_fault("D17")
def success_in_any_case() -> None:
    from rumiai_v2.runner import RunResult, _Run

    def success(made: Callable[..., Any], self: Any, *rest: Any) -> Any:
        returned = made(self, *rest).returned
        told = ("success", "video_id", "outputs", "report", "metrics")
        return RunResult({key: returned[key] for key in told} | {"success": True}, 0)

    _method(_Run, "_success", success)


@_fault("D18")
def other_lines_on_stdout_and_stderr() -> None:
    from rumiai_v2 import console

    def listen(made: Callable[..., None], level: str) -> None:
        made(level)
        logging.getLogger().setLevel(logging.INFO)
        logging.getLogger("third.party").info("loading a model")

    _method(console.ConsoleProgress, "stage", lambda made, self, label: None)
    _around(console, "set_up_logging", listen)


@_fault("D19")
def log_level_ignored() -> None:
    from rumiai_v2 import console

    _around(console, "set_up_logging", lambda made, level: made("INFO"))


@_fault("D20")
def no_memory_guard() -> None:
    from rumiai_v2.metrics import Metrics

    _method(Metrics, "guard_memory", lambda made, self: None)


@_fault("D21")
def audio_is_left_behind_by_failures() -> None:
    _leak_audio()


@_fault("D22")
def copy_of_the_video_kept() -> None:
    from rumiai_v2.sources.local_file import LocalFile

    def fetch(made: Callable[..., Path], self: Any, described: Any, temp_dir: Path, progress: Any) -> Path:
        path = made(self, described, temp_dir, progress)
        temp_dir.mkdir(exist_ok=True, parents=True)
        shutil.copyfile(path, temp_dir / f"{described.video_id}.mp4")
        return path

    _method(LocalFile, "fetch", fetch)


@_fault("D23")
def markers_without_origin() -> None:
    _without_origin(lambda analysis: analysis == MARKERS)


@_fault("D24")
def error_markers_saved() -> None:
    from rumiai_v2 import runner

    def analyse(made: Callable[..., Any], analysis: Any, unified: Any) -> Any:
        outcome = made(analysis, unified)
        return dataclasses.replace(outcome, ml_form={}) if analysis.name == MARKERS and outcome.error else outcome

    _around(runner, "run_analysis", analyse)


@_fault("D25")
def outputs_under_a_hash() -> None:
    from rumiai_parity.faults.recorded import wrap

    def change(service: Any) -> None:
        analyse = service.analyse

        def keeps_a_copy(media: Any, upstream: Any) -> Any:
            found = analyse(media, upstream)
            name = hashlib.md5(str(media.path).encode()).hexdigest()[:12]
            folder = Path("object_detection_outputs") / name
            folder.mkdir(parents=True)
            (folder / f"{name}_yolo_detections.json").write_text(json.dumps(found))
            return found

        service.analyse = keeps_a_copy

    wrap("yolo", change)


@_fault("D26")
def missing_file_raised_before_the_run() -> None:
    from rumiai_v2.sources.local_file import LocalFile

    def init(made: Callable[..., None], self: Any, path: Path, **named: Any) -> None:
        if not path.exists():
            raise FileNotFoundError(f"video not found: {path}")
        made(self, path, **named)

    _method(LocalFile, "__init__", init)


@_fault("D27")
def metadata_file_ignored() -> None:
    from rumiai_v2.sources.local_file import LocalFile

    def init(made: Callable[..., None], self: Any, path: Path, **named: Any) -> None:
        made(self, path, **named | {"metadata": None})

    _method(LocalFile, "__init__", init)


@_fault("D28")
def missing_argument_ends_with_1() -> None:
    import click

    from rumiai_v2 import cli

    def main(made: Callable[..., Any], **named: Any) -> Any:
        try:
            return made(**named)
        except click.UsageError:
            print("Usage: python local_video_runner.py <video_path>")
            raise click.exceptions.Exit(1) from None

    _around(cli, "cli", main)
