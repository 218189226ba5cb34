"""Which places of a document a pattern means: ``a.b`` and all below it, ``items[*].score``, ``*Score``."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from parity.compare.difference import Comparison, Difference
from parity.contract.nodes import Node
from parity.contract.visit import places
from parity.paths import below

#: Whether a path is meant.
Test = Callable[[str], bool]


def matcher(patterns: Sequence[str]) -> Test:
    """A test of paths. ``*`` is any text, ``?`` any character, ``[*]`` any index; what lies below a match is meant too."""
    compiled = [re.compile(_regular(pattern), re.DOTALL) for pattern in patterns]
    return lambda path: any(each.fullmatch(path) for each in compiled)


def holder(patterns: Sequence[str]) -> Test:
    """A test of paths: whether what is meant would stand below, as far as the patterns spell out what holds it."""
    held = [
        pattern.strip()[: end.start()]
        for pattern in patterns
        for end in re.finditer(r"(?<=.)[.\[(]", pattern.strip())
        if "*" not in pattern.strip()[: end.start()].replace("[*]", "")
    ]
    compiled = [re.compile(_exactly(each), re.DOTALL) for each in held]
    return lambda path: any(each.fullmatch(path) for each in compiled)


def _regular(pattern: str) -> str:
    return _exactly(pattern.strip()) + r"(?:[.\[(].*)?"


def _exactly(pattern: str) -> str:
    pieces = re.split(r"(\[\*\]|\*|\?)", pattern)
    wild = {"[*]": r"\[\d+\]", "*": ".*", "?": "."}
    return "".join(wild.get(piece, re.escape(piece)) for piece in pieces)


@dataclass(frozen=True)
class Asked:
    """The leaves of both documents that are asked for, in the order of their paths."""

    expected: Sequence[str]
    actual: Sequence[str]

    @classmethod
    def of(cls, expected: Any, actual: Any, node: Node | None, meant: Test) -> Asked:
        """Those at places that are ``meant``."""
        sides = (
            sorted(path for path, *_ in places(side, node, holders=False) if meant(path)) for side in (expected, actual)
        )
        return cls(*sides)

    def within(self, difference: Difference) -> tuple[list[str], list[str]]:
        """Those that a difference is about, of either side: at its place, or below what stands there."""
        of_expected, of_actual = difference.expected_path or difference.path, difference.path
        expected = [] if difference.kind == "extra" else list(_below(self.expected, of_expected))
        actual = [] if difference.kind == "missing" else list(_below(self.actual, of_actual))
        if difference.kind == "length":  # what both have is compared item by item
            common = min(difference.expected, difference.actual)
            expected = [path for path in expected if _is_beyond(common, path, of_expected)]
            actual = [path for path in actual if _is_beyond(common, path, of_actual)]
        return expected, actual

    def has(self, path: str) -> bool:
        """Whether one of them stands at a place of either side, or below it."""
        return any(True for side in (self.expected, self.actual) for _ in _below(side, path))


def narrowed(
    found: Comparison, exact: Comparison, asked: Asked, meant: Test, holds: Test = lambda path: False
) -> Comparison:
    """``found`` without what is not about a place that is ``meant``; ``asked`` are the leaves that are.

    ``holds``: whether such a place would stand below one, where nothing does because what is there breaks its schema.

    ``exact`` is the same comparison without tolerances: what differs there and not here lies within them.
    """
    kept = Comparison()
    on_this_side = 0
    for each in found.differences:
        expected, actual = asked.within(each)
        if expected or actual or meant(each.path) or (each.kind == "schema" and holds(each.path)):
            kept.differences.append(each)
            kept.differing += max(1, len(expected), len(actual))
            on_this_side += len(actual)
    kept.uncompared = [path for path in found.uncompared if meant(path) or asked.has(path)]
    kept.ignored = [leaf for leaf in found.ignored if meant(leaf.path)]
    kept.flips = [flip for flip in found.flips if meant(flip.path) or meant(flip.list_path)]
    kept.flipped = found.flipped if kept.flips else 0
    left_out = {leaf.path for leaf in found.ignored}
    still = {each.path for each in found.differences}
    tolerated = {each.path for each in exact.differences if each.path not in still | left_out and meant(each.path)}
    kept.within_tolerance = len(tolerated)
    elsewhere = on_this_side + len(kept.ignored) + sum(map(meant, kept.uncompared)) + len(tolerated) + kept.flipped
    kept.exact = max(0, len(asked.actual) - elsewhere)
    return kept


def _below(paths: Sequence[str], place: str) -> Iterator[str]:
    """Those of the sorted ``paths`` that stand at ``place`` or below it."""
    for index in range(bisect_left(paths, place), len(paths)):
        path = paths[index]
        if not path.startswith(place):
            return
        if below(path, place):
            yield path


def _is_beyond(common: int, path: str, of_list: str) -> bool:
    """Whether a leaf of a list is the empty list itself, or stands behind its first ``common`` items."""
    return path == of_list or int(path[len(of_list) + 1 :].partition("]")[0]) >= common
