"""Boxes in pixels of one picture size, as they would be in another: encodings of one video differ in it."""

from __future__ import annotations

from typing import Any

from parity.contract.nodes import NUMBERS, Node

#: Kinds of boxes whose numbers are pixels: x and y alternate.
_PIXELS = frozenset({"corners", "xywh"})
_LARGEST = 1e100


def rescaled(document: Any, node: Node | None, across: float, down: float) -> Any:
    """``document`` with every pixel box that the schema marks scaled by ``across`` (x, width) and ``down`` (y, height).

    Nothing else is changed, and ``document`` itself is not.
    """
    if node is not None:
        node = node.choose(document)
    if node is None:
        return document
    if isinstance(document, list):
        if node.box in _PIXELS and all(type(value) in NUMBERS for value in document):
            return [_scaled(value, down if index % 2 else across) for index, value in enumerate(document)]
        return [rescaled(item, node.item(index), across, down) for index, item in enumerate(document)]
    if isinstance(document, dict):
        return {key: rescaled(value, node.child(key), across, down) for key, value in document.items()}
    return document


def _scaled(value: float, by: float) -> float:
    """Whole pixels stay whole: their type is part of the document's form. No picture is as large as an integer that no real
    can hold, so that one stays as it is."""
    if not -_LARGEST < value < _LARGEST:
        return value
    return round(value * by) if isinstance(value, int) else value * by
