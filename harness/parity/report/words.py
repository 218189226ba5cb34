"""Small phrases that every form of the report shares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

from parity.compare.difference import apart, enough
from parity.english import listed, many
from parity.report.matrix import comparisons

#: What a check is about that looks at no one case.
_OF_ALL = {"stale": "goldens", "ledger": "the ledger", "ignored": "ignored leaves, over all cases"}


def comparison(result: Mapping[str, Any]) -> str:
    """What is held against what: ``local ~ golden``, ``local = production``."""
    return f"{result['configuration']} {'~' if result['check'] == 'golden' else '='} {result['against']}"


def place(result: Mapping[str, Any]) -> str:
    """Where a check looked: ``tutorial · unified · local ~ golden · golden/snapshots/tutorial/unified.json``."""
    title = comparison(result) if result["against"] else result["configuration"]
    parts = [part for part in (result["case"], result["artifact"], title, result["file"]) if part]
    return " · ".join(parts) or _OF_ALL.get(result["check"], result["check"])


def reuse(report: Mapping[str, Any]) -> str:
    """How many cases were computed by every configuration, shared, replayed: "2 cases fresh, 8 shared, 4 replayed".

    Those whose runs had to fail, and did, are counted apart: they are always fresh.
    """
    failed = {run["case"] for run in report["runs"] if run["exit_code"] and run["failure"] is None}
    modes = {run["case"]: "failed" if run["case"] in failed else run["reuse"] for run in report["runs"]}
    names = {"fresh": "fresh", "shared": "shared", "replay": "replayed", "failed": "failed as expected"}
    counts = [(list(modes.values()).count(mode), word) for mode, word in names.items()]
    shown = [f"{count} {word}" for count, word in counts if count]
    if not shown:
        return "no run"
    number, _, word = shown[0].partition(" ")
    return ", ".join([f"{many(int(number), 'case')} {word}", *shown[1:]])


def facts(report: Mapping[str, Any]) -> str:
    """What was compared, and how long that took."""
    runs = f"saved captures ({reuse(report)})" if report["from"] else reuse(report)
    return (
        f"{report['pipeline']}: {' and '.join(report['configurations'])} · {many(len(report['cases']), 'case')} · "
        f"{many(len(report['artifacts']), 'artifact')} each · {runs} · {report['seconds']:.0f} s"
    )


def other_encodings(report: Mapping[str, Any]) -> str | None:
    """Said first: the media are not the same, so nobody may expect equal results; None where they are."""
    cases = [each["case"] for each in report["different_media"]]
    if not cases:
        return None
    return (
        f"different media: the configurations read different files in {listed(cases, 5)}; there they are compared "
        "with the tolerances for different encodings, and only what exceeds those is drift"
    )


def machines(report: Mapping[str, Any]) -> str | None:
    """That goldens come from another kind of machine than this run; None where they do not."""
    others = [row for row in report.get("machines", ()) if not row["same"]]
    if not others:
        return None
    cases = sum(len(row["cases"]) for row in others)
    classes, runs = (
        ", ".join(dict.fromkeys(row[side]["class"] or "an unknown CPU class" for row in others))
        for side in ("golden", "run")
    )
    if any(row[side]["class"] is None for row in others for side in ("golden", "run")):
        known = "whether they differ cannot be told"
    else:
        known = (
            "its spread is calibrated" if all(row["calibrated"] for row in others) else "never calibrated on this class"
        )
    return f"machines: goldens of {many(cases, 'case')} were recorded on {classes}, this run was computed on {runs}: {known}"


def flips(report: Mapping[str, Any]) -> str | None:
    """What is no drift, because a run has proven where it comes from; None where there is nothing such."""
    found = report["follows_from_flips"]
    if not found:
        return None
    total, cases = sum(each["total"] for each in found), sorted({each["case"] for each in found})
    return (
        f"{many(total, 'difference')} in {listed(cases, 5)} follow from flips and tolerated differences, as runs on the "
        "expected side's data have proven; counted as flips"
    )


def truth(report: Mapping[str, Any]) -> str | None:
    """How much of the ground truth was met; None where none is known."""
    checks = report["expectations"]
    if not checks:
        return None
    return f"ground truth: {sum(each['passed'] for each in checks)} of {len(checks)} expectations met"


def since(report: Mapping[str, Any]) -> str | None:
    """The first diverging stage; None where none is known."""
    first = report["first_diverging_stage"]
    if first is None:
        return None
    number = first["number"]
    told = "" if number is None or number < 0 else " (stage 0)" if number == 0 else None
    told = f" (stage {number}, 0 being the decoded media)" if told is None else told
    return f"first diverging stage: {first['title']}{told} in {listed(first['cases'], 5)}"


def where(cause: Mapping[str, Any]) -> str:
    """Cases × artifacts, the comparisons, and how many differences."""
    return (
        f"{many(len(cause['cases']), 'case')} ({listed(cause['cases'], 4)}) × {many(len(cause['artifacts']), 'artifact')} "
        f"({listed(cause['artifacts'], 3)}) · {comparisons(cause['comparisons'])} · "
        f"{many(cause['differences'], 'difference')}"
    )


def largest(cause: Mapping[str, Any]) -> str:
    """``0.92 s, allowed 0.003``; empty where nothing is measured."""
    worst = cause["largest"]
    if worst is None:
        return ""
    unit = f" {worst['unit']}" if worst["unit"] else ""
    magnitude, allowed = apart(worst["magnitude"], worst["allowed"] or 0)
    return f"{magnitude}{unit}, allowed {allowed}"


def would_pass(cause: Mapping[str, Any]) -> str:
    """``a tolerance of 0.92 s would pass``."""
    if not cause["would_pass"]:
        return "no tolerance would let it pass"
    tolerances = (f"{enough(value)} {unit}".strip() for unit, value in list(cause["would_pass"].items())[:3])
    return f"a tolerance of {' and '.join(tolerances)} would pass"


def measured(cause: Mapping[str, Any]) -> str:
    """By how much it differs at most, and what would let that pass."""
    return "; ".join(part for part in (largest(cause), would_pass(cause)) if part)


def follows(cause: Mapping[str, Any], most: int) -> str:
    """Later stages that differ because of it, with the number of their differences."""
    counted: Counter[str] = Counter()
    for each in cause["follows"]:
        counted[each["stage"]] += each["differences"]
    return listed([f"{stage} ({count})" for stage, count in counted.items()], most)
