"""Which places of a document a pattern means: ``a.b`` and all below it, ``items[*].score``, ``*Score``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from harness.compare.difference import Comparison, Difference
from harness.contract.nodes import Node
from harness.documents import Unreadable, parse
from harness.path import join

#: Whether a path is meant.
Test = Callable[[str], bool]


def matcher(patterns: Sequence[str]) -> Test:
    """A test of paths. ``*`` is any text, ``?`` any character, ``[*]`` any index; what lies below a match is meant too."""
    compiled = [re.compile(_regular(pattern), re.DOTALL) for pattern in patterns]
    return lambda path: any(each.fullmatch(path) for each in compiled)


def _regular(pattern: str) -> str:
    pieces = re.split(r"(\[\*\]|\*|\?)", pattern.strip())
    wild = {"[*]": r"\[\d+\]", "*": ".*", "?": "."}
    return "".join(wild.get(piece, re.escape(piece)) for piece in pieces) + r"(?:[.\[(].*)?"


def leaves(value: Any, node: Node | None, path: str = "") -> Iterator[str]:
    """The path of every leaf; a text that is JSON by its schema is opened."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, node.child(key) if node else None, join(path, key))
    elif isinstance(value, list) and value:
        for index, item in enumerate(value):
            yield from leaves(item, node.item(index) if node else None, join(path, index))
    elif isinstance(value, str) and node is not None and node.content is not None:
        try:
            inside = parse(value)
        except Unreadable:
            yield path
            return
        yield from leaves(inside, node.content, f"{path}(json)")
    else:
        yield path


def narrowed(found: Comparison, exact: Comparison, present: Sequence[str], meant: Test) -> Comparison:
    """``found`` without what lies at places that are not ``meant``.

    ``exact`` is the same comparison without tolerances: what differs there and not here lies within them. ``present``:
    the paths of all leaves of the actual document.
    """
    kept = Comparison()
    kept.differences = [each for each in found.differences if _about(each, meant)]
    kept.uncompared = [path for path in found.uncompared if meant(path)]
    kept.ignored = [leaf for leaf in found.ignored if meant(leaf.path)]
    kept.flips = [flip for flip in found.flips if meant(flip.path) or meant(flip.list_path)]
    kept.differing = sum(_size(each, meant) for each in kept.differences)
    kept.flipped = found.flipped if kept.flips else 0
    left_out = {leaf.path for leaf in found.ignored}
    still = {each.path for each in found.differences}
    tolerated = {each.path for each in exact.differences if each.path not in still | left_out and meant(each.path)}
    kept.within_tolerance = len(tolerated)
    here = sum(1 for path in present if meant(path))
    on_this_side = sum(_size(each, meant) for each in kept.differences if each.kind != "missing")
    kept.exact = max(0, here - on_this_side - len(kept.ignored) - len(kept.uncompared) - len(tolerated) - kept.flipped)
    return kept


def _about(difference: Difference, meant: Test) -> bool:
    """Whether a difference touches a place that is meant: it lies there, or what is missing or extra holds such a place."""
    return meant(difference.path) or any(meant(path) for path in _inside(difference))


def _inside(difference: Difference) -> list[str]:
    value = difference.expected if difference.kind == "missing" else difference.actual
    return list(leaves(value, None, difference.path))


def _size(difference: Difference, meant: Test) -> int:
    return max(1, sum(1 for path in _inside(difference) if meant(path)))
