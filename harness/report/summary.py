"""A report for people: the verdict, what was compared, the first differences, the next command."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from typing import Any

from harness.compare.difference import describe
from harness.report import causes
from harness.report.build import COUNTS
from harness.verdict import Verdict

#: What to do when there is no golden.
REMEDY = "run `make golden` to record it, look at it, and commit it"

#: Differences and messages shown, and rows of cases that are not clean; the report holds the others.
SHOWN, ROWS = 12, 8


def render(report: Mapping[str, Any], *, file: str, width: int | None = None) -> str:
    """The summary as text, about one screen; ``width`` in characters, that of the terminal when None (at least 80)."""
    width = max(80, min(120, width or shutil.get_terminal_size((100, 24)).columns))
    head = [*_head(report), *causes.other_encodings(report, width), "", *_table(report), *_truth(report)]
    explained = [*causes.blocks(report, width), *causes.flips(report, width)]
    return "\n".join([*head, *explained, *_problems(report), "", *_next(report, file)])


def _head(report: Mapping[str, Any]) -> Iterator[str]:
    verdict = Verdict(report["exit_code"])
    yield f"parity: {verdict.label} (exit code {int(verdict)}): {verdict.meaning}"
    if others := [name for name in report["verdicts"] if name != verdict.label]:
        yield f"also: {', '.join(f'{name} ({Verdict[name.upper()].meaning})' for name in others)}"
    runs = f"saved captures ({_reuse(report)})" if report["from"] else _reuse(report)
    yield (
        f"{report['pipeline']}: {' and '.join(report['configurations'])} · {_many(len(report['cases']), 'case')} · "
        f"{_many(len(report['artifacts']), 'artifact')} each · {runs} · {report['seconds']:.0f} s"
    )


def _reuse(report: Mapping[str, Any]) -> str:
    """How many cases were computed by every configuration, shared, replayed: "2 cases fresh, 8 shared, 4 replayed".

    Those whose runs had to fail, and did, are counted apart: they are always fresh.
    """
    failed = {run["case"] for run in report["runs"] if run["exit_code"] and run["failure"] is None}
    modes = {run["case"]: "failed" if run["case"] in failed else run["reuse"] for run in report["runs"]}
    words = {"fresh": "fresh", "shared": "shared", "replay": "replayed", "failed": "failed as expected"}
    counts = [(list(modes.values()).count(mode), word) for mode, word in words.items()]
    shown = [f"{count} {word}" for count, word in counts if count]
    if not shown:
        return "no run"
    number, _, word = shown[0].partition(" ")
    return ", ".join([f"{_many(int(number), 'case')} {word}", *shown[1:]])


def _table(report: Mapping[str, Any]) -> Iterator[str]:
    """A row per kind of comparison over all cases; below, a row per case and comparison that is not clean."""
    totals: dict[tuple[str, str], dict[str, int]] = {}
    unclean: dict[tuple[str, str], dict[str, int]] = {}
    for result in report["results"]:
        if result["check"] not in ("configurations", "golden", "repeated"):
            continue
        title = f"{result['configuration']} {'~' if result['check'] == 'golden' else '='} {result['against']}"
        for rows, case in ((totals, "all"), (unclean, result["case"])):
            row = rows.setdefault((title, case), dict.fromkeys(COUNTS, 0))
            for name in COUNTS:
                row[name] += result["counts"][name]
    unclean = {key: row for key, row in unclean.items() if row["uncompared"] or row["differing"]}
    unclean = {} if len(report["cases"]) == 1 else unclean  # the rows of all cases say the same
    shown = [*sorted(totals.items(), key=_by_comparison), *sorted(unclean.items(), key=_by_comparison)]
    wide = max([len(title) for (title, _), _ in shown] + [10])
    width = max([len(case) for (_, case), _ in shown] + [4])
    yield f"{'comparison':<{wide}}  {'case':<{width}}  {'exact':>8}  {'within':>8}  {'flip':>5}  " \
          f"{'ignored':>8}  {'uncompared':>10}  {'differing':>9}"  # fmt: skip
    for (title, case), row in shown[: len(totals) + ROWS]:
        yield (
            f"{title:<{wide}}  {case:<{width}}  {row['exact']:>8}  {row['within_tolerance']:>8}  {row['flip']:>5}  "
            f"{row['ignored']:>8}  {row['uncompared']:>10}  {row['differing']:>9}"
        )
    if (more := len(shown) - len(totals) - ROWS) > 0:
        yield f"… and {_many(more, 'row')} more of cases that are not clean"


def _by_comparison(item: tuple[tuple[str, str], Any]) -> tuple[str, bool, str]:
    (title, case), _ = item
    return case, "~" in title, title


def _truth(report: Mapping[str, Any]) -> Iterator[str]:
    checks = report["expectations"]
    if checks:
        yield ""
        yield f"ground truth: {sum(each['passed'] for each in checks)} of {len(checks)} expectations met"


def _problems(report: Mapping[str, Any]) -> Iterator[str]:
    blocks = [*_messages(report), *_differences(report)]
    if not blocks:
        return
    yield ""
    beside = " beside the causes" if report["causes"] else ""
    yield _many(len(blocks), "finding") + beside + (f", the first {SHOWN}:" if len(blocks) > SHOWN else ":")
    for number, (head, text) in enumerate(blocks[:SHOWN], start=1):
        yield f"{number:>3}. {head}"
        yield from (f"     {line}" for line in text.splitlines())


def _messages(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for crash in report["crashes"]:
        yield "the comparison itself failed", crash
    said: dict[str, list[str]] = {}
    for result in sorted(report["results"], key=lambda r: r["check"] != "run"):
        for message in result["messages"]:
            if not _is_echo(result, message):
                said.setdefault(message, []).append(_place(result))
    for message, places in said.items():
        yield places[0] + (f" and {_many(len(places) - 1, 'other check')}" if places[1:] else ""), message
    for result in report["results"]:
        for path in result["uncompared"]:
            yield _place(result), f"{path}: compared by no schema: add it to the artifact's schema"
    for case, names in _missing_goldens(report).items():
        folder = next(iter(names)).rpartition("/")[0]
        listed = ", ".join(sorted(name.rpartition("/")[2] for name in names))
        yield f"{case} · golden", f"{_many(len(names), 'golden')} missing in {folder}: {listed}; {REMEDY}"
    for record in report["stale"]["declared"]:
        yield "declared difference", record["message"]
    for check in report["not_run"][:3]:
        yield "not run", check


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


def _differences(report: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What no cause explains: each difference once, also where both configurations have it, of derived artifacts last."""
    if report["causes"]:
        for each in report["unexplained"]["differences"]:
            yield _place(each), each["text"]
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
        yield _place({**result, "configuration": names}), text


