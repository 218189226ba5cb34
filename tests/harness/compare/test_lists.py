"""Which item of a list is which: one insertion is one difference, order, moves, overlap of boxes, curves, flips."""

from __future__ import annotations

import copy

import pytest

from parity.compare.align import overlap
from parity.compare.tolerance import FlipRule, Tolerances
from parity.compare.walk import Policy, compare
from parity.verdict import ContractError
from tests.harness.compare.kit import (
    BOX,
    CLASSES,
    EXACT,
    GOLDEN,
    closed,
    contract_of,
    detection,
    document,
    find,
    items,
    number,
    places,
)

POLICIES = pytest.mark.parametrize("policy", [EXACT, GOLDEN])


@POLICIES
def test_items_that_drift_are_paired_across_an_insertion(policy):
    left, right = document(), document()
    for item in right["seen"]:
        item["score"] += 0.1
    right["seen"].insert(2, detection(9, at=1.9))
    found = find(left, right, policy)
    assert sorted(places(found)) == sorted(
        [("extra", "seen[2]"), *(("value", f"seen[{i}].score") for i in (0, 1, 3, 4, 5, 6))]
    )
    assert {d.path: d.expected_path for d in found.differences}["seen[3].score"] == "seen[2].score"
    assert (
        "its partner stands at seen[2].score" in next(d for d in found.differences if d.path == "seen[3].score").text()
    )


@POLICIES
def test_partners_are_found_within_the_window_also_across_whole_seconds(policy):
    left, right = document(), document()
    left["seen"], right["seen"] = [detection(1, at=0.95)], [detection(0, at=0.2), detection(1, at=1.05)]
    found = find(left, right, policy)
    assert places(found) == [("value", "seen[1].at"), ("extra", "seen[0]")]
    assert found.differences[0].magnitude == pytest.approx(0.1)


@POLICIES
def test_two_things_of_one_name_on_one_frame_are_told_apart_by_their_boxes(policy):
    left, right = document(), document()
    one, two = detection(1, at=0.0, name="cup"), detection(5, at=0.0, name="cup")
    left["seen"], right["seen"] = [one, two], [{**two, "score": 0.7}, {**one, "score": 0.7}]
    found = find(left, right, policy)
    kinds = {(d.kind, d.path, d.expected_path) for d in found.differences}
    assert {("value", "seen[0].score", "seen[1].score"), ("value", "seen[1].score", "seen[0].score")} <= kinds
    assert found.leaves == find(left, left, policy).leaves


def test_another_name_at_another_place_is_another_thing():
    left, right = document(), document()
    right["seen"][2] = detection(2, name="zebra", box=[900.0, 500.0, 950.0, 550.0])
    assert places(find(left, right)) == [("missing", "seen[2]"), ("extra", "seen[2]")]


@POLICIES
def test_one_number_of_a_box_alone_makes_no_other_thing_even_where_boxes_are_empty(policy):
    boxes = items(closed(at=number("time"), box=BOX), align={"by": "at", "within": 0.25, "then": ["iou:box"]})
    node = contract_of({"$id": "boxes.schema.json", **closed(boxes=boxes)}).node
    left = {"boxes": [{"at": 0.0, "box": [1.0, 1.0, 9.0, 9.0]}, {"at": 1.0, "box": [900.0, 500.0, 900.0, 550.0]}]}
    right = copy.deepcopy(left)
    right["boxes"][1]["box"][2] = 940.0
    assert places(compare(left, right, node, policy)) == [("value", "boxes[1].box[2]")]
    right["boxes"][1]["box"][:2] = [930.0, 510.0]
    assert places(compare(left, right, node, policy)) == [("missing", "boxes[1]"), ("extra", "boxes[1]")]


def test_another_name_at_the_same_place_is_a_changed_name():
    left, right = document(), document()
    right["seen"][2]["name"] = "zebra"
    assert places(find(left, right)) == [("value", "seen[2].name")]


def test_items_in_another_order_are_one_order_difference():
    left, right = document(), document()
    right["seen"][1], right["seen"][4] = right["seen"][4], right["seen"][1]
    found = find(left, right)
    (difference,) = found.differences
    assert (difference.kind, difference.path) == ("order", "seen")
    assert "2 of 6 items stand elsewhere: items 1, 4 of the expected list are items 4, 1 here" in difference.text()
    assert (found.differing, found.leaves) == (16, find(left, left).leaves)


def test_a_tolerance_leaves_the_order_open_among_items_of_one_moment_only():
    left, right = document(), document()
    left["seen"] = [detection(1, at=0.0), detection(2, at=0.0), detection(3, at=0.1)]
    right["seen"] = [left["seen"][1], left["seen"][0], left["seen"][2]]
    assert places(find(left, right, GOLDEN)) == []
    assert places(find(left, right, EXACT)) == [("order", "seen")]
    right["seen"] = [left["seen"][2], left["seen"][0], left["seen"][1]]
    assert places(find(left, right, GOLDEN)) == [("order", "seen")]


@POLICIES
def test_words_in_another_order_are_one_order_difference(policy):
    left, right = document(), document(words=["one", "four", "two", "three"])
    found = find(left, right, policy)
    assert places(found) == [("order", "words")]
    assert (found.differing, found.leaves) == (1, find(left, left).leaves)


@POLICIES
def test_the_same_thing_far_away_in_time_was_moved(policy):
    left, right = document(), document()
    item = right["seen"].pop(1)
    right["seen"].append({**item, "at": 40.0, "frame": 400})
    found = find(left, right, policy)
    (difference,) = found.differences
    assert (difference.kind, difference.path, difference.expected_path) == ("moved", "seen[5]", "seen[1]")
    assert difference.text(expected="web") == "seen[5]: the same as seen[1] of web, moved; its at is 40.0, was 1.0"
    assert (found.differing, found.leaves) == (8, find(left, left).leaves)


