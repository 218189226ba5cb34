"""The walk finds each kind of difference, with its text and place, and counts every leaf."""

from __future__ import annotations

import math
from typing import Any, ClassVar

import pytest

from parity.compare.tolerance import Tolerance, passes
from parity.compare.walk import Policy, compare
from parity.contract import compiler, nodes, registry
from parity.goldens.declared import Declared, load
from parity.verdict import ContractError

NUMBER = {"type": "number", "x-parity": {"unit": "ratio", "class": "ratio"}}
CLASSES = {
    "exact": Tolerance(0, 0, "any", "test"),
    "ratio": Tolerance(0.001, 0, "ratio", "test"),
    "box": Tolerance(0.5, 0, "px", "test"),
    "relative": Tolerance(0.1, 0.01, "px", "test"),
}
EXACT = Policy(expected_by="web", actual_by="disk")
GOLDEN = Policy(actual_by="disk", tolerances=CLASSES)


def node_of(schema: dict[str, Any]) -> nodes.Node:
    return compiler.compile_schema(registry.collect([{"$id": "t.schema.json", **schema}]), "t.schema.json")


def closed(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False}


def find(schema: dict[str, Any], expected: Any, actual: Any, policy: Policy = EXACT):
    return compare(expected, actual, node_of(schema), policy)


def only(comparison):
    assert len(comparison.differences) == 1, comparison.differences
    return comparison.differences[0]


class TestKinds:
    def test_equal_documents_differ_in_nothing_and_every_leaf_is_counted(self):
        empty = {"type": "object", "additionalProperties": False}
        schema = closed(a=NUMBER, b={"type": "array", "items": NUMBER}, c=empty)
        found = find(schema, {"a": 1.5, "b": [1, 2], "c": {}}, {"a": 1.5, "b": [1, 2], "c": {}})
        assert (found.exact, found.leaves, found.differences) == (4, 4, [])

    def test_missing_field_is_named_with_its_value(self):
        difference = only(find(closed(a=NUMBER, b=NUMBER), {"a": 1.0, "b": 2.0}, {"a": 1.0}))
        assert (difference.path, difference.kind) == ("b", "missing")
        assert difference.text(expected="web", actual="disk") == "b: missing; web 2.0"

    def test_extra_field_is_named_with_its_value(self):
        difference = only(find(closed(a=NUMBER, b={"type": "string"}), {"a": 1.0}, {"a": 1.0, "b": "x"}))
        assert difference.text(expected="web", actual="disk") == "b: extra; disk 'x'"

    def test_missing_object_is_one_difference_that_counts_all_its_leaves(self):
        schema = closed(o=closed(a=NUMBER, b=NUMBER))
        found = find(schema, {"o": {"a": 1, "b": 2}}, {})
        assert only(found).path == "o"
        assert found.differing == 2

    def test_value_says_magnitude_unit_allowed_and_what_would_pass(self):
        difference = only(find(closed(a=NUMBER), {"a": 0.5}, {"a": 0.75}, GOLDEN))
        assert difference.kind == "value"
        assert difference.text(expected="golden", actual="disk") == (
            "a: golden 0.5, disk 0.75; differs by 0.25 ratio, allowed 0.001; "
            "an absolute tolerance of 0.25 would pass; class ratio"
        )

    def test_changed_text_is_a_value_difference_without_magnitude(self):
        difference = only(find(closed(a={"type": "string"}), {"a": "x"}, {"a": "y"}))
        assert (difference.kind, difference.magnitude, difference.would_pass) == ("value", None, None)
        assert difference.text() == "a: expected 'x', actual 'y'"

    def test_one_item_more_is_one_extra_item(self):
        schema = closed(items={"type": "array", "items": closed(a=NUMBER, b=NUMBER)})
        found = find(schema, {"items": [{"a": 1, "b": 2}]}, {"items": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]})
        assert only(found).text() == "items[1]: extra; actual object with 2 keys"
        assert (found.exact, found.differing) == (2, 2)

    def test_items_are_named_by_their_index_and_odd_keys_are_quoted(self):
        schema = {"type": "object", "patternProperties": {".*": {"type": "array", "items": NUMBER}}}
        difference = only(find(schema, {"0-5 s": [1, 2]}, {"0-5 s": [1, 3]}))
        assert difference.path == '["0-5 s"][1]'

    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    @pytest.mark.parametrize("policy", [EXACT, GOLDEN])
    def test_nan_and_infinity_are_invalid_even_when_both_have_them(self, value, policy):
        assert only(find(closed(a=NUMBER), {"a": value}, {"a": value}, policy)).kind == "schema"

    @pytest.mark.parametrize(
        ("expected", "actual", "text"),
        [
            (1, 1.0, "a: expected integer 1, actual real 1.0"),
            (1, True, "a: expected integer 1, actual boolean true"),
            (0, False, "a: expected integer 0, actual boolean false"),
            (0.0, None, "a: expected real 0.0, actual null"),
            (None, "", "a: expected null, actual text ''"),
            ("1", 1, "a: expected text '1', actual integer 1"),
            ([], {}, "a: expected list of 0, actual object with 0 keys"),
        ],
    )
    @pytest.mark.parametrize("policy", [EXACT, GOLDEN])
    def test_types_that_python_blurs_are_told_apart(self, expected, actual, text, policy):
        anything = {"type": ["number", "boolean", "null", "string", "array", "object"]}
        difference = only(find(closed(a=anything), {"a": expected}, {"a": actual}, policy))
        assert (difference.kind, difference.text()) == ("type", text)

    def test_minus_zero_and_key_order_are_no_differences(self):
        schema = closed(a=NUMBER, b=NUMBER)
        assert find(schema, {"a": 0.0, "b": 1.0}, {"b": 1.0, "a": -0.0}).differences == []


