"""What a comparison says of the spread: fields, flips, and what teaches nothing."""

from __future__ import annotations

import pytest

from parity.compare.tolerance import FlipRule, Tolerance, Tolerances
from parity.compare.walk import Policy, compare
from parity.contract import check, registry
from parity.tools.calibrate.spread import Where, field_of, nothing_passes, observe

SCHEMA = {
    "$id": "seen.schema.json",
    "type": "object",
    "properties": {
        "items": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "at": {"type": "number", "x-parity": {"unit": "s", "class": "time"}},
                    "name": {"type": "string", "x-parity": {"unit": "text"}},
                    "score": {"type": "number", "x-parity": {"unit": "ratio", "class": "score"}},
                },
                "required": ["at", "name", "score"],
                "additionalProperties": False,
            },
            "x-parity": {
                "align": {"by": "at", "within": 0.1, "then": ["name"]},
                "flip": {"score": "score", "class": "item"},
            },
        },
        "beats": {
            "type": "array",
            "items": {"type": "number", "x-parity": {"unit": "s", "class": "time"}},
            "x-parity": {"align": {"by": "item", "within": 0.1}, "flip": {"class": "beat"}},
        },
        "total": {"type": "integer", "x-parity": {"unit": "count"}},
        "mean": {"type": "number", "x-parity": {"unit": "ratio"}},
    },
    "required": ["items", "beats", "total", "mean"],
    "additionalProperties": False,
}
KNOWN = Tolerances(
    {
        "exact": Tolerance(0, 0, "any", "test"),
        "time": Tolerance(0.01, 0, "s", "test"),
        "score": Tolerance(0.01, 0, "ratio", "test"),
    },
    {"item": FlipRule(0.25, 0.01, 0.5, "test"), "beat": FlipRule(0.0, 0.0, 0.0, "test")},
)


def item(at, name="cup", score=0.9):
    return {"at": at, "name": name, "score": score}


def sheet(items, beats=(), total=3, mean=0.5):
    return {"items": items, "beats": list(beats), "total": total, "mean": mean}


def seen(before, after, **options):
    node = check.build(registry.collect([SCHEMA]), "seen.schema.json").node
    comparison = compare(before, after, node, Policy(actual_by="disk", tolerances=nothing_passes(KNOWN)))
    floors = {"time": 0.001, "score": 0.001}
    return observe(comparison, (before, after), Where("clip", "seen", floors), **options)


def test_distances_are_gathered_by_field_with_their_class_and_place():
    before = sheet([item(1.0), item(2.0, score=0.5), item(3.0)])
    after = sheet([item(1.0, score=0.905), item(2.0, score=0.42), item(3.02)])
    found = seen(before, after)
    assert set(found.fields) == {"seen:items[*].score", "seen:items[*].at"}
    kind, spread = found.fields["seen:items[*].score"]
    assert (kind, spread.changed, spread.where) == ("score", 2, "clip seen:items[1].score")
    assert (spread.abs, spread.rel) == (pytest.approx(0.08), pytest.approx(0.16))
    assert found.classes()["time"].abs == pytest.approx(0.02)


def test_equal_documents_show_nothing():
    same = sheet([item(1.0)], beats=[1.0])
    found = seen(same, same)
    assert (found.unequal, found.fields, found.discrete, found.flips) == (0, {}, {}, {})
    assert found.leaves > 0


def test_an_item_on_one_side_is_a_flip_with_its_share_and_its_distance_from_the_threshold():
    before = sheet([item(1.0), item(2.0), item(3.0, score=0.31), item(4.0)])
    found = seen(before, sheet([item(1.0), item(2.0), item(4.0)]))
    flipped = found.flips["item"]
    assert (flipped.items, flipped.share, flipped.where) == (1, 0.25, "clip seen:items[2]")
    assert flipped.farthest == pytest.approx(0.06)
    assert found.discrete == {}


def test_partners_of_another_name_are_two_flips():
    found = seen(sheet([item(1.0, "cup", 0.3), item(2.0)]), sheet([item(1.0, "mug", 0.29), item(2.0)]))
    assert (found.flips["item"].items, found.flips["item"].share) == (2, 1.0)
    assert found.discrete == {}


def test_items_without_a_score_may_all_flip():
    found = seen(sheet([], beats=[1.0, 2.0, 3.0]), sheet([], beats=[1.0, 2.0, 2.5, 3.0]))
    assert (found.flips["beat"].items, found.flips["beat"].farthest) == (1, 0.0)


def test_counts_and_texts_have_no_distance():
    found = seen(sheet([], total=3), sheet([], total=4))
    assert found.fields == {}
    assert found.discrete["seen:total"].count == 1
    assert "before 3, now 4" in found.discrete["seen:total"].example


def test_what_is_computed_from_the_data_teaches_nothing_and_is_kept_apart():
    found = seen(
        sheet([item(1.0)], mean=0.5), sheet([item(1.0, score=0.8)], mean=0.7), teaches=lambda path: path != "mean"
    )
    assert set(found.fields) == {"seen:items[*].score"}
    assert found.follows["seen:mean"][1].abs == pytest.approx(0.2)
    assert "exact" not in found.classes()


def test_both_of_two_observations_are_kept():
    one = seen(sheet([item(1.0)]), sheet([item(1.0, score=0.8)]))
    two = seen(sheet([item(1.0)]), sheet([item(1.0, score=0.5)]))
    both = one.merge(two)
    assert (both.classes()["score"].changed, both.leaves) == (2, one.leaves + two.leaves)
    assert both.classes()["score"].abs == pytest.approx(0.4)


@pytest.mark.parametrize(
    ("path", "field"),
    [("a[3].b[0]", "x:a[*].b[*]"), ("timeline.0-1s.at", "x:timeline.*.at"), ("Core.mean", "x:Core.mean")],
)
def test_a_field_has_no_indices_and_no_keys_that_are_data(path, field):
    assert field_of("x", path) == field