def _place(result: Mapping[str, Any]) -> str:
    title = result["configuration"] or ""
    if result["against"]:
        title += f" {'~' if result['check'] == 'golden' else '='} {result['against']}"
    return " · ".join(part for part in (result["case"], result["artifact"], title.strip(), result["file"]) if part)


def _next(report: Mapping[str, Any], file: str) -> Iterator[str]:
    verdict = Verdict(report["exit_code"])
    yield f"report: {file}"
    if verdict is Verdict.PARITY:
        return
    failing = next((r["case"] for r in report["results"] if r["case"] and r["verdicts"] != ["parity"]), None)
    again = f"parity run --from reports/captures{f' --case {failing}' if failing else ''}"
    match verdict:
        case Verdict.DRIFT:
            only = f" --case {failing}" if failing else ""
            yield f"next: mend the cause, then `parity run{only}`;"
            yield "      or, if it is meant, `make golden` and read what `git diff` says of the goldens"
        case Verdict.CONTRACT:
            yield f"next: mend the schema, the ledger or the field named above, then `{again}` (runs nothing)"
        case Verdict.PIPELINE:
            folder = next((run["folder"] for run in report["runs"] if run["failure"]), None)
            yield f"next: read {folder}/stderr.log" if folder else "next: read the run's stderr.log"
        case Verdict.STALE:
            yield "next: remove what is stale, or renew what expired (`make golden` removes goldens nothing needs)"
        case _:
            yield "next: see the message above"


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
