"""``--field`` and ``--analysis``: what they mean, and that a slip of the pen is no parity."""

from __future__ import annotations

import pytest

from harness.diff.fields import matcher
from tests.harness.diff.deployed import Folder, write


@pytest.mark.parametrize(
    ("pattern", "path", "meant"),
    [
        ("a.b", "a.b", True),
        ("a.b", "a.b.c[0].d", True),
        ("a.b", "a.bc", False),
        ("a.b", "x.a.b", False),
        ("*b", "x.a.b", True),
        ("*Density", "CoreMetrics.avgDensity", True),
        ("items[*].score", "items[12].score", True),
        ("items[*].score", "items[12].scores", False),
        ("items[*]", "items[3].a.b", True),
        ("items[3]", "items[30]", False),
        ("items", "items(json).a", True),
        ("a?", "ab", True),
        ('["odd key"].x', '["odd key"].x', True),
    ],
)
def test_a_pattern_means_its_place_and_what_is_below(pattern, path, meant):
    assert matcher([pattern])(path) is meant


@pytest.fixture
def changed(tmp_path) -> Folder:
    made = Folder(tmp_path / "changed", local=True)
    made.results["creative_density"]["densityCoreMetrics"]["avgDensity"] = 6.5
    made.results["speech_analysis"]["speechCoreMetrics"]["totalWords"] = 30
    made.save()
    return made


ANY = "--any-contract"


@pytest.mark.parametrize("pattern", ["densityCoreMetrics.avgDensity", "CoreMetrics.avgDensity", "*avgDensity"])
def test_a_field_is_found_in_all_files_that_repeat_it_under_any_of_its_names(diff_json, local, changed, pattern):
    done = diff_json(local.path, changed.path, "--field", pattern, ANY)
    assert done.code == 1
    (finding,) = done.pair["findings"]
    assert (finding["expected"], finding["actual"]) == (5.5, 6.5)
    files = [finding["artifact"], *(each["artifact"] for each in finding["also"])]
    assert set(files) >= {"creative_density.ml", "creative_density.result", "creative_density.complete"}


def test_a_field_that_is_equal_is_parity_though_others_differ(diff_json, local, changed):
    done = diff_json(local.path, changed.path, "--field", "*maxDensity", ANY)
    assert (done.code, done.report["counts"]["exact"], done.report["counts"]["differing"]) == (0, 4, 0)


def test_counts_are_those_of_the_fields_that_are_asked_for(diff_json, local, changed):
    done = diff_json(
        local.path, changed.path, "--field", "densityCoreMetrics", "--analysis", "creative_density.result", ANY
    )
    counts = done.part("creative_density.result")["counts"]
    assert (counts["exact"], counts["differing"]) == (14, 1)


def test_several_fields_and_analyses_add_up(diff_json, local, changed):
    done = diff_json(
        local.path, changed.path, ANY,
        "--field", "*avgDensity", "--field", "*totalWords", "--analysis", "creative_density", "--analysis", "speech_analysis",
    )  # fmt: skip
    assert len(done.pair["findings"]) == 2


def test_a_field_that_nothing_is_called_is_a_usage_error(diff, local, changed):
    done = diff(local.path, changed.path, "--field", "avgDensitty")
    assert done.code == 2
    assert "--field avgDensitty: no field of" in done.text


def test_an_unknown_analysis_is_a_usage_error_that_names_the_known(diff, local, changed):
    done = diff(local.path, changed.path, "--analysis", "creativity")
    assert done.code == 2
    assert "--analysis creativity: not known; known: creative_density, emotional_journey" in done.text


def test_an_analysis_that_neither_side_has_is_a_usage_error(diff, tmp_path):
    folders = [Folder(tmp_path / name) for name in "ab"]
    for folder in folders:
        folder.results = {"speech_analysis": folder.results["speech_analysis"]}
        folder.save()
    assert diff(*(folder.path for folder in folders), "--analysis", "scene_pacing").code == 2


def test_a_missing_field_is_found_by_its_name(diff_json, local, tmp_path):
    other = Folder(tmp_path / "other", local=True)
    del other.results["creative_density"]["densityCoreMetrics"]["avgDensity"]
    other.save()
    done = diff_json(local.path, other.path, "--field", "*avgDensity", ANY)
    assert {each["kind"] for each in done.pair["findings"]} == {"missing"}


def test_a_field_inside_a_missing_block_is_found(diff_json, local, tmp_path):
    other = Folder(tmp_path / "other", local=True)
    del other.results["creative_density"]["densityCoreMetrics"]
    other.save()
    done = diff_json(local.path, other.path, "--field", "*avgDensity", "--analysis", "creative_density.result", ANY)
    assert (done.code, done.part("creative_density.result")["counts"]["differing"]) == (1, 1)


def test_fields_of_files_without_a_schema(diff_json, tmp_path):
    first = write(tmp_path / "a.json", {"x": {"y": 1, "z": 1}, "list": [{"y": 1}, {"y": 2}]})
    second = write(tmp_path / "b.json", {"x": {"y": 1, "z": 2}, "list": [{"y": 1}, {"y": 3}]})
    assert diff_json(first, second, "--field", "x.y").code == 0
    done = diff_json(first, second, "--field", "list[*].y")
    assert [each["path"] for each in done.pair["findings"]] == ["list[1].y"]
    assert done.report["counts"]["exact"] == 1
