"""What a drill asks of RumiAI: scenes with a fault in the local configuration, and what is special to its captures."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from parity.pipeline.capture import Capture
from parity.pipeline.case import Case
from parity.pipeline.parts import RUN, Ending, Failing, Job
from parity.pipeline.settings import Config
from parity.run.record import record
from parity.tools.drill.fault import Fault, Finding, Staged
from parity.tools.sync.rules import Finding as SyncFinding
from rumiai_parity.faults import catalogue
from rumiai_parity.faults.situations import SITUATIONS, Situation
from rumiai_parity.log_lines import log_lines
from rumiai_parity.pipeline import RumiAI

_LAUNCHER = "rumiai_parity.faults"


class _Scene(RumiAI):
    """The pipeline under the conditions of one situation, with a fault in the local configuration."""

    def __init__(self, situation: str, fault: Fault | None, recording: Path) -> None:
        start = (sys.executable, "-m", _LAUNCHER, "--recorded", str(recording), "--scene", situation)
        super().__init__({"production": (*start, "none"), "local": (*start, fault.id if fault else "none")})
        self.situation: Situation = SITUATIONS[situation]
        self.dotenv = recording.parent / "dotenv"
        self.dotenv.write_text(self.situation.dotenv, encoding="utf-8")

    def failing(self, case: Case) -> Failing | None:
        ends = self.situation.ends
        if ends is None:
            return None
        code, stage, kind = ends
        if self.situation.bare:
            return Failing(dict.fromkeys(self.configurations, Ending(code, RUN, {})), (RUN,))
        artifact = "return" if self.situation.publishes else "failure"
        ending = Ending(code, artifact, {"success": False, "exit_code": code, "stage": stage, "error_type": kind})
        names = [a.name for a in self.artifacts if a.name.partition(".")[0] != self.situation.failed]
        artifacts = tuple(names) if self.situation.publishes else ("failure", RUN)
        return Failing(dict.fromkeys(self.configurations, ending), artifacts)

    def log_lines(self, capture: Capture) -> list[str]:
        """Here the machine's load is arranged, so what it decides must be the same too."""
        return log_lines(capture, load=True)

    @contextmanager
    def job(self, case: Case, configuration: str) -> Iterator[Job]:
        situation = self.situation
        with super().job(case, configuration) as job:
            argv = (*self.programs[configuration], configuration) if situation.bare else (*job.argv, *situation.options)
            inputs = {name: path for name, path in job.inputs.items() if name not in situation.without}
            if situation.dotenv:
                inputs[".env"] = self.dotenv
            env = {**job.env, **situation.settings}
            yield replace(job, argv=argv, env=env, inputs=inputs, may_fail=situation.ends is not None, timeout_s=120.0)


class RumiAIRehearsal:
    """``parity.tools.drill.fault.Rehearsal`` for RumiAI."""

    faults = catalogue.FAULTS
    spared = catalogue.SPARED
    case = catalogue.CASE

    def stage(self, config: Config, fault: Fault | None, scene: str, case: Case, folder: Path) -> Staged:
        folder.mkdir(parents=True, exist_ok=True)
        recording = folder / "recorded.json"
        recording.write_bytes(config.golden(case.name, "unified.json").read_bytes())
        pipeline = _Scene(scene, fault, recording)
        situation = SITUATIONS[scene]
        first, second = (self._captured(pipeline, case, name, folder, fault) for name in pipeline.configurations)
        golden = situation.golden and situation.ends is None and situation.killed_at is None
        return Staged(pipeline, case, first, second, alone=situation.alone, golden=golden)

    def _captured(self, pipeline: _Scene, case: Case, configuration: str, folder: Path, fault: Fault | None) -> Capture:
        """Production's capture is the same for every fault of a scene, so it is made once."""
        name = configuration if fault is None or configuration == "production" else fault.id
        kept = folder / name
        if configuration == "production" and (kept / "capture.json").is_file():
            from parity.pipeline.capture import load

            return load(kept)
        return record(pipeline, case, configuration, destination=kept, run_id="drill")

    def sync(self, config: Config, fault: Fault | None) -> list[Finding]:
        from parity.tools.sync.command import load_rules
        from parity.tools.sync.rules import check
        from parity.tools.sync.tree import Changed, Folder
        from rumiai_parity.faults.source_edits import EDITS

        tree, rules = Folder(config.root), load_rules(config)
        before = check(tree, rules).findings
        if fault is None:
            return [_of_sync(each) for each in before]
        path, edit = EDITS[fault.id]
        text = tree.read(path).decode("utf-8")
        after = check(Changed(tree, {path: edit(text).encode("utf-8")}), rules).findings
        known = {(each.rule, each.file, each.what) for each in before}
        return [_of_sync(each) for each in after if (each.rule, each.file, each.what) not in known]

    def frame_seconds(self, document: Any) -> float:
        return 1.0 / float((document["processing_metadata"]["media"] or {}).get("fps") or 30.0)

    def frame_pixels(self, document: Any) -> tuple[int, int]:
        media = document["processing_metadata"]["media"] or {}
        return media.get("width") or 360, media.get("height") or 640

    def weights(self, config: Config) -> dict[str, str]:
        from rumiai_v2.services.weights import SPECS

        return {spec.name: spec.sha256[0] for spec in SPECS.values()}


def _of_sync(finding: SyncFinding) -> Finding:
    text = f"{finding.file}:{finding.line}: {finding.what}; expected {finding.expected}, got {finding.got}"
    return Finding("sync", f"sync {finding.rule}", text)


REHEARSAL = RumiAIRehearsal()
