"""``--field`` and ``--analysis``: what they mean, and that a slip of the pen is no parity."""

from __future__ import annotations

import copy

import pytest

from parity.compare.anything import ANYTHING
from parity.compare.walk import Policy, compare
from parity.contract.compiler import compile_schema
from parity.contract.registry import collect
from parity.tools.diff.fields import Asked, matcher, narrowed
from tests.harness.tools.diff.deployed import Folder, write


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
        local.path,
        changed.path,
        ANY,
        "--field",
        "*avgDensity",
        "--field",
        "*totalWords",
        "--analysis",
        "creative_density",
        "--analysis",
        "speech_analysis",
    )
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


@pytest.mark.parametrize(
    ("expected", "actual", "pattern"),
    [
        ({"a": {"b": 1}}, {"a": 5}, "*.b"),
        ({"a": 5}, {"a": {"b": 1}}, "*.b"),
        ({"a": [{"b": 1}]}, {"a": None}, "a[*].b"),
        ({"old": {"b": 1, "t": "a longer text"}}, {"new": {"b": 1, "t": "a longer text"}}, "old"),
        ({"old": {"b": 1, "t": "a longer text"}}, {"new": {"b": 1, "t": "a longer text"}}, "new.b"),
        ({"curve": [1, 2, 3]}, {"curve": [1, 2]}, "curve[2]"),
        ({"curve": []}, {"curve": [1, 2]}, "curve[*]"),
        ({"places": [1]}, {"places": [1, 2]}, "places[1]"),
        ({"text": '{"b": 1}'}, {"text": None}, "text(json).b"),
        ({"free": {"b": 1}}, {"free": 5}, "free.b"),
    ],
    ids=str,
)
def test_a_field_that_one_side_alone_has_is_never_parity(expected, actual, pattern):
    number = {"type": "integer"}
    anything = {"type": ["integer", "null", "string", "array", "object"], "items": {"$ref": "#/$defs/block"}}
    anything |= {"properties": {"b": number, "t": {"type": "string"}}}
    curve = {"type": "array", "items": number, "x-parity": {"series": {"start": 0, "step": 1, "unit": "s"}}}
    properties = {
        "a": anything,
        "old": {"$ref": "#/$defs/block"},
        "new": {"$ref": "#/$defs/block"},
        "curve": curve,
        "same": number,
        "places": {"type": "array", "prefixItems": [number, number]},
        "free": True,
        "text": {"type": ["string", "null"], "contentSchema": {"type": "object", "properties": {"b": number}}},
    }
    schema = {"$id": "s", "properties": properties, "$defs": {"block": anything}, "type": "object"}
    node = compile_schema(collect([schema]), "s")
    expected, actual, meant = {**expected, "same": 1}, {**actual, "same": 1}, matcher([pattern, "same"])
    for along in (node, ANYTHING):
        if along is ANYTHING and "(json)" in pattern:
            continue
        found = compare(expected, actual, along, Policy(expected_by="a", actual_by="b"))
        kept = narrowed(found, found, Asked.of(expected, actual, along, meant), meant)
        assert kept.differences or kept.uncompared
        assert kept.exact == 1, kept


def test_items_that_both_sides_have_are_not_about_the_length():
    series = {
        "type": "array",
        "items": {"type": "integer"},
        "x-parity": {"series": {"start": 0, "step": 1, "unit": "s"}},
    }
    node = compile_schema(collect([{"$id": "s", "type": "object", "properties": {"curve": series}}]), "s")
    sides, meant = ({"curve": [1, 2, 3]}, {"curve": [1, 2]}), matcher(["curve[1]"])
    found = compare(*sides, node, Policy(expected_by="a", actual_by="b"))
    kept = narrowed(found, found, Asked.of(*sides, node, meant), meant)
    assert (kept.differences, kept.exact) == ([], 1)


SCORES = {
    "Core": {"total": 1, "mean": 0.5, "label": None, "best": True},
    "Items": [{"kind": "word", "text": "a", "at": 0.5, "box": [1.0]}],
    "PerSecond": {"0s": [1]},
    "Where": {"source": "x", "took": 0.1, "host": "y"},
}


def _broken(*path, value=None):
    made = copy.deepcopy(SCORES)
    inside = made
    for step in path[:-1]:
        inside = inside[step]
    if value is None:
        del inside[path[-1]]
    else:
        inside[path[-1]] = value
    return made


@pytest.mark.parametrize(
    ("document", "pattern", "code", "breach"),
    [
        (_broken("Core", "mean"), "Core.mean", 3, "Core"),
        (_broken("Core", "mean"), "*.mean", 3, "Core"),
        (_broken("Core", "mean"), "Core", 3, "Core"),
        (_broken("Core", "mean"), "Core.total", 0, None),
        (_broken("Core", value=5), "Core.mean", 3, "Core"),
        (_broken("Core"), "Core.mean", 3, ""),
        (_broken("Core"), "Where.host", 0, None),
        (_broken("Core", "other", value=1), "Core.mean", 0, None),
        (_broken("Core", "other", value=1), "Core.other", 3, "Core"),
        (_broken("Items", 0, "at"), "Items[*].at", 3, "Items[0]"),
        (_broken("Items", 0, "at"), "Items[*].text", 0, None),
        (_broken("Items", value="none"), "Items[*].at", 3, "Items"),
        (_broken("Items", value=[{}] * 30 + SCORES["Items"]), "Core.mean", 0, None),
        ({**_broken("Items", value=[{}] * 30), "Where": {}}, "Where.host", 3, "Where"),
    ],
    ids=str,
)
def test_a_breach_above_a_field_is_one_of_the_field_where_it_is_about_it(
    diff_json, project, document, pattern, code, breach
):
    """The same document on both sides: nothing differs, and only the schema says that something is wrong."""
    files = [write(project.root / name, document) for name in ("a.json", "b.json")]
    done = diff_json(*files, "--schema", "scores.schema.json", "--field", pattern, config=project.root / "parity.toml")
    found = done.pair["violations"] + [each for each in done.pair["findings"] if each["kind"] == "schema"]
    assert (done.code, {each["path"] for each in found}) == (code, set() if breach is None else {breach}), done.text