@POLICIES
def test_another_time_alone_is_one_difference_that_says_both_times(policy):
    left, right = document(), document()
    right["seen"][2]["at"] += 7
    (difference,) = find(left, right, policy).differences
    assert (difference.kind, difference.note) == ("moved", "its at is 9.0, was 2.0")


@POLICIES
@pytest.mark.parametrize("gone", range(0, 7))
def test_items_that_agree_are_partners_though_others_stand_at_their_index(policy, gone):
    """One item less and one more leave the length as it is; on every frame two boxes of one name overlap."""
    wide, narrow = [10.0, 20.0, 360.0, 630.0], [20.0, 30.0, 330.0, 490.0]
    seen = [
        detection(i, at=i // 2 * 0.2, name="cup", score=0.5 + i / 100, box=narrow if i % 2 else wide) for i in range(20)
    ]
    new = detection(3, at=2.4, name="cup", score=0.4, box=narrow)
    left, right = document(seen=seen), document(seen=[*seen[:gone], *seen[gone + 1 : 13], new, *seen[13:]])
    assert sorted(places(find(left, right, policy))) == [("extra", "seen[12]"), ("missing", f"seen[{gone}]")]


def test_a_changed_and_an_inserted_word_are_two_differences():
    left, right = document(), document(words=["one", "new", "two", "THREE", "four"])
    assert sorted(places(find(left, right))) == [("extra", "words[1]"), ("value", "words[3]")]


def test_a_curve_is_compared_index_by_index_with_one_length_difference():
    left, right = document(), document(curve=[0.1, 0.25, 0.3, 0.4, 0.5, 0.6])
    found = find(left, right, GOLDEN)
    assert places(found) == [("length", "curve"), ("value", "curve[1]")]
    assert found.differences[0].text().startswith("curve: expected 4 items, actual 6")
    assert (found.differing, found.leaves) == (3, find(right, right).leaves)


def test_an_entry_of_another_kind_is_another_entry():
    left, right = document(), document()
    right["entries"][1] = {"at": 1.5, "kind": "word", "said": "hello"}
    assert places(find(left, right)) == [("missing", "entries[1]"), ("extra", "entries[1]")]


def test_entries_of_one_moment_are_paired_by_what_else_they_say():
    left, right = document(), document()
    left["entries"] = [{"at": 1.0, "kind": "mark", "size": 0.25}, {"at": 1.0, "kind": "word", "said": "one two"}]
    right["entries"] = [{"at": 1.0, "kind": "word", "said": "one three"}]
    assert sorted(places(find(left, right))) == [("missing", "entries[0]"), ("value", "entries[0].said")]


def test_a_large_group_is_paired_without_trying_everything():
    left, right = document(), document()
    left["seen"] = [detection(i % 7, at=i * 0.2, frame=i) for i in range(400)]
    right["seen"] = [{**item, "score": 0.6} for item in copy.deepcopy(left["seen"])]
    del right["seen"][200]
    found = find(left, right)
    assert ("missing", "seen[200]") in places(found)
    assert len(found.differences) == 400


class TestFlips:
    def faint(self, *scores):
        return [detection(10 + i, score=score) for i, score in enumerate(scores)]

    def test_an_item_near_its_threshold_on_one_side_is_a_flip_and_never_exact(self):
        left, right = document(), document()
        right["seen"] += self.faint(0.26)
        found = find(left, right, GOLDEN)
        assert places(found) == []
        (flip,) = found.flips
        assert (flip.path, flip.kind, flip.list_path) == ("seen[6]", "extra", "seen")
        assert (flip.score, flip.threshold, flip.margin) == (0.26, 0.25, 0.02)
        assert found.counts()["flip"] == 8
        assert found.exact == find(left, left, GOLDEN).exact
        assert [f.kind for f in find(right, left, GOLDEN).flips] == ["missing"]

    def test_beyond_the_margin_it_is_a_difference(self):
        left, right = document(), document()
        right["seen"] += self.faint(0.28)
        assert places(find(left, right, GOLDEN)) == [("extra", "seen[6]")]

    def test_beyond_the_budget_it_is_a_difference(self):
        left, right = document(), document()
        right["seen"] += self.faint(0.25, 0.26, 0.255)
        found = find(left, right, GOLDEN)
        assert len(found.flips) == 2  # a fifth of nine items
        assert places(found) == [("extra", "seen[8]")]

    def test_nothing_flips_between_configurations_or_without_budget(self):
        left, right = document(), document()
        right["seen"] += self.faint(0.26)
        nothing = Tolerances(CLASSES, {"seen": FlipRule(0.25, 0.02, 0.0, "test")})
        assert places(find(left, right, EXACT)) == [("extra", "seen[6]")]
        assert places(find(left, right, Policy("disk", tolerances=nothing))) == [("extra", "seen[6]")]

    def test_an_unknown_flip_rule_breaks_the_contract(self):
        left, right = document(), document()
        right["seen"] += self.faint(0.26)
        other = Tolerances(CLASSES, {"other": FlipRule(0.25, 0.02, 0.1, "test")})
        with pytest.raises(ContractError, match=r"properties/seen: unknown flip rule 'seen'; known: other"):
            find(left, right, Policy("disk", tolerances=other))


def test_overlap_is_the_shared_part_of_two_boxes():
    assert overlap((0, 0, 2, 2), (1, 0, 3, 2)) == pytest.approx(1 / 3)
    assert overlap((0, 0, 1, 1), (2, 2, 3, 3)) == 0
    assert overlap((1, 1, 1, 1), (1, 1, 1, 1)) == 1
