"""Every value is changed by the physical size of what it measures, within its range."""

from __future__ import annotations

import random

import pytest

from parity.contract import check, registry
from parity.contract.compiler import compile_schema
from parity.tools.drill.sizes import Scale, changes

SCALE = Scale(frame=1 / 25, side=360)


def leaf(**schema):
    schemas = registry.collect([{"$id": "leaf.schema.json", **schema}])
    return compile_schema(schemas, "leaf.schema.json")


def changed(value, **schema):
    return [(change.size, change.value) for change in changes(value, leaf(**schema), SCALE, random.Random(3))]


SECONDS = {"type": "number", "minimum": 0, "x-parity": {"unit": "s", "class": "time"}}
SHARE = {"type": "number", "minimum": 0, "maximum": 1, "x-parity": {"unit": "ratio", "class": "ratio"}}


@pytest.mark.parametrize(
    ("value", "schema", "expected"),
    [
        (2.0, SECONDS, ("one frame", 2.04)),
        (12.0, {"type": "number", "x-parity": {"unit": "px", "class": "box"}}, ("2 px", 14.0)),
        (0.5, {"type": "number", "x-parity": {"unit": "relative", "class": "landmark"}}, ("2 px", 0.5 + 2 / 360)),
        (
            0.5,
            {"type": "number", "maximum": 1, "x-parity": {"unit": "ratio", "class": "probability"}},
            ("0.02 confidence", 0.52),
        ),
        (0.5, SHARE, ("5 % of the range", 0.55)),
        (0.98, SHARE, ("5 % of the range", 0.98 - 0.05)),
        (4.0, {"type": "number", "x-parity": {"unit": "1/s"}}, ("5 % of the value", 4.2)),
        (0.0, {"type": "number", "minimum": 0, "x-parity": {"unit": "1/s"}}, ("5 % of the value", 0.05)),
        (3, {"type": "integer", "minimum": 0, "x-parity": {"unit": "count"}}, ("count", 4)),
        (7, {"type": "integer", "maximum": 7, "x-parity": {"unit": "count"}}, ("count", 6)),
        (True, {"type": "boolean", "x-parity": {"unit": "flag"}}, ("flag", False)),
        ("low", {"enum": ["low", "high"]}, ("other value", "high")),
    ],
)
def test_a_value_moves_by_its_size(value, schema, expected):
    assert changed(value, **schema) == [(expected[0], pytest.approx(expected[1]) if value != "low" else "high")]


def test_a_whole_number_stays_one_and_a_real_one_too():
    (whole,) = changes(3, leaf(type="integer", minimum=0), SCALE, random.Random(1))
    (real,) = changes(3.0, leaf(**SECONDS), SCALE, random.Random(1))
    assert (type(whole.value), type(real.value)) == (int, float)


def test_a_text_of_several_words_is_changed_twice():
    character, word = changed("the quick fox", type="string", **{"x-parity": {"unit": "text"}})
    assert character[0] == "one character"
    assert sum(a != b for a, b in zip("the quick fox", character[1], strict=True)) == 1
    assert word[0] == "one word"
    assert [w for w in word[1].split(" ") if w not in ("the", "quick", "fox")] == ["drill"]


def test_a_text_without_a_letter_gets_one():
    ((size, value),) = changed("", type="string", **{"x-parity": {"unit": "text"}})
    assert (size, len(value)) == ("one character", 1)


def test_null_has_no_size():
    assert changed(None, type=["number", "null"], minimum=0) == []


def test_what_is_settled_by_its_range_cannot_move():
    assert changed(1, type="integer", minimum=1, maximum=1) == []


def test_every_change_keeps_the_schema():
    schemas = registry.collect([{"$id": "leaf.schema.json", **SHARE}])
    contract = check.build(schemas, "leaf.schema.json")
    rng = random.Random(5)
    for _ in range(100):
        (change,) = changes(rng.random(), contract.node, SCALE, rng)
        assert check.violations(change.value, contract) == []
