"""The picture of the video at a diverging moment, with what either side saw and read there."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity.compare.difference import describe
from parity.explain.findings import Comparing
from parity.report.page.boxes import Size
from parity.report.page.clips import clip_of
from parity.report.page.documents import Documents
from parity.report.page.marks import chain
from parity.report.page.moments import has_moment, moment_of
from parity.report.page.pictures import Picture, Shown, at_moments
from parity.report.page.rank import in_turn
from parity.report.page.seen import Seen, telling, told
from parity.report.page.spots import Spot

#: Frames of a page.
MOST = 24
#: Two moments of one case are two only when they are further apart (s).
APART = 0.3
#: Spots of one cause and case that are looked at for their moment.
_TRIED = 12
#: The frame's size where neither a picture nor a document tells it.
_UNKNOWN = (360.0, 640.0)


@dataclass(frozen=True)
class Candidate:
    """One differing value of which the schema says when it is."""

    spot: Spot
    is_boxed: bool

    @property
    def where(self) -> Comparing:
        """Its comparison."""
        return self.spot.where

    @property
    def causes(self) -> dict[str | None, bool]:
        """Its cause → whether it is that cause's own."""
        return {self.spot.cause: self.spot.is_own}


@dataclass(frozen=True)
class Chosen:
    """A moment (s) to be drawn, for one differing value."""

    spot: Spot
    time: float


def frames(
    documents: Documents, spots: Iterable[Spot], order: Sequence[str], length: Callable[[str], float | None]
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """The most telling moments, and which of them belong to which cause; ``order`` names the causes, heaviest first."""
    candidates = in_turn(_candidates(documents, spots), order, weight=lambda each: not each.is_boxed)
    chosen = _chosen(documents, candidates, length)
    shown = {case: _shown(documents, case, chosen) for case in {each.spot.where.case for each in chosen}}
    drawn: list[dict[str, Any]] = []
    of_causes: dict[str, list[int]] = {}
    seen = Seen(documents)
    for each in chosen:
        frame = _frame(documents, seen, each, shown[each.spot.where.case])
        if frame is None:
            continue
        if each.spot.cause is not None:
            of_causes.setdefault(each.spot.cause, []).append(len(drawn))
        drawn.append(frame)
    return drawn, of_causes


def _candidates(documents: Documents, spots: Iterable[Spot]) -> list[Candidate]:
    known: dict[tuple[str, str], tuple[bool, bool]] = {}
    found = []
    for spot in spots:
        kind = (spot.artifact, spot.pattern)
        if kind not in known:
            node = documents.node(spot.artifact)
            timed = node is not None and has_moment(node, spot.steps)
            known[kind] = timed, timed and _is_boxed(documents, spot)
        timed, boxed = known[kind]
        if timed:
            found.append(Candidate(spot, boxed))
    return found


def _is_boxed(documents: Documents, spot: Spot) -> bool:
    """Whether what the value belongs to has a place in the picture."""
    links = chain(documents.node(spot.artifact), spot.steps) or []
    holders = documents.holders.get(spot.artifact, frozenset())
    last = max((depth for depth, link in enumerate(links) if link.times), default=None)
    return last is not None and any(id(each) in holders for each in links[last].node.inside)


def _chosen(
    documents: Documents, candidates: Iterable[Candidate], length: Callable[[str], float | None]
) -> list[Chosen]:
    """The first moments that are far enough apart, of each cause and case only so many being tried."""
    chosen: list[Chosen] = []
    tried: dict[tuple[str | None, str], int] = {}
    for each in candidates:
        spot, case = each.spot, each.where.case
        if len(chosen) == MOST:
            break
        tried[(spot.cause, case)] = tried.get((spot.cause, case), 0) + 1
        if tried[(spot.cause, case)] > _TRIED:
            continue
        time = _time(documents, spot, length(case))
        near = (other.spot for other in chosen if time is not None and abs(other.time - time) < APART)
        if time is not None and not any(o.where.case == case and o.cause == spot.cause for o in near):
            chosen.append(Chosen(spot, round(max(0.0, time), 3)))
    return chosen


def _time(documents: Documents, spot: Spot, length: float | None) -> float | None:
    node = documents.node(spot.artifact)
    expected, actual = documents.pair(spot.where, spot.artifact)
    return moment_of(node, expected if spot.is_missing else actual, spot.steps, length)


def _shown(documents: Documents, name: str, chosen: Iterable[Chosen]) -> Shown:
    times = [each.time for each in chosen if each.spot.where.case == name]
    clip = clip_of(documents, name)
    return at_moments(clip, times) if isinstance(clip, Path) else Shown({}, None, clip)


def _frame(documents: Documents, seen: Seen, chosen: Chosen, shown: Shown) -> dict[str, Any] | None:
    spot, where = chosen.spot, chosen.spot.where
    picture = shown.pictures.get(chosen.time)
    sizes = documents.frame_sizes(where)
    fallback = next((size for size in sizes if size), picture.frame if picture else None)
    sides = []
    for side, title in enumerate((where.against, " and ".join(spot.alike))):
        found = telling(documents, spot, seen.at(where, side, spot.artifact, chosen.time))
        sides.append({"title": title, **told(found, sizes[side] or fallback)})
    if picture is None and not any(side["boxes"] or side["notes"] for side in sides):
        return None
    width, height = _size(picture, fallback)
    brief = {**spot.row, "magnitude": None, "would_pass": None, "note": ""}
    return {
        "case": where.case,
        "time": chosen.time,
        "title": describe(brief, expected=where.against, actual=" and ".join(spot.alike)),
        "width": width,
        "height": height,
        "image": picture.url if picture else None,
        "why_no_image": None if picture else shown.why or f"no frame could be decoded at {chosen.time:g} s",
        "sides": sides,
        "cause": spot.cause,
    }


def _size(picture: Picture | None, size: Size | None) -> tuple[int, int]:
    if picture is not None:
        return picture.width, picture.height
    width, height = size or _UNKNOWN
    return max(1, round(width)), max(1, round(height))