class TestTolerance:
    @pytest.mark.parametrize(
        ("expected", "actual"), [(0.5, 0.501), (0.5, 0.499), (0.1, 0.101), (0.3, 0.299), (0.7, 0.701)]
    )
    def test_distance_of_exactly_the_tolerance_passes(self, expected, actual):
        found = find(closed(a=NUMBER), {"a": expected}, {"a": actual}, GOLDEN)
        assert (found.within_tolerance, found.exact, found.differences) == (1, 0, [])

    @pytest.mark.parametrize("actual", [0.50101, 0.49899])
    def test_distance_just_beyond_the_tolerance_fails(self, actual):
        assert only(find(closed(a=NUMBER), {"a": 0.5}, {"a": actual}, GOLDEN)).allowed == 0.001

    def test_the_larger_of_absolute_and_relative_is_allowed(self):
        schema = closed(a={"type": "number", "x-parity": {"unit": "px", "class": "relative"}})
        assert find(schema, {"a": 100.0}, {"a": 101.0}, GOLDEN).within_tolerance == 1
        assert find(schema, {"a": 1.0}, {"a": 1.1}, GOLDEN).within_tolerance == 1
        assert only(find(schema, {"a": 100.0}, {"a": 101.1}, GOLDEN)).allowed == 1.0

    def test_between_configurations_nothing_is_tolerated(self):
        difference = only(find(closed(a=NUMBER), {"a": 0.5}, {"a": math.nextafter(0.5, 1)}))
        assert difference.allowed == 0

    def test_a_class_of_zero_tolerates_no_rounding(self):
        assert not passes(0.1, math.nextafter(0.1, 1), 0.0)

    def test_a_leaf_without_class_is_exact(self):
        assert only(find(closed(a={"type": "number"}), {"a": 1.0}, {"a": 1.0001}, GOLDEN)).allowed == 0

    def test_an_unknown_class_breaks_the_contract(self):
        schema = closed(a={"type": "number", "x-parity": {"unit": "s", "class": "nonsense"}})
        with pytest.raises(ContractError, match=r"t\.schema\.json/properties/a: unknown tolerance class 'nonsense'"):
            find(schema, {"a": 1.0}, {"a": 2.0}, GOLDEN)


