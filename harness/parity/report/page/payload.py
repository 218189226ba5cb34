"""Everything that the page shows, as one JSON value ("parity-page/1"); harmless texts, and small enough to open at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from parity.check.suite import Suite
from parity.english import many
from parity.pipeline.settings import Config
from parity.report import words
from parity.report.findings import findings
from parity.report.following import accept, steps
from parity.report.page.curves import curves
from parity.report.page.documents import Documents, of
from parity.report.page.frames import frames
from parity.report.page.origins import origins
from parity.report.page.overview import matrix, stages
from parity.report.page.spots import fold
from parity.report.page.table import short, table
from parity.verdict import ContractError, Verdict, in_order

FORMAT = "parity-page/1"
#: Entries of any list of a cause, messages, and rules by which something was ignored.
LISTED, MESSAGES, IGNORED = 100, 200, 500


def payload(
    config: Config, report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]], suite: Suite | None = None
) -> dict[str, Any]:
    """The page of ``report`` and of its ``differences`` (``differences.json``); ``suite``: the one that found them, if at hand.

    What is drawn comes from the saved captures and the goldens, as they lie there now.
    """
    known = Documents(suite) if suite is not None else of(config, report)
    order = [cause["id"] for cause in report["causes"]]
    spots = fold(differences, known.graph)
    drawn, of_curves = curves(known, spots, order)
    pictures, of_frames = frames(known, spots, order)
    accepted = _accepted(config)
    causes = [
        {
            **_few(cause),
            "accept": accept(report, f"--cause {cause['id']}"),
            "accepted_before": accepted.get(cause["id"], []),
            "curves": of_curves.get(cause["id"], []),
            "frames": of_frames.get(cause["id"], []),
        }
        for cause in report["causes"]
    ]
    page = {
        **_head(report),
        "matrix": matrix(report),
        "first_stage": report["first_diverging_stage"],
        "causes": causes,
        "curves": drawn,
        "stages": stages(known.graph, report, differences),
        "provenance": origins(config, report),
        "machines": [row["sentence"] for row in report.get("machines", ())],
        "messages": _messages(report),
        "expectations": _expectations(report),
        "ignored": _ignored(report),
        "stale": report["stale"],
        "next": [
            f"{step.text}: `{step.command}`" if step.command else step.text for step in steps(report, "shown below")
        ],
    }
    # Pictures are no text, and the table has cut its own.
    images = [frame.pop("image") for frame in pictures]
    shown = [{**frame, "image": image} for frame, image in zip(harmless(pictures), images, strict=True)]
    return {**harmless(page), "differences": table(differences), "frames": shown}


def _head(report: Mapping[str, Any]) -> dict[str, Any]:
    verdict = Verdict(report["exit_code"])
    every = in_order(Verdict[name.upper()] for name in report["verdicts"])
    others = [{"label": each.label, "meaning": each.meaning} for each in every if each is not verdict]
    return {
        "format": FORMAT,
        "title": f"parity: {verdict.label}",
        "verdict": {
            "label": verdict.label,
            "exit_code": int(verdict),
            "meaning": verdict.meaning,
            "others": others,
        },
        "started": report["started"],
        "seconds": report["seconds"],
        "pipeline": report["pipeline"],
        "configurations": list(report["configurations"]),
        "media_note": words.other_encodings(report),
    }


def _few(cause: Mapping[str, Any]) -> dict[str, Any]:
    """The cause with its lists cut: one that breaks everything has thousands of places."""
    return {name: value[:LISTED] if isinstance(value, list) else value for name, value in cause.items()}


def _accepted(config: Config) -> dict[str, list[dict[str, Any]]]:
    """Cause → the decisions that accepted it before, the latest first; a broken ledger is a message of the report."""
    if config.ledger is None:
        return {}
    from parity.goldens import ledger

    try:
        records = ledger.load(config.ledger)
    except ContractError:
        return {}
    found: dict[str, list[dict[str, Any]]] = {}
    for record in reversed(records):
        told = {"record": record.id, "date": record.date, "author": record.author, "reason": record.reason}
        for cause in record.fingerprints:
            found.setdefault(cause, []).append(told)
    return {cause: told[:LISTED] for cause, told in found.items()}


def _messages(report: Mapping[str, Any]) -> list[dict[str, Any]]:
    """What was found beside the causes, with the verdict of the check that says so; None where several may."""
    verdicts = {
        message: in_order(Verdict[name.upper()] for name in result["verdicts"])[0].label
        for result in report["results"]
        for message in result["messages"]
    }
    told = [*findings(report)]
    if report["explanation_failed"]:
        told.insert(0, ("causes", f"the differences could not be explained: {report['explanation_failed']}"))
    if flips := words.flips(report):
        told.append(("flips", flips))
    shown = [{"place": place, "text": text, "verdict": verdicts.get(text)} for place, text in told[:MESSAGES]]
    if (more := len(told) - MESSAGES) > 0:
        shown.append({"place": "", "text": f"… and {many(more, 'message')} more", "verdict": None})
    return shown


def _expectations(report: Mapping[str, Any]) -> dict[str, Any]:
    names = ("case", "configuration", "component", "expected", "got")
    failed = [{name: each[name] for name in names} for each in report["expectations"] if not each["passed"]]
    total = len(report["expectations"])
    return {"passed": total - len(failed), "total": total, "failed": failed[:MESSAGES]}


def _ignored(report: Mapping[str, Any]) -> dict[str, Any]:
    names = ("case", "artifact", "path", "by", "reason")
    rules = [{name: each[name] for name in names} for each in report["ignored"][:IGNORED]]
    return {"share": report["ignored_share"], "total": len(report["ignored"]), "rules": rules}


def harmless(value: Any) -> Any:
    """``value`` with every text in it short, and with what a reader or a terminal would obey shown instead."""
    if isinstance(value, str):
        return short(value)
    if isinstance(value, Mapping):
        return {short(name): harmless(each) for name, each in value.items()}
    if isinstance(value, Iterable):
        return [harmless(each) for each in value]
    return value
