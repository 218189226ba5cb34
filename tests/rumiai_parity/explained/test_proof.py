"""A broken service and a broken formula are told apart by running each side's data through the other side's code."""

from __future__ import annotations

import json
import re

import jsonschema
import pytest

from parity.pipeline.stages import Graph
from parity.verdict import UsageError
from rumiai_parity.pipeline import PIPELINE
from tests.rumiai_parity.explained.world import ROOT, perturbed, recording

BOTH_WRONG = dict.fromkeys(("production", "local"), perturbed("longer_scenes"))


def other_texts(document):
    for annotation, text in zip(
        document["ml_data"]["ocr"]["textAnnotations"], ("LINK IN BIO NOW", "HELO", "SAVE 20"), strict=False
    ):
        annotation["text"] = text


def less_sure(document):
    for annotation in document["ml_data"]["yolo"]["objectAnnotations"]:
        annotation["confidence"] *= 0.9


def unwrapped(text: str) -> str:
    """A summary with its lines joined, so that a sentence can be looked for."""
    return re.sub(r"\s+", " ", text)


def by_stage(report):
    return {cause["stage"]: cause for cause in report["causes"]}


def test_a_perturbed_service_is_one_cause_and_the_analyses_are_proven_innocent(world):
    world.change("clip", other_texts)
    report = world.compare()
    assert [cause["stage"] for cause in report["causes"]] == ["ocr"]
    text = unwrapped(report["text"])
    assert "1 cause: 1. service ocr: 3 texts of ml_data.ocr.textAnnotations[*].text differ" in text
    assert "first diverging stage: service ocr (stage 4, 0 being the decoded media) in clip" in text
    assert (
        "the analysis code is innocent: fed with the golden's data, local's code reproduces 25 of 25 artifacts exactly "
        "(clip)" in text
    )
    assert "the reverse, only service ocr of local: changes timeline, temporal_markers," in text
    assert "ml_data.ocr.textAnnotations[0].text: golden 'TWENTY WORDS', local 'LINK IN BIO NOW'" in text
    assert "parity diff snapshots/clip run/captures/clip/local --field '*text'" in text
    cause = report["causes"][0]
    assert cause["proven"]
    assert all(follow["proven"] for follow in cause["follows"])
    assert {follow["stage"] for follow in cause["follows"]} >= {
        "timeline",
        "temporal_markers",
        "visual_overlay_analysis",
    }
    assert report["unexplained"]["total"] == 0
    assert (report["verdict"], report["first_diverging_stage"]["stage"]) == ("drift", "ocr")
    assert cause["differences"] == sum(result["differences_total"] for result in report["results"])
    schema = json.loads((ROOT / "harness/parity/schemas/parity-report.schema.json").read_text(encoding="utf-8"))
    written = json.loads(json.dumps({name: value for name, value in report.items() if name != "text"}))
    jsonschema.Draft202012Validator(schema).validate(written)


def test_a_perturbed_formula_is_one_cause_and_the_services_are_proven_innocent(world):
    report = world.compare(BOTH_WRONG)
    assert [cause["stage"] for cause in report["causes"]] == ["scene_pacing"]
    text = unwrapped(report["text"])
    assert "1 cause: 1. analysis scene_pacing: CoreMetrics.averageSceneDuration differs" in text
    assert (
        "the services are innocent: what it reads is equal, and fed with the golden's data it still differs "
        "(scene_pacing.result, scene_pacing.ml, scene_pacing.complete); 22 of 25 artifacts are reproduced exactly"
        in text
    )
    assert "largest 1 s, allowed " in text and "a tolerance of 1 s would pass" in text
    cause = report["causes"][0]
    assert cause["proven"] and not cause["follows"]
    assert cause["paths"] == ["CoreMetrics.averageSceneDuration"]
    assert cause["values"] == 1 and len(cause["artifacts"]) == 3


