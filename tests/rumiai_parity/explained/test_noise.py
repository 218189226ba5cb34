"""What follows from noise is no drift where a run proves it; other encodings are compared with tolerances, and said first."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.rumiai_parity.explained.test_proof import unwrapped
from tests.rumiai_parity.explained.world import ROOT, World, perturbed, recording


def fourth_text_at(document, moment):
    document["ml_data"]["ocr"]["textAnnotations"][3]["timestamp"] = moment


@pytest.fixture(scope="module")
def on_the_edge(tmp_path_factory):
    """A text begins 0.4 ms before a full second; a run may put it 0.8 ms later, into the next second."""
    document = recording("text_heavy")
    fourth_text_at(document, 0.9996)
    return World.make(tmp_path_factory.mktemp("edge") / "base", clip=document)


@pytest.fixture
def edge(on_the_edge, tmp_path):
    return on_the_edge.copy(tmp_path / "project")


def failing(report):
    return sorted((r["check"], r["artifact"]) for r in report["results"] if r["verdicts"] != ["parity"])


class TestToleratedDifferences:
    def test_what_follows_from_them_is_listed_and_counted_as_flips_and_is_no_drift(self, edge):
        edge.change("clip", lambda document: fourth_text_at(document, 1.0004))
        report = edge.compare()
        assert failing(report) == []
        assert (report["verdict"], report["causes"]) == ("parity", [])
        followed = {(each["artifact"], each["configuration"]) for each in report["follows_from_flips"]}
        assert ("unified", "local") in followed and ("unified", "production") in followed
        assert report["counts"]["golden"]["differing"] == 0
        assert (
            "follow from flips and tolerated differences, as runs on the expected side's data have proven"
            in unwrapped(report["text"])
        )

    def test_they_excuse_nothing_when_the_code_does_not_reproduce_the_golden(self, edge):
        edge.change("clip", lambda document: fourth_text_at(document, 1.0004))
        report = edge.compare(dict.fromkeys(("production", "local"), perturbed("longer_scenes")))
        assert report["verdict"] == "drift"
        assert [cause["stage"] for cause in report["causes"]] == ["scene_pacing"]
        assert {artifact for _, artifact in failing(report)} == {
            f"scene_pacing.{form}" for form in ("ml", "result", "complete")
        }

    def test_beyond_tolerance_they_are_drift_and_so_is_what_follows(self, edge):
        edge.change("clip", lambda document: fourth_text_at(document, 1.2))
        report = edge.compare()
        assert report["verdict"] == "drift"
        assert report["follows_from_flips"] == []
        assert [cause["stage"] for cause in report["causes"]] == ["ocr"]


class TestFlips:
    @pytest.fixture
    def schemas(self, tmp_path):
        """The schemas, in which a text may flip when the reader is hardly sure of it."""
        folder = tmp_path / "schemas"
        shutil.copytree(ROOT / "schemas", folder)
        file = folder / "services/ocr.schema.json"
        schema = json.loads(file.read_text(encoding="utf-8"))
        schema["properties"]["textAnnotations"]["x-parity"]["flip"] = {"score": "confidence", "class": "text"}
        file.write_text(json.dumps(schema), encoding="utf-8")
        tolerances = json.loads((folder / "tolerances.json").read_text(encoding="utf-8"))
        tolerances["flips"]["text"] = {"threshold": 0.5, "margin": 0.01, "budget": 0.05, "provenance": "for this test"}
        (folder / "tolerances.json").write_text(json.dumps(tolerances), encoding="utf-8")
        return folder

    @pytest.mark.parametrize(("confidence", "verdict"), [(0.503, "parity"), (0.6, "drift")])
    def test_a_text_that_hardly_passed_may_be_missing_with_all_that_follows(
        self, schemas, tmp_path, confidence, verdict
    ):
        document = recording("text_heavy")
        document["ml_data"]["ocr"]["textAnnotations"][4]["confidence"] = confidence
        world = World.make(tmp_path / "project", schemas=schemas, clip=document)
        world.change("clip", lambda changed: changed["ml_data"]["ocr"]["textAnnotations"].pop(4))
        report = world.compare()
        assert report["verdict"] == verdict, report["text"]
        if verdict == "parity":
            assert {each["artifact"] for each in report["follows_from_flips"]} >= {"unified", "report"}
        else:
            assert [(cause["stage"], cause["kind"]) for cause in report["causes"]] == [("ocr", "removal")]


class TestOtherEncodings:
    def other_file(self, **media):
        document = recording("text_heavy")
        document["processing_metadata"]["media"] |= media
        return document

    def test_another_file_is_said_first_and_is_compared_with_tolerances(self, world):
        other = self.other_file(sha256="0" * 64, frames_fingerprint="1" * 64)
        other["ml_data"]["yolo"]["objectAnnotations"][0]["confidence"] += 0.0004
        world.write("clip", other, "production.json")
        report = world.compare()
        assert [each["case"] for each in report["different_media"]] == ["clip"]
        assert "processing_metadata.media.frames_fingerprint" in report["different_media"][0]["paths"]
        before_the_table = unwrapped(report["text"].partition("\n\n")[0])
        assert (
            "different media: the configurations read different files in clip; there they are compared"
            in before_the_table
        )
        between = [result for result in report["results"] if result["check"] == "configurations"]
        assert all(result["verdicts"] == ["parity"] for result in between), report["text"]

    def test_what_exceeds_their_tolerances_is_drift(self, world):
        other = self.other_file(sha256="0" * 64, frames_fingerprint="1" * 64)
        for annotation in other["ml_data"]["yolo"]["objectAnnotations"]:
            annotation["className"] = annotation["class"] = "zebra"
        world.write("clip", other, "production.json")
        report = world.compare()
        assert "yolo" in [cause["stage"] for cause in report["causes"]]
        assert any(r["verdicts"] == ["drift"] for r in report["results"] if r["check"] == "configurations")

    def test_other_frames_of_the_same_file_are_a_fault_of_the_decoder(self, world):
        world.write("clip", self.other_file(frames_fingerprint="1" * 64), "production.json")
        report = world.compare()
        assert report["different_media"] == []
        assert report["first_diverging_stage"] == {
            "stage": "media",
            "kind": "media",
            "title": "decoded media",
            "number": 0,
            "cases": ["clip"],
        }
        assert "first diverging stage: decoded media (stage 0) in clip" in report["text"]
