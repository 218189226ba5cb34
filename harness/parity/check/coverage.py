"""The table of leaves: every field of the artifacts' schemas, and whether its values vary over the cases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from parity import tables
from parity.check.documents import comparable
from parity.check.rules import all_schemas
from parity.contract import check
from parity.contract.varies import Leaf, count, leaves_of
from parity.goldens import store
from parity.pipeline import capture
from parity.pipeline.artifacts import artifacts_of, known_artifacts
from parity.pipeline.case import Case
from parity.pipeline.parts import Artifact, Pipeline
from parity.pipeline.settings import Config

VARIES = "varies"
#: Ends a settled path that stands for everything below it: a repetition of what is counted elsewhere.
BELOW = "**"

_HEAD = """\
Made by `make leaves` from the goldens of all cases. A field varies when it takes two values or more, or a value here
and null there; behind "null" stand the reason codes that the outputs give. `[*]` is any item, `*` any key that is data,
`<kind>` one of several kinds of item. Where the run decides and not the video, nothing is counted. Other files are
other forms of these: their fields are not listed again."""


@dataclass(frozen=True)
class Row:
    """One leaf. ``distinct`` and ``nulls`` are None where the run decides and not the data; ``problem`` None if fine."""

    artifact: str
    field: str
    distinct: int | None
    nulls: int | None
    why: str
    problem: str | None


def table(config: Config, pipeline: Pipeline, cases: Sequence[Case], captures: Path | None) -> list[Row]:
    """Every leaf of every artifact with a golden, over the goldens of ``cases`` or their saved captures.

    Other artifacts are other forms of these. A leaf is fine when it takes two values or more, or when the pipeline
    says that it is settled; a null needs a reason where the pipeline gives reasons.
    """
    schemas = all_schemas(config, pipeline)
    rows: list[Row] = []
    for artifact in known_artifacts(pipeline):
        if artifact.golden is None:
            continue
        node = check.build(schemas, artifact.schema).node
        leaves = leaves_of(node)
        for case in (each for each in cases if artifact in artifacts_of(pipeline, each)):
            document = _document(config, pipeline, case, artifact, captures)
            reasons = pipeline.reasons(artifact, document) if hasattr(pipeline, "reasons") else None
            count(document, node, leaves, reasons)
        rows += _rows(artifact, leaves.values(), dict(pipeline.settled.get(artifact.name, {})))
    return rows


def _document(config: Config, pipeline: Pipeline, case: Case, artifact: Artifact, captures: Path | None) -> Any:
    if captures is None:
        return store.read(config.golden(case.name, artifact.golden or ""))
    return comparable(capture.load(captures / case.name / pipeline.reference), artifact)


def _rows(artifact: Artifact, leaves: Iterable[Leaf], settled: dict[str, str]) -> Iterator[Row]:
    elsewhere = tuple(path.removesuffix(BELOW) for path in settled if path.endswith(BELOW))
    for leaf in leaves:
        if leaf.path.startswith(elsewhere):
            continue
        reason = settled.pop(leaf.path, None)
        yield _row(artifact.name, leaf, reason)
    for path in elsewhere:
        yield Row(artifact.name, path + BELOW, None, None, settled.pop(path + BELOW), None)
    for path in settled:
        yield Row(artifact.name, path, 0, 0, "", "settled, but no such leaf: remove the entry")


def _row(artifact: str, leaf: Leaf, settled: str | None) -> Row:
    ignored = leaf.rule.volatile or leaf.rule.environment
    if ignored is not None:
        word = "volatile" if leaf.rule.volatile is not None else "environment"
        return Row(artifact, leaf.path, None, None, f"{word}: {ignored}", None)
    distinct = len(leaf.values)
    why, problem = VARIES, None
    # A value here and none there is data too; null everywhere is not.
    if distinct >= 2 or (distinct and leaf.nulls):
        problem = "settled, but it varies: remove the entry" if settled is not None else None
    elif settled is not None:
        why = settled
    else:
        why = "no value anywhere" if not leaf.seen else "null in every case" if not distinct else "one value"
        problem = f"{why}: let a case vary it, mend what fixes it, or settle it with a reason"
    if leaf.nulls and leaf.reasons:
        why += f"; null: {', '.join(sorted(leaf.reasons))}"
    if leaf.unexplained:
        problem = f"{leaf.unexplained} nulls without a reason"
    return Row(artifact, leaf.path, distinct, leaf.nulls, why, problem)


def to_markdown(rows: Sequence[Row]) -> str:
    """The table for the documentation, artifact by artifact."""
    lines = ["# Every field, and whether it says something", "", _HEAD]
    for name in dict.fromkeys(row.artifact for row in rows):
        table = [(f"`{row.field}`", *_numbers(row), row.problem or row.why) for row in rows if row.artifact == name]
        lines += ["", f"## {name}", "", *tables.markdown([("field", "distinct values", "nulls", "why"), *table])]
    return "\n".join(lines)


def to_text(rows: Sequence[Row]) -> str:
    """The table for a terminal."""
    table = [
        (f"{row.artifact} {row.field}", *_numbers(row), f"PROBLEM: {row.problem}" if row.problem else row.why)
        for row in rows
    ]
    return "\n".join(tables.text([("field", "distinct", "nulls", "why"), *table], right=(1, 2)))


def _numbers(row: Row) -> list[str]:
    return ["–" if value is None else str(value) for value in (row.distinct, row.nulls)]
