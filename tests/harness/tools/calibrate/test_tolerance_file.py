"""The file of tolerances: its form, what is refused, and that the project's own is sound."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from parity.compare import tolerance
from parity.compare.tolerance import FlipRule
from parity.tools.calibrate import write
from parity.verdict import ContractError

ROOT = Path(__file__).parents[4]
SCHEMA = json.loads((ROOT / "schemas/tolerances.schema.json").read_text(encoding="utf-8"))
FILE = {
    "title": "t",
    "classes": {
        "exact": {"abs": 0, "rel": 0, "unit": "any", "provenance": "by definition"},
        "box": {"abs": 0.5, "rel": 0, "unit": "px", "provenance": "test", "encodings": {"abs": 4, "rel": 0.01}},
        "time": {"abs": 0.001, "rel": 0, "unit": "s", "provenance": "test"},
    },
    "flips": {
        "object": {
            "threshold": 0.25,
            "margin": 0.01,
            "budget": 0.05,
            "provenance": "test",
            "encodings": {"margin": 0.1, "budget": 0.2},
        },
    },
}


def loaded(tmp_path: Path, **changes):
    file = tmp_path / "tolerances.json"
    file.write_text(json.dumps({**FILE, **changes}), encoding="utf-8")
    return tolerance.load(file)


def test_the_projects_file_keeps_its_schema_and_is_written_as_calibration_writes_it():
    text = (ROOT / "schemas/tolerances.json").read_text(encoding="utf-8")
    assert list(Draft202012Validator(SCHEMA).iter_errors(json.loads(text))) == []
    assert write.tolerances_text(tolerance.load(ROOT / "schemas/tolerances.json")) == text


def test_the_schema_refuses_what_loading_refuses():
    wrong = {**FILE, "classes": {**FILE["classes"], "box": {"abs": -1, "rel": 0, "unit": "px", "provenance": "test"}}}
    assert [error.json_path for error in Draft202012Validator(SCHEMA).iter_errors(wrong)] == ["$.classes.box.abs"]


def test_classes_are_a_mapping_and_encodings_are_another_where_the_file_has_them(tmp_path):
    found = loaded(tmp_path)
    assert sorted(found) == ["box", "exact", "time"]
    assert (found["box"].abs, found.encodings["box"].abs, found.encodings["box"].rel) == (0.5, 4, 0.01)
    assert found.encodings["time"] == found["time"]
    assert (found.flips["object"].margin, found.encodings.flips["object"].margin) == (0.01, 0.1)
    assert found.encodings.encodings is found.encodings


def test_what_is_written_loads_as_the_same(tmp_path):
    found = loaded(tmp_path)
    file = tmp_path / "again.json"
    file.write_text(write.tolerances_text(found), encoding="utf-8")
    assert tolerance.load(file) == found


@pytest.mark.parametrize(
    ("part", "text"),
    [
        ({"classes": {"box": FILE["classes"]["box"]}}, "class 'exact' must stand there with abs 0 and rel 0"),
        (
            {"classes": {**FILE["classes"], "exact": {**FILE["classes"]["exact"], "encodings": {"abs": 1, "rel": 0}}}},
            "class 'exact' must stand there with abs 0 and rel 0",
        ),
        (
            {"classes": {**FILE["classes"], "box": {**FILE["classes"]["box"], "abs": True}}},
            "class 'box': abs must be a number from 0, got True",
        ),
        (
            {"classes": {**FILE["classes"], "box": {**FILE["classes"]["box"], "encodings": {"abs": 1}}}},
            r"class 'box': encodings must have the keys \['abs', 'rel'\]",
        ),
        ({"classes": {**FILE["classes"], "box": {"abs": 1}}}, "class 'box' must have the keys"),
        (
            {"flips": {"object": {**FILE["flips"]["object"], "budget": 2.5}}},
            "flip rule 'object': budget must be a share from 0 to 2, got 2.5",
        ),
        ({"flips": {"object": {"threshold": 0.25}}}, "flip rule 'object' must have the keys"),
    ],
)
def test_a_broken_file_is_refused_by_name_and_place(tmp_path, part, text):
    with pytest.raises(ContractError, match=text):
        loaded(tmp_path, **part)


@pytest.mark.parametrize(
    ("budget", "items", "most"), [(0.0, 100, 0), (0.05, 1, 1), (0.05, 20, 1), (0.05, 21, 2), (0.1, 30, 3), (1.0, 7, 7)]
)
def test_a_budget_is_a_share_of_the_list_and_any_budget_allows_one(budget, items, most):
    assert FlipRule(0.25, 0.01, budget, "test").most(items) == most


def test_a_score_at_the_edge_of_the_margin_is_near_and_one_beyond_is_not():
    rule = FlipRule(0.25, 0.01, 0.05, "test")
    assert rule.near(0.26)
    assert rule.near(0.24)
    assert not rule.near(0.2601)
