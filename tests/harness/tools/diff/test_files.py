"""Two single files: known by name or shape, else compared without a schema; unusable input is a clear usage error."""

from __future__ import annotations

import json
import shutil

import pytest

from tests.harness.tools.diff.conftest import ROOT
from tests.harness.tools.diff.deployed import FORMS, PREFIXES, write

SNAPSHOTS = ROOT / "golden/snapshots/minimal"


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", sorted(PREFIXES))
def test_a_file_of_a_set_is_known_by_its_name(diff_json, local, production, name, form):
    done = diff_json(local.file(name, form), production.file(name, form))
    assert done.part(f"{name}.{form}")["schema"] is not None


@pytest.mark.parametrize(
    ("source", "artifact", "schema"),
    [
        ("creative_density.result", "creative_density.result", "creative_density.result.derived.json"),
        ("temporal_markers.result", "temporal_markers.result", "temporal_markers.result.derived.json"),
        ("unified", "unified", "unified.schema.json"),
        ("report", "report", "report.schema.json"),
        ("return", "return", "return_success.schema.json"),
    ],
)
def test_a_file_of_another_name_is_known_by_its_shape(diff_json, tmp_path, source, artifact, schema):
    files = [tmp_path / "mine.json", tmp_path / "theirs.json"]
    for file in files:
        shutil.copy(SNAPSHOTS / f"{source}.json", file)
    assert diff_json(*files, "--any-contract").part(artifact)["schema"] == schema


@pytest.mark.parametrize(
    "service", ["yolo", "whisper", "mediapipe", "ocr", "scene_detection", "audio_energy", "emotion_detection"]
)
def test_a_services_document_is_known_by_its_shape(diff_json, tmp_path, service):
    document = json.loads((SNAPSHOTS / "unified.json").read_text())["ml_data"][service]
    files = write(tmp_path / "a.json", document), write(tmp_path / "b.json", document)
    done = diff_json(*files, "--any-contract")
    assert (done.code, done.part(service)["schema"]) == (0, f"services/{service}.schema.json")


def test_a_file_that_nobody_knows_is_compared_without_a_schema_and_the_head_says_so(diff, tmp_path):
    first, second = write(tmp_path / "a.json", {"a": [1, 2]}), write(tmp_path / "b.json", {"a": [1, 3]})
    done = diff(first, second)
    assert done.code == 1
    assert (
        "by     exactly: no schema: every value exactly, the items of lists by the fewest edits"
        in done.text.splitlines()
    )
    assert "document  a[1]: A 2, B 3; differs by 1, allowed 0; an absolute tolerance of 1 would pass" in done.text


@pytest.mark.parametrize(
    ("value", "rule"),
    [("en\n", "^[a-z]{2,3}$"), ("EN", "^[a-z]{2,3}$"), ("english", "^[a-z]{2,3}$")],
)
def test_a_breach_of_a_pattern_names_the_field_its_value_and_the_rule(diff_json, tmp_path, value, rule):
    document = json.loads((SNAPSHOTS / "unified.json").read_text())
    document["ml_data"]["whisper"]["language"] = value
    files = write(tmp_path / "a.json", document), write(tmp_path / "b.json", document)
    done = diff_json(*files)
    assert done.code == 3
    assert ("ml_data.whisper.language", f"{value!r} does not match {rule!r}") in [
        (each["path"], each["message"]) for each in done.pair["violations"]
    ]
    assert all(each["path"] for each in done.pair["violations"])


@pytest.mark.parametrize(
    ("first", "second", "options"),
    [
        ({"__typename": "Video"}, {"__typename": "Image"}, ()),
        ({"__typename": "Video"}, {"__typename": "Image"}, ("--schema", "none")),
        ({"__typename": "Video", "a": 1}, {"__typename": "Image", "a": 1}, ("--field", "__typename")),
        ({"a": 1}, {"a": 1, "__typename": "Image"}, ()),
        ({"a": [{"__typename": "Video"}]}, {"a": [{}]}, ("--field", "a[*].__typename")),
    ],
)
def test_no_key_is_skipped_whatever_it_is_called(diff_json, tmp_path, first, second, options):
    done = diff_json(write(tmp_path / "a.json", first), write(tmp_path / "b.json", second), *options)
    assert done.code == 1
    (finding,) = done.pair["findings"]
    assert finding["path"].endswith("__typename")


def test_a_schema_can_be_named(diff_json, tmp_path):
    document = json.loads((SNAPSHOTS / "creative_density.result.json").read_text())
    ml = {key.removeprefix("density"): value for key, value in document.items()}
    first = write(tmp_path / "a.json", ml)
    ml["CoreMetrics"] = {**ml["CoreMetrics"], "avgDensity": ml["CoreMetrics"]["avgDensity"] + 1}
    done = diff_json(first, write(tmp_path / "b.json", ml), "--schema", "creative_density.schema.json")
    assert done.part("document")["schema"] == "creative_density.schema.json"
    assert done.finding("CoreMetrics.avgDensity")["unit"] is not None


def test_an_unknown_schema_is_a_usage_error_that_names_the_known(diff, local):
    file = local.file("scene_pacing", "ml")
    done = diff(file, file, "--schema", "nope.json")
    assert done.code == 2
    assert "no schema 'nope.json'; known: " in done.text


def test_two_kinds_of_file_are_a_usage_error_that_says_how_to_compare_them(diff, local):
    done = diff(local.file("scene_pacing", "ml"), local.file("scene_pacing", "result"))
    assert done.code == 2
    assert "is scene_pacing.ml" in done.text
    assert "--schema none" in done.text
    assert diff(local.file("scene_pacing", "ml"), local.file("scene_pacing", "result"), "--schema", "none").code == 1


def test_a_golden_file_is_compared_as_a_golden(diff_json, tmp_path):
    mine = json.loads((SNAPSHOTS / "temporal_markers.result.json").read_text())
    mine["metadata"]["generated_at"] = "2026-01-01T00:00:00.000001"
    done = diff_json(SNAPSHOTS / "temporal_markers.result.json", write(tmp_path / "mine.json", mine))
    assert (done.code, done.pair["a"]["what"], done.pair["compared"]["mode"]) == (0, "golden", "tolerances")
    turned = diff_json(tmp_path / "mine.json", SNAPSHOTS / "temporal_markers.result.json")
    assert (turned.code, turned.pair["expected"]) == (0, "b")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("", "is empty"),
        ("{", "is not JSON"),
        ("[" * 100_000, "is nested too deep to be read"),
        ("\ufeff", "is not JSON"),
    ],
)
def test_a_file_that_is_no_json_is_a_usage_error(diff, tmp_path, content, text):
    good, bad = write(tmp_path / "a.json", {}), write(tmp_path / "b.json", content)
    for pair in ((good, bad), (bad, good)):
        done = diff(*pair)
        assert done.code == 2
        assert text in done.text


def test_a_file_and_a_folder_are_a_usage_error(diff, local):
    done = diff(local.path, local.file("scene_pacing", "ml"))
    assert done.code == 2
    assert "a file and a folder: compare two of one kind" in done.text


def test_what_is_not_there_is_a_usage_error(diff, local):
    assert diff(local.path, local.path / "nothing").code == 2
    assert diff(local.path / "nothing.json", local.file("scene_pacing", "ml")).code == 2


def test_choosing_among_files_makes_no_sense_for_two_files(diff, local):
    file = local.file("scene_pacing", "ml")
    assert diff(file, file, "--analysis", "scene_pacing").code == 2
    assert diff(file, file, "--case", "tutorial").code == 2
