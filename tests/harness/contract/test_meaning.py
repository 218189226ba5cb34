"""Schemas mean the same to both validators: booleans are schemas, patterns are ECMA-262, numbers are what they are."""

from __future__ import annotations

import copy
import functools
import json
import math
import operator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from parity.compare.walk import Policy, compare
from parity.contract import check, fast, reference, registry
from parity.verdict import ContractError
from tests.harness.contract import lint

EXACT = Policy(expected_by="web", actual_by="disk")
NUMBER = {"type": "integer", "minimum": 0}


def contract_of(schema):
    return check.build(registry.collect([{"$id": "x.schema.json", **schema}]), "x.schema.json")


def breaches(schema, document):
    """What both validators find; they must agree on whether it is anything."""
    contract = contract_of(schema)
    found = [f"{each.path}: {each.message}" for each in check.violations(document, contract)]
    assert contract.fast.is_valid(document) == contract.reference.is_valid(document) == (not found)
    return found


@pytest.mark.parametrize(
    ("schema", "document", "texts"),
    [
        ({"anyOf": [True, NUMBER]}, -1, []),
        ({"anyOf": [False]}, 5, [": no value is allowed here, got 5"]),
        ({"anyOf": [False, NUMBER]}, "x", [": 'x' is not of type 'integer'"]),
        ({"anyOf": [False, NUMBER]}, 3, []),
        ({"oneOf": [False, True]}, [1], []),
        ({"oneOf": [True, NUMBER]}, 3, [": 3 is valid under each of {'type': 'integer', 'minimum': 0}, True"]),
        ({"allOf": [True, NUMBER]}, -1, [": -1 is less than the minimum of 0"]),
        ({"allOf": [False, NUMBER]}, 1, [": no value is allowed here, got 1"]),
        ({"not": True}, 1, [": 1 should not be valid under True"]),
        ({"not": False}, 1, []),
        ({"if": True, "then": NUMBER, "else": False}, -1, [": -1 is less than the minimum of 0"]),
        ({"if": False, "then": NUMBER, "else": False}, 1, [": no value is allowed here, got 1"]),
        ({"properties": {"a": True, "b": False}}, {"a": 1}, []),
        ({"properties": {"a": True, "b": False}}, {"b": [1]}, ["b: no value is allowed here, got [1]"]),
        ({"patternProperties": {"^a": False, "b": True}}, {"ab": 1}, ["ab: no value is allowed here, got 1"]),
        ({"additionalProperties": True}, {"a": 1}, []),
        ({"additionalProperties": False}, {"a": 1}, [": Additional properties are not allowed ('a' was unexpected)"]),
        ({"items": True}, [1, {"a": None}], []),
        ({"items": False}, [1], [": Expected at most 0 items but found 1 extra: 1"]),
        ({"prefixItems": [True, False]}, [1], []),
        ({"prefixItems": [True, False], "items": False}, [1, 2], ["[1]: no value is allowed here, got 2"]),
        ({"contains": True}, [], [": [] does not contain items matching the given schema"]),
        ({"contains": False, "minContains": 0}, [1], []),
        ({"propertyNames": False}, {"a": 1}, [": no value is allowed here, got 'a'"]),
        ({"dependentSchemas": {"a": False}}, {"a": 1}, [": no value is allowed here, got {'a': 1}"]),
        ({"unevaluatedItems": True}, [1], []),
        ({"prefixItems": [True], "unevaluatedItems": False}, [1], []),
        (
            {"prefixItems": [True], "unevaluatedItems": False},
            [1, 2],
            [": Unevaluated items are not allowed (2 was unexpected)"],
        ),
        ({"anyOf": [False, {"prefixItems": [True, True]}], "unevaluatedItems": False}, [1, 2], []),
        (
            {"properties": {"a": True}, "unevaluatedProperties": False},
            {"a": 1, "b": 2},
            [": Unevaluated properties are not allowed ('b' was unexpected)"],
        ),
        ({"$defs": {"no": False}, "$ref": "#/$defs/no"}, 1, [": no value is allowed here, got 1"]),
        ({"$defs": {"any": True}, "items": {"$ref": "#/$defs/any"}}, [1, "a"], []),
        (
            {"properties": {"a": {"anyOf": [{"$ref": "#/$defs/no"}, NUMBER]}}, "$defs": {"no": False}},
            {"a": "x"},
            ["a: 'x' is not of type 'integer'"],
        ),
        ({"anyOf": [False, False]}, "long " * 99, [f": no value is allowed here, got {('long ' * 12)!r}…"]),
    ],
)
def test_true_and_false_are_schemas_wherever_one_may_stand(schema, document, texts):
    assert breaches(schema, document) == texts
    node = contract_of(schema).node
    for other in (document, 0, "x", [], [2], {}, {"a": 2, "b": "y"}):
        compare(document, other, node, EXACT)
        compare(other, document, node, EXACT)
    assert isinstance(lint.problems({"$id": "x", **schema}, vocabulary={}, classes=()), list)


