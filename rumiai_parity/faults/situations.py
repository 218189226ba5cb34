"""The scenes of a drill: conditions that both configurations run under, so that a drift has the occasion to show.

A scene whose runs must fail says how; the ordinary one changes nothing.
"""

from __future__ import annotations

import contextlib
import dataclasses
import errno
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn
from unittest.mock import patch

from rumiai_parity.faults.recorded import wrap

FAILING_ANALYSIS = "scene_pacing"
FAILING_SERVICE = "ocr"
#: Longer than any video of the corpus, so that the memory guard never depends on the machine's load.
_NEVER = float("inf")


@dataclass(frozen=True)
class Situation:
    """``arrange``: what is patched in both processes. ``settings``: environment variables; ``dotenv``: text of ``.env``.

    ``options`` are added to the arguments, ``bare`` leaves only the configuration's name. ``ends`` is None for runs that
    succeed, else exit code, stage and error type; ``publishes``: outputs are published all the same. ``without``: inputs
    that are missing. ``alone``: only the local configuration can be in it.
    """

    says: str
    arrange: tuple[Callable[[], None], ...] = ()
    settings: Mapping[str, str] = dataclasses.field(default_factory=dict)
    dotenv: str = ""
    options: tuple[str, ...] = ()
    bare: bool = False
    ends: tuple[int, str | None, str] | None = None
    publishes: bool = False
    failed: str | None = None
    without: tuple[str, ...] = ()
    alone: bool = False
    killed_at: str | None = None
    #: Whether the goldens of the case hold for it.
    golden: bool = True


class Raised(RuntimeError):
    """What a part dies of."""


def _calm() -> None:
    from rumiai_v2 import metrics

    metrics.GUARD_PROCESS_GB = metrics.GUARD_SYSTEM_PERCENT = _NEVER


def _full_memory() -> None:
    from rumiai_v2 import metrics

    metrics.GUARD_PROCESS_GB = 0.0


def _failing_analysis() -> None:
    from rumiai_v2.analyses import registry

    def compute(unified: Mapping[str, Any]) -> NoReturn:
        raise Raised("made to fail")

    registry.ANALYSES = tuple(
        dataclasses.replace(each, compute=compute) if each.name == FAILING_ANALYSIS else each
        for each in registry.ANALYSES
    )


def _failing_markers() -> None:
    from rumiai_v2.timeline import temporal_markers

    def compute(unified: Mapping[str, Any], **_: Any) -> NoReturn:
        raise Raised("made to fail")

    temporal_markers.temporal_markers = compute


def _failing_service() -> None:
    def change(service: Any) -> None:
        def analyse(media: Any, upstream: Any) -> NoReturn:
            raise Raised("made to fail")

        service.analyse = analyse

    wrap(FAILING_SERVICE, change)


def _missing_weights() -> None:
    def change(service: Any) -> None:
        described = service.describe()
        service.describe = lambda: dataclasses.replace(described, problem="weights file yolo.pt is not there")

    wrap("yolo", change)


def _full_disk() -> None:
    from rumiai_v2.outputs.publication import Publication

    stage = Publication.stage

    def full(descriptor: int) -> NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    def stage_on_full_disk(self: Any, target: Path, content: bytes) -> None:
        is_full = target.parent.name == "unified_analysis"
        with patch.object(os, "fsync", full) if is_full else contextlib.nullcontext():
            stage(self, target, content)

    patch.object(Publication, "stage", stage_on_full_disk).start()


SITUATIONS: Mapping[str, Situation] = {
    "plain": Situation("an ordinary run", (_calm,)),
    "full memory": Situation("the machine's memory is full", (_full_memory,)),
    "settings": Situation(
        "folders are set in the environment", (_calm,), golden=False,
        settings={"RUMIAI_INSIGHTS_DIR": "results/insights", "RUMIAI_UNIFIED_DIR": "results/unified_analysis"},
    ),
    "dotenv": Situation(
        "folders are set in .env", (_calm,), golden=False,
        dotenv="RUMIAI_INSIGHTS_DIR=results/insights\nRUMIAI_UNIFIED_DIR=results/unified_analysis\n",
    ),
    "quiet": Situation("LOG_LEVEL=ERROR is set in .env", (_calm,), dotenv="LOG_LEVEL=ERROR\n"),
    "python only": Situation(
        "USE_PYTHON_ONLY_PROCESSING=true is set in .env, and the sound is not analysed", (_calm,), golden=False,
        dotenv="USE_PYTHON_ONLY_PROCESSING=true\n",
        options=("--services", "yolo,whisper,mediapipe,ocr,scene_detection,emotion_detection"),
    ),
    "named": Situation("the id is given with --id", (_calm,), options=("--id", "drill"), golden=False),
    "analysis fails": Situation(
        "an analysis raises", (_calm, _failing_analysis), publishes=True, failed=FAILING_ANALYSIS,
        ends=(1, "running_precompute_functions", "AnalysisError"),
    ),
    "markers fail": Situation(
        "the temporal markers raise", (_calm, _failing_markers), publishes=True, failed="temporal_markers",
        ends=(1, "running_precompute_functions", "AnalysisError"),
    ),
    "service fails": Situation(
        "a service raises", (_calm, _failing_service), ends=(4, "running_ml_analysis", "ServiceError"),
    ),
    "no weights": Situation(
        "a model file is missing", (_calm, _missing_weights), ends=(4, "running_ml_analysis", "WeightsError"),
    ),
    "full disk": Situation(
        "the disk is full when the unified file is written", (_calm, _full_disk),
        ends=(1, "generating_report", "OutputError"),
    ),
    "no file": Situation(
        "the video file is not there", (_calm,), without=("clip.mp4",), alone=True,
        ends=(1, "downloading_video", "InputError"),
    ),
    "no argument": Situation("no video is named", (_calm,), bare=True, ends=(2, None, "UsageError")),
    "killed at a set": Situation("killed while the first complete file appears", (_calm,), killed_at="complete"),
    "killed at the unified file": Situation("killed while the unified file appears", (_calm,), killed_at="unified"),
    "killed in an analysis": Situation("killed while an analysis computes", (_calm,), killed_at="analysis"),
}  # fmt: skip
