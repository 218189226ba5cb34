"""What is costly is computed once, shared and replayed: RumiAI with its one quick service."""

from __future__ import annotations

import dataclasses
import json
import sys

import pytest

from parity.explain.settle import SettlingSuite
from parity.pipeline import cases, settings
from parity.run.captures import Captures
from parity.verdict import PipelineError
from rumiai_parity.pipeline import RumiAI
from rumiai_parity.recorded import recording_of
from tests.harness.conftest import ROOT
from tests.runner.conftest import make_case

#: Starts the command line with its one quick service, and with what a test adds.
LAUNCHER = """
import runpy, sys
{fault}
if sys.argv[1] != "replay":
    sys.argv += ["--services", "scene_detection"]
runpy.run_module("rumiai_v2", run_name="__main__", alter_sys=True)
"""


@pytest.fixture
def quick(tmp_path):
    """``quick(fault)``: the comparison of both configurations on a small clip; ``fault`` is code in local's process."""
    make_case(tmp_path / "corpus" / "small")
    project = dataclasses.replace(
        settings.load(ROOT / "parity.toml"),
        corpus=tmp_path / "corpus",
        captures=tmp_path / "captures",
        snapshots=tmp_path / "snapshots",
    )

    def launcher(name, fault):
        file = tmp_path / f"{name}.py"
        file.write_text(LAUNCHER.format(fault=fault))
        return (sys.executable, str(file))

    def make(fault="", ml="shared", run_id="r1"):
        programs = {"production": launcher("production", ""), "local": launcher("local", fault)}
        pipeline = RumiAI(programs)
        return SettlingSuite.of(Captures(project, pipeline, run_id, ml=ml, shared=tmp_path / "shared"))

    return make


def differing(suite, artifact):
    (case,) = cases.discover(suite.config)
    (wanted,) = (each for each in suite.pipeline.artifacts if each.name == artifact)
    outcome = suite.configurations(case, wanted)
    assert outcome.comparison is not None, outcome.messages
    return [difference.path for difference in outcome.comparison.differences]


def log_of(suite, configuration):
    (case,) = cases.discover(suite.config)
    return (suite.captures.get(case, configuration).folder / "stderr.log").read_text()


def test_equal_requests_are_computed_by_one_configuration_and_loaded_by_the_other(quick):
    suite = quick()
    assert differing(suite, "report") == []
    assert differing(suite, "unified") == []
    logs = [log_of(suite, name) for name in suite.pipeline.configurations]
    assert "computed, and stored" in logs[0] and "loaded from" not in logs[0]
    assert "loaded from" in logs[1] and "computed, and stored" not in logs[1]


def test_a_parameter_that_differs_is_found_at_the_request_and_nothing_is_shared(quick):
    suite = quick("import rumiai_v2.services.scenes as scenes; scenes._BLACK = 13")
    assert differing(suite, "report") == ["services.scene_detection.request"]
    assert "loaded from" not in log_of(suite, "local")


def test_another_setting_of_the_machine_is_found_and_nothing_is_shared(quick):
    suite = quick("import os; os.environ['RUMIAI_THREADS'] = '2'")
    assert differing(suite, "report") == ["machine"]
    assert "loaded from" not in log_of(suite, "local")


def test_a_golden_is_replayed_without_asking_a_service(quick):
    first = quick(ml="fresh")
    (case,) = cases.discover(first.config)
    (unified,) = (each for each in first.pipeline.artifacts if each.name == "unified")
    golden = first.config.snapshots / "small" / "unified.json"
    golden.parent.mkdir(parents=True)
    golden.write_text(first.golden_text(case, unified))
    broken = "import rumiai_v2.services.scenes as s\ndef prepare(self): raise RuntimeError\ns.Scenes.prepare = prepare"
    suite = quick(broken, ml="replay", run_id="r2")
    assert suite.run(case, "local").passed, suite.run(case, "local").messages
    assert differing(suite, "unified") == []
    assert "recorded result taken from" in log_of(suite, "local")
    assert suite.golden(case, "local", unified).passed


@pytest.mark.parametrize("placeholder", ["<volatile>", "<environment>", "<declared>"])
def test_a_golden_whose_results_have_gaps_is_not_replayed(tmp_path, placeholder):
    golden = tmp_path / "unified.json"
    document = {
        "video_id": "1",
        "duration": 1.0,
        "metadata": {"url": "<declared>"},
        "processing_metadata": {"source": "<declared>", "media": {}, "services": {}},
        "ml_data": {"yolo": {"objectAnnotations": [{"confidence": 0.5}]}},
    }
    golden.write_text(json.dumps(document))
    with recording_of(golden) as recording:
        assert placeholder not in recording.read_text()
    document["ml_data"]["yolo"]["objectAnnotations"][0]["confidence"] = placeholder
    golden.write_text(json.dumps(document))
    with pytest.raises(PipelineError, match=r"ml_data\.yolo\.objectAnnotations\[0\]\.confidence"), recording_of(golden):
        pass
