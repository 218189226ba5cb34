"""Keys that stand more than once in one object: found in one place, whatever a reader makes of them."""

from __future__ import annotations

from collections.abc import Iterable


def repeated(keys: Iterable[str]) -> list[str]:
    """Those of ``keys`` that stand more than once, each once, in their order."""
    seen: set[str] = set()
    twice: dict[str, None] = {}
    for key in keys:
        if key in seen:
            twice[key] = None
        seen.add(key)
    return list(twice)
