"""How a place in a document is written, ``a.b``, ``a[3]``, and ``a["odd key"]`` where a key is no plain word."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache, reduce

_STEP = re.compile(
    r'(?P<text>\(json\))|\[(?P<index>\d+)\]|\[(?P<any>\*)\]|\[(?P<quoted>"(?:[^"\\]|\\.)*")\]|\.?(?P<key>[\w-]+)'
)


class _Mark(str):
    """A step that is no key, even if a key reads the same: it is equal to itself alone."""

    __eq__, __ne__, __hash__ = object.__eq__, object.__ne__, object.__hash__


#: The step from a text into the JSON document that it holds.
INSIDE = _Mark("(json)")
#: The step to any item of a list, in a pattern.
ANY = _Mark("[*]")


def join(path: str, step: str | int) -> str:
    """``path`` one step further."""
    if type(step) is not str:
        return f"{path}[{step}]" if isinstance(step, int) else f"{path}{step}"
    if _is_plain(step):
        return f"{path}.{step}" if path else step
    return f"{path}[{json.dumps(step, ensure_ascii=False)}]"


@lru_cache(maxsize=4096)
def _is_plain(key: str) -> bool:
    return bool(key) and all(character.isalnum() or character in "_-" for character in key)


def written(way: Iterable[str | int]) -> str:
    """The path that ``steps`` reads as ``way``."""
    return reduce(join, way, "")


def steps(path: str) -> list[str | int]:
    """The keys and indices of ``path``; ``INSIDE`` where a text is opened, ``ANY`` for every item in a pattern."""
    return [_step(match) for match in _STEP.finditer(path)]


def _step(match: re.Match[str]) -> str | int:
    if match["index"] is not None:
        return int(match["index"])
    if match["quoted"] is not None:
        return str(json.loads(match["quoted"]))
    return INSIDE if match["text"] else ANY if match["any"] else match["key"]


def pattern(path: str) -> str:
    """``path`` with ``[*]`` for every index and ``*`` for every key that begins with a digit (a second, a window)."""
    return _STEP.sub(_general, path)


def _general(match: re.Match[str]) -> str:
    if match["index"] is not None:
        return ANY
    begins = match[0].startswith(".") or match.start() == 0
    if match["key"] is not None and begins and match["key"][0].isdecimal():
        return match[0].removesuffix(match["key"]) + "*"
    return match[0]


def without_indices(path: str) -> str:
    """``path`` with ``[*]`` for every index; keys stay, whatever they look like."""
    return _STEP.sub(lambda match: match[0] if match["index"] is None else ANY, path)


def matcher(declared: str) -> re.Pattern[str]:
    """What matches the paths that ``declared`` means, in which ``[*]`` stands for any index."""
    parts, end = [], 0
    for match in _STEP.finditer(declared):
        if match["any"]:
            parts += [re.escape(declared[end : match.start()]), r"\[\d+\]"]
            end = match.end()
    return re.compile("".join([*parts, re.escape(declared[end:])]))


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
