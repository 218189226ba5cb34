"""Each kind of cause is recognised in a document in which it was planted, with its place and its numbers."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parity.compare.difference import Difference
from parity.explain.blame import by_graph, first
from parity.explain.causes import explain, fingerprint, largest, would_pass
from parity.explain.findings import gather
from parity.explain.numbers import common
from parity.pipeline.stages import Graph
from tests.harness.explain.generated import GRAPH, WHERE, causes, document, findings


def only(explanation):
    assert len(explanation.causes) == 1, [each.title for each in explanation.causes]
    assert not explanation.remainder
    return explanation.causes[0]


def each_detection(edit):
    def change(actual):
        for index, item in enumerate(actual["detections"]):
            edit(index, item)

    return change


class TestNumbers:
    def test_shift_of_a_series_says_by_how_much_and_since_when(self):
        def late(index, item):
            if index >= 4:
                item["t"] += 0.033
                item["end"] += 0.033

        cause = only(causes(each_detection(late)))
        assert cause.kind == "shift"
        assert cause.title == (
            "service detector: detections[*].end and 1 more field shifted by +0.033 s from t = 2 s (16 values)"
        )
        assert cause.proof[0].startswith("16 values moved by the same +0.033 s (spread ")
        assert "8 of 12 values of the series, 4 before it are as expected" in cause.proof[0]

    def test_shift_of_the_whole_series_has_no_beginning(self):
        cause = only(causes(each_detection(lambda _, item: item.update(t=item["t"] - 0.04))))
        assert cause.title == "service detector: detections[*].t shifted by -0.04 s (12 values)"

    def test_offset_of_a_field_that_is_no_time(self):
        cause = only(causes(each_detection(lambda _, item: item["box"].__setitem__(0, item["box"][0] + 2))))
        assert (cause.kind, cause.title) == (
            "offset",
            "service detector: detections[*].box[*] +2 px everywhere (12 values)",
        )
        assert largest(cause.findings).difference.magnitude == 2
        assert would_pass(cause.findings) == {"px": 2}

    @given(factor=st.floats(0.5, 1.5).filter(lambda f: abs(f - 1) > 0.01))
    def test_scale_of_any_factor(self, factor):
        cause = only(causes(each_detection(lambda _, item: item.update(score=item["score"] * factor))))
        assert (cause.kind, cause.stage) == ("scale", "detector")
        assert f"detections[*].score × {factor:.6g}" in cause.title

    @pytest.mark.parametrize(
        ("factor", "text"), [(1000, "× 1000"), (60, "× 60"), (0.01, "÷ 100"), (1 / 3600, "÷ 3600")]
    )
    def test_change_of_unit_is_told_from_a_scale(self, factor, text):
        cause = only(causes(each_detection(lambda _, item: item.update(score=item["score"] * factor))))
        assert (cause.kind, cause.title) == (
            "unit",
            f"service detector: detections[*].score in another unit: {text} (12 values)",
        )

    def test_rounding_says_to_how_many_decimals(self):
        cause = only(causes(each_detection(lambda _, item: item.update(score=round(item["score"], 2)))))
        assert cause.title == "service detector: detections[*].score rounded to 2 decimals (12 values)"

    def test_sign(self):
        cause = only(causes(each_detection(lambda _, item: item.update(score=-item["score"]))))
        assert cause.title == "service detector: detections[*].score with the opposite sign (12 values)"

    def test_values_without_a_rule_are_many_values_of_one_field_and_nothing_more(self):
        jumps = [0.11, -0.3, 0.017, 0.2, -0.05, 0.4, -0.021, 0.33, 0.081, -0.13, 0.27, -0.19]
        cause = only(causes(each_detection(lambda i, item: item.update(score=item["score"] + jumps[i]))))
        assert (cause.kind, cause.title) == ("values", "service detector: 12 values of detections[*].score differ")
        assert cause.proof == ()

    def test_two_values_prove_no_scale(self):
        assert common([(1.0, 1.1), (2.0, 2.2)]) is None

    def test_a_rule_that_holds_for_half_is_no_rule(self):
        pairs = [(float(i), i + 0.5) for i in range(4)] + [(float(i), i + 0.1 * i * i + 0.01) for i in range(2, 8)]
        assert common(pairs) is None

    @given(st.lists(st.tuples(st.floats(), st.floats()), max_size=12))
    def test_any_numbers_at_all_are_looked_at_without_a_crash(self, pairs):
        found = common(pairs)
        assert found is None or set(found.members) <= set(range(len(pairs)))

    @given(
        st.lists(st.floats(1, 100, allow_nan=False), min_size=3, max_size=20, unique=True),
        st.floats(-5, 5).filter(lambda d: abs(d) > 0.01),
    )
    def test_a_planted_offset_is_found_whatever_the_values(self, values, offset):
        found = common([(value, value + offset) for value in values])
        assert found is not None and len(found.members) == len(values)


class TestItems:
    def test_truncation_is_told_from_a_removal(self):
        cause = only(causes(lambda actual: actual.update(detections=actual["detections"][:7])))
        assert cause.kind == "truncation"
        assert "detections" in cause.title

    def test_texts_that_were_cut(self):
        cause = only(causes(each_detection(lambda _, item: item.update(text=item["text"][:16]))))
        assert cause.title == "service detector: detections[*].text cut off (12 texts)"
        assert cause.proof == ("each is the beginning of what was expected, at most 16 characters long",)

    def test_one_item_too_many_is_one_cause(self):
        explanation = causes(lambda actual: actual["detections"].append({"t": 9.0, "score": 0.9, "label": "cat"}))
        assert only(explanation).kind in ("insertion", "duplicate")


class TestKeysAndTypes:
    def test_rename_of_a_key(self):
        def rename(actual):
            for item in actual["detections"]:
                item["confidence"] = item.pop("score")

        cause = only(causes(rename))
        assert (cause.kind, cause.title) == ("rename", "service detector: score is called confidence (12 places)")

    def test_null_swap(self):
        cause = only(causes(each_detection(lambda _, item: item.update(score=None))))
        assert cause.title == "service detector: real became null: 12 values of detections[*].score"

    def test_type_change(self):
        cause = only(
            causes(each_detection(lambda _, item: item.update(t=int(item["t"])) if item["t"] % 1 == 0 else None))
        )
        assert cause.kind == "type"
        assert cause.title == "service detector: real became integer: 6 values of detections[*].t"

    def test_nan_is_a_broken_schema(self):
        cause = only(causes(each_detection(lambda _, item: item.update(score=float("nan")))))
        assert cause.kind == "schema"
        assert cause.proof[0] == "the values are nan"

    def test_a_field_that_is_gone(self):
        cause = only(causes(each_detection(lambda _, item: item.pop("label"))))
        assert (cause.kind, cause.title) == (
            "missing_field",
            "service detector: detections[*].label is gone (12 places)",
        )


class TestWords:
    def test_one_word_for_another(self):
        swap = {"dog": "cat"}
        cause = only(causes(each_detection(lambda _, item: item.update(label=swap.get(item["label"], item["label"])))))
        assert (cause.kind, cause.title) == (
            "mapping",
            "service detector: detections[*].label: 'dog' → 'cat' (4 values)",
        )

    def test_a_whole_document_has_a_name_in_titles(self):
        said = Difference("", "value", "one order", "another", note="the same values in another order of keys")
        found = [gather(GRAPH, replace(WHERE, case=case), "doc", [said], ({}, {}))[0] for case in ("one", "two")]
        cause = only(explain(GRAPH, by_graph(GRAPH, found), {}))
        assert cause.title.endswith(": (the whole document): 'one order' → 'another' (2 values)")

    def test_swapped_sides(self):
        def swap(_, item):
            item["t"], item["end"] = item["end"], item["t"]

        cause = only(causes(each_detection(swap)))
        assert (cause.kind, cause.title) == ("swap", "service detector: end and t are swapped (12 places)")

    def test_the_same_items_in_another_order(self):
        cause = only(causes(each_detection(lambda _, item: item["box"].reverse())))
        assert (cause.kind, cause.title) == (
            "order",
            "service detector: detections[*].box: the same items in another order",
        )


class TestStages:
    def test_what_is_computed_in_one_stage_is_one_cause(self):
        def change(actual):
            actual["metrics"].update(density=0.9, peak=3.1)
            del actual["metrics"]["spread"]

        cause = only(causes(change))
        assert (cause.stage, len(cause.findings)) == ("metrics", 3)

    def test_a_stage_behind_a_differing_one_follows_from_it(self):
        def change(actual):
            for item in actual["detections"]:
                item["score"] *= 0.9
            actual["metrics"]["density"] = 0.36

        cause = only(causes(change))
        assert cause.stage == "detector"
        assert [(follow.stage, len(follow.findings), follow.proven) for follow in cause.follows] == [
            ("metrics", 1, False)
        ]

    def test_two_regular_patterns_of_measured_data_are_two_causes(self):
        def change(actual):
            for item in actual["detections"]:
                item["t"] += 0.2
                item["score"] *= 0.9

        kinds = sorted(each.kind for each in causes(change).causes)
        assert kinds == ["scale", "shift"]

    def test_first_diverging_stage_is_the_earliest_with_differences_of_its_own(self):
        expected = document()
        actual = copy.deepcopy(expected)
        actual["metrics"]["peak"] = 9.0
        actual["media"]["frames"] = "cd34"
        assert first(GRAPH, by_graph(GRAPH, findings(expected, actual))) == "frames"

    def test_without_a_stage_graph_patterns_are_found_and_the_rest_is_left_over(self):
        expected = document()
        actual = copy.deepcopy(expected)
        actual["note"] = "another"
        for item in actual["detections"]:
            item["score"] *= 0.9
        graph = Graph(())
        found = [_without_stage(each) for each in findings(expected, actual)]
        explanation = explain(graph, by_graph(graph, found), {(WHERE, "doc"): (expected, actual)})
        assert [each.kind for each in explanation.causes] == ["scale"]
        assert [each.place for each in explanation.remainder] == ["note"]


class TestNames:
    def test_the_name_of_a_cause_does_not_depend_on_values(self):
        first_, second = (
            only(causes(each_detection(lambda _, item, by=by: item.update(score=item["score"] * by))))
            for by in (0.9, 0.8)
        )
        assert first_.id == second.id

    def test_the_name_depends_on_kind_stage_and_place(self):
        names = {fingerprint("scale", "a", ["x"]), fingerprint("shift", "a", ["x"]), fingerprint("scale", "b", ["x"])}
        assert len(names | {fingerprint("scale", "a", ["y"])}) == 4
        assert all(name.startswith(("a-", "b-")) for name in names)


def _without_stage(finding):
    from dataclasses import replace

    return replace(finding, stage=None, place=finding.difference.path)


# ---- every difference belongs to exactly one cause or to the remainder ------------------------------------------------

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(-9, 9) | st.text("abc", max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["t", "end", "label"]), inner, max_size=3)
    ),
    max_leaves=6,
)
_EDIT = st.tuples(
    st.sampled_from(["t", "end", "score", "label", "text", "box"]),
    st.integers(0, 5),
    st.sampled_from(["set", "drop", "add", "cut", "null", "scale", "remove", "copy", "metric"]),
    _JSON,
)


def _edit(actual: dict[str, Any], field: str, index: int, how: str, value: Any) -> None:
    items = actual["detections"]
    if how == "metric" or not items:
        actual["metrics"][field] = value
        return
    item = items[index % len(items)]
    match how:
        case "set":
            item[field] = value
        case "drop":
            item.pop(field, None)
        case "add":
            item[f"{field}_2"] = item.get(field)
        case "cut":
            item["text"] = str(item.get("text"))[:index]
        case "null":
            item[field] = None
        case "scale":
            for each in items:
                each["score"] = 0.9 * each["score"] if isinstance(each.get("score"), float) else value
        case "remove":
            items.remove(item)
        case "copy":
            items.append(copy.deepcopy(item))


@given(st.lists(_EDIT, min_size=1, max_size=6), st.booleans())
def test_every_difference_belongs_to_exactly_one_cause_or_to_the_remainder(edits, staged):
    expected = document(6)
    actual = copy.deepcopy(expected)
    for edit in edits:
        _edit(actual, *edit)
    found = findings(expected, actual)
    graph = GRAPH if staged else Graph(())
    found = found if staged else [_without_stage(each) for each in found]
    explanation = explain(graph, by_graph(graph, found), {(WHERE, "doc"): (expected, actual)})
    explained = [id(each) for cause in explanation.causes for each in cause.everything]
    assert sorted(explained + [id(each) for each in explanation.remainder]) == sorted(id(each) for each in found)
    for cause in explanation.causes:
        listed = [id(each) for part in cause.parts for each in part.findings]
        assert len(listed) == len(set(listed))
