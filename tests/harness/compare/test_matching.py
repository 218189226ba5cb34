"""If any pairing of two lists agrees within tolerance, it is found; and no pairing is worse than index by index."""

from __future__ import annotations

import random
import time
from itertools import combinations, permutations
from pathlib import Path

import pytest

from parity.compare import tolerance
from parity.compare.tolerance import Tolerance, Tolerances
from parity.compare.walk import Policy, compare
from parity.contract import check, registry
from tests.harness.compare.kit import CLASSES, EXACT, GOLDEN, closed, contract_of, items, number, places, text

ROOT = Path(__file__).parents[3]
REACH = {"time": 0.5, "ratio": 1.0, "read": 0.5}
UNITS = {"time": "s", "ratio": "ratio", "read": "CER"}
WIDE = Policy(
    actual_by="disk",
    tolerances=Tolerances({**CLASSES, **{name: Tolerance(REACH[name], 0, UNITS[name], "test") for name in REACH}}),
)
NODE = contract_of(
    {
        "$id": "wide.schema.json",
        **items(
            closed(at=number("time"), x=number(), y=number(), name=text("read")),
            align={"by": "at", "within": 0.5, "then": ["name"]},
        ),
    }
).node


def thing(at, x, y=0.0, name="ab"):
    return {"at": float(at), "x": float(x), "y": float(y), "name": name}


def agree(one, other) -> bool:
    """The oracle: no further apart than is allowed in any field."""
    edits = sum(a != b for a, b in zip(one["name"], other["name"], strict=True))
    far = [abs(one["at"] - other["at"]) > REACH["time"], *(abs(one[key] - other[key]) > REACH["ratio"] for key in "xy")]
    return not any(far) and edits / len(one["name"]) <= REACH["read"]


def any_pairing_agrees(left, right) -> bool:
    """Among all pairings of lists of one length in which only items of one moment change their order."""
    for order in permutations(range(len(right))):
        if all(agree(left[i], right[j]) for i, j in enumerate(order)) and not any(
            order[i] > order[k] and abs(left[i]["at"] - left[k]["at"]) > REACH["time"]
            for i, k in combinations(range(len(left)), 2)
        ):
            return True
    return False


@pytest.mark.parametrize("seed", range(8))
def test_a_pairing_that_agrees_is_found_wherever_there_is_one(seed):
    rng = random.Random(seed)
    found = 0
    for _ in range(400):
        count = rng.randint(2, 5)
        left = [
            thing(
                rng.choice([0, 0, 0.25, 0.5, 1.5]),
                rng.choice([0, 1, 2]),
                rng.choice([0, 0, 1]),
                rng.choice(["ab", "ac", "xy"]),
            )
            for _ in range(count)
        ]
        left.sort(key=lambda item: item["at"])
        right = [
            {
                **item,
                "x": item["x"] + rng.choice([-1, 0, 0.5, 1, 1.5]),
                "at": item["at"] + rng.choice([0, 0.25]),
                "name": item["name"][0] + rng.choice("bc"),
            }
            for item in left
        ]
        rng.shuffle(right)
        right.sort(key=lambda item: item["at"] if rng.random() < 0.7 else 0)
        expected = any_pairing_agrees(left, right)
        differences = compare(left, right, NODE, WIDE).differences
        assert bool(differences) != expected, (left, right, [each.text() for each in differences])
        found += expected
    assert 50 < found < 350


def test_two_objects_whose_numbers_are_exchanged_between_encodings():
    schemas = registry.load(ROOT / "schemas")
    node = check.build(schemas, "services/yolo.schema.json").node.child("objectAnnotations")
    tolerances = tolerance.load(ROOT / "schemas/tolerances.json").encodings

    def seen(*rows):
        common = {"className": "person", "class": "person", "timestamp": 0.0, "frame_number": 0}
        return [
            {**common, "confidence": score, "bbox": [float(x) for x in box], "trackId": name}
            for score, box, name in rows
        ]

    left = seen((0.67, [74, 47, 198, 170], "obj_1"), (0.28, [66, 121, 174, 232], "obj_2"))
    right = seen((0.90, [138, 100, 328, 267], "obj_2"), (0.74, [33, 38, 137, 148], "obj_1"))
    for other in (right, right[::-1]):
        found = compare(left, other, node, Policy(actual_by="B", expected_by="A", tolerances=tolerances))
        assert (found.differences, found.flips) == ([], [])
        assert found.leaves == compare(left, left, node, WIDE).leaves


@pytest.mark.parametrize(
    ("left", "right"),
    [
        pytest.param([(0, 1), (0, -1)], [(0, 0), (0, 2)], id="the first would take what the second needs"),
        pytest.param([(0, 0), (0, 1), (0, 2)], [(0, 2), (0, 3), (0, 1)], id="a chain of three"),
        pytest.param(
            [(0, 0), (0.25, 5), (0.5, 9)], [(0, 5), (0.25, 0), (0.5, 9)], id="two of one moment, another stays"
        ),
        pytest.param([(0, 0), (0, 5)], [(0.5, 0.5), (0, 5)], id="index by index, though their times say otherwise"),
    ],
)
def test_who_is_taken_is_asked_to_change(left, right):
    left, right = [thing(*each) for each in left], [thing(*each) for each in right]
    found = compare(left, right, NODE, WIDE)
    assert found.differences == []
    assert (found.leaves, found.exact + found.within_tolerance) == (4 * len(left), 4 * len(left))


@pytest.mark.parametrize("policy", [WIDE, GOLDEN, EXACT])
def test_no_pairing_leaves_more_differences_than_index_by_index(policy):
    rng = random.Random(11)
    steps = [0, 0.5, 3]
    fewer = 0
    for _ in range(500):
        left = [
            thing(rng.choice([0, 0.25]), rng.choice(steps), rng.choice(steps), rng.choice(["ab", "xy"]))
            for _ in range(3)
        ]
        right = [
            {
                **item,
                "x": item["x"] + rng.choice(steps),
                "y": item["y"] + rng.choice(steps),
                "name": rng.choice(["ab", "xz"]),
            }
            for item in left
        ]
        rng.shuffle(right)
        found = len(compare(left, right, NODE, policy).differences)
        by_index = sum(
            len(compare(one, other, NODE.items, policy).differences) for one, other in zip(left, right, strict=True)
        )
        assert found <= by_index, (left, right)
        fewer += found < by_index
    assert fewer > 20


def test_what_no_pairing_brings_within_tolerance_still_differs():
    left = [thing(0, 0), thing(0, 1), thing(3, 0)]
    assert places(compare(left, [thing(0, 0), thing(0, 2.5), thing(3, 0)], NODE, WIDE)) == [("value", "[1].x")]
    assert places(compare(left, [left[2], left[0], left[1]], NODE, WIDE)) == [("order", "")]
    assert compare(left, left[:2], NODE, WIDE).differences[0].kind == "missing"


def test_long_lists_of_one_moment_take_no_long_time():
    rng = random.Random(3)
    left = [thing(0, rng.random() * 50) for _ in range(400)]
    right = [{**item, "x": item["x"] + rng.random() * 1.4 - 0.7} for item in left]
    rng.shuffle(right)
    began = time.process_time()
    assert compare(left, right, NODE, WIDE).differences == []
    right[7]["x"] = 900.0
    assert compare(left, right, NODE, WIDE).differences
    assert time.process_time() - began < 10
