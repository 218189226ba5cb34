"""Changes that change nothing: what a comparison must not report."""

from __future__ import annotations

import copy
import json
import math
import random
from collections.abc import Callable, Container, Mapping
from typing import Any

from parity.compare.tolerance import Tolerance
from parity.contract.nodes import Node
from parity.tools.drill.edits import is_ignored
from parity.tools.drill.places import INSIDE, places
from parity.tools.drill.sizes import bounds


def reindented(document: Any, rng: random.Random) -> str:
    """The same document with another indent."""
    return json.dumps(document, ensure_ascii=False, indent=rng.choice([1, 4, 8]))


def escaped(document: Any, rng: random.Random) -> str:
    """The same document with every letter beyond ASCII escaped, and slashes too."""
    return json.dumps(document, ensure_ascii=True).replace("/", "\\/")


def reordered(document: Any, rng: random.Random) -> str:
    """The same document with the keys of every object in another order, those in JSON texts too."""
    return json.dumps(_shuffled(document, rng), ensure_ascii=False)


def negative_zero(document: Any, rng: random.Random) -> str | None:
    """The same document with −0.0 for every 0.0; None where it has none."""
    changed, count = _negated(document)
    return json.dumps(changed, ensure_ascii=False) if count else None


def longer_numbers(document: Any, rng: random.Random) -> str | None:
    """The same document with its real numbers written out to more digits than they need; None where it has none."""
    reals: list[float] = []
    text = json.dumps(_marked(document, reals), ensure_ascii=False)
    for number, value in enumerate(reals):
        text = text.replace(f'"\\u0000{number}\\u0000"', f"{value:.20e}", 1)
    return text if reals else None


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
            holder = moved
            for key in steps[:-1]:
                holder = holder[key]
            holder[steps[-1]] = value + step
    return moved


def _shuffled(value: Any, rng: random.Random) -> Any:
    if isinstance(value, dict):
        keys = rng.sample(list(value), len(value))
        return {key: _shuffled(value[key], rng) for key in keys}
    return [_shuffled(item, rng) for item in value] if isinstance(value, list) else value


def _negated(value: Any) -> tuple[Any, int]:
    if isinstance(value, dict):
        pairs = {key: _negated(item) for key, item in value.items()}
        return {key: pair[0] for key, pair in pairs.items()}, sum(pair[1] for pair in pairs.values())
    if isinstance(value, list):
        found = [_negated(item) for item in value]
        return [pair[0] for pair in found], sum(pair[1] for pair in found)
    if isinstance(value, float) and value == 0 and math.copysign(1, value) > 0:
        return -0.0, 1
    return value, 0


def _marked(value: Any, reals: list[float]) -> Any:
    if isinstance(value, dict):
        return {key: _marked(item, reals) for key, item in value.items()}
    if isinstance(value, list):
        return [_marked(item, reals) for item in value]
    if isinstance(value, float):
        reals.append(value)
        return f"\0{len(reals) - 1}\0"
    return value


#: Name → the text of the changed document, None where there is nothing to change.
NEUTRAL: Mapping[str, Callable[[Any, random.Random], str | None]] = {
    "another indent": reindented,
    "escaped letters": escaped,
    "another order of keys": reordered,
    "-0.0 for 0.0": negative_zero,
    "more digits": longer_numbers,
}
