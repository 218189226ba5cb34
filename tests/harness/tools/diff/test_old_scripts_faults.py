"""The faults of the scripts that this command replaces, one test each: none of them is here."""

from __future__ import annotations

import json
import os

import pytest

from tests.harness.tools.diff.deployed import Folder, write

ANY = ("--any-contract",)


@pytest.fixture
def changed(tmp_path, local):
    """A function: a copy of the local folder in which one value of a result (and so of all three files) is another."""

    def make(analysis: str, *path, value) -> Folder:
        other = Folder(tmp_path / "changed", local=True)
        place = other.results[analysis]
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        other.save()
        return other

    return make


def test_the_choice_of_files_does_not_depend_on_their_order_on_disk(diff_json, local, tmp_path):
    copy = Folder(tmp_path / "copy", local=True)
    for name in reversed(list(copy.results)):
        copy.save_set(name, "20250811_124759")
        copy.save_set(name, "20240101_000000")
        os.utime(copy.path / name / f"{name}_ml_20240101_000000.json")
    done = diff_json(local.path, copy.path, *ANY)
    assert (done.code, done.pair["b"]["stamps"]) == (0, ["20250811_124759"])


@pytest.mark.parametrize("analysis", sorted(Folder(None).results))
def test_every_analysis_can_be_compared_alone(diff_json, local, changed, analysis):
    other = changed(analysis, next(iter(Folder(None).results[analysis])), value={})
    done = diff_json(local.path, other.path, "--analysis", analysis, *ANY)
    assert done.code == 1
    assert {part["artifact"].partition(".")[0] for part in done.pair["artifacts"]} == {analysis}


def test_an_expected_zero_is_compared_like_any_number(diff_json, local, changed):
    other = changed("metadata_analysis", "metadataCoreMetrics", "mentionCount", value=3)
    done = diff_json(local.path, other.path, *ANY)
    found = done.finding("CoreMetrics.mentionCount")
    assert (found["expected"], found["actual"], found["magnitude"], found["would_pass"]) == (0, 3, 3, 3)


def test_a_change_to_zero_is_a_difference_too(diff_json, local, changed):
    other = changed("metadata_analysis", "metadataCoreMetrics", "viewCount", value=0)
    assert diff_json(local.path, other.path, *ANY).finding("CoreMetrics.viewCount")["magnitude"] == 1000


def test_the_exit_code_is_the_verdict(diff, local, changed):
    other = changed("speech_analysis", "speechCoreMetrics", "totalWords", value=21)
    done = diff(local.path, other.path, *ANY)
    assert done.code == 1
    assert done.text.startswith("parity diff: drift (exit code 1)")
    assert diff(local.path, local.path, *ANY).code == 0


def test_the_output_stands_there_once(diff, local, changed):
    other = changed("speech_analysis", "speechCoreMetrics", "totalWords", value=21)
    text = diff(local.path, other.path, *ANY).text
    assert text.count("parity diff: drift") == 1
    assert text.count("CoreMetrics.totalWords: A 20, B 21") == 1


def test_true_is_not_one_and_one_is_not_one_point_zero(diff_json, tmp_path):
    first = write(tmp_path / "a.json", {"flag": True, "list": [1, 0], "real": 1})
    second = write(tmp_path / "b.json", {"flag": 1, "list": [True, False], "real": 1.0})
    done = diff_json(first, second)
    assert done.code == 1
    assert {each["kind"] for each in done.pair["findings"]} == {"type"}
    assert {each["path"].partition("[")[0] for each in done.pair["findings"]} == {"flag", "list", "real"}


def test_true_is_not_one_along_a_schema_either(diff_json, local, changed):
    other = changed("speech_analysis", "speechDynamics", "hasAudioEnergy", value=1)
    done = diff_json(local.path, other.path)
    assert "speech_analysis.ml" in {p["artifact"] for p in done.pair["artifacts"] if p["counts"]["differing"]}


