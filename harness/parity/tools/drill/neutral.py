"""Changes that change nothing: what a comparison must not report."""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Callable, Container, Iterable, Mapping
from functools import reduce
from operator import getitem
from typing import Any

from parity.compare.tolerance import Tolerance
from parity.contract.nodes import Node
from parity.paths import INSIDE
from parity.tools.drill.edits import is_ignored
from parity.tools.drill.places import places
from parity.tools.drill.sizes import bounds


def reindented(document: Any, rng: random.Random) -> str:
    """The same document with another indent."""
    return json.dumps(document, ensure_ascii=False, indent=rng.choice([1, 4, 8]))


def escaped(document: Any, rng: random.Random) -> str:
    """The same document with every letter beyond ASCII escaped, and slashes too."""
    return json.dumps(document, ensure_ascii=True).replace("/", "\\/")


def reordered(document: Any, rng: random.Random) -> str:
    """The same document with the keys of every object in another order."""
    return json.dumps(_mapped(document, keys=lambda value: rng.sample(list(value), len(value))), ensure_ascii=False)


def negative_zero(document: Any, rng: random.Random) -> str | None:
    """The same document with −0.0 for every 0.0; None where it has none."""
    text = json.dumps(_mapped(document, lambda real: real if real else -0.0), ensure_ascii=False)
    return text if text != json.dumps(document, ensure_ascii=False) else None


def longer_numbers(document: Any, rng: random.Random) -> str | None:
    """The same document with its real numbers written out to more digits than they need; None where it has none."""
    text = json.dumps(_mapped(document, lambda real: f"\0{real:.20e}\0"), ensure_ascii=False)
    longer = re.sub(r'"\\u0000(-?\d\.\d+e[+-]\d+)\\u0000"', r"\1", text)
    return longer if longer != text else None


def barely_moved(document: Any, node: Node, tolerances: Mapping[str, Tolerance], *, but: Container[str] = ()) -> Any:
    """A copy with every real number that has a tolerance moved by a thousandth of it, away from its range's end.

    ``but``: fields at the top that stay as they are.
    """
    moved = copy.deepcopy(document)
    for place in places(document, node):
        value, steps = place.value, place.steps
        if not isinstance(value, float) or is_ignored(place.node) or INSIDE in steps or steps[0] in but:
            continue
        allowed = tolerances[place.node.rule.kind].allowed(value) if place.node.rule.kind in tolerances else 0.0
        low, high = bounds(place.node)
        step = allowed / 1000
        if high is not None and value + step > high:
            step = -step
        if step and (low is None or value + step >= low):
            holder = reduce(getitem, steps[:-1], moved)
            holder[steps[-1]] = value + step
    return moved


def _mapped(
    value: Any,
    change: Callable[[float], Any] = lambda real: real,
    keys: Callable[[dict[str, Any]], Iterable[str]] = list,
) -> Any:
    """A copy with every real number changed, and the ``keys`` of every object in that order."""
    if isinstance(value, dict):
        return {key: _mapped(value[key], change, keys) for key in keys(value)}
    if isinstance(value, list):
        return [_mapped(item, change, keys) for item in value]
    return change(value) if isinstance(value, float) else value


#: Name → the text of the changed document, None where there is nothing to change.
NEUTRAL: Mapping[str, Callable[[Any, random.Random], str | None]] = {
    "another indent": reindented,
    "escaped letters": escaped,
    "another order of keys": reordered,
    "-0.0 for 0.0": negative_zero,
    "more digits": longer_numbers,
}
