"""Changes without effect, on a real document."""

from __future__ import annotations

import math

from parity.compare.tolerance import passes
from parity.tools.drill.edits import is_ignored
from parity.tools.drill.neutral import barely_moved
from parity.tools.drill.places import places


def test_what_is_barely_moved_stays_within_its_tolerance(bench):
    node, tolerances = bench.rules.contracts["unified"].node, bench.rules.tolerances
    document = bench.capture("tutorial").document("unified")
    moved = barely_moved(document, node, tolerances)
    pairs = list(zip(places(document, node), places(moved, node), strict=True))
    touched = [(a, b) for a, b in pairs if isinstance(a.value, float) and a.value != b.value]
    assert len(touched) > 100
    for before, after in touched:
        assert not is_ignored(before.node)
        assert passes(before.value, after.value, tolerances[before.node.rule.kind].allowed(before.value)), before.path
        assert math.isfinite(after.value)
