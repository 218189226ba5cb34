"""The picture of the video at a diverging moment, with what either side saw and read there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity.compare.difference import describe
from parity.explain.findings import Comparing
from parity.explain.transplant import READ
from parity.report.page.boxes import Size, Thing, fractions, things, visible
from parity.report.page.documents import Documents
from parity.report.page.marks import chain, has_moment, moment_of
from parity.report.page.pictures import Shown, at_moments
from parity.report.page.spots import Spot, by_cause, in_turn

#: Frames of a page.
MOST = 24
#: Boxes and notes of one side of a frame.
BOXES, NOTES = 40, 8
#: Two moments of one case are two only when they are further apart (s).
APART = 0.3
#: Spots of one cause and case that are looked at for their moment.
_TRIED = 12
#: The frame's size where neither a picture nor a document tells it.
_UNKNOWN = (360.0, 640.0)


def frames(
    documents: Documents, spots: Iterable[Spot], order: Sequence[str]
) -> tuple[list[dict[str, Any]], dict[str, list[int]]]:
    """The most telling moments, and which of them belong to which cause; ``order`` names the causes, heaviest first."""
    chosen = _chosen(documents, spots, order)
    clips = {case: _shown(documents, case, chosen) for case in {spot.where.case for spot, _ in chosen}}
    seen = Seen(documents)
    drawn = [(spot, _frame(documents, seen, spot, time, clips[spot.where.case])) for spot, time in chosen]
    shown = [(spot, frame) for spot, frame in drawn if frame is not None]
    return [frame for _, frame in shown], by_cause(spot for spot, _ in shown)


def _chosen(documents: Documents, spots: Iterable[Spot], order: Sequence[str]) -> list[tuple[Spot, float]]:
    """The first moments (s) that are far enough apart, of each cause and case only so many being tried."""
    spots = list(spots)
    boxed = _boxed(documents, spots)
    timed = (spot for spot in spots if spot.field in boxed)
    chosen: list[tuple[Spot, float]] = []
    tried: Counter[tuple[str | None, str]] = Counter()
    for spot in in_turn(timed, order, weight=lambda each: not boxed[each.field]):
        about = (spot.cause, spot.where.case)
        if len(chosen) == MOST:
            break
        tried[about] += 1
        if tried[about] > _TRIED or (time := _time(documents, spot)) is None:
            continue
        if not any(abs(at - time) < APART and (other.cause, other.where.case) == about for other, at in chosen):
            chosen.append((spot, round(max(0.0, time), 3)))
    return chosen


def _boxed(documents: Documents, spots: Iterable[Spot]) -> dict[tuple[str, str], bool]:
    """Fields of which the schema says when they are → whether what they belong to has a place in the picture."""
    first: dict[tuple[str, str], Spot] = {}
    for spot in spots:
        first.setdefault(spot.field, spot)
    nodes = {name: documents.node(name) for name, _ in first}
    return {
        (name, pattern): _is_boxed(documents, spot)
        for (name, pattern), spot in first.items()
        if nodes[name] is not None and has_moment(nodes[name], spot.steps)
    }


def _is_boxed(documents: Documents, spot: Spot) -> bool:
    links = chain(documents.node(spot.artifact), spot.steps) or []
    holders = documents.holders.get(spot.artifact, frozenset())
    timed = [link.node for link in links if link.times]
    return any(not holders.isdisjoint(node.inside) for node in timed[-1:])


def _time(documents: Documents, spot: Spot) -> float | None:
    expected, actual = documents.pair(spot.where, spot.artifact)
    document, length = expected if spot.is_missing else actual, documents.length(spot.where.case)
    return moment_of(documents.node(spot.artifact), document, spot.steps, length)


def _shown(documents: Documents, case: str, chosen: Iterable[tuple[Spot, float]]) -> Shown:
    clip = documents.clip(case)
    times = [time for spot, time in chosen if spot.where.case == case]
    return at_moments(clip, times) if isinstance(clip, Path) else Shown({}, None, clip)


def _frame(documents: Documents, seen: Seen, spot: Spot, time: float, shown: Shown) -> dict[str, Any] | None:
    where, picture = spot.where, shown.pictures.get(time)
    sizes = documents.frame_sizes(where)
    fallback = next((size for size in sizes if size), picture.frame if picture else None)
    names = (where.against, " and ".join(spot.alike))
    sides = []
    for side, title in enumerate(names):
        found = telling(documents, spot, seen.at(where, side, spot.artifact, time))
        sides.append({"title": title, **told(found, sizes[side] or fallback)})
    if picture is None and not any(side["boxes"] or side["notes"] for side in sides):
        return None
    drawn = (picture.width, picture.height) if picture else fallback or _UNKNOWN
    width, height = (max(1, round(length)) for length in drawn)
    brief = {**spot.row, "magnitude": None, "would_pass": None, "note": ""}
    return {
        "case": where.case,
        "time": time,
        "title": describe(brief, expected=names[0], actual=names[1]),
        "width": width,
        "height": height,
        "image": picture.url if picture else None,
        "why_no_image": None if picture else shown.why or f"no frame could be decoded at {time:g} s",
        "sides": sides,
        "cause": spot.cause,
    }


# ── what either side saw, read and heard ─────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Seen:
    """What is seen and said in the documents of either side, looked up once per document."""

    documents: Documents
    known: dict[tuple[Comparing, str, int], list[Thing]] = field(default_factory=dict)

    def at(self, where: Comparing, side: int, first: str, moment: float) -> list[Thing]:
        """What is there at ``moment`` on one side, by the artifact ``first`` and every one that marks boxes."""
        names = [first, *(name for name in self.documents.holders if name != first)]
        found = [each for name in names for each in visible(self._all(where, name, side), moment)]
        order = self.documents.graph.order
        # The two sides may have been written in different orders.
        return sorted(found, key=lambda each: (order(each.stage), each.list_path, each.begin))

    def _all(self, where: Comparing, artifact: str, side: int) -> list[Thing]:
        key = (where, artifact, side)
        if key not in self.known:
            document = self.documents.pair(where, artifact)[side]
            self.known[key] = things(self.documents, artifact, document) if document is not None else []
        return self.known[key]


def telling(documents: Documents, spot: Spot, found: list[Thing]) -> list[Thing]:
    """What was measured in the video; of a later stage that says itself what is where, that stage alone.

    Later stages repeat what was measured, and would draw the same thing several times, a little beside itself.
    """
    stage = documents.graph.by_name.get(spot.row["stage"] or "")
    own = [each for each in found if stage is not None and each.stage == stage.name]
    if stage is not None and stage.kind not in READ and any(each.box for each in own):
        return own
    kinds = {name: each.kind for name, each in documents.graph.by_name.items()}
    measured = [each for each in found if kinds.get(each.stage or "") in READ]
    return measured or own or found


def told(found: Iterable[Thing], size: Size | None) -> dict[str, Any]:
    """Boxes and notes of one side, each once; ``size`` is that of the frame its pixels refer to, None where unknown."""
    boxes: dict[tuple[Any, ...], dict[str, Any]] = {}
    notes: dict[str, str] = {}
    for each in found:
        place = fractions(each.box, size) if each.box else None
        if place is None:
            notes.setdefault(each.label, f"{each.list_name}: {each.label}")
            continue
        key = (each.label, *(round(value, 2) for value in place.values()))
        boxes.setdefault(key, {**place, "label": each.label, "text": each.is_text, "stage": each.stage})
    return {"boxes": list(boxes.values())[:BOXES], "notes": list(notes.values())[:NOTES]}
