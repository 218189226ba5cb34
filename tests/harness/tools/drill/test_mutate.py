"""A value is retyped."""

from __future__ import annotations

import json
import random

from hypothesis import given
from hypothesis import strategies as st

from parity.tools.drill.edits import retyped


@given(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.floats(-9, 9), st.text(max_size=4)), st.integers(0, 99)
)
def test_a_retyped_value_has_another_json_type(value, seed):
    (other,) = retyped(value, random.Random(seed))
    assert type(other) is not type(value)
    assert json.dumps(other) != json.dumps(value)