def test_lists_of_objects_are_compared_field_by_field(diff_json, local, changed):
    other = changed("creative_density", "densityDynamics", "densityCurve", 3, "density", value=1)
    found = diff_json(local.path, other.path, *ANY).finding("Dynamics.densityCurve[3].density")
    assert (found["expected"], found["actual"]) == (0, 1)


def test_an_item_beyond_the_common_length_of_a_list_counts(diff_json, local, changed):
    curve = Folder(None).results["creative_density"]["densityDynamics"]["densityCurve"]
    other = changed("creative_density", "densityDynamics", "densityCurve", value=curve[:-1])
    done = diff_json(local.path, other.path, *ANY)
    assert any("densityCurve" in each["path"] for each in done.pair["findings"])


def test_order_and_duplicates_in_a_list_count(diff_json, tmp_path):
    first = write(tmp_path / "a.json", {"tags": ["fyp", "cats", "cats"]})
    second = write(tmp_path / "b.json", {"tags": ["cats", "fyp", "cats", "cats"]})
    assert diff_json(first, second).code == 1


@pytest.mark.parametrize("block", [[], 0, None, False, ""])
def test_a_falsy_block_is_not_a_missing_one(diff_json, local, changed, block):
    other = changed("person_framing", "personFramingQuality", value=block)
    kinds = {each["kind"] for each in diff_json(local.path, other.path, *ANY).pair["findings"]}
    assert kinds == {"type"}


def test_a_missing_block_is_missing_and_its_leaves_are_counted(diff_json, local, tmp_path):
    other = Folder(tmp_path / "other", local=True)
    del other.results["person_framing"]["personFramingQuality"]
    other.save()
    done = diff_json(local.path, other.path, "--analysis", "person_framing.result", *ANY)
    assert done.finding("personFramingQuality")["kind"] == "missing"
    assert done.part("person_framing.result")["counts"]["differing"] == 5


def test_extra_fields_count(diff_json, local, changed):
    other = changed("person_framing", "personFramingQuality", "shininess", value=0.4)
    assert diff_json(local.path, other.path).code == 3
    assert diff_json(local.path, other.path, *ANY).code == 1


@pytest.mark.parametrize("empty", [{}, []])
def test_an_empty_expected_document_is_compared(diff_json, tmp_path, empty):
    first, second = write(tmp_path / "a.json", empty), write(tmp_path / "b.json", {"a": 1})
    assert diff_json(first, second).code == 1
    assert diff_json(first, first).code == 0


def test_an_empty_expected_list_against_a_filled_one_says_what_is_extra(diff_json, tmp_path):
    first, second = write(tmp_path / "a.json", {"peaks": []}), write(tmp_path / "b.json", {"peaks": [{"at": 1}]})
    found = diff_json(first, second).finding("peaks[0]")
    assert (found["kind"], found["actual_type"]) == ("extra", "object")


def test_letter_case_counts(diff_json, local, changed):
    other = changed("creative_density", "densityPatterns", "densityClassification", value="Dense")
    assert diff_json(local.path, other.path, *ANY).code == 1


def test_the_text_in_result_is_opened(diff_json, local, tmp_path):
    other = Folder(tmp_path / "other", local=True)
    other.save()
    inside = Folder(None).results["scene_pacing"]
    inside["scenePacingCoreMetrics"]["totalScenes"] = 5
    other.change("scene_pacing", "complete", "result", value=json.dumps(inside))
    done = diff_json(local.path, other.path, *ANY)
    found = done.finding("result(json).scenePacingCoreMetrics.totalScenes")
    assert (found["artifact"], found["expected"], found["actual"], found["also"]) == ("scene_pacing.complete", 4, 5, [])


def test_no_folder_is_never_silently_fine(diff, local, tmp_path):
    (tmp_path / "insights").mkdir()
    assert diff(local.path, tmp_path / "insights").code == 2


def test_the_module_can_be_imported_without_arguments():
    import importlib

    assert importlib.import_module("parity.cli.diff").diff.name == "diff"
