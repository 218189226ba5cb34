"""The outcome of ``parity diff`` as one JSON document; every other format is made from it."""

from __future__ import annotations

import math
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from parity.pipeline.settings import Config
from parity.pipeline.stages import Graph
from parity.tools.diff import schemaless, why
from parity.tools.diff.entries import Entries, Key
from parity.tools.diff.notes import contract_versions
from parity.tools.diff.pair import Options, Pair, Part, total
from parity.tools.diff.rank import Finding, one_name, ranked
from parity.tools.diff.sides import Side
from parity.verdict import Verdict, decide, in_order

FORMAT = "parity-diff/1"


def build(
    pairs: Sequence[tuple[Key, Pair]],
    entries: Entries,
    *,
    config: Config,
    pipeline: Any,
    options: Options,
    limit: int | None,
) -> dict[str, Any]:
    """One document. ``limit``: how many differences of each pair it lists, None for all; all are counted."""
    found = [verdict for _, pair in pairs for verdict in pair.verdicts] + [Verdict.DRIFT] * bool(entries.only)
    verdict = decide(found)
    graph = Graph(pipeline.stages)
    return {
        "format": FORMAT,
        "verdict": verdict.label,
        "exit_code": int(verdict),
        "verdicts": [each.label for each in in_order(found)],
        "pipeline": pipeline.name,
        "corpora": entries.corpora,
        "only": [{"side": side, "case": key[0], "configuration": key[1]} for side, key in entries.only],
        "selected": {"analyses": list(options.analyses), "fields": list(options.fields)},
        "counts": total(pair.counts for _, pair in pairs),
        "pairs": [_pair(key, pair, config, graph, limit) for key, pair in pairs],
    }


def _pair(key: Key, pair: Pair, config: Config, graph: Graph, limit: int | None) -> dict[str, Any]:
    findings = ranked(((part.artifact, each) for part in pair.parts for each in part.comparison.differences), graph)
    causes, unexplained = why.causes(pair, graph)
    first, second = (pair.actual, pair.expected) if pair.exchanged else (pair.expected, pair.actual)
    return {
        "case": key[0],
        "configuration": key[1],
        "verdict": pair.verdict.label,
        "verdicts": [each.label for each in pair.verdicts],
        "a": _side(first, config),
        "b": _side(second, config),
        "expected": pair.labels[0].lower(),
        "contract": {
            "same": first.told.contracts == second.told.contracts,
            "text": _contract(first, second),
        },
        "media": {
            "state": pair.media.state,
            "insisted": pair.media.insisted,
            "text": pair.media.text,
            "a": dict(first.told.media),
            "b": dict(second.told.media),
        },
        "compared": _how(pair),
        "notes": list(pair.notes),
        "artifacts": [_part(part) for part in pair.parts],
        "counts": pair.counts,
        "causes": causes,
        "explanation_failed": unexplained,
        "differences_total": sum(len(part.comparison.differences) for part in pair.parts),
        "findings_total": len(findings),
        "findings": [_finding(each) for each in findings[:limit]],
        "violations": _violations(pair, graph),
        "uncompared": [
            {"artifact": part.artifact, "path": path} for part in pair.parts for path in part.comparison.uncompared
        ],
        "flips": [
            {
                "artifact": part.artifact,
                "path": flip.path,
                "kind": flip.kind,
                "score": flip.score,
                "threshold": flip.threshold,
                "margin": flip.margin,
            }
            for part in pair.parts
            for flip in part.comparison.flips
        ],
        "ignored": [
            {"artifact": part.artifact, "path": leaf.path, "by": leaf.by, "reason": leaf.reason}
            for part in pair.parts
            for leaf in part.comparison.ignored
        ],
    }


def _how(pair: Pair) -> dict[str, str]:
    """How exactly the pair was compared, and why so."""
    schemas = [part.schema for part in pair.parts if part.state == "compared"]
    if schemas and not any(schemas):
        return {"mode": "exact", "why": schemaless.NOTE}
    return {"mode": pair.strictness.mode, "why": pair.strictness.why}


