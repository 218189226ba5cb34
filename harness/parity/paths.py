"""How a place in a document is written, ``a.b``, ``a[3]``, and ``a["odd key"]`` where a key is no plain word."""

from __future__ import annotations

import json
import re
from functools import lru_cache

_STEP = re.compile(r'(?P<text>\(json\))|\[(?P<index>\d+)\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]|\.?(?P<key>[\w-]+)')
_ANY_STEP = re.compile(r"\[\d+\]|(?:(?<=\.)|^)\d[\w-]*")


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


def steps(path: str) -> list[str | int]:
    """The keys and indices of ``path``; ``(json)`` stands for opening a text."""
    found: list[str | int] = []
    for match in _STEP.finditer(path):
        if match["index"] is not None:
            found.append(int(match["index"]))
        else:
            found.append(match["text"] or match["key"] or json.loads(match["quoted"]))
    return found


def pattern(path: str) -> str:
    """``path`` with ``[*]`` for every index and ``*`` for every key that begins with a digit (a second, a window)."""
    return _ANY_STEP.sub(lambda match: "[*]" if match[0].startswith("[") else "*", path)


def parent(path: str) -> tuple[str, str]:
    """``path`` without its last step, and that step; a list item's parent is the list."""
    start = max((match.start() for match in _STEP.finditer(path)), default=0)
    return path[:start], path[start:]


def is_item(path: str) -> bool:
    """Whether the last step of ``path`` is a list index."""
    return re.search(r"\[\d+\]$", path) is not None


def below(path: str, prefix: str) -> bool:
    """Whether ``path`` stands at or below ``prefix``."""
    return path.startswith(prefix) and (not prefix or len(path) == len(prefix) or path[len(prefix)] in ".[(")