def test_what_only_true_covers_is_compared_by_no_schema():
    node = contract_of({"properties": {"a": {"anyOf": [True, NUMBER]}, "b": True}}).node
    found = compare({"a": 1, "b": 1}, {"a": 2, "b": 1}, node, EXACT)
    assert [(each.kind, each.path) for each in found.differences] == [("value", "a")]
    assert found.uncompared == ["b"]
    assert compare({"a": "x"}, {"a": "x"}, node, EXACT).uncompared == ["a"]


@pytest.mark.parametrize(
    ("pattern", "fits", "breaks"),
    [
        ("^[a-z]{2,3}$", ["en", "deu"], ["en\n", "e", "en\r"]),
        (r"^\d+$", ["12"], ["٣", "1\n", ""]),
        (r"^\w+$", ["a_1"], ["é", "ａ"]),
        (r"^\s$", ["\ufeff", "\u2028", " "], ["\x1c", "\u200b"]),
        (r"^\p{L}+$", ["é", "日本"], ["1", "é\n"]),
        (r"^.$", ["a", "é"], ["\n", "ab"]),
        ("b", ["abc"], ["ac"]),
    ],
)
def test_a_pattern_is_ecmascript_in_both_validators(pattern, fits, breaks):
    text = {"properties": {"language": {"type": "string", "pattern": pattern}}}
    keys = {"patternProperties": {pattern: {"type": "integer"}}, "additionalProperties": False}
    for value in fits:
        assert breaches(text, {"language": value}) == []
        assert breaches(keys, {value: 1}) == []
        assert len(breaches(keys, {value: "a"})) == 1
        assert contract_of(keys).node.child(value) is not None
    for value in breaks:
        assert breaches(text, {"language": value}) == [f"language: {value!r} does not match {pattern!r}"]
        assert breaches(keys, {value: 1}) == [f": Additional properties are not allowed ({value!r} was unexpected)"]
        assert contract_of(keys).node.child(value) is None


def test_a_pattern_holds_half_a_surrogate_pair():
    reference = contract_of({"type": "string", "pattern": "^a.$"}).reference
    assert reference.is_valid("a\ud83d")
    assert not reference.is_valid("\ud83d")


@pytest.mark.parametrize("pattern", [r"a\Z", "[", "a{2,1}", "(a"])
def test_what_is_no_pattern_is_no_schema(pattern):
    for schema in ({"pattern": pattern}, {"patternProperties": {pattern: True}}):
        with pytest.raises(ContractError, match=r"x\.schema\.json: not a valid schema at"):
            contract_of(schema)


PARTS = [
    None, True, 0, -1, 1.0, 1.5, 2**64, 1e300, "", "string", "[", "a b", "\ud83d", [], ["a", "a"], [{}], {}, {"a": 1},
    {"type": "nope"}, {"[": {}}, {"pattern": "(?<a>"}, {"$ref": "#/nowhere"},
]  # fmt: skip


EVERY_WORD = {
    "$id": "x.schema.json", "$anchor": "a", "$defs": {"d": {"$ref": "#a"}}, "type": ["object", "null"], "title": "t",
    "properties": {"p": {"enum": [1], "const": 1, "minimum": 0, "multipleOf": 2, "exclusiveMaximum": 9}},
    "patternProperties": {"^x$": {"pattern": "^y$", "minLength": 1, "format": "date", "contentMediaType": "a/b"}},
    "additionalProperties": False, "required": ["p"], "propertyNames": {"maxLength": 3}, "minProperties": 1,
    "dependentRequired": {"p": ["q"]}, "dependentSchemas": {"p": True}, "if": {"not": {}}, "then": {}, "else": {},
    "oneOf": [{"items": {"uniqueItems": True}, "prefixItems": [{}], "contains": {}, "minContains": 1, "maxItems": 2}],
    "deprecated": False, "readOnly": True, "examples": [1], "default": None, "x-own": {"of": "ours"},
}  # fmt: skip


