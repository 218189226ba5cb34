"""Goldens: canonical text, placeholders, stale files, atomic writes."""

from __future__ import annotations

import json
import os

import pytest

from parity.contract import compiler, registry
from parity.files import CannotWrite, write_atomically
from parity.goldens import store
from parity.goldens.form import canonical, masked
from parity.pipeline import cases, settings
from tests.harness.toy.pipeline import PIPELINE


def test_canonical_text_is_sorted_readable_and_ends_with_a_line_end():
    assert canonical({"b": 0.1, "a": ["grün 🌙", 3.0, None]}) == (
        '{\n "a": [\n  "grün 🌙",\n  3.0,\n  null\n ],\n "b": 0.1\n}\n'
    )


def test_nan_never_reaches_a_golden():
    with pytest.raises(ValueError, match="not JSON compliant"):
        canonical({"a": float("nan")})


def test_ignored_leaves_are_stored_as_placeholders(project):
    schemas = registry.load(project.root / "schemas")
    schemas = schemas.with_documents(PIPELINE.derived_schemas(schemas.documents))
    where = {"source": "disk:/input", "took": 1.0, "host": "toy"}
    scores = {"Core": {}, "Items": [], "PerSecond": {}, "Where": where}
    node = compiler.compile_schema(schemas, "wrapped.derived.json")
    inside = json.dumps({f"toy{key}": value for key, value in scores.items()})
    stored = masked({"kind": "scores", "result": inside, "parsed": scores}, node)
    assert stored["parsed"]["Where"] == {"source": "disk:/input", "took": "<volatile>", "host": "<environment>"}
    assert json.loads(stored["result"])["toyWhere"]["took"] == "<volatile>"


def test_a_text_that_should_hold_json_and_does_not_is_stored_as_it_is(project):
    schemas = registry.load(project.root / "schemas")
    schemas = schemas.with_documents(PIPELINE.derived_schemas(schemas.documents))
    node = compiler.compile_schema(schemas, "wrapped.derived.json")
    for text in ('"Core": {}}', "", "{", '{"a": 1, "a": 2}'):
        assert masked({"kind": "scores", "result": text}, node) == {"kind": "scores", "result": text}


def test_a_file_that_no_artifact_claims_is_stale(project):
    config = settings.load(project.root / "parity.toml")
    for name in ("plain/scores.json", "plain/nothing.json", "gone/scores.json"):
        project.write(f"snapshots/{name}", {})
    found = store.stale(config, cases.discover(config), PIPELINE)
    assert [config.relative(path) for path in found] == ["snapshots/gone/scores.json", "snapshots/plain/nothing.json"]


def test_a_write_that_fails_leaves_the_old_file_and_no_other(tmp_path, monkeypatch):
    file = tmp_path / "a.json"
    write_atomically(file, "old\n")

    def refuse(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", refuse)
    with pytest.raises(CannotWrite, match="disk full"):
        write_atomically(file, "new\n")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]
    assert file.read_text() == "old\n"


def test_a_missing_golden_names_the_command_that_records_it(tmp_path):
    with pytest.raises(store.MissingGolden, match=r"golden case/x\.json is missing: run `make golden`"):
        store.read(tmp_path / "case" / "x.json")
