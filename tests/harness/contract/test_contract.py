"""The contract: both validators agree, every leaf is covered, and the project's schemas are written as agreed."""

from __future__ import annotations

import json
import posixpath
from pathlib import Path

import pytest

from parity.contract import check, registry
from parity.pipeline import settings
from parity.pipeline.load import load_pipeline
from parity.verdict import ContractError
from tests.harness.contract import lint
from tests.harness.toy.pipeline import PIPELINE

ROOT = Path(__file__).parents[3]
#: Those of the annotations and of the tolerances describe no output.
NOT_FOR_ARTIFACTS = {"x-parity.schema.json", "tolerances.schema.json"}
FILES = sorted(
    file
    for file in (ROOT / "schemas").rglob("*.schema.json")
    if file.name not in NOT_FOR_ARTIFACTS and file.parent.name != "reports"
)


@pytest.fixture
def schemas(project):
    loaded = registry.load(project.root / "schemas")
    return loaded.with_documents(PIPELINE.derived_schemas(loaded.documents))


def sheet(**changes):
    document = {
        "Core": {"total": 1, "mean": 0.5, "label": None, "best": True},
        "Items": [{"kind": "word", "text": "a", "at": 0.5, "box": [1.0]}, {"kind": "pause", "length": 1.0}],
        "PerSecond": {"0s": [1]},
        "Where": {"source": "s", "took": 1.0, "host": "h"},
    }
    document["Core"] = {**document["Core"], **changes}
    return document


def wrapped(document, text=None):
    inside = json.dumps({f"toy{key}": value for key, value in document.items()})
    return {"kind": "scores", "result": inside if text is None else text, "parsed": document}


def messages(document, schemas, schema_id="scores.schema.json"):
    contract = check.build(schemas, schema_id)
    return [f"{violation.path}: {violation.message}" for violation in check.violations(document, contract)]


def test_a_valid_document_has_no_violation_and_no_uncovered_leaf(schemas):
    assert messages(sheet(), schemas) == []
    assert check.uncovered(sheet(), check.build(schemas, "scores.schema.json")) == []


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"total": -1}, "Core.total: -1 is less than the minimum of 0"),
        ({"total": "1"}, "Core.total: '1' is not of type 'integer'"),
        ({"total": 1.0}, "Core.total: 1.0 is a real number, expected integer"),
        ({"mean": float("nan")}, "Core.mean: nan is no JSON number: write null when there is no value"),
        ({"more": 1}, "Core: Additional properties are not allowed ('more' was unexpected)"),
    ],
)
def test_a_violation_says_where_and_what(schemas, changes, text):
    assert text in messages(sheet(**changes), schemas)


WORD, PAUSE = {"kind": "word", "text": "a", "at": 0.5, "box": [1.0]}, {"kind": "pause", "length": 1.0}
NO_LENGTH = {"kind": "pause", "duration": 1.0}
NOT_EXPECTED = "Additional properties are not allowed ('duration' was unexpected)"


@pytest.mark.parametrize(
    ("item", "texts"),
    [
        (NO_LENGTH, ["Items[0]: 'length' is a required property", f"Items[0]: {NOT_EXPECTED}"]),
        ({**WORD, "at": "soon"}, ["Items[0].at: 'soon' is not of type 'number'"]),
        ({**WORD, "kind": "laugh"}, ["Items[0].kind: 'laugh' is none of 'word', 'pause'"]),
        (5, ["Items[0]: 5 is not of type 'object'"]),
        (
            {**PAUSE, "length": {str(n): n for n in range(99)}},
            ["Items[0].length: object with 99 keys is not of type 'number'"],
        ),
        ({**PAUSE, "length": "long " * 99}, [f"Items[0].length: '{'long ' * 12}'… is not of type 'number'"]),
    ],
)
def test_a_breach_among_alternatives_is_that_of_the_one_that_fits_best(schemas, item, texts):
    document = {**sheet(), "Items": [item]}
    assert messages(document, schemas) == texts
    assert set(messages(wrapped(document), schemas, "wrapped.derived.json")) >= {
        f"result(json).toy{text}" for text in texts
    }


def test_an_alternative_without_keys_does_not_fit_an_object_that_has_some():
    full = {
        "type": "object",
        "properties": {"found": {"type": "integer"}, "model": {"type": "string"}},
        "required": ["found", "model"],
        "additionalProperties": False,
    }
    empty = {"type": "object", "properties": {}, "additionalProperties": False}
    schema = {"$id": "x.schema.json", "anyOf": [empty, full, {"type": "null"}]}
    schemas = registry.collect([schema])
    assert messages({"model": "m", "fond": 1}, schemas, "x.schema.json") == [
        ": 'found' is a required property",
        ": Additional properties are not allowed ('fond' was unexpected)",
    ]
    assert messages("m", schemas, "x.schema.json") == [": 'm' is not of type 'object', 'null'"]


