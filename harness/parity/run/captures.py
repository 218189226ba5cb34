"""Captures for a comparison: made once per case and configuration, also when several workers ask, or loaded."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock

from parity.pipeline.capture import Capture, load
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline, Reuse, ReuseMode
from parity.pipeline.settings import Config
from parity.run import runs
from parity.run.record import record, repeat
from parity.run.reuse import mode_of
from parity.verdict import UsageError

#: Names the capture of a run that was repeated from what the reference configuration recorded.
REPEAT = "repeat"


def repeats_of(config: Config) -> Path:
    """Where the repetitions of a run lie: beside its captures, which may be another run's."""
    return runs.folder(config) / runs.REPEATS


@dataclass
class Captures:
    """``given``: a folder of saved captures to compare; None runs the pipeline. ``run_id`` is one per comparison.

    ``ml``: how all runs come by what is costly to compute; None leaves it to the settings. ``shared`` is the folder in
    which they share it.
    """

    config: Config
    pipeline: Pipeline
    run_id: str
    given: Path | None = None
    ml: ReuseMode | None = None
    shared: Path | None = None
    loaded: dict[tuple[str, str], Capture] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the captures lie that are compared."""
        return self.given or self.config.captures

    def get(self, case: Case, configuration: str) -> Capture:
        """The capture of ``configuration`` on ``case``; whoever asks first runs it, the others wait and load."""
        key = (case.name, configuration)
        if key not in self.loaded:
            self.loaded[key] = (
                self._saved(self.given, case, configuration) if self.given else self._made(case, configuration)
            )
        return self.loaded[key]

    def repeated(self, case: Case, first: Capture) -> Capture:
        """The capture of ``first`` repeated in another process; made also for saved captures, for it takes seconds."""
        key = (case.name, REPEAT)
        if key not in self.loaded:
            folder = repeats_of(self.config) / case.name / REPEAT
            folder.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(folder.parent / f".{REPEAT}.lock"):
                _clear(folder)
                self.loaded[key] = repeat(self.pipeline, first, destination=folder, run_id=self.run_id)
        return self.loaded[key]

    def _saved(self, given: Path, case: Case, configuration: str) -> Capture:
        capture = load(given / case.name / configuration)
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
            reuse = self._reuse(case)
            return record(self.pipeline, case, configuration, destination=folder, run_id=self.run_id, reuse=reuse)

    def _reuse(self, case: Case) -> Reuse:
        mode = mode_of(self.config, self.pipeline, case, self.ml)
        if mode == "fresh" or self.pipeline.replayed(case):
            return Reuse(mode)  # a case that is a recording brings it along
        if mode == "shared":
            if self.shared is None:
                raise UsageError("runs are to share what they compute, and no folder was given: use `parity run`")
            return Reuse(mode, self.shared)
        name = self._golden_of_the_recording()
        place = self.config.golden(case.name, name)
        if not place.is_file():
            raise UsageError(
                f"--ml replay: {self.config.relative(place)} is missing; record it with `parity golden --case {case.name}`"
            )
        return Reuse(mode, place)

    def _golden_of_the_recording(self) -> str:
        recording = next(each for each in self.pipeline.artifacts if each.name == self.pipeline.recording)
        if recording.golden is None:
            raise UsageError(f"--ml replay: {recording.name} of pipeline {self.pipeline.name} has no golden to replay")
        return recording.golden


def _clear(folder: Path) -> None:
    """Remove what a killed run left half built; the caller holds the lock."""
    for left_over in folder.parent.glob(f".{folder.name}-*"):
        shutil.rmtree(left_over, ignore_errors=True)