def _places(value, place=()):
    for key, each in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        yield (*place, key)
        yield from _places(each, (*place, key))


def test_what_the_fast_validator_takes_for_a_schema_is_one_to_the_reference_too():
    taken = refused = 0
    for place in _places(EVERY_WORD):
        for part in PARTS:
            schema = copy.deepcopy(EVERY_WORD)
            *way, last = place
            functools.reduce(operator.getitem, way, schema)[last] = part
            if not fast.is_schema(schema):
                refused += 1
            else:
                taken += 1
                Draft202012Validator.check_schema(schema, format_checker=reference._FORMATS)
    assert min(taken, refused) > 200


def test_another_dialect_is_named():
    with pytest.raises(ContractError, match=r"'http://json-schema.org/draft-07/schema#' is another dialect; expected"):
        contract_of({"$schema": "http://json-schema.org/draft-07/schema#"})


def test_the_dialect_of_a_referenced_schema_changes_no_meaning():
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema"}
    schemas = registry.collect(
        [
            {"$id": "a.schema.json", **named, "pattern": "^a$", "multipleOf": 0.01},
            {"$id": "b.schema.json", **named, "items": {"$ref": "a.schema.json"}},
        ]
    )
    found = check.violations(["a", "a\n", 19.99, 0.005], check.build(schemas, "b.schema.json"))
    assert [f"{each.path}: {each.message}" for each in found] == [
        "[1]: 'a\\n' does not match '^a$'",
        "[3]: 0.005 is not a multiple of 0.01",
    ]


NUMBERS = [
    0, 1, -1, 3, 2**53 - 1, 2**53, 2**53 + 1, 2**62, 2**63, 2**64, 2**64 + 1, 10**30, -(2**63) - 1, 0.0, -0.0, 1.0, 0.5,
    0.1, 0.07, 19.99, 4.35, 1.1, 2.0**53, 2.0**62, 2.0**63, 2.0**64, 1e30, 1e22, 1e308, 5e-324, -(2.0**63), 1e16,
]  # fmt: skip


@pytest.mark.parametrize("word", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "const", "multipleOf"])
def test_both_validators_take_numbers_for_what_they_are(word):
    orders = {
        "minimum": lambda value, bound: value >= bound,
        "maximum": lambda value, bound: value <= bound,
        "exclusiveMinimum": lambda value, bound: value > bound,
        "exclusiveMaximum": lambda value, bound: value < bound,
        "const": lambda value, bound: value == bound,
    }
    for bound in NUMBERS:
        if word == "multipleOf" and bound <= 0:
            continue
        contract = contract_of({word: bound})
        for value in NUMBERS:
            fast, reference = contract.fast.is_valid(value), contract.reference.is_valid(value)
            assert fast == reference, (word, bound, value)
            if word in orders:
                assert fast == orders[word](value, bound), (word, bound, value)


@pytest.mark.parametrize(
    ("value", "step", "is_one"),
    [
        (19.99, 0.01, True),
        (4.35, 0.01, True),
        (0.07, 0.01, True),
        (1.1, 0.1, True),
        (1e308, 0.1, True),
        (2**60 + 1, 0.1, True),
        (0.005, 0.01, False),
        (7, 2, False),
        (10**30 + 1, 2, False),
        (1e-7, 1e-7, True),
    ],
)
def test_a_multiple_is_one_as_it_is_written(value, step, is_one):
    assert (breaches({"multipleOf": step}, value) == []) is is_one


