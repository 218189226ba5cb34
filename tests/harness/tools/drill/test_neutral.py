"""Changes without effect leave every value as it was."""

from __future__ import annotations

import json
import math
import random

from hypothesis import given
from hypothesis import strategies as st

from parity.compare.tolerance import passes
from parity.tools.drill.mutate import is_ignored
from parity.tools.drill.neutral import NEUTRAL, barely_moved
from parity.tools.drill.places import places

JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-9, 9), st.floats(-9, 9), st.text(max_size=5)),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=3), inner, max_size=4)),
    max_leaves=12,
)


@given(JSON, st.integers(0, 99))
def test_the_text_is_another_and_the_values_are_equal(document, seed):
    for name, change in NEUTRAL.items():
        text = change(document, random.Random(seed))
        if text is not None:
            assert json.loads(text) == document, name


def test_zero_becomes_negative():
    assert NEUTRAL["-0.0 for 0.0"]({"a": [0.0, 1.5]}, random.Random(1)) == '{"a": [-0.0, 1.5]}'
    assert NEUTRAL["-0.0 for 0.0"]({"a": [0, -0.0]}, random.Random(1)) is None


def test_what_is_barely_moved_stays_within_its_tolerance(bench):
    node, tolerances = bench.like.contracts["unified"].node, bench.like.tolerances
    document = bench.capture("tutorial").document("unified")
    moved = barely_moved(document, node, tolerances)
    pairs = list(zip(places(document, node), places(moved, node), strict=True))
    touched = [(a, b) for a, b in pairs if isinstance(a.value, float) and a.value != b.value]
    assert len(touched) > 100
    for before, after in touched:
        assert not is_ignored(before.node)
        assert passes(before.value, after.value, tolerances[before.node.rule.kind].allowed(before.value)), before.path
        assert math.isfinite(after.value)
