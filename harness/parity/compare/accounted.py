"""Nothing is skipped in silence: documents for which nothing was found must be equal but for what was counted.

The check knows nothing of the walk. It counts the leaves that are unequal in value or type, index by index,
leaving out those that were ignored, and holds the number against that of the leaves within tolerance. Where that does not
settle it, because items were paired otherwise than by index or a text holds a document, the leaves of both sides are
counted like things in two bags, which no pairing changes.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

from parity.compare.difference import Comparison, leaf_count, shown
from parity.contract.nodes import Node
from parity.documents import Unreadable, parse
from parity.paths import INSIDE, join, steps
from parity.verdict import HarnessError

#: Ignored places by their steps; an empty one is a place that was ignored itself.
_Ignored = dict["str | int", "_Ignored"]


class Unaccounted(HarnessError):
    """Two documents differ, and the comparison says nothing of it."""


@contextlib.contextmanager
def between(first: object, second: object) -> Iterator[None]:
    """Name both files in what is raised inside."""
    try:
        yield
    except Unaccounted as error:
        raise HarnessError(
            f"{first} and {second}: {error}: a fault of this harness, which must be mended before its verdicts count; "
            "keep both files, they show it"
        ) from error


def check(expected: Any, actual: Any, node: Node | None, found: Comparison) -> None:
    """``Unaccounted`` where ``found`` says nothing, and the documents differ beyond what it counted as tolerated."""
    if expected is actual or found.differences or found.uncompared:
        return
    tolerated = found.within_tolerance + found.flipped
    if _unequal(expected, actual, _tree(leaf.path for leaf in found.ignored)) <= tolerated:
        return
    bags = [Counter(_leaves(side, node, "", any_index=bool(found.flips))) for side in (expected, actual)]
    alone = [bags[0] - bags[1], bags[1] - bags[0]]
    if max(each.total() for each in alone) <= tolerated + len(found.ignored):
        return
    sides = [
        ", ".join(f"{path or '(the whole document)'} = {shown(value)!r}" for path, _, value in list(each)[:3])
        for each in alone
    ]
    raise Unaccounted(
        f"they differ ({sides[0] or 'nothing more'} of the one; {sides[1] or 'nothing more'} of the other), and nothing "
        "was found"
    )


def _tree(paths: Iterable[str]) -> _Ignored:
    top: _Ignored = {}
    for path in paths:
        here = top
        for step in steps(path):
            here = here.setdefault(step, {})
    return top


def _unequal(a: Any, b: Any, ignored: _Ignored) -> int:
    """Leaves that are unequal, index by index and key by key; of what one side alone has, all."""
    if not ignored:
        return _differing(a, b)
    kind = type(a)
    if kind is type(b) is str and INSIDE in ignored:
        with contextlib.suppress(Unreadable):
            return _unequal(parse(a), parse(b), ignored[INSIDE])
    if kind is not type(b) or kind not in (dict, list):
        return _differing(a, b)
    one: dict[str | int, Any] = a if kind is dict else dict(enumerate(a))
    other: dict[str | int, Any] = b if kind is dict else dict(enumerate(b))
    found = _differing(
        {k: v for k, v in one.items() if k not in ignored}, {k: v for k, v in other.items() if k not in ignored}
    )
    for step, inside in ignored.items():
        if step in one and step in other:
            found += _unequal(one[step], other[step], inside) if inside else 0
        elif step in one or step in other:
            found += leaf_count(one[step] if step in one else other[step])
    return found


def _differing(a: Any, b: Any) -> int:
    """The same where nothing was ignored."""
    kind = type(a)
    if kind is not type(b):
        return max(leaf_count(a), leaf_count(b))
    found = 0
    if kind is dict:
        if a.keys() != b.keys():
            both = a.keys() & b.keys()
            found = sum(leaf_count(side[key]) for side in (a, b) for key in side if key not in both)
            a = {key: a[key] for key in both}
        pairs = zip(a.values(), map(b.get, a), strict=True)
    elif kind is list:
        if len(a) != len(b):
            found = sum(map(leaf_count, a[len(b) :])) + sum(map(leaf_count, b[len(a) :]))
        pairs = zip(a, b, strict=False)
    else:
        return int(a != b)
    for x, y in pairs:
        if x is y:
            continue
        kind = type(x)
        if kind is dict or kind is list or kind is not type(y):
            found += _differing(x, y)
        elif x != y:
            found += 1
    return found


def _leaves(value: Any, node: Node | None, path: str, *, any_index: bool) -> Iterator[tuple[str, type, Any]]:
    """Path, type and value of every leaf; the index of an item that is paired by what it is does not stand in its path."""
    node = node.choose(value) if node is not None else None
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from _leaves(item, node.child(key) if node else None, join(path, key), any_index=any_index)
    elif isinstance(value, list) and value:
        paired = any_index or (node is not None and node.align is not None)
        for index, item in enumerate(value):
            here = f"{path}[*]" if paired else join(path, index)
            yield from _leaves(item, node.item(index) if node else None, here, any_index=any_index)
    elif isinstance(value, str) and node is not None and node.content is not None:
        try:
            inside = parse(value)
        except Unreadable:
            yield path, str, value
            return
        yield from _leaves(inside, node.content, path + INSIDE, any_index=any_index)
    else:
        yield path, type(value), value if not isinstance(value, dict | list) else ""