@pytest.mark.parametrize(
    ("schema", "document", "is_valid"),
    [
        ({"enum": [2**64, "a"]}, 2.0**64, True),
        ({"enum": [10**30, [10**30]]}, [1e30], False),
        ({"const": {"a": [2**64]}}, {"a": [2.0**64]}, True),
        ({"const": {"a": [2**64, 1]}}, {"a": [2**64, True]}, False),
        ({"uniqueItems": True}, [2**64, 2.0**64], False),
        ({"uniqueItems": True}, [10**30, 1e30], True),
        ({"uniqueItems": True}, [1, 1.0], False),
        ({"uniqueItems": True}, [1, True, "1", [1], {"a": 1}, {"a": True}], True),
        ({"uniqueItems": True}, [{"a": 1, "b": [0]}, {"b": [0.0], "a": 1.0}], False),
        ({"uniqueItems": True}, {"a": 1}, True),
        ({"uniqueItems": False}, [1, 1], True),
    ],
)
def test_equal_numbers_are_equal_wherever_values_are_held_against_each_other(schema, document, is_valid):
    assert (breaches(schema, document) == []) is is_valid


def test_what_only_the_fast_validator_refuses_names_a_place(monkeypatch):
    schema = {"properties": {"a": {"items": {"pattern": "^a$"}}}}
    contract = contract_of(schema)
    monkeypatch.setattr(type(contract.reference), "iter_errors", lambda self, document: iter(()))
    assert [(each.path, each.message) for each in check.violations({"a": ["a", "b"]}, contract)] == [
        ("a[1]", '"b" does not match "^a$"')
    ]


def booleans_or(inside):
    return st.one_of(st.booleans(), inside, inside)


leaves = st.sampled_from(
    [
        {"type": "integer"},
        {"type": "string", "pattern": r"^\d$"},
        {"const": 2**53 + 1},
        {"enum": [1, "a", None, 1e30]},
        {"minimum": 0.5},
        {"exclusiveMaximum": 2**63},
        {"multipleOf": 0.01},
        {"maxLength": 1},
        {"required": ["a"]},
        {},
    ]
)
schemas = st.recursive(
    booleans_or(leaves),
    lambda inside: st.one_of(
        *(
            st.fixed_dictionaries({word: st.lists(inside, min_size=1, max_size=3)})
            for word in ("anyOf", "oneOf", "allOf")
        ),
        *(st.fixed_dictionaries({word: inside}) for word in ("not", "items", "contains", "propertyNames")),
        st.fixed_dictionaries({"prefixItems": st.lists(inside, min_size=1, max_size=2), "items": inside}),
        st.fixed_dictionaries({"if": inside, "then": inside, "else": inside}),
        st.fixed_dictionaries(
            {
                "properties": st.fixed_dictionaries({"a": inside}),
                "patternProperties": st.fixed_dictionaries({r"^\d$": inside}),
                "additionalProperties": inside,
            }
        ),
        st.fixed_dictionaries({"anyOf": st.lists(inside, min_size=1, max_size=2), "unevaluatedProperties": inside}),
        st.fixed_dictionaries({"prefixItems": st.lists(inside, min_size=1, max_size=2), "unevaluatedItems": inside}),
    ),
    max_leaves=5,
)
values = st.recursive(
    st.sampled_from(
        [None, True, 0, 1, 1.0, -0.0, 0.07, 2**53 + 1, 2.0**53, 10**30, 1e30, 2.0**63, "a", "1", "1\n", "٣"]
    ),
    lambda inside: (
        st.lists(inside, max_size=3) | st.dictionaries(st.sampled_from(["a", "1", "1\n", "b"]), inside, max_size=3)
    ),
    max_leaves=5,
)


@settings(max_examples=400, deadline=None, derandomize=True)
@given(schemas, values)
def test_both_validators_agree_and_a_breach_has_a_place(schema, document):
    contract = contract_of({"$defs": {"it": schema}, "properties": {"at": {"$ref": "#/$defs/it"}}})
    whole = {"at": document}
    found = check.violations(whole, contract)
    assert contract.fast.is_valid(whole) == contract.reference.is_valid(whole), (schema, document)
    assert all(each.path.startswith("at") and each.message for each in found)
    if not contract.fast.is_valid(whole):
        assert found
    compare(whole, json.loads(json.dumps(whole)), contract.node, EXACT)


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_what_is_no_number_is_named_at_its_place_once(number):
    for schema in (
        {"minimum": 0},
        {"type": "number"},
        {"multipleOf": 2},
        {"anyOf": [{"type": "number", "maximum": 3}]},
    ):
        found = check.violations({"a": [number]}, contract_of({"properties": {"a": {"items": schema}}}))
        assert "a[0]" in {each.path for each in found}
        assert any("is no JSON number" in each.message for each in found)
