"""What pairs of numbers have in common: one shift, one factor, one unit, a rounding, a sign."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

Relation = Literal["offset", "scale", "unit", "rounding", "sign"]

#: Factors that tell a change of unit: percent, milli, minutes, hours, micro.
UNITS = (1000.0, 100.0, 60.0, 3600.0, 1e6)
#: Values that must agree before a relation is believed, and the share of all values that they must be.
ENOUGH, SHARE = 3, 0.6
#: How far amounts may lie apart to be one: outputs are rounded, so the same shift is not the same to the last bit.
_NEAR = 0.02


@dataclass(frozen=True)
class Common:
    """``members``: indices of the pairs for which it holds; ``spread``: largest minus smallest amount among them."""

    relation: Relation
    amount: float
    spread: float
    members: tuple[int, ...]


def common(pairs: Sequence[tuple[float, float]]) -> Common | None:
    """What most pairs (expected, actual) have in common; None when nothing does."""
    if not pairs or not all(math.isfinite(e) and math.isfinite(a) and e != a for e, a in pairs):
        return None
    for find in (_sign, _unit, _rounding):
        if (found := find(pairs)) is not None:
            return found
    candidates = [each for each in (_offset(pairs), _scale(pairs)) if each is not None]
    # Between an offset and a factor that hold for equally many, the one whose amounts lie closer together is told.
    return max(candidates, key=lambda each: (len(each.members), -_relative_spread(each)), default=None)


def _relative_spread(found: Common) -> float:
    around = found.amount - (1.0 if found.relation == "scale" else 0.0)
    return found.spread / abs(around) if around else math.inf


def _sign(pairs: Sequence[tuple[float, float]]) -> Common | None:
    members = [i for i, (e, a) in enumerate(pairs) if math.isclose(a, -e, rel_tol=1e-9)]
    return Common("sign", -1.0, 0.0, tuple(members)) if len(members) == len(pairs) else None


def _unit(pairs: Sequence[tuple[float, float]]) -> Common | None:
    for factor in (*UNITS, *(1 / each for each in UNITS)):
        members = [i for i, (e, a) in enumerate(pairs) if e and math.isclose(a / e, factor, rel_tol=1e-6)]
        if members and len(members) == len(pairs):
            return Common("unit", factor, 0.0, tuple(members))
    return None


def _rounding(pairs: Sequence[tuple[float, float]]) -> Common | None:
    if len(pairs) < 2:
        return None
    for digits in range(7):
        if all(a == round(e, digits) for e, a in pairs):
            return Common("rounding", float(digits), 0.0, tuple(range(len(pairs))))
    return None


def _offset(pairs: Sequence[tuple[float, float]]) -> Common | None:
    scale = max(max(abs(e), abs(a)) for e, a in pairs)
    return _cluster("offset", [a - e for e, a in pairs], lambda d: max(1e-9 * scale, _NEAR * abs(d)), len(pairs))


def _scale(pairs: Sequence[tuple[float, float]]) -> Common | None:
    if any(e == 0 for e, _ in pairs) or len({e for e, _ in pairs}) < 2:
        return None
    return _cluster("scale", [a / e for e, a in pairs], lambda r: max(1e-9, _NEAR * abs(r - 1)), len(pairs))


def _cluster(relation: Relation, amounts: list[float], near: Callable[[float], float], total: int) -> Common | None:
    """The largest group of amounts around one of them, when it is large enough."""
    order = sorted(range(len(amounts)), key=amounts.__getitem__)
    best: list[int] = []
    first = 0
    for last, index in enumerate(order):
        while amounts[index] - amounts[order[first]] > near(amounts[order[(first + last) // 2]]):
            first += 1
        if last + 1 - first > len(best):
            best = order[first : last + 1]
    if len(best) < ENOUGH or len(best) < SHARE * total:
        return None
    chosen = [amounts[i] for i in best]
    middle = chosen[len(chosen) // 2]
    return Common(relation, middle, chosen[-1] - chosen[0], tuple(sorted(best)))
