"""The report of a comparison, as JSON, from the outcomes of its checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from parity.check import declared_again
from parity.check.keys import of_all
from parity.check.outcome import LISTED, Outcome
from parity.explain.explained import nothing
from parity.goldens.declared import Declared
from parity.pipeline.artifacts import known_artifacts, running
from parity.pipeline.case import Case
from parity.pipeline.parts import Pipeline
from parity.report.words import comparison
from parity.verdict import Verdict, decide, in_order

FORMAT = "parity-report/1"
FILE_NAME = "parity.json"
COUNTS = ("exact", "within_tolerance", "flip", "ignored", "uncompared", "differing")

#: Comparisons of leaves; the other checks are about what a run leaves behind.
_COMPARISONS = ("configurations", "golden", "repeated")
_OF_A_RUN = (
    "case", "configuration", "reuse", "exit_code", "failure", "started", "seconds", "folder", "problems", "provenance",
)  # fmt: skip

_OF_A_FILE = ("case", "configuration", "artifact", "file", "verdicts")


@dataclass(frozen=True)
class Session:
    """What is known about a comparison beside its outcomes. ``crashes``: tests that ended without an outcome."""

    started: str
    finished: str
    seconds: float
    given: str | None
    selected: bool
    max_ignored: float
    crashes: tuple[str, ...] = ()
    #: The day by which declared differences expire; None is this one.
    today: date | None = None
    run_id: str = ""
    #: Goldens that wait for a decision after this comparison; None where that could not be found out, with the reason below.
    pending: int | None = 0
    pending_failed: str | None = None
    #: Of those that cannot be accepted: why, by cause and by case (``Pending.blocked``).
    pending_blocked: Mapping[str, Mapping[str, str]] | None = None


def build(
    outcomes: Sequence[Outcome],
    *,
    pipeline: Pipeline,
    cases: Sequence[Case],
    declared: Sequence[Declared],
    session: Session,
    explanation: Mapping[str, Any] | None = None,
    machines: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    """One report.

    ``declared``: the ledger's records, to see which of them expired and which nothing needs. ``explanation``: the causes
    of what differs, as ``parity.explain.explained`` finds them; None where nothing does. ``machines``: those that goldens and
    runs come from (``parity.tools.calibrate.machines``).
    """
    ends = {case.name for case in running(pipeline, cases)}
    results = [outcome.to_json() for outcome in outcomes]
    share = _ignored_share(result for result in results if result["case"] in ends)
    results = sorted([*results, *_too_many(share, session)], key=_order)
    missing = sorted(
        set(of_all(pipeline, cases)) - {outcome.key for outcome in outcomes}, key=lambda key: str(tuple(key))
    )
    today = session.today or datetime.now(UTC).date()
    unused = declared_again.stale(declared, results, today=today, complete=not missing and not session.selected)
    found = [Verdict[name.upper()] for result in results for name in result["verdicts"]]
    found += [Verdict.CRASH] * bool(session.crashes) + [Verdict.USAGE] * bool(missing) + [Verdict.STALE] * bool(unused)
    verdict = decide(found)
    return {
        "format": FORMAT,
        "verdict": verdict.label,
        "exit_code": int(verdict),
        "verdicts": [each.label for each in in_order(found)],
        "complete": not missing,
        "not_run": [str(key) for key in missing],
        "crashes": list(session.crashes),
        "started": session.started,
        "finished": session.finished,
        "seconds": session.seconds,
        "from": session.given,
        "run_id": session.run_id,
        "pending": {
            "goldens": session.pending,
            "failed": session.pending_failed,
            "blocked": session.pending_blocked or {"causes": {}, "cases": {}},
        },
        "pipeline": pipeline.name,
        "configurations": list(pipeline.configurations),
        "cases": [case.name for case in cases],
        "artifacts": [artifact.name for artifact in known_artifacts(pipeline)],
        "counts": {check: _total(r for r in results if r["check"] == check) for check in _COMPARISONS},
        "runs": runs(outcomes),
        "files": [{name: r[name] for name in _OF_A_FILE} for r in results if r["check"] == "contract"],
        "different_media": _different_media(results),
        "machines": list(machines),
        "page_failed": None,
        **(explanation or nothing()),
        "follows_from_flips": _follows_from_flips(results),
        "results": [{name: each for name, each in r.items() if name not in ("ignored", "data")} for r in results],
        "expectations": _expectations(results),
        "ignored_share": share,
        "ignored": _ignored(results),
        "stale": {
            "goldens": [file for r in results if r["check"] == "stale" for file in r.get("data", {}).get("files", [])],
            "declared": unused,
        },
    }


def _order(result: Mapping[str, Any]) -> str:
    return str(tuple(result[name] for name in ("check", "case", "configuration", "artifact")))


def _total(results: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    total = dict.fromkeys(COUNTS, 0)
    for result in results:
        for name in COUNTS:
            total[name] += result["counts"][name]
    return total


def totals(report: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Comparison → its counts over all cases, those with the goldens last."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for result in report["results"]:
        if result["check"] in _COMPARISONS:
            found.setdefault(comparison(result), []).append(result)
    return {title: _total(found[title]) for title in sorted(found, key=lambda title: ("~" in title, title))}


def runs(outcomes: Iterable[Outcome]) -> list[dict[str, Any]]:
    """What a report says of every run."""
    found = [outcome.data for outcome in outcomes if outcome.check == "run" and outcome.data]
    ordered = sorted(found, key=lambda run: (run["case"], run["configuration"]))
    return [{name: run[name] for name in _OF_A_RUN} for run in ordered]


def _expectations(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    return [
        {"case": result["case"], "configuration": result["configuration"], **each}
        for result in results
        if result["check"] == "expectations"
        for each in result.get("data", {}).get("expectations", [])
    ]


def _ignored(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Every ignored leaf once, with the comparisons in which it was ignored."""
    leaves: dict[tuple[str, ...], dict[str, Any]] = {}
    for result in results:
        if result["check"] not in _COMPARISONS:
            continue
        comparison = f"{result['against']}/{result['configuration']}"
        for leaf in result["ignored"]:
            key = (result["case"], result["artifact"], leaf["path"], leaf["by"])
            told = {**dict(zip(("case", "artifact", "path", "by"), key, strict=True)), "reason": leaf["reason"]}
            leaves.setdefault(key, {**told, "comparisons": []})["comparisons"].append(comparison)
    return [{**leaf, "comparisons": sorted(leaf["comparisons"])} for _, leaf in sorted(leaves.items())]


