"""Changes without effect leave every value as it was."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from parity.tools.drill.neutral import NEUTRAL

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