class TestIgnored:
    VOLATILE: ClassVar = {"type": "number", "x-parity": {"unit": "s", "volatile": "wall clock"}}
    MACHINE: ClassVar = {"type": "string", "x-parity": {"unit": "text", "environment": "machine"}}

    def test_volatile_is_ignored_everywhere_and_listed_with_its_reason(self):
        for policy in (EXACT, GOLDEN):
            found = find(closed(a=self.VOLATILE), {"a": 1.0}, {"a": 2.0}, policy)
            assert [(leaf.path, leaf.by, leaf.reason) for leaf in found.ignored] == [("a", "volatile", "wall clock")]
            assert (found.exact, found.leaves) == (0, 1)

    def test_a_volatile_leaf_that_is_gone_is_still_missing(self):
        assert only(find(closed(a=self.VOLATILE), {"a": 1.0}, {})).kind == "missing"

    def test_environment_is_compared_between_configurations_but_not_with_the_golden(self):
        schema = closed(a=self.MACHINE)
        assert only(find(schema, {"a": "x"}, {"a": "y"})).path == "a"
        assert find(schema, {"a": "<environment>"}, {"a": "y"}, GOLDEN).ignored[0].by == "environment"

    @pytest.mark.parametrize("word", ["volatile", "environment"])
    @pytest.mark.parametrize(
        "place",
        [
            {"type": "object", "properties": {"b": {"type": "string"}}},
            {"type": "array", "items": {"type": "string"}},
            {"type": ["array", "null"]},
            {},
            {"oneOf": [{"type": "string"}, {"type": "null"}]},
        ],
    )
    def test_an_ignored_object_or_list_breaks_the_contract(self, word, place):
        schema = closed(a={**place, "x-parity": {"unit": "text", word: "because"}})
        with pytest.raises(ContractError, match=rf"properties/a: {word} may stand on a single leaf only"):
            node_of(schema)

    def test_an_ignored_list_behind_a_reference_breaks_the_contract_too(self):
        ref = {"$ref": "#/$defs/list", "x-parity": {"unit": "text", "volatile": "because"}}
        schema = {**closed(a=ref), "$defs": {"list": {"type": "array", "items": {"type": "string"}}}}
        with pytest.raises(ContractError, match="single leaf only"):
            node_of(schema)


class TestUncompared:
    def test_a_leaf_without_a_schema_is_uncompared_not_matched(self):
        found = find(closed(a=NUMBER), {"a": 1.0, "b": {"c": [1, 2]}}, {"a": 1.0, "b": {"c": [1, 2]}})
        assert found.uncompared == ["b.c[0]", "b.c[1]"]
        assert (found.exact, found.leaves) == (1, 3)

    def test_a_leaf_without_type_is_uncompared(self):
        assert find(closed(a={"description": "anything"}), {"a": 1}, {"a": 1}).uncompared == ["a"]

    def test_an_extra_leaf_without_a_schema_is_uncompared(self):
        assert find(closed(a=NUMBER), {"a": 1.0}, {"a": 1.0, "b": 1}).uncompared == ["b"]


class TestStructure:
    TAGGED: ClassVar = {
        "type": "array",
        "items": {
            "oneOf": [
                closed(kind={"const": "a", "type": "string"}, at=NUMBER),
                closed(kind={"const": "b", "type": "string"}, at={"type": "number"}),
            ]
        },
    }

    def test_the_alternative_is_chosen_by_its_tag(self):
        left = [{"kind": "a", "at": 0.5}, {"kind": "b", "at": 0.5}]
        right = [{"kind": "a", "at": 0.5005}, {"kind": "b", "at": 0.5005}]
        found = find(self.TAGGED, left, right, GOLDEN)
        assert found.within_tolerance == 1
        assert only(found).path == "[1].at"

    def test_null_or_object_is_followed_into_the_object(self):
        schema = closed(o={"anyOf": [closed(a=NUMBER), {"type": "null"}]})
        assert find(schema, {"o": None}, {"o": None}).exact == 1
        assert only(find(schema, {"o": {"a": 1.0}}, {"o": {"a": 2.0}})).path == "o.a"
        assert only(find(schema, {"o": {"a": 1.0}}, {"o": None})).kind == "type"

    def test_a_schema_that_refers_to_itself_is_walked(self):
        schema = {
            "$ref": "#/$defs/tree",
            "$defs": {"tree": closed(v=NUMBER, next={"anyOf": [{"$ref": "#/$defs/tree"}, {"type": "null"}]})},
        }
        left = {"v": 1, "next": {"v": 2, "next": None}}
        assert only(find(schema, left, {"v": 1, "next": {"v": 3, "next": None}})).path == "next.v"

    def test_an_annotation_beside_a_reference_wins(self):
        schema = {
            **closed(a={"$ref": "#/$defs/n", "x-parity": {"unit": "s", "volatile": "clock"}}, b={"$ref": "#/$defs/n"}),
            "$defs": {"n": NUMBER},
        }
        found = find(schema, {"a": 1.0, "b": 1.0}, {"a": 2.0, "b": 2.0})
        assert [leaf.path for leaf in found.ignored] == ["a"]
        assert only(found).path == "b"

    def test_json_inside_a_text_is_compared_leaf_by_leaf(self):
        schema = closed(t={"type": "string", "contentSchema": closed(a=NUMBER, b=NUMBER)})
        found = find(schema, {"t": '{"a": 1.0, "b": 2.0}'}, {"t": '{"b": 2.5,"a":1.0}'})
        assert only(found).path == "t(json).b"
        assert found.exact == 1