def _different_media(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """By case: which facts of the media differ, because the configurations read different files."""
    found: dict[str, set[str]] = {}
    for result in results:
        places = {leaf["path"] for leaf in result["ignored"] if leaf["by"] == "media"}
        if places:
            found.setdefault(result["case"], set()).update(places)
    return [{"case": case, "paths": sorted(places)} for case, places in sorted(found.items())]


def _follows_from_flips(results: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Differences that a run proved to follow from flips and tolerated differences, which therefore are no drift."""
    names = ("check", "case", "configuration", "against", "artifact")
    return [
        {**{name: result[name] for name in names}, "total": len(found), "differences": found[:LISTED]}
        for result in results
        if (found := result.get("data", {}).get("follows_from_flips"))
    ]


def _ignored_share(results: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Of each kind of comparison, over all cases that run to their end: its leaves, and how many were ignored, by rule."""
    shares: dict[str, dict[str, int]] = {}
    for result in results:
        if result["check"] not in _COMPARISONS:
            continue
        sign = "=" if result["check"] == "configurations" else "~"
        title = f"{result['configuration']} {sign} {result['against']}"
        share = shares.setdefault(
            title, {"ignored": 0, "leaves": 0, "volatile": 0, "environment": 0, "declared": 0, "media": 0}
        )
        share["leaves"] += sum(result["counts"].values())
        share["ignored"] += result["counts"]["ignored"]
        for leaf in result["ignored"]:
            share[leaf["by"]] += 1
    return dict(sorted(shares.items()))


def _too_many(shares: Mapping[str, Mapping[str, int]], session: Session) -> list[dict[str, Any]]:
    """An outcome that says so when more leaves were ignored than may be.

    Small cases hold few leaves beside the clocks that every run has, so the share is one of all cases; those of a run
    that fails are hardly more than clocks and do not count. A selection of cases is not judged.
    """
    messages = [
        f"{title}: {share['ignored']} of {share['leaves']} leaves are ignored "
        f"({100 * share['ignored'] / share['leaves']:.2f} %), allowed {100 * session.max_ignored:g} %: compare more of "
        "them, they are listed in the report"
        for title, share in shares.items()
        if not session.selected and share["ignored"] > session.max_ignored * share["leaves"]
    ]
    return [Outcome("ignored", verdicts=(Verdict.CONTRACT,), messages=tuple(messages)).to_json()] if messages else []
