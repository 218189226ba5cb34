"""Mutations hit every field, are told by their seed, and change one place."""

from __future__ import annotations

import json
import random

import pytest

from parity.paths import INSIDE
from parity.tools.drill import mutate
from parity.tools.drill.bench import is_named, with_document
from parity.tools.drill.mutate import Target, sample
from parity.tools.drill.places import changed, places


@pytest.fixture(scope="module")
def targets(bench):
    (case,) = [case for case in bench.cases if case.name == "edge_case"]
    return list(bench.targets(case, without=set()))


def mutations(targets, seed=1, **wanted):
    return sample(targets, **{"values": 0, "structural": 0, **wanted}, seed=seed)


def test_every_field_is_hit_by_a_value_where_it_has_one_and_by_a_structural_change(targets):
    made = mutations(targets)
    fields = {(t.artifact, t.place.field) for t in targets if t.place.steps}
    leaves = {key for key in fields if not any(_is_container(t) for t in targets if (t.artifact, t.place.field) == key)}
    structural = {(m.artifact, m.field) for m in made if not m.size}
    # Items of a list can be retyped and nulled, so only a leaf that is null in every place has a single way to change.
    assert leaves <= structural
    movable = {
        (t.artifact, t.place.field)
        for t in targets
        if t.place.steps and not t.ignored and isinstance(t.place.value, str) and t.place.node.content is None
    }
    assert movable <= {(m.artifact, m.field) for m in made if m.size}


def _is_container(target):
    return isinstance(target.place.value, dict | list)


def test_the_seed_decides(targets):
    def told(seed):
        return [(m.kind, m.artifact, m.path, m.text) for m in mutations(targets, seed=seed)]

    assert told(1) == told(1)
    assert told(1) != told(2)


def test_a_sample_is_as_large_as_asked_for(targets):
    made = sample(targets, values=40, structural=30, seed=1, cover=False)
    assert len([m for m in made if not m.size]) == 30
    assert 40 <= len([m for m in made if m.size]) <= 41


def test_every_structural_kind_is_there(targets):
    kinds = {m.kind for m in mutations(targets, structural=1500)}
    assert kinds == {*mutate.OF_LEAVES, *mutate.OF_LISTS, *mutate.OF_DOCUMENTS, mutate.VALUE}


def test_a_mutation_changes_its_place_and_leaves_the_original_alone(targets):
    before = {t.artifact: json.dumps(t.document) for t in targets}
    for mutation in random.Random(4).sample(mutations(targets), 150):
        document = mutation.document()
        assert json.dumps(document) != before[mutation.artifact], (mutation.kind, mutation.path, mutation.text)
    assert {t.artifact: json.dumps(t.document) for t in targets} == before


def test_ignored_leaves_are_not_changed_in_value(targets):
    ignored = {(t.artifact, t.place.path) for t in targets if t.ignored}
    assert ignored
    assert not ignored & {(m.artifact, m.path) for m in mutations(targets) if m.size}


def test_a_place_inside_a_json_text_can_be_changed(bench):
    capture = bench.capture("edge_case")
    document, node = capture.document("scene_pacing.complete"), bench.rules.contracts["scene_pacing.complete"].node
    inside = next(p for p in places(document, node) if INSIDE in p.steps and isinstance(p.value, float))
    edited = changed(document, inside.steps, lambda holder, key: holder.__setitem__(key, 99.5))
    assert inside.path.startswith("result(json).")
    assert "99.5" in edited["result"]
    assert edited["parsed_response"] == document["parsed_response"]


def test_a_difference_elsewhere_does_not_name_a_mutation(bench):
    (case,) = [case for case in bench.cases if case.name == "edge_case"]
    target: Target = next(
        t
        for t in bench.targets(case, without=set())
        if t.artifact == "scene_pacing.result" and isinstance(t.place.value, float) and t.in_golden
    )
    (mutation,) = [m for m in sample([target], values=1, structural=0, seed=1, cover=False) if m.size]
    with with_document(bench.capture(case.name), mutation.artifact, mutation.document()) as capture:
        outcomes = bench.judge(case, [capture], bench.concerned(case, mutation.artifact), run=False)
    assert is_named(mutation, outcomes) == (True, [])
    from dataclasses import replace

    other = replace(mutation, path="scenePacingQuality.nothing", parent="scenePacingQuality", lists=())
    hit, elsewhere = is_named(other, outcomes)
    assert not hit
    assert set(elsewhere) == {mutation.path}
