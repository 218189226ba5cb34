"""The top of the summary: the verdict, what must be said before anything else, the counts of all comparisons."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.report import words
from parity.report.build import COUNTS
from parity.report.terminal.lines import FAINT, STYLES, Line, styled, table, wrapped
from parity.verdict import Verdict

_HEADS = ("exact", "within", "flip", "ignored", "uncompared", "differing")
_SHORT = ("exact", "within", "flip", "ignored", "uncomp.", "differ")


def verdict(report: Mapping[str, Any], width: int) -> Iterator[Line]:
    """One line that begins with the verdict's word, and one for the other verdicts that apply."""
    found = Verdict(report["exit_code"])
    begin = styled("parity: ") + styled(found.label, STYLES[found.label]) + styled(f" (exit code {int(found)}): ")
    yield from wrapped(found.meaning, width, first=begin, rest="  ")
    for name in report["verdicts"]:
        if name != found.label:
            begin = styled("also: ") + styled(name, STYLES[name]) + styled(": ")
            yield from wrapped(Verdict[name.upper()].meaning, width, first=begin, rest="  ")


def facts(report: Mapping[str, Any], width: int) -> Iterator[Line]:
    """What was compared, and whether the media were the same."""
    yield from wrapped(words.facts(report), width, rest="  ", style=FAINT)
    if (note := words.other_encodings(report)) is not None:
        yield from wrapped(note, width, rest="  ", style="yellow")
    if (note := words.machines(report)) is not None:
        yield from wrapped(note, width, rest="  ", style="yellow")


def counts(report: Mapping[str, Any], width: int) -> Iterator[Line]:
    """A row per kind of comparison, over all cases: leaves by how they were compared."""
    narrow = width < 80
    rows = [[(head, FAINT) for head in ("comparison", *(_SHORT if narrow else _HEADS))]]
    for title, row in totals(report).items():
        rows.append([(title, ""), *(_number(name, row[name]) for name in COUNTS)])
    yield from table(rows, right=dict.fromkeys(range(1, 7), True), gap=1 if narrow else 2)


def _number(name: str, value: int) -> tuple[str, str]:
    wrong = value and name in ("differing", "uncompared")
    return str(value), STYLES["drift"] if wrong else ""


def totals(report: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Comparison → its counts over all cases, those with the goldens last."""
    rows: dict[str, dict[str, int]] = {}
    for result in _compared(report["results"]):
        title = f"{result['configuration']} {'~' if result['check'] == 'golden' else '='} {result['against']}"
        row = rows.setdefault(title, dict.fromkeys(COUNTS, 0))
        for name in COUNTS:
            row[name] += result["counts"][name]
    return dict(sorted(rows.items(), key=lambda item: ("~" in item[0], item[0])))


def _compared(results: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (result for result in results if result["check"] in ("configurations", "golden", "repeated"))
