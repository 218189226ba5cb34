"""The report of a comparison, as JSON, from the outcomes of its checks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harness.compare.captures import REPEAT
from harness.compare.outcome import Outcome
from harness.pipelines.base import Pipeline
from harness.verdict import Verdict, decide, in_order

FORMAT = "parity-report/1"
FILE_NAME = "parity.json"
COUNTS = ("exact", "within_tolerance", "ignored", "uncompared", "differing")

#: What a run leaves behind, not a comparison of leaves.
_COMPARISONS = ("configurations", "golden", "repeated")

Key = tuple[str, str | None, str | None, str | None]


@dataclass(frozen=True)
class Session:
    """What is known about a comparison beside its outcomes. ``crashes``: tests that ended without an outcome."""

    started: str
    finished: str
    seconds: float
    given: str | None
    updated: bool
    selected: bool
    max_ignored: float
    crashes: tuple[str, ...] = ()


def expected_checks(pipeline: Pipeline, cases: Iterable[str]) -> set[Key]:
    """(check, case, configuration, artifact) of every outcome that a complete comparison has."""
    second = pipeline.configurations[1]
    keys: set[Key] = {("stale", None, None, None)}
    for case in cases:
        keys |= {("repeated", case, REPEAT, name) for name in pipeline.repeatable}
        keys |= {(check, case, name, None) for check in ("run", "expectations") for name in pipeline.configurations}
        for artifact in pipeline.artifacts:
            keys.add(("configurations", case, second, artifact.name))
            keys |= {
                (check, case, name, artifact.name)
                for check in ("contract", "golden")
                for name in pipeline.configurations
            }
    return keys


def key_of(result: Mapping[str, Any]) -> Key:
    """The key of one outcome in its JSON form."""
    return result["check"], result["case"], result["configuration"], result["artifact"]


def build(
    results: Sequence[Mapping[str, Any]],
    *,
    pipeline: Pipeline,
    cases: Sequence[str],
    declared: Iterable[tuple[str, str]],
    session: Session,
) -> dict[str, Any]:
    """One report. ``declared``: (artifact, path) of the ledger's records, to see which of them nothing needs."""
    by_key = {key_of(result): result for result in results}
    share = _ignored_share(results)
    results = [*results, *_too_many(share, session)]
    missing = sorted(expected_checks(pipeline, cases) - by_key.keys(), key=str)
    ignored = _ignored(results)
    unused = [] if missing or session.selected else _unused(declared, ignored, results)
    found = [Verdict[name.upper()] for result in results for name in result["verdicts"]]
    found += [Verdict.USAGE] * bool(missing or session.crashes) + [Verdict.STALE] * bool(unused)
    verdict = decide(found)
    return {
        "format": FORMAT,
        "verdict": verdict.label,
        "exit_code": int(verdict),
        "verdicts": [each.label for each in in_order(found)],
        "complete": not missing,
        "not_run": ["/".join(part for part in key if part) for key in missing],
        "crashes": list(session.crashes),
        "started": session.started,
        "finished": session.finished,
        "seconds": session.seconds,
        "from": session.given,
        "goldens_recorded": session.updated,
        "pipeline": pipeline.name,
        "configurations": list(pipeline.configurations),
        "cases": list(cases),
        "artifacts": [artifact.name for artifact in pipeline.artifacts],
        "counts": {check: _total(r for r in results if r["check"] == check) for check in _COMPARISONS},
        "runs": _runs(results),
        "files": _files(results),
        "results": [_result(result) for result in sorted(results, key=lambda r: str(key_of(r)))],
        "expectations": _expectations(results),
        "ignored_share": share,
        "ignored": ignored,
        "stale": {
            "goldens": [file for r in results if r["check"] == "stale" for file in r.get("data", {}).get("files", [])],
            "declared": unused,
        },
    }


