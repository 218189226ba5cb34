"""Different encodings of one video: the files differ, so exactness would say nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.capture import Capture
from harness.compare.difference import Comparison, Difference, Ignored
from harness.explain.places import Graph, Nowhere, at
from harness.pipelines.base import Pipeline, Stage

REASON = "another encoding of the video: another file, so other bytes and frames"


def differing(pipeline: Pipeline, first: Capture, second: Capture) -> tuple[str, ...]:
    """Places of the media stage that differ between two captures of different files; empty for the same file.

    A run that sees other frames of the *same* file is no other encoding: that is a fault of its decoder, and stays one.
    """
    if getattr(pipeline, "input_hash", None) is None:
        return ()
    artifact, path = pipeline.input_hash
    graph = Graph(pipeline.stages)
    found = []
    try:
        documents = [capture.document(artifact) for capture in (first, second)]
        if at(documents[0], path) == at(documents[1], path):
            return ()
        for name, prefix in [place for stage in graph.stages if stage.kind == "media" for place in stage.places]:
            if name == artifact:
                found += _unequal(*(at(document, prefix) for document in documents), prefix)
    except (KeyError, ValueError, OSError, Nowhere):
        return ()  # what is missing or broken is a difference of its own
    return tuple(found) if any(place != path for place in found) else ()


def _unequal(left: object, right: object, path: str) -> list[str]:
    if isinstance(left, dict) and isinstance(right, dict):
        keys = [key for key in left if key in right]
        return [found for key in keys for found in _unequal(left[key], right[key], f"{path}.{key}")]
    return [] if left == right else [path]


def without_the_file(comparison: Comparison, artifact: str, stages: Sequence[Stage]) -> Comparison:
    """``comparison`` in which facts of the file itself (hashes, counts, sizes) are ignored, not differing.

    Measured values of the media (its duration) stay under their tolerance.
    """
    graph = Graph(stages)

    def is_fact(difference: Difference) -> bool:
        stage = graph.stage_of(artifact, difference.path)
        measured = isinstance(difference.expected, float) and bool(difference.allowed)
        return stage is not None and stage.kind == "media" and difference.kind == "value" and not measured

    facts = [each for each in comparison.differences if is_fact(each)]
    return replace(
        comparison,
        differences=[each for each in comparison.differences if not is_fact(each)],
        differing=comparison.differing - len(facts),
        ignored=[*comparison.ignored, *(Ignored(each.path, "media", REASON) for each in facts)],
    )
