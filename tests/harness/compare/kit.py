"""A schema with every kind of list, documents of it, and a few words to compare them with."""

from __future__ import annotations

import copy
import json
from typing import Any

from hypothesis import strategies as st

from parity.compare.tolerance import FlipRule, Tolerance, Tolerances
from parity.compare.walk import Policy, compare
from parity.contract import check, registry
from parity.contract.check import Contract

CLASSES = {
    "exact": Tolerance(0, 0, "any", "test"),
    "ratio": Tolerance(0.001, 0, "ratio", "test"),
    "box": Tolerance(0.5, 0, "px", "test"),
    "time": Tolerance(0.001, 0, "s", "test"),
    "read": Tolerance(0.25, 0, "CER", "test"),
    "heard": Tolerance(0.5, 0, "WER", "test"),
}
FLIPS = {"seen": FlipRule(threshold=0.25, margin=0.02, budget=0.2, provenance="test")}
EXACT = Policy(expected_by="web", actual_by="disk")
GOLDEN = Policy(actual_by="disk", tolerances=Tolerances(CLASSES, FLIPS))


def number(kind: str = "ratio", **more: Any) -> dict[str, Any]:
    return {"type": "number", "x-parity": {"unit": CLASSES[kind].unit, "class": kind}, **more}


def text(kind: str = "exact") -> dict[str, Any]:
    return {"type": "string", "x-parity": {"unit": "text", "class": kind}}


def closed(**properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


def items(item: dict[str, Any], **annotation: Any) -> dict[str, Any]:
    made: dict[str, Any] = {"type": "array", "items": item}
    return {**made, "x-parity": annotation} if annotation else made


BOX = {
    "type": "array",
    "minItems": 4,
    "maxItems": 4,
    "items": number("box"),
    "x-parity": {"box": "corners"},
}
DETECTION = closed(
    at=number("time"),
    name=text(),
    score=number(),
    box=BOX,
    frame={"type": ["integer", "null"], "x-parity": {"unit": "index"}},
)
ENTRY = {
    "oneOf": [
        closed(at=number("time"), kind={"const": "word", "type": "string"}, said=text("heard")),
        closed(at=number("time"), kind={"const": "mark", "type": "string"}, size=number()),
    ]
}
SCHEMA = {
    "$id": "kit.schema.json",
    **closed(
        title=text("read"),
        flag={"type": "boolean"},
        count={"type": "integer"},
        maybe={"type": ["number", "null"], "x-parity": {"unit": "ratio", "class": "ratio"}},
        seen=items(
            DETECTION,
            align={"by": "at", "within": 0.25, "then": ["name", "iou:box"]},
            flip={"score": "score", "class": "seen"},
        ),
        entries=items(ENTRY, align={"by": "at", "then": ["kind"]}),
        curve=items(number(), series={"x": "index", "step": 1}),
        words=items(text()),
        by_second={
            "type": "object",
            "patternProperties": {r"^\d+s$": items(closed(v=number(), w=text()))},
            "additionalProperties": False,
        },
    ),
}


def contract_of(schema: dict[str, Any]) -> Contract:
    return check.build(registry.collect([schema]), schema["$id"])


CONTRACT = contract_of(SCHEMA)
NODE = CONTRACT.node


def find(expected: Any, actual: Any, policy: Policy = EXACT):
    return compare(expected, actual, NODE, policy)


def places(comparison) -> list[tuple[str, str]]:
    return [(difference.kind, difference.path) for difference in comparison.differences]


def detection(i: int, **changes: Any) -> dict[str, Any]:
    """One detection; those of different ``i`` stand a second apart and look nothing alike."""
    made = {
        "at": float(i),
        "name": f"thing {i}",
        "score": 0.5,
        "box": [i * 100.0, 0.0, i * 100.0 + 50, 80.5],
        "frame": i,
    }
    return {**made, **changes}


def document(**changes: Any) -> dict[str, Any]:
    made = {
        "title": "a red cup",
        "flag": True,
        "count": 3,
        "maybe": None,
        "seen": [detection(i) for i in range(6)],
        "entries": [
            {"at": 0.5, "kind": "word", "said": "take a short break"},
            {"at": 1.5, "kind": "mark", "size": 0.25},
            {"at": 2.5, "kind": "mark", "size": 0.75},
        ],
        "curve": [0.1, 0.2, 0.3, 0.4],
        "words": ["one", "two", "three", "four"],
        "by_second": {"0s": [{"v": 0.5, "w": "a"}], "1s": [{"v": 0.25, "w": "b"}, {"v": 0.75, "w": "c"}]},
    }
    return copy.deepcopy({**made, **changes})


def raw(value: Any) -> bytes:
    return json.dumps(value).encode()


#: Finite numbers that JSON writes and reads without loss.
reals = st.floats(min_value=-1000, max_value=1000, allow_nan=False).map(lambda x: x + 0.0)
words = st.text(alphabet="abc dé", min_size=1, max_size=6)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """A document that conforms to the schema; moments are a second apart."""
    seen = [
        detection(i, name=draw(words), score=draw(reals), frame=draw(st.none() | st.integers(0, 99)))
        for i in range(draw(st.integers(0, 6)))
    ]
    entries = [
        {"at": i + 0.5, "kind": "word", "said": draw(words)}
        if draw(st.booleans())
        else {"at": i + 0.5, "kind": "mark", "size": draw(reals)}
        for i in range(draw(st.integers(0, 4)))
    ]
    return {
        "title": draw(words),
        "flag": draw(st.booleans()),
        "count": draw(st.integers(-5, 5)),
        "maybe": draw(st.none() | reals),
        "seen": seen,
        "entries": entries,
        "curve": draw(st.lists(reals, max_size=5)),
        "words": draw(st.lists(words, max_size=5)),
        "by_second": draw(
            st.dictionaries(
                st.integers(0, 9).map(lambda n: f"{n}s"),
                st.lists(st.fixed_dictionaries({"v": reals, "w": words}), max_size=3),
                max_size=3,
            )
        ),
    }


def leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Path of every leaf; an empty list or object is one."""
    if isinstance(value, dict | list) and value:
        steps = value.items() if isinstance(value, dict) else enumerate(value)
        return [leaf for step, item in steps for leaf in leaves(item, (*path, step))]
    return [path]


def put(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """A copy of ``value`` with ``new`` at ``path``."""
    made = copy.deepcopy(value)
    at = made
    for step in path[:-1]:
        at = at[step]
    at[path[-1]] = new
    return made


def get(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