def _total(results: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    total = dict.fromkeys(COUNTS, 0)
    for result in results:
        for name in COUNTS:
            total[name] += result["counts"][name]
    return total


def _runs(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    runs = [result["data"] for result in results if result["check"] == "run" and "data" in result]
    wanted = ("case", "configuration", "exit_code", "failure", "started", "seconds", "folder", "problems", "provenance")
    return [{name: run[name] for name in wanted} for run in sorted(runs, key=lambda r: (r["case"], r["configuration"]))]


def _expectations(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"case": result["case"], "configuration": result["configuration"], **each}
        for result in sorted(results, key=lambda r: str(key_of(r)))
        if result["check"] == "expectations"
        for each in result.get("data", {}).get("expectations", [])
    ]


def _files(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    contracts = [result for result in results if result["check"] == "contract"]
    return [
        {
            "case": result["case"],
            "configuration": result["configuration"],
            "artifact": result["artifact"],
            "file": result["file"],
            "verdicts": result["verdicts"],
        }
        for result in sorted(contracts, key=lambda r: str(key_of(r)))
    ]


def _result(result: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in result.items() if name not in ("ignored", "data")}


def _ignored(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every ignored leaf once, with the comparisons in which it was ignored."""
    leaves: dict[tuple[str, ...], dict[str, Any]] = {}
    for result in results:
        if result["check"] not in _COMPARISONS:
            continue
        comparison = f"{result['against']}/{result['configuration']}"
        for leaf in result["ignored"]:
            key = (result["case"], result["artifact"], leaf["path"], leaf["by"])
            entry = leaves.setdefault(
                key, dict(zip(("case", "artifact", "path", "by"), key, strict=True), reason=leaf["reason"], in_=[])
            )
            entry["in_"].append(comparison)
    rows = sorted(leaves.items())
    return [{**{k: v for k, v in leaf.items() if k != "in_"}, "comparisons": sorted(leaf["in_"])} for _, leaf in rows]


def _ignored_share(results: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Of each kind of comparison, over all cases: its leaves, and how many were ignored by which rule."""
    shares: dict[str, dict[str, int]] = {}
    for result in results:
        if result["check"] not in _COMPARISONS:
            continue
        sign = "=" if result["check"] == "configurations" else "~"
        title = f"{result['configuration']} {sign} {result['against']}"
        share = shares.setdefault(title, {"ignored": 0, "leaves": 0, "volatile": 0, "environment": 0, "declared": 0})
        share["leaves"] += sum(result["counts"].values())
        share["ignored"] += result["counts"]["ignored"]
        for leaf in result["ignored"]:
            share[leaf["by"]] += 1
    return dict(sorted(shares.items()))


def _too_many(shares: Mapping[str, Mapping[str, int]], session: Session) -> list[dict[str, Any]]:
    """An outcome that says so when more leaves were ignored than may be.

    Small cases hold few leaves beside the clocks that every run has, so the share is one of all cases; a selection of
    cases is not judged.
    """
    messages = [
        f"{title}: {share['ignored']} of {share['leaves']} leaves are ignored "
        f"({100 * share['ignored'] / share['leaves']:.2f} %), allowed {100 * session.max_ignored:g} %: compare more of "
        "them, they are listed in the report"
        for title, share in shares.items()
        if not session.selected and share["ignored"] > session.max_ignored * share["leaves"]
    ]
    return [Outcome("ignored", verdicts=(Verdict.CONTRACT,), messages=tuple(messages)).to_json()] if messages else []


def _unused(
    declared: Iterable[tuple[str, str]], ignored: Iterable[Mapping[str, Any]], results: Iterable[Mapping[str, Any]]
) -> list[dict[str, str]]:
    """Declared differences at whose place nothing stands in any case."""
    seen = {(leaf["artifact"], _any_item(leaf["path"])) for leaf in ignored if leaf["by"] == "declared"}
    for result in results:
        seen |= {(result["artifact"], _any_item(difference["path"])) for difference in result["differences"]}
    return [{"artifact": a, "path": p} for a, p in declared if (a, _any_item(p)) not in seen]


def _any_item(path: str) -> str:
    """``path`` with every list index as ``[*]``."""
    return re.sub(r"\[(\d+|\*)\]", "[*]", path)
