"""A working folder in which one runner configuration can be run for real: in this process, or as its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rumiai_parity.platform import Platform
from rumiai_v2.analyses.base import Analysis
from rumiai_v2.runner import RunnerConfig, RunResult, run
from rumiai_v2.settings import load_settings
from rumiai_v2.sources.local_file import LocalFile
from rumiai_v2.sources.tiktok import TikTok

#: The one real service that is quick enough to run in every test.
QUICK = ("scene_detection",)


def failing_analysis(name: str = "creative_density") -> Analysis:
    def compute(unified: Mapping[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError("made to fail")

    return Analysis(name, "density", compute)


@dataclass
class World:
    """``folder`` is the working folder; ``case`` holds clip.mp4 and metadata.json."""

    configuration: str
    folder: Path
    case: Path
    platform: Platform | None
    environment: dict[str, str] = field(default_factory=dict)

    def source(self) -> Any:
        settings = load_settings()
        if self.platform is not None:
            return TikTok(self.platform.url_of(self.case), settings)
        return LocalFile(self.case / "clip.mp4", metadata=self.case / "metadata.json")

    def run(self, **choices: Any) -> RunResult:
        """Run in this process; ``choices`` are fields of ``RunnerConfig``."""
        choices.setdefault("only", QUICK)
        return run(RunnerConfig(source=self.source(), settings=load_settings(), **choices))

    def process(self, *options: str, environment: Mapping[str, str] | None = None, script: str | None = None):
        """Run the command line as its own process; ``script`` replaces ``-m rumiai_v2`` by Python code."""
        if self.platform is not None:
            arguments = ["production", self.platform.url_of(self.case)]
        else:
            arguments = ["local", str(self.case / "clip.mp4"), "--metadata", str(self.case / "metadata.json")]
        start = ["-c", script] if script else ["-m", "rumiai_v2"]
        return subprocess.run(
            [sys.executable, *start, *arguments, "--services", ",".join(QUICK), *options],
            cwd=self.folder,
            env={**os.environ, **self.environment, **(environment or {})},
            capture_output=True,
            text=True,
            timeout=300,
        )

    @property
    def video_id(self) -> str:
        return json.loads((self.case / "metadata.json").read_text())["id"]

    def files(self) -> list[str]:
        return sorted(str(p.relative_to(self.folder)) for p in self.folder.rglob("*") if p.is_file())

    def assert_nothing_left(self) -> None:
        """No temporary file, no partial set, no published output."""
        assert self.files() == []

    def assert_failed(
        self, result: RunResult, *, exit_code: int, stage: str | None, error_type: str, says: list[str]
    ) -> None:
        """The failure structure is complete and its message names what it must."""
        returned = result.returned
        assert (result.exit_code, returned["exit_code"]) == (exit_code, exit_code)
        assert returned["success"] is False
        assert (returned["error_type"], returned["stage"]) == (error_type, stage)
        for text in says:
            assert text in returned["error"], returned["error"]
