"""The walk over schema leaves: names, counts, reasons, verdicts, and the command."""

from __future__ import annotations

import json
import shutil

import pytest

from parity.check import coverage as counted
from parity.contract import compiler, registry
from parity.contract.varies import count, leaves_of
from parity.pipeline.parts import Artifact
from tests.harness.conftest import Project, fill


def node_of(*properties, **more):
    schema = {"$id": "s", "type": "object", "properties": dict(properties), "additionalProperties": False, **more}
    return compiler.compile_schema(registry.collect([schema]), "s")


NUMBER = {"type": "number"}
MAYBE = {"type": ["number", "null"]}
TEXT, SOUND = (
    {
        "type": "object",
        "properties": {"kind": {"const": kind, "type": "string"}, field: MAYBE},
        "required": ["kind"],
        "additionalProperties": False,
    }
    for kind, field in (("text", "size"), ("sound", "level"))
)
BOX = {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"x": NUMBER}, "additionalProperties": False}]}


def test_leaves_are_named_by_path_kind_and_open_keys():
    node = node_of(
        ("a", NUMBER),
        ("list", {"type": "array", "items": {"oneOf": [TEXT, SOUND]}}),
        ("box", BOX),
        ("pair", {"type": "array", "prefixItems": [NUMBER, NUMBER], "items": False}),
        ("open", {"type": "object", "patternProperties": {"^s$": NUMBER}, "additionalProperties": False}),
    )
    assert list(leaves_of(node)) == [
        "a",
        "list[*]<text>.kind",
        "list[*]<text>.size",
        "list[*]<sound>.kind",
        "list[*]<sound>.level",
        "box.x",
        "pair[0]",
        "pair[1]",
        "open.*",
    ]


def test_values_and_nulls_are_counted_where_they_stand():
    node = node_of(("list", {"type": "array", "items": {"oneOf": [TEXT, SOUND]}}), ("box", BOX))
    leaves = leaves_of(node)
    items = [{"kind": "text", "size": 1.0}, {"kind": "sound", "level": None}, {"kind": "text", "size": 2.0}]
    count({"list": items, "box": None}, node, leaves, {"list.level": "no_audio"})
    count({"list": [{"kind": "sound", "level": None}], "box": {"x": 1.0}}, node, leaves, {})
    sizes, levels = leaves["list[*]<text>.size"], leaves["list[*]<sound>.level"]
    assert (sizes.values, sizes.nulls) == ({"1.0", "2.0"}, 0)
    assert (levels.seen, levels.nulls, levels.unexplained, levels.reasons) == (2, 2, 1, {"no_audio"})
    assert leaves["box.x"].values == {"1.0"}


def test_a_reason_for_the_whole_holds_for_its_parts():
    node = node_of(("a", {"type": "object", "properties": {"b": {"type": "array", "items": MAYBE}}}))
    leaves = leaves_of(node)
    count({"a": {"b": [None, 1.0]}}, node, leaves, {"a": "no_text"})
    assert leaves["a.b[*]"].reasons == {"no_text"}


@pytest.mark.parametrize(
    ("values", "settled", "problem"),
    [
        ([1.0, 2.0], None, None),
        ([1.0, None], None, None),
        ([1.0, 1.0], None, "one value"),
        ([1.0, 1.0], "marks the format", None),
        ([None, None], None, "null in every case"),
        ([None, None], "not measurable", None),
        ([], None, "no value anywhere"),
        ([1.0, 2.0], "marks the format", "settled, but it varies"),
    ],
)
def test_a_leaf_must_vary_or_be_settled(values, settled, problem):
    node = node_of(("a", MAYBE))
    leaves = leaves_of(node)
    for value in values:
        count({"a": value}, node, leaves, {"a": "no_audio"})
    (row,) = counted._rows(Artifact("x", "s", "x.json"), leaves.values(), {"a": settled} if settled else {})
    assert (row.problem or "").startswith(problem or "") and bool(row.problem) == bool(problem)


def test_a_null_without_a_reason_is_a_problem_where_reasons_are_kept():
    node = node_of(("a", MAYBE))
    for reasons, problem in ((None, None), ({}, "1 nulls without a reason")):
        leaves = leaves_of(node)
        for value in (1.0, 2.0, None):
            count({"a": value}, node, leaves, reasons)
        (row,) = counted._rows(Artifact("x", "s", "x.json"), leaves.values(), {})
        assert row.problem == problem


def test_what_the_run_decides_is_not_counted_and_repetitions_are_counted_once():
    wall = {"type": "number", "x-parity": {"unit": "s", "volatile": "wall clock"}}
    node = node_of(("took", wall), ("copy", {"type": "object", "properties": {"a": NUMBER}}))
    rows = list(counted._rows(Artifact("x", "s", "x.json"), leaves_of(node).values(), {"copy.**": "repeats y"}))
    assert [(row.field, row.distinct, row.why, row.problem) for row in rows] == [
        ("took", None, "volatile: wall clock", None),
        ("copy.**", None, "repeats y", None),
    ]


def test_a_settled_leaf_that_is_gone_is_a_problem():
    (row,) = counted._rows(Artifact("x", "s", "x.json"), [], {"gone": "marks the format"})
    assert row.problem == "settled, but no such leaf: remove the entry"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    made = fill(tmp_path_factory.mktemp("template"))
    assert made.parity("golden", "--reason", "as it is", "--jobs", "1").returncode == 0
    return made


@pytest.fixture
def recorded(template, tmp_path):
    shutil.copytree(template.root, tmp_path / "p", symlinks=True)
    return Project(tmp_path / "p")


def test_the_command_is_one_while_a_leaf_has_one_value(recorded):
    done = recorded.parity("schema", "leaves")
    assert done.returncode == 1
    line = next(line for line in done.stdout.splitlines() if line.startswith("scores Core.total "))
    assert "PROBLEM: one value: let a case vary it" in line
    assert "varies" in next(line for line in done.stdout.splitlines() if line.startswith("scores Items[*]<word>.text "))


def test_the_command_reads_captures_and_prints_problems_only_and_as_json(recorded):
    shutil.rmtree(recorded.root / "snapshots")
    done = recorded.parity("schema", "leaves", "--from", "reports/captures", "--problems", "--format", "json")
    rows = json.loads(done.stdout)
    assert rows and all(row["problem"] for row in rows)
    assert {row["artifact"] for row in rows} <= {"scores", "return", "run"}


def test_the_markdown_has_a_table_per_artifact(recorded):
    done = recorded.parity("schema", "leaves", "--format", "markdown")
    assert "\n## scores\n\n| field | distinct values | nulls | why |\n|---|---|---|---|\n| `Core." in done.stdout
    assert "\n## return\n" in done.stdout


@pytest.mark.parametrize(("arguments", "text"), [(("--case", "nope"), "unknown case"), (("--from", "x"), "no capture")])
def test_what_cannot_be_used_is_two_and_named(recorded, arguments, text):
    done = recorded.parity("schema", "leaves", *arguments)
    assert done.returncode == 2
    assert text in done.stderr


def test_a_missing_golden_is_two_and_named(recorded):
    shutil.rmtree(recorded.root / "snapshots")
    done = recorded.parity("schema", "leaves")
    assert done.returncode == 2
    assert "is missing" in done.stderr
