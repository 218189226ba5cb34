"""Different encodings of one video: the files differ, so exactness would say nothing."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from parity.compare.difference import Comparison, Difference, Ignored
from parity.contract.nodes import NUMBERS, Node
from parity.documents import Nowhere, at
from parity.pipeline.capture import Capture
from parity.pipeline.parts import Pipeline, Stage
from parity.pipeline.stages import Graph

#: More pixels than any picture has, across or down; and numbers from here on are no places on one.
_LARGEST, _FARTHEST = 1e9, 1e100

#: Kinds of boxes whose numbers are pixels: x and y alternate.
_PIXELS = frozenset({"corners", "xywh"})

REASON = "another encoding of the video: another file, so other bytes and frames"


def differing(pipeline: Pipeline, first: Capture, second: Capture) -> tuple[str, ...]:
    """Places of the media stage that differ between two captures of different files; empty for the same file.

    A run that sees other frames of the *same* file is no other encoding: that is a fault of its decoder, and stays one.
    """
    if (place := getattr(pipeline, "input_hash", None)) is None:
        return ()
    artifact, path = place
    graph = Graph(pipeline.stages)
    found = []
    try:
        left, right = (capture.document(artifact) for capture in (first, second))
        if at(left, path) == at(right, path):
            return ()
        for name, prefix in [each for stage in graph.stages if stage.kind == "media" for each in stage.places]:
            if name == artifact:
                found += _unequal(at(left, prefix), at(right, prefix), prefix)
    except (KeyError, ValueError, OSError, Nowhere):
        return ()  # what is missing or broken is a difference of its own
    return tuple(found) if any(other != path for other in found) else ()


def in_the_size_of(
    pipeline: Pipeline, expected: Callable[[str], Any], actual: Callable[[str], Any], document: Any, node: Node
) -> Any:
    """``document`` (of the actual side) with its pixel boxes in the picture size of the expected side.

    ``expected`` and ``actual`` give the documents of either side by artifact. Where a side does not tell its size, or the
    sizes are equal, the document is left as it is.
    """
    place = getattr(pipeline, "frame_size", None)
    if place is None:
        return document
    name, *paths = place
    try:
        (width, height), (other_width, other_height) = (
            [at(side(name), path) for path in paths] for side in (expected, actual)
        )
    except (LookupError, ValueError, OSError):
        return document  # an older or a broken recording: what is missing there is a difference of its own
    sizes = (width, height, other_width, other_height)
    if not all(type(each) in NUMBERS and 0 < each < _LARGEST for each in sizes):
        return document  # what is no size is a breach of its own
    if (width, height) == (other_width, other_height):
        return document
    return rescaled(document, node, width / other_width, height / other_height)


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
    if not -_FARTHEST < value < _FARTHEST:
        return value
    return round(value * by) if isinstance(value, int) else value * by


def _unequal(left: object, right: object, path: str) -> list[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [key for key in left if key in right]
        return [found for key in keys for found in _unequal(left[key], right[key], f"{path}.{key}")]
    return [] if left == right else [path]


def without_the_file(
    comparison: Comparison, artifact: str, stages: Sequence[Stage], hashed: Mapping[str, Sequence[str]] | None = None
) -> Comparison:
    """``comparison`` in which facts of the file itself (hashes, counts, sizes) are ignored, not differing.

    Measured values of the media (its duration) stay under their tolerance. ``hashed``: artifact → patterns of paths whose
    values are hashes that the file's bytes go into.
    """
    graph = Graph(stages)
    patterns = [re.compile(re.escape(each).replace(r"\*", r"[^.]+")) for each in (hashed or {}).get(artifact, ())]

    def is_fact(difference: Difference) -> bool:
        stage = graph.stage_of(artifact, difference.path)
        measured = isinstance(difference.expected, float) and bool(difference.allowed)
        if difference.kind == "value" and any(each.fullmatch(difference.path) for each in patterns):
            return True
        return stage is not None and stage.kind == "media" and difference.kind == "value" and not measured

    facts = [each for each in comparison.differences if is_fact(each)]
    return replace(
        comparison,
        differences=[each for each in comparison.differences if not is_fact(each)],
        differing=comparison.differing - len(facts),
        ignored=[*comparison.ignored, *(Ignored(each.path, "media", REASON) for each in facts)],
    )