class TestDeclared:
    SCHEMA = closed(src={"type": "string"}, items={"type": "array", "items": closed(u={"type": ["string", "null"]})})

    def record(self, tmp_path, **changes) -> list[Declared]:
        import json

        entry = {
            "artifact": "x",
            "path": "src",
            "reason": "names its source",
            "owner": "keeper",
            "expires": "2099-12-31",
            "patterns": {"web": "https://.+", "disk": "/.+"},
            **changes,
        }
        file = tmp_path / "declared.jsonl"
        file.write_text(json.dumps(entry) + "\n")
        return load(file, configurations=("web", "disk"), artifacts=["x"])

    def policy(self, declared) -> Policy:
        return Policy(expected_by="web", actual_by="disk", declared=declared)

    def test_values_that_meet_their_patterns_are_ignored_and_listed(self, tmp_path):
        policy = self.policy(self.record(tmp_path))
        found = find(self.SCHEMA, {"src": "https://a", "items": []}, {"src": "/a", "items": []}, policy)
        assert found.differences == []
        (leaf,) = found.ignored
        assert (leaf.path, leaf.by, leaf.reason) == ("src", "declared", "names its source")

    @pytest.mark.parametrize(("left", "right", "side"), [("ftp://a", "/a", "web"), ("https://a", "a", "disk")])
    def test_a_value_that_does_not_meet_its_pattern_is_a_difference(self, tmp_path, left, right, side):
        policy = self.policy(self.record(tmp_path))
        difference = only(find(self.SCHEMA, {"src": left, "items": []}, {"src": right, "items": []}, policy))
        assert difference.path == "src"
        assert f"declared for {side} as" in difference.note

    def test_the_whole_value_must_meet_the_pattern(self, tmp_path):
        entry = self.record(tmp_path, patterns={"web": "a", "disk": "b"})[0]
        assert entry.fits("web", "a")
        assert not entry.fits("web", "ab")

    def test_a_star_stands_for_any_item(self, tmp_path):
        declared = self.record(tmp_path, path="items[*].u", patterns={"web": "w.*", "disk": "null"})
        left = {"src": "s", "items": [{"u": "w1"}, {"u": "w2"}]}
        right = {"src": "s", "items": [{"u": None}, {"u": "no"}]}
        found = find(self.SCHEMA, left, right, self.policy(declared))
        assert [leaf.path for leaf in found.ignored] == ["items[0].u"]
        assert only(found).path == "items[1].u"

    def test_against_the_golden_only_the_run_must_meet_its_pattern(self, tmp_path):
        policy = Policy(actual_by="disk", tolerances=CLASSES, declared=self.record(tmp_path))
        golden = {"src": "<declared>", "items": []}
        assert find(self.SCHEMA, golden, {"src": "/a", "items": []}, policy).differences == []
        assert only(find(self.SCHEMA, golden, {"src": "a", "items": []}, policy)).path == "src"

    def test_a_declared_list_breaks_the_ledger(self, tmp_path):
        policy = self.policy(self.record(tmp_path, path="items"))
        document = {"src": "https://a", "items": []}
        with pytest.raises(ContractError, match="x items: stands on a list, may stand on a single leaf only"):
            find(self.SCHEMA, document, document, policy)

    @pytest.mark.parametrize(
        ("changes", "text"),
        [
            ({"reason": " "}, "reason must be a text"),
            ({"artifact": "y"}, "unknown artifact 'y'; known: x"),
            ({"patterns": {"web": "a"}}, "one entry for each of"),
            ({"patterns": {"web": "(", "disk": "b"}}, "no regular expression"),
            ({"more": 1}, "expected an object with the keys"),
        ],
    )
    def test_a_broken_record_is_named_by_file_and_line(self, tmp_path, changes, text):
        with pytest.raises(ContractError, match=r"declared\.jsonl, line 1: .*" + text.replace("(", r"\(")):
            self.record(tmp_path, **changes)
