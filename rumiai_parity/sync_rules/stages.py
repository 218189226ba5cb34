"""The labelled stages are the same in every configuration, in the schemas and on stdout."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from parity.tools.sync.code import Function, called, sequence, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Tree
from rumiai_parity.sync_rules.places import (
    PACKAGE,
    RUNNER,
    SCHEMAS,
    function,
    line_of,
    listed,
    runner_class,
    schema_at,
    top,
)

PROGRESS = f"{PACKAGE}/progress.py"
#: The two ways of gathering evidence: from a video, and from a recording.
GATHERING = ("_gather", "_gather_recorded")
LAST = "completed"


def stages(tree: Tree) -> Iterator[Found]:
    labels = [text(sequence(pair)[0]) for pair in sequence(top(tree.module(PROGRESS), "STAGES")) if sequence(pair)]
    runner, owner = tree.module(RUNNER), runner_class(tree)
    used: dict[str, int] = {}
    for node in ast.walk(runner.classes[owner]):
        if isinstance(node, ast.Call) and called(node) in ("self._stage", "self._begin") and node.args:
            label = text(node.args[0])
            if label is None:
                continue
            used.setdefault(label, node.lineno)
            if label not in labels:
                yield Found(
                    RUNNER, node.lineno, f"begins a stage {label!r} that is none", f"one of {', '.join(map(str, labels))}",
                    label, f"use a label of STAGES in {PROGRESS}, or add this one there",
                )  # fmt: skip
    for label in (label for label in labels if label not in used):
        yield Found(
            PROGRESS, line_of(tree, PROGRESS, f'"{label}"'), f"no run ever begins the stage {label!r}",
            f"a call of _stage({label!r}) in {RUNNER}", "none", "begin it, or remove the label",
        )  # fmt: skip
    ways = {name: _begun(function(runner, f"{owner}.{name}")) for name in GATHERING}
    first, second = ways.values()
    if first != second:
        yield Found(
            RUNNER, function(runner, f"{owner}.{GATHERING[1]}").lineno, "a replay begins other stages than a run of a video",
            ", ".join(first), ", ".join(second) or "none", "begin the same stages in the same order in both",
        )  # fmt: skip
    run = [str(label) for label in labels if label != LAST]
    timed = list(schema_at(tree, "report.schema.json", "processing_metrics", "stage_seconds"))
    failed = [s for s in schema_at(tree, "return_failure.schema.json")["stage"].get("enum", ()) if s is not None]
    for file, names, where in (("report", timed, "stage_seconds"), ("return_failure", failed, '"stage"')):
        if sorted(names) != sorted(run):
            path = f"{SCHEMAS}/{file}.schema.json"
            yield Found(
                path, line_of(tree, path, where), "the schema names other stages than the code",
                listed(run), listed(names), f"bring STAGES in {PROGRESS} and the schema together",
            )  # fmt: skip


def _begun(body: Function) -> list[str]:
    calls = [
        n for n in ast.walk(body) if isinstance(n, ast.Call) and called(n) in ("self._stage", "self._begin") and n.args
    ]
    return [str(text(call.args[0])) for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset))]


RULES = (
    Rule(
        "stages",
        "the nine stages are the same for every source, in the schemas and in the code",
        stages,
        "another order of steps, other lines on stdout: D11, D12, D18",
    ),
)
