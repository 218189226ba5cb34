"""Cases, snapshots and ledger belong together."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator

from parity.tools.sync.code import argument, called, text
from parity.tools.sync.rules import Found, Rule
from parity.tools.sync.tree import Broken, Missing, Tree
from rumiai_parity.sync_rules.analyses import prefixes
from rumiai_parity.sync_rules.places import ADAPTER, listed, standing

SETTINGS = "parity.toml"
#: Beside the goldens of any case.
PROVENANCE = "provenance.json"
#: A case with this file must fail; its run leaves the file below whatever happens.
FAILING, BOOKKEEPING = "failure.yaml", "run.json"


def goldens(tree: Tree) -> Iterator[Found]:
    places = tomllib.loads(tree.read(SETTINGS).decode()).get("parity", {})
    corpus, snapshots = places.get("corpus", "golden/corpus"), places.get("snapshots", "golden/snapshots")
    cases, recorded = tree.folders(corpus), tree.folders(snapshots)
    if not cases:
        raise Missing(corpus, "a case")
    run, failure = _names(tree)
    for case in cases:
        kinds = _failing(tree, run, failure) if f"{corpus}/{case}/{FAILING}" in tree else [run]
        held = {path.removeprefix(f"{snapshots}/{case}/") for path in tree.below(f"{snapshots}/{case}")} - {PROVENANCE}
        if not held:
            yield Found(
                f"{corpus}/{case}", 1, f"the case {case} has no goldens", f"a folder {snapshots}/{case}", "nothing",
                f"record them with `parity golden --case {case}`",
            )  # fmt: skip
            continue
        kind = min(kinds, key=lambda names: len(names ^ held))
        for name in sorted(kind - held):
            yield Found(
                f"{corpus}/{case}", 1, f"the case {case} has no golden {name}", f"{snapshots}/{case}/{name}", listed(held),
                f"record it with `parity golden --case {case}`",
            )  # fmt: skip
        for name in sorted(held - kind):
            yield Found(
                f"{snapshots}/{case}/{name}", 1, "a golden of no artifact", listed(kind), name, "remove it with `parity golden`",
            )  # fmt: skip
    for case in (case for case in recorded if case not in cases):
        yield Found(
            f"{snapshots}/{case}",
            1,
            "goldens of a case that is none",
            f"a folder {corpus}/{case}",
            listed(cases),
            "remove them",
        )
    yield from _ledger(tree, places.get("declared", "golden/ledger/runner-differences.jsonl").rpartition("/")[0])


def _names(tree: Tree) -> tuple[set[str], set[str]]:
    """The files of the goldens of a run that publishes, and those of one that fails before, as the adapter names them."""
    run: set[str] = set()
    failure: set[str] = set()
    adapter = tree.module(standing(tree, ADAPTER))
    for call in adapter.nodes(ast.Call):
        golden = argument(call, 2, "golden") if called(call) == "Artifact" else None
        names = run
        for outer in adapter.parents(call):
            if isinstance(outer, ast.Assign) and any(
                isinstance(t, ast.Name) and t.id == "failure_artifacts" for t in outer.targets
            ):
                names = failure
        if text(golden) is not None:
            names.add(str(text(golden)))
        elif isinstance(golden, ast.JoinedStr):
            names |= {f"{analysis}{_rest(golden)}" for analysis in prefixes(tree)}
    if not run:
        raise Missing(adapter.path, "artifacts with goldens")
    return run, failure


def _rest(name: ast.JoinedStr) -> str:
    return "".join(str(part.value) for part in name.values if isinstance(part, ast.Constant))


def _failing(tree: Tree, run: set[str], failure: set[str]) -> list[set[str]]:
    """What a failing case may leave: bookkeeping alone (killed), with a failure, or all but the analysis that raised."""
    without = [run - {f"{analysis}.result.json"} for analysis in prefixes(tree)]
    return [{BOOKKEEPING}, failure | {BOOKKEEPING}, *without]


def _ledger(tree: Tree, folder: str) -> Iterator[Found]:
    files = tree.below(folder, ".jsonl")
    if not files:
        raise Missing(folder, "a ledger")
    for path in files:
        for number, line in enumerate(tree.lines(path), start=1):
            try:
                record = tree.json_line(path, number, line) if line.strip() else {}
            except Broken as error:
                yield Found(
                    path,
                    number,
                    "a record that is no JSON",
                    "one JSON object per line",
                    error.problem,
                    "correct the line",
                )
                continue
            if not isinstance(record, dict):
                yield Found(
                    path,
                    number,
                    "a record that is no object",
                    "a JSON object",
                    type(record).__name__,
                    "correct the line",
                )


RULES = (
    Rule(
        "goldens",
        "every case has its goldens, every golden its case, and the ledger can be read",
        goldens,
        "expected values that nothing ever read",
    ),
)
