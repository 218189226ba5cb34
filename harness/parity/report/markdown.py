"""The report as Markdown for the summary of a CI job: verdict, causes, cases that are not clean, what to do, details."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity import plain, tables
from parity.compare.difference import describe
from parity.english import many
from parity.files import encoded
from parity.report import words
from parity.report.build import COUNTS, totals
from parity.report.findings import findings
from parity.report.following import steps
from parity.report.matrix import matrix
from parity.run.runs import option
from parity.verdict import Verdict

FILE_NAME = "summary.md"
#: Bytes of the whole; GitHub drops the summary of a step that is larger than 1 MiB.
LARGEST = 900_000
#: Rows of a table, and what is listed inside one collapsed block.
_ROWS, _LISTED, _LETTERS = 40, 50, 600

_SIGNS = {Verdict.PARITY: "✅"}


def render(report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]] = ()) -> str:
    """The whole; blocks that would make it too large are left out, and that is said."""
    text, left_out = "\n".join(_top(report)) + "\n", 0
    for block in (*_causes_in_full(report, differences), *_findings(report)):
        more = "\n".join(block) + "\n"
        if len(encoded(text)) + len(encoded(more)) > LARGEST:
            left_out += 1
        else:
            text += more
    return text + (
        f"\n{many(left_out, 'block')} left out for their size; the uploaded report holds all.\n" if left_out else ""
    )


def _top(report: Mapping[str, Any]) -> Iterator[str]:
    found = Verdict(report["exit_code"])
    yield f"## {_SIGNS.get(found, '❌')} parity: {found.label} (exit code {int(found)})"
    yield ""
    yield f"{plain.markdown(found.meaning, None)}."
    if others := [name for name in report["verdicts"] if name != found.label]:
        yield f"Also: {plain.markdown(', '.join(others), None)}."
    yield ""
    said = (
        words.other_encodings(report),
        words.machines(report),
        words.facts(report),
        words.truth(report),
        words.since(report),
        words.flips(report),
    )
    yield from (f"- {plain.markdown(text, None)}" for text in said if text)
    if report["explanation_failed"]:
        yield f"- the differences could not be explained: {plain.markdown(report['explanation_failed'])}"
    yield ""
    yield from _causes(report)
    yield from _following(report)
    yield from _grid(report)
    rows = [[title, *(str(row[name]) for name in COUNTS)] for title, row in totals(report).items()]
    heads = ["comparison", *(name.replace("_", " ") for name in COUNTS)]
    yield from tables.markdown([heads, *rows], right=range(1, 7), shown=plain.markdown)
    yield ""


def _causes(report: Mapping[str, Any]) -> Iterator[str]:
    causes = report["causes"]
    if not causes:
        return
    yield f"### {many(len(causes), 'cause')}"
    yield ""
    rows = [
        [str(number), each["title"], words.where(each), words.largest(each), words.would_pass(each), each["id"]]
        for number, each in enumerate(causes[:_ROWS], 1)
    ]
    heads = ["", "cause", "where", "largest", "what would pass", "id"]
    yield from tables.markdown([heads, *rows], shown=plain.markdown)
    yield ""
    if (more := len(causes) - _ROWS) > 0:
        yield f"… and {many(more, 'cause')} more"
        yield ""


def _following(report: Mapping[str, Any]) -> Iterator[str]:
    told = list(steps(report, "shown below"))
    if not told:
        return
    yield "### Next"
    yield ""
    for step in told:
        command = f": {_code(step.command)}" if step.command else ""
        yield f"- {plain.markdown(step.text, None)}{command}"
    if number := (report.get("pending") or {}).get("goldens"):
        yield f"- {many(number, 'golden')} with changes to decide on: {_code('parity status' + option(report['run_id']))}"
    yield ""


def _grid(report: Mapping[str, Any]) -> Iterator[str]:
    found = matrix(report)
    if not found.rows:
        yield f"All {many(found.clean, 'case')} are clean."
        yield ""
        return
    yield "### Cases that are not clean"
    yield ""
    everywhere = ["all artifacts"] * any(row.everywhere for row in found.rows)
    rows = []
    for row in found.rows[:_ROWS]:
        first = [row.everywhere.text if row.everywhere else ""] * len(everywhere)
        cells = [row.cells[name].text if name in row.cells and not row.everywhere else "" for name in found.columns]
        rows.append([row.case, *first, *cells, row.where])
    yield from tables.markdown([["case", *everywhere, *found.columns, "in"], *rows], shown=plain.markdown)
    yield ""
    more = len(found.rows) - len(rows)
    told = [f"{many(more, 'case')} more that are not clean"] * bool(more)
    told += [f"{many(found.clean, 'other case')} clean"] * bool(found.clean)
    if told:
        yield "; ".join(told)
        yield ""


def _causes_in_full(report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]]) -> Iterator[list[str]]:
    for number, cause in enumerate(report["causes"], 1):
        own = [row for row in differences if row["cause"] == cause["id"]]
        lines = [f"- proof: {plain.markdown(each, _LETTERS)}" for each in cause["proof"]]
        if cause["follows"]:
            lines.append(f"- so also: {plain.markdown(words.follows(cause, _LISTED))}")
        lines.append(f"- look: {_code(cause['next'])}")
        for row in own[:_LISTED]:
            text = describe(row, expected=row["against"], actual=row["configuration"])
            lines.append(f"- {plain.markdown(words.place(row))}: {plain.markdown(text, _LETTERS)}")
        if (more := len(own) - _LISTED) > 0:
            lines.append(f"- … and {many(more, 'difference')} more")
        yield _folded(f"Cause {number}: {cause['title']}", lines)


def _findings(report: Mapping[str, Any]) -> Iterator[list[str]]:
    found = findings(report)
    if not found:
        return
    lines = []
    for place, what in found[: 4 * _LISTED]:
        shown = plain.cut(what, _LETTERS).split("\n")
        lines.append(f"- {plain.markdown(place)}: {'<br>'.join(plain.markdown(each, None) for each in shown)}")
    if (more := len(found) - 4 * _LISTED) > 0:
        lines.append(f"- … and {many(more, 'finding')} more")
    yield _folded(f"{many(len(found), 'finding')}{' beside the causes' if report['causes'] else ''}", lines)


def _folded(title: str, lines: Sequence[str]) -> list[str]:
    return ["", f"<details><summary>{plain.markdown(title)}</summary>", "", *lines, "", "</details>"]


def _code(command: str) -> str:
    return f"<code>{plain.markdown(command, _LETTERS)}</code>"
