"""How a place in a document is written: ``a.b``, ``a[3]``, and ``a["odd key"]`` where a key is no plain word."""

from __future__ import annotations

import json
from functools import lru_cache


def join(path: str, step: str | int) -> str:
    """``path`` one step further."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if _is_plain(step):
        return f"{path}.{step}" if path else step
    return f"{path}[{json.dumps(step, ensure_ascii=False)}]"


@lru_cache(maxsize=4096)
def _is_plain(key: str) -> bool:
    return bool(key) and all(character.isalnum() or character in "_-" for character in key)