def test_a_perturbed_service_and_a_perturbed_formula_are_two_causes(world):
    world.change("clip", less_sure)
    report = world.compare(BOTH_WRONG)
    causes = by_stage(report)
    assert set(causes) == {"yolo", "scene_pacing"} and len(report["causes"]) == 2
    assert causes["yolo"]["kind"] == "scale" and "× 0.9 (20 values)" in causes["yolo"]["title"]
    text = unwrapped(report["text"])
    assert (
        "fed with the golden's data, local's code reproduces 22 of 25 artifacts exactly; what it does not is analysis "
        "scene_pacing, a cause of its own" in text
    )
    assert "the services are innocent of this: fed with the golden's data it still differs (scene_pacing." in text
    assert {follow["stage"] for follow in causes["yolo"]["follows"]} == {"timeline", "creative_density"}
    assert causes["scene_pacing"]["follows"] == []
    assert report["first_diverging_stage"]["stage"] == "yolo"


def test_a_formula_that_only_one_configuration_has_wrong_is_proven_with_the_others_data(world):
    report = world.compare({"production": perturbed("longer_scenes")})
    cause = by_stage(report)["scene_pacing"]
    assert len(report["causes"]) == 1
    assert {(each["check"], each["configuration"]) for each in cause["comparisons"]} == {
        ("configurations", "local"),
        ("golden", "production"),
    }
    assert cause["proven"]


def test_what_reads_a_broken_stage_in_the_same_run_is_not_called_innocent(world):
    report = world.compare({"local": perturbed("late_entries")})
    assert [cause["stage"] for cause in report["causes"]] == ["timeline"]
    cause = report["causes"][0]
    assert cause["kind"] == "shift" and "shifted by +0.2 s" in cause["title"]
    assert any("their own part cannot be told apart" in each for each in cause["proof"])
    assert not any(follow["proven"] for follow in cause["follows"])


class TestTransplant:
    def test_a_golden_leaves_no_placeholder_in_a_recording(self):
        golden = json.loads((ROOT / "golden/snapshots/text_heavy/unified.json").read_text(encoding="utf-8"))
        own = recording("text_heavy")
        own["ml_data"]["ocr"]["textAnnotations"][0]["text"] = "MINE"
        made = PIPELINE.transplant(own, golden, Graph(PIPELINE.stages).of_kind("source", "media", "service"))
        assert not re.search(r'"<(volatile|environment|declared|the artifact)', json.dumps(made))
        assert made["processing_metadata"]["source"] == "clip.mp4"
        assert made["ml_data"]["ocr"] == golden["ml_data"]["ocr"]
        assert own["ml_data"]["ocr"]["textAnnotations"][0]["text"] == "MINE"

    def test_only_the_named_stage_is_taken(self):
        recipient, donor = recording("text_heavy"), recording("text_heavy")
        other_texts(donor)
        less_sure(donor)
        made = PIPELINE.transplant(recipient, donor, ["ocr"])
        assert made["ml_data"]["ocr"] == donor["ml_data"]["ocr"]
        assert made["ml_data"]["yolo"] == recipient["ml_data"]["yolo"]

    def test_what_every_run_computes_cannot_be_transplanted(self):
        with pytest.raises(
            UsageError, match="'timeline' is computed by every run; what can be transplanted is: source"
        ):
            PIPELINE.transplant({}, {}, ["timeline"])


class TestStageGraph:
    def test_services_and_their_needs_are_those_of_the_registry(self):
        from rumiai_v2.services.registry import SERVICES

        stages = [stage for stage in PIPELINE.stages if stage.kind == "service"]
        assert [stage.name for stage in stages] == list(SERVICES)
        for stage in stages:
            assert set(stage.needs) - {"media"} == set(SERVICES[stage.name]().needs)

    def test_analyses_are_those_of_the_registry(self):
        from rumiai_v2.analyses.registry import ANALYSES

        names = {stage.name for stage in PIPELINE.stages if stage.kind == "analysis"}
        assert names == {analysis.name for analysis in ANALYSES}

    def test_every_leaf_of_a_run_has_a_stage(self):
        graph = Graph(PIPELINE.stages)
        for artifact in PIPELINE.artifacts:
            assert graph.stage_of(artifact.name, "") is not None or artifact.name == "unified"
        for key in recording("text_heavy"):
            stage = graph.stage_of("unified", key)
            assert stage is not None, key
        assert graph.stage_of("unified", "ml_data.ocr.textAnnotations[0].text").name == "ocr"
        assert graph.stage_of("report", "services.ocr.status").name == "ocr"
        assert graph.stage_of("unified", "processing_metadata.media.frames_fingerprint").kind == "media"
