"""Two curves over each other: a time-ordered list as both sides have it, where values in it differ."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice, pairwise
from typing import Any

from parity.documents import Nowhere, at
from parity.explain.findings import Comparing
from parity.paths import steps, written
from parity.report.page.documents import Documents
from parity.report.page.lines import Line, Point, line_of, points, x_of
from parity.report.page.spots import Spot, by_cause, in_turn

#: Curves of a page, and points of one side of a curve.
MOST, POINTS = 40, 400

#: Of a list that spans the video evenly when nobody knows how long that is.
_SHARE = (100.0, "% of the video")


@dataclass
class Candidate:
    """One curve that could be drawn, and the differing values on it."""

    line: Line
    path: str
    spots: list[Spot] = field(default_factory=list)

    @property
    def where(self) -> Comparing:
        """Its comparison."""
        return self.spots[0].where

    @property
    def causes(self) -> dict[str | None, bool]:
        """Causes that it belongs to → whether some value on it is their own."""
        own = {spot.cause for spot in self.spots if spot.is_own}
        return {spot.cause: spot.cause in own for spot in self.spots}


def curves(
    documents: Documents, spots: Iterable[Spot], order: Sequence[str]
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """The most telling curves, and which of them belong to which cause; ``order`` names the causes, heaviest first."""
    ranked = in_turn(_candidates(documents, spots), order, weight=lambda each: -len(each.spots))
    drawn = ((each, curve) for each in ranked if (curve := _drawn(documents, each)) is not None)
    shown = list(islice(drawn, MOST))
    return [curve for _, curve in shown], by_cause(each for each, _ in shown)


def _candidates(documents: Documents, spots: Iterable[Spot]) -> list[Candidate]:
    known: dict[tuple[str, str], Line | None] = {}
    found: dict[tuple[Any, ...], Candidate] = {}
    for spot in spots:
        if spot.field not in known:
            node = documents.node(spot.artifact)
            known[spot.field] = line_of(node, spot.steps) if node is not None else None
        line = known[spot.field]
        if line is None:
            continue
        path = written(spot.steps[: line.depth])
        key = (spot.where, spot.alike, spot.artifact, path, line.leaf)
        found.setdefault(key, Candidate(line, path)).spots.append(spot)
    return list(found.values())


def _drawn(documents: Documents, candidate: Candidate) -> dict[str, Any] | None:
    """The curve; None where a side has no list there, or items of one moment cannot be told apart."""
    line, first = candidate.line, candidate.spots[0]
    where, artifact = first.where, first.artifact
    expected, actual = documents.pair(where, artifact)
    holders = [_holder(expected, written(steps(first.expected_path)[: line.depth])), _holder(actual, candidate.path)]
    known = documents.length(where.case)
    span = (known, "s") if known else _SHARE
    sides = [points(line, holder, span) for holder in holders]
    differs = _differs(candidate, holders, span)
    title = f"{candidate.path.rpartition('.')[2] or artifact}{f' · {line.y_title}' if line.leaf else ''}"
    if not all(_is_course(side) for side in sides):
        mine = _identity(candidate, holders, span)
        sides = [[point for point in side if point.of == mine] for side in sides]
        told = ", ".join(f"{name} {value}" for name, value in zip(line.apart, mine, strict=False))
        if not told or not all(_is_course(side) for side in sides):
            return None
        title = f"{title}, {told}"
        kept = {point.x for side in sides for point in side}
        differs = [x for x in differs if x in kept]
    courses = [[(point.x, point.y) for point in side] for side in sides]
    if max(map(len, courses)) < 2 or courses[0] == courses[1]:
        return None  # no course, or nothing of it that could be seen
    item = {"list": "[*]", "windows": ".*"}[line.kind]
    return {
        "case": where.case,
        "artifact": artifact,
        "path": f"{candidate.path}{item}{''.join(f'.{step}' for step in line.leaf)}",
        "title": title,
        "x": {
            "title": line.x or "time",
            "unit": line.x_unit if line.x or line.step or line.kind == "windows" else span[1],
        },
        "y": {"title": line.y_title or candidate.path.rpartition(".")[2], "unit": line.y_unit},
        "labels": list(line.labels) if line.labels is not None else None,
        "sides": [
            {"title": where.against, "points": _thinned(sides[0], differs)},
            {"title": " and ".join(first.alike), "points": _thinned(sides[1], differs)},
        ],
        "differs": differs[:POINTS],
        "column": f"{where.check} {where.title}",
    }


def _holder(document: Any, path: str) -> Any:
    try:
        return at(document, path)
    except Nowhere:
        return None


def _is_course(side: Sequence[Point]) -> bool:
    """Whether there is one point for each moment, in order."""
    return all(one.x < other.x for one, other in pairwise(side))


def _item(candidate: Candidate, spot: Spot, holders: Sequence[Any]) -> tuple[Any, int | str, int] | None:
    """The item that ``spot`` stands in, its place, and how many there are; of what is missing, the expected side's."""
    side, path = (0, spot.expected_path) if spot.is_missing else (1, spot.path)
    taken = steps(path)[candidate.line.depth : candidate.line.depth + 1]
    try:
        return (holders[side][taken[0]], taken[0], len(holders[side])) if taken else None
    except (LookupError, TypeError):
        return None


def _differs(candidate: Candidate, holders: Sequence[Any], span: tuple[float, str]) -> list[float]:
    found = {
        _rounded(x_of(candidate.line, *item, span))
        for spot in candidate.spots
        if (item := _item(candidate, spot, holders))
    }
    return sorted(x for x in found if x is not None)


def _identity(candidate: Candidate, holders: Sequence[Any], span: tuple[float, str]) -> tuple[Any, ...]:
    """What tells the first differing item from others of its moment."""
    for spot in candidate.spots:
        found = _item(candidate, spot, holders)
        if found is not None and isinstance(found[0], dict):
            return tuple(found[0].get(name) for name in candidate.line.apart)
    return ()


def _thinned(side: Sequence[Point], differs: Sequence[float]) -> list[list[float | None]]:
    """At most so many points, those that differ among them, and as many of the others as there is room for."""
    shown = list(side)
    if len(shown) > POINTS:
        wanted = set(differs[: POINTS // 2])
        kept = {index for index, point in enumerate(shown) if _rounded(point.x) in wanted}
        step = len(shown) / (POINTS - len(kept))
        kept |= {int(number * step) for number in range(POINTS - len(kept))}
        shown = [shown[index] for index in sorted(kept)]
    return [[_rounded(point.x), None if point.y is None else float(f"{point.y:.6g}")] for point in shown]


def _rounded(x: float | None) -> float | None:
    return None if x is None else round(x, 4)
