"""What a comparison found beside the causes: messages, missing goldens, differences that no cause explains."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from parity.compare.difference import describe
from parity.english import many
from parity.goldens.store import REMEDY
from parity.report.words import place
from parity.verdict import PRECEDENCE, Verdict, decide

#: (place, what), both of which may hold anything that was read.
Finding = tuple[str, str]


def findings(report: Mapping[str, Any]) -> list[Finding]:
    """All of them, each said once, the gravest kind first."""
    return [*_messages(report), *_differences(report)]


def _messages(report: Mapping[str, Any]) -> Iterator[Finding]:
    for crash in report["crashes"]:
        yield "the comparison itself failed", crash
    if failed := (report.get("pending") or {}).get("failed"):
        yield "pending goldens", failed
    said: dict[str, list[str]] = {}
    for result in sorted(report["results"], key=_gravity):
        for message in result["messages"]:
            if not _is_echo(result, message):
                said.setdefault(message, []).append(place(result))
    for message, places in said.items():
        yield places[0] + (f" and {many(len(places) - 1, 'other check')}" if places[1:] else ""), message
    for result in report["results"]:
        for path in result["uncompared"]:
            yield place(result), f"{path}: compared by no schema: add it to the artifact's schema"
    for case, names in _missing_goldens(report).items():
        folder = next(iter(names)).rpartition("/")[0]
        listed = ", ".join(sorted(name.rpartition("/")[2] for name in names))
        yield f"{case} · golden", f"{many(len(names), 'golden')} missing in {folder}: {listed}; {REMEDY}"
    for record in report["stale"]["declared"]:
        yield "declared difference", record["message"]
    for check in report["not_run"][:3]:
        yield "not run", check


def _gravity(result: Mapping[str, Any]) -> tuple[bool, int]:
    """What a run says of itself first, then what makes the rest unreliable."""
    verdict = decide(Verdict[name.upper()] for name in result["verdicts"])
    return result["check"] != "run", PRECEDENCE.index(verdict)


def _is_echo(result: Mapping[str, Any], message: str) -> bool:
    """Whether the run says it: a failed run is named once, not by every comparison that lacks it."""
    own = result["check"] == "run" or (result["check"] == "repeated" and message.startswith(result["configuration"]))
    return "pipeline" in result["verdicts"] and not own


def _missing_goldens(report: Mapping[str, Any]) -> dict[str, set[str]]:
    """By case, the goldens that were never recorded: one finding, not one per artifact."""
    missing: dict[str, set[str]] = {}
    for result in report["results"]:
        if _lacks_golden(result) and not result["file"].startswith("derived"):
            missing.setdefault(result["case"], set()).add(result["file"])
    return missing


def _lacks_golden(result: Mapping[str, Any]) -> bool:
    """Whether the only finding is that there is nothing to compare with."""
    return result["check"] == "golden" and [(d["path"], d["kind"]) for d in result["differences"]] == [("", "extra")]


def _differences(report: Mapping[str, Any]) -> Iterator[Finding]:
    """What no cause explains: each difference once, also where both configurations have it, of derived artifacts last."""
    if report["causes"]:
        for each in report["unexplained"]["differences"]:
            yield place(each), each["text"]
        return
    folded: dict[tuple[Any, ...], tuple[dict[str, Any], dict[str, Any], list[str]]] = {}
    ranked = sorted(report["results"], key=lambda r: (str(r["file"]).startswith("derived"), r["check"] == "golden"))
    for result in ranked:
        for difference in () if _lacks_golden(result) else result["differences"]:
            same = tuple(str(difference[name]) for name in ("path", "kind", "expected", "actual"))
            key = (result["check"], result["case"], result["artifact"], same)
            folded.setdefault(key, (result, difference, []))[2].append(result["configuration"])
    for result, difference, configurations in folded.values():
        names = " and ".join(configurations)
        text = describe(difference, expected=result["against"], actual=names)
        yield place({**result, "configuration": names}), text
