"""Tolerance classes: how far a number may lie from its golden."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from harness.verdict import ContractError

_KEYS = {"abs", "rel", "unit", "provenance"}


@dataclass(frozen=True)
class Tolerance:
    """``allowed = max(abs, rel · |expected|)``, in ``unit``; ``provenance`` says where the numbers come from."""

    abs: float
    rel: float
    unit: str
    provenance: str

    def allowed(self, expected: float) -> float:
        """The largest distance from ``expected`` that passes."""
        return max(self.abs, self.rel * abs(expected))


EXACT = Tolerance(abs=0.0, rel=0.0, unit="any", provenance="by definition")


def passes(expected: float, actual: float, allowed: float) -> bool:
    """Whether the distance is at most ``allowed``; the subtraction's own rounding does not decide the edge."""
    if expected == actual:
        return True
    rounding = 2 * sys.float_info.epsilon * max(abs(expected), abs(actual))
    return allowed > 0 and abs(actual - expected) <= allowed + rounding


def load(file: Path) -> Mapping[str, Tolerance]:
    """The classes of ``file`` (``{"classes": {name: {abs, rel, unit, provenance}}}``); ``exact`` must be zero."""
    try:
        table = json.loads(file.read_text(encoding="utf-8"))["classes"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ContractError(f"{file}: cannot be read as tolerance classes: {error!r}") from error
    classes = {}
    for name, entry in table.items():
        if not isinstance(entry, dict) or set(entry) != _KEYS:
            raise ContractError(f"{file}: class {name!r} must have the keys {sorted(_KEYS)}, got {entry!r}")
        for key in ("abs", "rel"):
            value = entry[key]
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < float("inf"):
                raise ContractError(f"{file}: {name}.{key} must be a number from 0, got {value!r}")
        classes[name] = Tolerance(**entry)
    exact = classes.get("exact")
    if exact is None or exact.abs or exact.rel:
        raise ContractError(f"{file}: class 'exact' must stand there with abs 0 and rel 0, got {exact}")
    return classes
