"""What a document says is seen and said at a moment: boxes with their names or texts, and what has no place in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from parity.contract.nodes import Align, Node
from parity.paths import pattern
from parity.reals import nearest
from parity.report.page.documents import Documents
from parity.report.page.marks import box_of, seconds, time_fields
from parity.typed import is_number

#: How far the nearest sample may be from a moment (s), where its list does not say.
NEAR = 0.25
#: Text classes: what a machine read or heard, and not a name that it gave.
_READ_BY = frozenset({"CER", "WER"})

Size = tuple[float, float]


@dataclass(frozen=True)
class Thing:
    """Something at a moment or from ``begin`` to ``end`` (s). ``box``: kind and four numbers; None without a place.

    ``is_text``: whether ``label`` was read or heard. ``list_name``: the list it stands in.
    """

    begin: float
    end: float | None
    within: float
    box: tuple[str, tuple[float, float, float, float]] | None
    label: str
    is_text: bool
    list_name: str
    list_path: str
    stage: str | None


@dataclass(frozen=True)
class _Around:
    """What the way down has told: the time of the nearest thing, its list, what it is called and whether that was read."""

    begin: float | None = None
    end: float | None = None
    align: Align | None = None
    list_name: str = ""
    list_path: str = ""
    name: tuple[str, bool] | None = None


def things(documents: Documents, artifact: str, document: Any) -> list[Thing]:
    """Everything in ``document`` that has a moment and a box, or a moment and a name."""
    return list(_Look(documents, artifact)(document, documents.node(artifact), "", _Around()))


@dataclass(frozen=True)
class _Look:
    documents: Documents
    artifact: str

    def __call__(
        self, value: Any, node: Node | None, path: str, around: _Around, *, is_item: bool = False
    ) -> Iterator[Thing]:
        chosen = node.choose(value) if node is not None else None
        if chosen is None:
            return
        if isinstance(value, dict):
            boxed = not self.documents.holders.get(self.artifact, frozenset()).isdisjoint(chosen.inside)
            yield from self._object(value, chosen, path, around, boxed, is_item)
        elif isinstance(value, list):
            name = path.rpartition(".")[2].partition("[")[0]
            inside = replace(around, align=chosen.align or around.align, list_name=name, list_path=pattern(path))
            for index, item in enumerate(value):
                if isinstance(item, dict | list):
                    yield from self(item, chosen.item(index), f"{path}[{index}]", inside, is_item=True)

    def _object(
        self, value: dict[str, Any], node: Node, path: str, around: _Around, boxed: bool, is_item: bool
    ) -> Iterator[Thing]:
        # A moment outside a list is a result, as that of a climax; what stands beside it is not seen at it.
        fields = time_fields(node) if is_item else ()
        times = [time for name in fields if (time := seconds(value.get(name))) is not None]
        if times:
            around = replace(around, begin=times[0], end=times[1] if times[1:] else None, name=None)
        if times and not boxed:
            name = self._name(value, node, around.align, deep=True)
            if name:
                yield self._thing(path, replace(around, name=name), None)
                return  # what is inside belongs to it
        around = replace(around, name=self._name(value, node, around.align) or around.name)
        for key, item in value.items():
            child = node.child(key)
            if child is None or not isinstance(item, dict | list):
                continue
            kind = box_of(child)
            numbers = _numbers(item) if kind else None
            below = f"{path}.{key}" if path else key
            if kind and numbers is not None and around.begin is not None:
                yield self._thing(below, around, (kind, numbers))
            else:
                yield from self(item, child, below, around)

    def _thing(self, path: str, around: _Around, box: Any) -> Thing:
        label, is_text = around.name or (around.list_name, False)
        stage = self.documents.graph.stage_of(self.artifact, path)
        within = max(NEAR, around.align.within if around.align else 0.0)
        assert around.begin is not None
        return Thing(
            around.begin,
            around.end,
            within,
            box,
            label,
            is_text,
            around.list_name,
            around.list_path,
            stage.name if stage else None,
        )

    def _name(
        self, value: Mapping[str, Any], node: Node, align: Align | None, *, deep: bool = False
    ) -> tuple[str, bool] | None:
        """What an object is called, and whether that was read; ``deep``: what it holds may name it too.

        What tells it apart in its list names it best, but where it says no more than its kind. Then what was read.
        """
        ranked = self._ranked(value, node, align.then if align else (), deep)
        best = min(ranked, key=lambda each: each[0], default=None)
        return best and best[1:]

    def _ranked(
        self, value: Mapping[str, Any], node: Node, then: Sequence[str], deep: bool
    ) -> Iterator[tuple[int, str, bool]]:
        classes = self.documents.suite.rules.tolerances  # they tell a text that was read from a name
        # In the schema's order, for the two sides may have been written in different ones.
        for name, child in node.properties.items():
            item = value.get(name)
            leaf = child.choose(item)
            if leaf is None:
                continue
            if deep and isinstance(item, dict):
                yield from ((rank + 1, text, read) for rank, text, read in self._ranked(item, leaf, (), deep))
            if not isinstance(item, str) or not item or seconds(item) is not None:
                continue
            if leaf.rule.volatile or leaf.rule.environment:
                continue
            tolerance = classes.get(leaf.rule.kind)
            read = tolerance is not None and tolerance.unit in _READ_BY
            if leaf.values is not None and len(leaf.values) == 1:
                if name in then:
                    yield 5, item, read  # no more than its kind
            else:
                yield 0 if name in then else 1 if read else 2 if leaf.values is None else 3, item, read


def _numbers(item: Any) -> tuple[float, float, float, float] | None:
    numbers = list(item.values()) if isinstance(item, dict) else item
    if len(numbers) != 4 or not all(map(is_number, numbers)):
        return None
    if isinstance(item, dict) and {"x", "y", "width", "height"} == item.keys():
        numbers = [item["x"], item["y"], item["width"], item["height"]]
    reals = tuple(nearest(number) for number in numbers)
    return reals if all(map(math.isfinite, reals)) else None  # type: ignore[return-value]


def visible(found: Iterable[Thing], moment: float) -> list[Thing]:
    """Those of ``found`` that are there at ``moment``; of lists of samples the nearest sample."""
    nearest: dict[str, float] = {}
    found = list(found)
    for each in found:
        if each.end is None:
            away = abs(each.begin - moment)
            nearest[each.list_path] = min(away, nearest.get(each.list_path, away))
    return [
        each
        for each in found
        if (each.end is not None and each.begin - 1e-6 <= moment <= max(each.end, each.begin) + 1e-6)
        or (each.end is None and abs(each.begin - moment) <= min(each.within, nearest[each.list_path] + 1e-3))
    ]


def fractions(box: tuple[str, tuple[float, float, float, float]], size: Size | None) -> dict[str, float] | None:
    """The box as shares of the frame; None of one in pixels where nobody knows the frame's ``size``."""
    kind, (a, b, c, d) = box
    if kind == "corners":
        c, d = c - a, d - b
    if kind != "fractions":
        if size is None:
            return None
        a, b, c, d = a / size[0], b / size[1], c / size[0], d / size[1]
    return {name: round(value, 4) for name, value in zip("xywh", (a, b, c, d), strict=True)}