def _side(side: Side, config: Config) -> dict[str, Any]:
    path = side.path if side.path.is_absolute() else Path.cwd() / side.path
    return {
        "what": side.what,
        "path": config.relative(path),
        "configuration": side.configuration,
        "subject": side.told.subject,
        "contract": list(side.told.contracts),
        "stamps": sorted(set(side.stamps.values())),
        "failure": side.failure,
    }


def _contract(first: Side, second: Side) -> str | None:
    """What is to be said of the contract versions before anything else; None where both name the same."""
    if first.told.contracts == second.told.contracts and len(first.told.contracts) == 1:
        return None
    if any(side.what == "golden" and not side.told.contracts for side in (first, second)):
        return None  # of a case that fails there is no artifact that would name one
    one, other = contract_versions(first), contract_versions(second)
    if first.what == second.what == "file" and one == other == "none":
        return None
    if one == other:
        return f"contract version {one} on both sides: they may not mean what today's schemas say"
    return f"contract version {one} on A, {other} on B: fields may differ in meaning, not only in value"


def _part(part: Part) -> dict[str, Any]:
    return {
        "artifact": part.artifact,
        "state": part.state,
        "schema": part.schema,
        "expected_file": part.files[0],
        "actual_file": part.files[1],
        "verdicts": [each.label for each in part.verdicts],
        "messages": list(part.messages),
        "counts": part.comparison.counts(),
        "differences_total": len(part.comparison.differences),
        "violations_total": len(part.violations),
    }


def _violations(pair: Pair, graph: Graph) -> list[dict[str, Any]]:
    """Every breach once, with the sides and artifacts that have it."""
    folded: dict[tuple[str, ...], dict[str, Any]] = {}
    for part in pair.parts:
        for label, each in part.violations:
            key = (*one_name(graph, part.artifact, each.path), each.message)
            new = {"sides": [], "artifacts": [], "path": each.path, "message": each.message}
            entry = folded.setdefault(key, new)
            for name, value in (("sides", label.lower()), ("artifacts", part.artifact)):
                entry[name] += [] if value in entry[name] else [value]
    return list(folded.values())


def _finding(finding: Finding) -> dict[str, Any]:
    told = finding.difference.to_json()
    numbers = {name: _finite(told[name]) for name in ("magnitude", "allowed", "would_pass")}
    return {
        "artifact": finding.artifact,
        "weight": round(finding.weight, 6),
        "also": [{"artifact": artifact, "path": path} for artifact, path in finding.also],
        **{**told, **numbers},
    }


def _finite(value: float | None) -> float | None:
    return value if value is None or math.isfinite(value) else None


def next_command(report: Mapping[str, Any], arguments: Sequence[str], *, older: bool) -> list[str]:
    """What to run next, one line each; ``arguments`` are the paths and what chooses what is compared, as given.

    ``older``: whether what is broken may be of an older contract.
    """
    again = shlex.join(["parity", "diff", *arguments])
    lines = []
    unknown = [pair for pair in report["pairs"] if pair["media"]["state"] == "unknown" and pair["verdict"] == "drift"]
    runs = [pair for pair in unknown if {pair[side]["what"] for side in ("a", "b")} <= {"capture", "outputs"}]
    if runs and not report["corpora"]:
        lines.append(f"{again} --media different    if one side is another encoding of the same video")
    shown = [finding for pair in report["pairs"] for finding in pair["findings"]]
    if older and report["verdict"] == "contract":
        lines.append(f"{again} --any-contract    if both are of an older contract: breaches of today's do not count")
    if (
        shown
        and not report["selected"]["analyses"]
        and not report["selected"]["fields"]
        and len({f["artifact"] for f in shown}) > 1
    ):
        group = shown[0]["artifact"].partition(".")[0]
        lines.append(f"{again} --analysis {shlex.quote(group)} --limit 0    the heaviest alone, in full")
    elif any(pair["findings_total"] > len(pair["findings"]) for pair in report["pairs"]):
        lines.append(f"{again} --limit 0    all of them")
    return lines
