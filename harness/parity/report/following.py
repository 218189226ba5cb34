"""What to do next, and where the whole stands: the same advice in every form of the report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from parity.run.runs import option
from parity.verdict import Verdict


@dataclass(frozen=True)
class Step:
    """A sentence, and the command that it ends with (None: nothing is to be run)."""

    text: str
    command: str | None = None


def accept(report: Mapping[str, Any], chosen: str) -> str:
    """The command that accepts what ``chosen`` (``--cause ID``) names of this very run."""
    return f'parity accept {chosen}{option(report["run_id"])} --reason "…"'


def elsewhere(report: Mapping[str, Any]) -> str:
    """Where a form that shows no finding sends for them."""
    return f"that `parity report{option(report['run_id'])}` shows"


def steps(report: Mapping[str, Any], shown: str) -> Iterator[Step]:
    """What to do, best first; nothing at parity. ``shown``: where the findings are, as in "shown above"."""
    failing = [result for result in report["results"] if result["case"] and result["verdicts"] != ["parity"]]
    only = f" --case {failing[0]['case']}" if failing else ""
    match Verdict(report["exit_code"]):
        case Verdict.PARITY:
            return
        case Verdict.DRIFT:
            yield Step("mend the cause, then", f"parity run{only}")
            yield from _meant(report)
        case Verdict.CONTRACT:
            again = f"parity run --from {shlex.quote(_captures(report))}{only}"
            yield Step(f"mend the schema, the golden, the ledger or the field {shown}, then (runs nothing)", again)
        case Verdict.PIPELINE:
            folder = next((run["folder"] for run in report["runs"] if run["failure"]), None)
            yield Step(f"read {folder}/stderr.log" if folder else "read the run's stderr.log")
        case Verdict.STALE:
            yield Step(
                f"remove what is stale, or renew what expired, {shown} (`make golden` removes goldens nothing needs)"
            )
        case Verdict.CRASH:
            yield Step(f"the harness itself failed: send the file {shown} to its maintainers, with what was run")
        case _:
            yield Step(f"see the message {shown}")


def _captures(report: Mapping[str, Any]) -> str:
    """Where the captures lie that were compared."""
    folder = next((run["folder"] for run in report["runs"]), None)
    return report["from"] or (str(PurePosixPath(folder).parent.parent) if folder else "reports/captures")


def _meant(report: Mapping[str, Any]) -> Iterator[Step]:
    """How to agree with a change; nobody can agree with runs that differ from each other."""
    drifting = [result for result in report["results"] if "drift" in result["verdicts"]]
    causes = [each["id"] for each in report["causes"] if all(of["check"] == "golden" for of in each["comparisons"])]
    cases = [] if report["causes"] else [result["case"] for result in drifting if result["check"] == "golden"]
    blocked = (report.get("pending") or {}).get("blocked") or {"causes": {}, "cases": {}}
    cause = next((each for each in causes if each not in blocked["causes"]), None)
    golden = next((each for each in cases if each not in blocked["cases"]), None)
    if cause or golden:
        yield Step("or, if it is meant, see and decide it on a page", f"parity review{option(report['run_id'])}")
        chosen = f"--cause {cause}" if cause else f"--case {golden}"
        yield Step("or here", accept(report, chosen))
    elif causes or cases:
        why = blocked["causes"][causes[0]] if causes else blocked["cases"][cases[0]]
        yield Step(f"{(causes or cases)[0]} cannot be accepted: {why}; mend that first")
    if any(result["check"] == "configurations" for result in drifting):
        yield Step(
            "what differs between the configurations cannot be accepted: it is mended, or declared in the ledger"
        )
