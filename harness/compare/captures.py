"""Captures for a comparison: made once per case and configuration, also when several workers ask, or loaded."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from harness.capture import Capture, load, record, repeat
from harness.cases import Case
from harness.config import Config
from harness.pipelines.base import Pipeline
from harness.verdict import UsageError

#: Names the capture of a run that was repeated from what the reference configuration recorded.
REPEAT = "repeat"


@dataclass
class Captures:
    """``given``: a folder of saved captures to compare; None runs the pipeline. ``run_id`` is one per comparison."""

    config: Config
    pipeline: Pipeline
    run_id: str
    given: Path | None = None
    loaded: dict[tuple[str, str], Capture] = field(default_factory=dict)

    def get(self, case: Case, configuration: str) -> Capture:
        """The capture of ``configuration`` on ``case``; whoever asks first runs it, the others wait and load."""
        key = (case.name, configuration)
        if key not in self.loaded:
            self.loaded[key] = self._saved(case, configuration) if self.given else self._made(case, configuration)
        return self.loaded[key]

    def repeated(self, case: Case, first: Capture) -> Capture:
        """The capture of ``first`` repeated in another process; made also for saved captures, for it takes seconds."""
        key = (case.name, REPEAT)
        if key not in self.loaded:
            folder = self.config.captures / case.name / REPEAT
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.parent / f".{REPEAT}.lock"):
                _clear(folder)
                self.loaded[key] = repeat(self.pipeline, first, destination=folder, run_id=self.run_id)
        return self.loaded[key]

    def _saved(self, case: Case, configuration: str) -> Capture:
        capture = load(self.given / case.name / configuration)
        if (capture.case, capture.configuration) != (case.name, configuration):
            raise UsageError(
                f"{capture.folder}: holds {capture.case} · {capture.configuration}, "
                f"expected {case.name} · {configuration}: put it back where `parity run` saved it"
            )
        return capture

    def _made(self, case: Case, configuration: str) -> Capture:
        folder = self.config.captures / case.name / configuration
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{configuration}.lock"):
            if (folder / "capture.json").is_file():
                capture = load(folder)
                if capture.run_id == self.run_id:
                    return capture
            _clear(folder)
            return record(self.pipeline, case, configuration, destination=folder, run_id=self.run_id)


def _clear(folder: Path) -> None:
    """Remove what a killed run left half built; the caller holds the lock."""
    for left_over in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left_over, ignore_errors=True)
