"""The report as Markdown for the summary of a CI job: verdict, causes, cases that are not clean, what to do, details."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
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
    text, left_out = "\n\n".join(_top(report)) + "\n\n", 0
    for block in (*_causes_in_full(report, differences), *_findings(report)):
        if len(encoded(text)) + len(encoded(block)) > LARGEST:
            left_out += 1
        else:
            text += block
    if left_out:
        text += f"\n{many(left_out, 'block')} left out for their size; the uploaded report holds all.\n"
    return text


def _top(report: Mapping[str, Any]) -> Iterator[str]:
    """The blocks that are always shown."""
    found = Verdict(report["exit_code"])
    yield f"## {_SIGNS.get(found, '❌')} parity: {found.label} (exit code {int(found)})"
    others = [name for name in report["verdicts"] if name != found.label]
    also = f"\nAlso: {plain.markdown(', '.join(others), None)}." if others else ""
    yield f"{plain.markdown(found.meaning, None)}.{also}"
    said = (
        words.other_encodings(report),
        words.machines(report),
        words.facts(report),
        words.truth(report),
        words.since(report),
        words.flips(report),
    )
    facts = [f"- {plain.markdown(text, None)}" for text in said if text]
    if report["explanation_failed"]:
        facts.append(f"- the differences could not be explained: {plain.markdown(report['explanation_failed'])}")
    yield "\n".join(facts)
    yield from _causes(report)
    yield from _following(report)
    yield from _grid(report)
    heads = ["comparison", *(name.replace("_", " ") for name in COUNTS)]
    rows = [[title, *(str(row[name]) for name in COUNTS)] for title, row in totals(report).items()]
    yield _table([heads, *rows], right=range(1, 7))


def _causes(report: Mapping[str, Any]) -> Iterator[str]:
    causes = report["causes"]
    if not causes:
        return
    yield f"### {many(len(causes), 'cause')}"
    heads = ["", "cause", "where", "largest", "what would pass", "id"]
    rows = [
        [str(number), each["title"], words.where(each), words.largest(each), words.would_pass(each), each["id"]]
        for number, each in enumerate(causes[:_ROWS], 1)
    ]
    yield _table([heads, *rows])
    if (more := len(causes) - _ROWS) > 0:
        yield f"… and {many(more, 'cause')} more"


def _following(report: Mapping[str, Any]) -> Iterator[str]:
    told = list(steps(report, "shown below"))
    if not told:
        return
    yield "### Next"
    lines = [
        f"- {plain.markdown(step.text, None)}{f': {_code(step.command)}' if step.command else ''}" for step in told
    ]
    if number := (report.get("pending") or {}).get("goldens"):
        decide = _code("parity status" + option(report["run_id"]))
        lines.append(f"- {many(number, 'golden')} with changes to decide on: {decide}")
    yield "\n".join(lines)


def _grid(report: Mapping[str, Any]) -> Iterator[str]:
    found = matrix(report)
    if not found.rows:
        yield f"All {many(found.clean, 'case')} are clean."
        return
    yield "### Cases that are not clean"
    everywhere = ["all artifacts"] * any(row.everywhere for row in found.rows)
    rows = []
    for row in found.rows[:_ROWS]:
        first = [row.everywhere.text if row.everywhere else ""] * len(everywhere)
        cells = [row.cells[name].text if name in row.cells and not row.everywhere else "" for name in found.columns]
        rows.append([row.case, *first, *cells, row.where])
    yield _table([["case", *everywhere, *found.columns, "in"], *rows])
    more = len(found.rows) - len(rows)
    told = [f"{many(more, 'case')} more that are not clean"] * bool(more)
    told += [f"{many(found.clean, 'other case')} clean"] * bool(found.clean)
    if told:
        yield "; ".join(told)


def _causes_in_full(report: Mapping[str, Any], differences: Sequence[Mapping[str, Any]]) -> Iterator[str]:
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


def _findings(report: Mapping[str, Any]) -> Iterator[str]:
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


def _folded(title: str, lines: Sequence[str]) -> str:
    body = "\n".join(lines)
    return f"\n<details><summary>{plain.markdown(title)}</summary>\n\n{body}\n\n</details>\n"


def _code(command: str) -> str:
    return f"<code>{plain.markdown(command, _LETTERS)}</code>"


def _table(rows: Iterable[Sequence[str]], *, right: Collection[int] = ()) -> str:
    return "\n".join(tables.markdown(rows, right=right, shown=plain.markdown))
