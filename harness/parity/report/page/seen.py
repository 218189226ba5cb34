"""What either side saw, read and heard at a moment, as the page draws it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from parity.explain.findings import Comparing
from parity.explain.transplant import READ
from parity.report.page.boxes import Size, Thing, fractions, things, visible
from parity.report.page.documents import Documents
from parity.report.page.spots import Spot

#: Boxes and notes of one side of a frame.
BOXES, NOTES = 40, 8


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
            document, node = self.documents.pair(where, artifact)[side], self.documents.node(artifact)
            holders = self.documents.holders.get(artifact, frozenset())
            rules = self.documents.suite.rules
            self.known[key] = (
                things(document, node, artifact, self.documents.graph, rules.tolerances, holders)
                if document is not None
                else []
            )
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