def test_nan_that_only_the_fast_validator_refuses_is_named_at_its_place():
    schema = {"$id": "x.schema.json", "type": "object", "properties": {"a": {"type": "number", "minimum": 0}}}
    assert messages({"a": float("nan")}, registry.collect([schema]), "x.schema.json") == [
        "a: nan is no JSON number: write null when there is no value"
    ]


def test_the_fast_validator_agrees_with_the_reference_validator(schemas):
    contract = check.build(schemas, "scores.schema.json")
    for changes in ({}, {"total": -1}, {"total": None}, {"label": 1}, {"best": 1}, {"mean": "x"}, {"more": 1}):
        document = sheet(**changes)
        assert contract.fast.is_valid(document) == contract.reference.is_valid(document), changes


def test_a_derived_form_renames_the_blocks_and_validates_the_text_inside(schemas):
    assert messages(wrapped(sheet()), schemas, "wrapped.derived.json") == []
    broken = wrapped(sheet())
    broken["result"] = broken["result"].replace('"total": 1', '"total": "1"')
    assert messages(broken, schemas, "wrapped.derived.json") == [
        "result(json).toyCore.total: '1' is not of type 'integer'"
    ]


def test_an_unprefixed_block_inside_the_text_is_a_violation(schemas):
    found = messages(wrapped(sheet(), text=json.dumps(sheet())), schemas, "wrapped.derived.json")
    assert any("'toyCore' is a required property" in message for message in found)


def test_a_text_that_is_no_json_is_a_violation(schemas):
    found = messages(wrapped(sheet(), text="{"), schemas, "wrapped.derived.json")
    assert found[0].startswith("result: is not a JSON text")


def test_a_leaf_without_a_schema_is_named(schemas):
    document = sheet(more={"deep": [1, 2]})
    assert check.uncovered(document, check.build(schemas, "scores.schema.json")) == [
        "Core.more.deep[0]",
        "Core.more.deep[1]",
    ]


def test_a_reference_that_leads_nowhere_is_named():
    schemas = registry.collect([{"$id": "a.schema.json", "properties": {"x": {"$ref": "b.schema.json"}}}])
    with pytest.raises(ContractError, match=r"a\.schema\.json/properties/x: reference 'b\.schema\.json' leads nowhere"):
        check.build(schemas, "a.schema.json")


def test_an_id_that_is_not_the_file_name_is_refused(tmp_path):
    (tmp_path / "a.schema.json").write_text('{"$id": "b.schema.json"}')
    with pytest.raises(ContractError, match=r"\$id is 'b\.schema\.json', expected 'a\.schema\.json'"):
        registry.load(tmp_path)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "cannot be read as JSON: is empty; expected JSON"),
        (b'{"$id": ', "cannot be read as JSON: is not JSON: Expecting value"),
        (b'{"title": "\xff"}', "cannot be read as JSON: is no UTF-8 text: byte 0xff at 11"),
        (b"[]", r"must hold a schema, which is an object; got \[\]"),
    ],
)
def test_a_file_that_holds_no_schema_is_named(tmp_path, content, text):
    (tmp_path / "a.schema.json").write_bytes(content)
    with pytest.raises(ContractError, match=rf"a\.schema\.json: {text}"):
        registry.load(tmp_path)


def test_lint_names_what_a_schema_lacks():
    schema = {
        "$id": "a.schema.json",
        "type": "object",
        "properties": {"x": {"type": "number", "x-parity": {"unit": "s", "class": "soft"}}, "y": {"type": "array"}},
    }
    vocabulary = json.loads((ROOT / "schemas/x-parity.schema.json").read_text())
    assert lint.problems(schema, vocabulary=vocabulary, classes={"exact"}) == [
        "a.schema.json#: the object is open: set additionalProperties to false, use patternProperties for dynamic keys",
        "a.schema.json#/properties/x: the leaf has no description",
        "a.schema.json#/properties/x: the number has no range: give minimum or maximum, enum or const",
        "a.schema.json#/properties/x: x-parity: unknown tolerance class 'soft'",
        "a.schema.json#/properties/y: the list has no items",
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_schema_of_the_project_is_closed_typed_described_and_annotated(file):
    vocabulary = json.loads((ROOT / "schemas/x-parity.schema.json").read_text())
    tolerances = json.loads((ROOT / "schemas/tolerances.json").read_text())
    classes, flips = tolerances["classes"], tolerances["flips"]
    found = lint.problems(json.loads(file.read_text()), vocabulary=vocabulary, classes=classes, flips=flips)
    assert found == []


def test_lint_names_a_flip_rule_that_is_not_there():
    vocabulary = json.loads((ROOT / "schemas/x-parity.schema.json").read_text())
    annotation = {"align": {"by": "at"}, "flip": {"score": "score", "class": "soft"}}
    schema = {"$id": "a.schema.json", "type": "array", "items": {}, "x-parity": annotation}
    found = lint.problems(schema, vocabulary=vocabulary, classes={"exact"}, flips={"hard"})
    assert found == ["a.schema.json#: x-parity: unknown flip rule 'soft'"]


def test_every_artifact_of_the_project_has_a_contract_that_compiles():
    config = settings.load(ROOT / "parity.toml")
    pipeline = load_pipeline(config)
    schemas = registry.load(config.schemas)
    schemas = schemas.with_documents(pipeline.derived_schemas(schemas.documents))
    for artifact in pipeline.artifacts:
        check.build(schemas, artifact.schema)
    assert len(pipeline.artifacts) == 28


def _fields(schema, documents, file):
    """Names of an item's fields, through references and alternatives."""
    while "$ref" in schema:
        name, _, pointer = schema["$ref"].partition("#")
        file = posixpath.normpath(posixpath.join(posixpath.dirname(file), name)) if name else file
        schema = documents[file]
        for step in filter(None, pointer.split("/")):
            schema = schema[step]
    for word in ("oneOf", "anyOf"):
        if word in schema:
            return set.intersection(*(_fields(part, documents, file) for part in schema[word]))
    return set(schema.get("properties", ()))


def _lists(part, file):
    if isinstance(part, dict):
        if isinstance(part.get("items"), dict) and "x-parity" in part:
            yield part
        for value in part.values():
            yield from _lists(value, file)
    elif isinstance(part, list):
        for value in part:
            yield from _lists(value, file)


def misnamed(documents):
    """Fields that an alignment or a series names and the list's items do not have."""
    for file, document in documents.items():
        for found in _lists(document, file):
            fields = _fields(found["items"], documents, file)
            align, series = (found["x-parity"].get(word, {}) for word in ("align", "series"))
            by = align.get("by") if fields or align.get("by") != "item" else None  # the number itself
            named = [by, *(name.removeprefix("iou:") for name in align.get("then", ()))]
            named.append(found["x-parity"].get("flip", {}).get("score"))
            named += [series.get("x") if series.get("x") != "index" else None, series.get("y")]
            yield from (f"{file}: {name}" for name in named if name is not None and name not in fields)


def test_alignment_and_series_name_fields_that_the_items_have():
    documents = registry.load(ROOT / "schemas").documents
    assert list(misnamed(documents)) == []
    assert sum("align" in found["x-parity"] for file, d in documents.items() for found in _lists(d, file)) > 40


def test_a_misnamed_field_of_an_alignment_is_found():
    item = {"type": "object", "properties": {"start": {"type": "number"}}}
    lists = {"type": "array", "items": item, "x-parity": {"align": {"by": "timestamp", "then": ["iou:bbox"]}}}
    assert list(misnamed({"a": lists})) == ["a: timestamp", "a: bbox"]


FORMS = {
    "closed": {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"], "additionalProperties": False},
    "closed, one optional": {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a"], "additionalProperties": False},
    "open": {"type": "object", "properties": {"a": {}, "b": {}}, "required": ["a", "b"]},
    "closed by pattern": {
        "properties": {"a": {}}, "patternProperties": {"b": {}}, "required": ["a"], "additionalProperties": False,
    },
    "at least": {"type": ["number", "null"], "minimum": 0.5},
    "more than": {"exclusiveMinimum": 0.5},
    "at most": {"type": "number", "maximum": 2.4},
    "less than": {"type": "number", "exclusiveMaximum": 2.5, "minimum": 1},
    "named like words": {
        "properties": {"required": {"const": 1.5}, "minimum": {"enum": [0.5, "a"]}}, "additionalProperties": False,
    },
}  # fmt: skip
VALUES = [
    None, True, "x", 0, 1, 3, 0.5, 0.25, 0.500001, 2.4, 2.5, 2.41, -1e300, 10**30, [], {}, {"a": 1}, {"b": 1}, {"a": 1, "b": 2},
    {"a": 1, "b": 2, "c": 3}, {"a": 1, "c": 3}, {"required": 1.5, "minimum": 0.5}, {"minimum": 0.6},
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_the_fast_validator_says_in_other_words_what_the_schema_says(form):
    """Directly, inside of a list, and by reference."""
    schema = {"$id": "other.schema.json", "$defs": {"it": FORMS[form]}, "$ref": "#/$defs/it"}
    around = {"$id": "around.schema.json", "type": "array", "items": {"anyOf": [{"$ref": "other.schema.json"}]}}
    given = registry.collect([schema, around])
    one, many = check.build(given, "other.schema.json"), check.build(given, "around.schema.json")
    for value in VALUES:
        expected = one.reference.is_valid(value)
        assert (value, one.fast.is_valid(value), many.fast.is_valid([value])) == (value, expected, expected)
