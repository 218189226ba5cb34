"""What was found at a terminal: the causes with place, stage, size and proof, then the findings beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity import plain
from parity.compare.difference import describe
from parity.english import many
from parity.report import words
from parity.report.findings import Finding, findings
from parity.report.terminal.lines import BLANK, FAINT, LABEL, TITLE, Line, command, sentence, styled, wrapped
from parity.run.runs import option

#: Detail of one cause: its title, its numbers, everything.
TITLED, MEASURED, WHOLE = 0, 1, 2
#: Causes with more than a title, and titles, that are shown where not everything is.
SHOWN, TITLES = 6, 12
_FOLLOWS, _INDENT, _LABEL = 8, 4, 9
#: Differences that are listed when all are asked for; `differences.json` holds them all.
DIFFERENCES = 500
#: Findings, and lines and letters of one, that are shown where not everything is.
FINDINGS, LINES, LETTERS = 12, 6, 600


def section(report: Mapping[str, Any], width: int, room: int | None) -> list[Line]:
    """All causes in their order, in at most about ``room`` lines (None: everything); nothing where nothing differs.

    The heaviest are told in full as long as there is room, then the numbers of each, then the titles.
    """
    head = []
    if report["explanation_failed"]:
        text = f"the differences could not be explained: {report['explanation_failed']}"
        head += [BLANK, *sentence(text, width)]
    causes = report["causes"]
    if not causes:
        return head
    head += [BLANK, *sentence(words.since(report), width)]
    shown = causes if room is None else causes[:TITLES]
    forms = [
        [list(_cause(number, each, width, detail)) for detail in (TITLED, MEASURED, WHOLE)]
        for number, each in enumerate(shown, 1)
    ]
    chosen = [WHOLE] * len(shown) if room is None else _fitting(forms, room - len(head) - 1)
    told = [line for form, detail in zip(forms, chosen, strict=False) for line in form[detail]]
    weights = [each["leaves"] for each in causes]
    which = "heaviest" if weights == sorted(weights, reverse=True) else "first"
    cut = f", the {which} {len(chosen)} of them" if len(chosen) < len(causes) else ""
    return [*head, styled(f"{many(len(causes), 'cause')}{cut}:", TITLE), *told]


def titles(report: Mapping[str, Any], width: int) -> list[Line]:
    """One line per cause."""
    shown = report["causes"][:TITLES]
    lines = [line for number, each in enumerate(shown, 1) for line in _cause(number, each, width, TITLED)]
    more = len(report["causes"]) - len(shown)
    return [*lines, styled(f"    … and {many(more, 'cause')} more")] if more else lines


def _fitting(forms: Sequence[Sequence[Sequence[Line]]], room: int) -> list[int]:
    """The detail of each cause, so that all of them take ``room`` lines; the lightest lose theirs first.

    Where even the titles are too many, the lightest are left out; the heaviest keeps its numbers always.
    """
    chosen = [WHOLE if number < SHOWN else TITLED for number in range(len(forms))]

    def fits() -> bool:
        return sum(len(form[detail]) for form, detail in zip(forms, chosen, strict=False)) <= room

    for less in (MEASURED, TITLED):
        for number in reversed(range(len(forms))):
            if not fits():
                chosen[number] = min(chosen[number], less if number else MEASURED)
    while len(chosen) > 1 and not fits():
        chosen.pop()
    return chosen


def _cause(number: int, cause: Mapping[str, Any], width: int, detail: int) -> Iterator[Line]:
    style = TITLE if detail else ""
    yield from wrapped(cause["title"], width, first=styled(f"{number:>2}. ", style), rest=" " * _INDENT, style=style)
    if detail == TITLED:
        return
    rows = [("where", words.where(cause))]
    if detail == WHOLE:
        rows += [("e.g.", text) for text in _examples(cause["examples"][:2])]
    rows.append(("largest", words.measured(cause)))
    if cause["follows"]:
        rows.append(("so also", words.follows(cause, _FOLLOWS)))
    rows += [("proof", each) for each in cause["proof"][: None if detail == WHOLE else 1]]
    rows.append(("id", cause["id"]))
    last = None
    for label, text in rows:
        yield from wrapped(text, width, first=_label("" if label == last else label), rest=" " * (_INDENT + _LABEL))
        last = label
    if detail == WHOLE:
        yield from command(cause["next"], width, first=_label("look"), rest=" " * (_INDENT + _LABEL))


def _label(text: str) -> Line:
    return styled(" " * _INDENT) + styled(f"{text:<{_LABEL}}", LABEL)


def _examples(examples: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Where it stands, unless that was just said, and what."""
    said = None
    for each in examples:
        yield from [words.place(each)] * (words.place(each) != said)
        yield each["text"]
        said = words.place(each)


def flips(report: Mapping[str, Any], width: int) -> list[Line]:
    """What is no drift, because a run has proven where it comes from."""
    text = words.flips(report)
    return [BLANK, *sentence(text, width, style=FAINT)] if text else []


# ── what stands beside the causes ────────────────────────────────────────────────────────────────────────────


def beside(report: Mapping[str, Any], width: int, room: int | None) -> list[Line]:
    """Messages and unexplained differences in about ``room`` lines (None: all of them)."""
    found = findings(report)
    if not found:
        return []
    blocks: list[list[Line]] = []
    for number, each in enumerate(found if room is None else found[:FINDINGS], start=1):
        block = list(_finding(number, each, width, whole=room is None))
        if blocks and room is not None and sum(map(len, blocks)) + len(block) > room - 3:
            break
        blocks.append(block)
    where = " beside the causes" if report["causes"] else ""
    whole = f"`parity report -v{option(report['run_id'])}` shows all"
    first = f", the first {len(blocks)}, {whole}:" if len(blocks) < len(found) else ":"
    head = styled(f"{many(len(found), 'finding')}{where}{first}", TITLE)
    return [BLANK, head, *(line for block in blocks for line in block)]


def _finding(number: int, finding: Finding, width: int, *, whole: bool) -> Iterator[Line]:
    where, what = finding
    yield from wrapped(plain.line(where), width, first=styled(f"{number:>3}. "), rest="     ")
    lines = plain.block(what, None if whole else LETTERS).split("\n")
    for each in lines if whole else lines[:LINES]:
        # What a message sets in is kept: it shows what belongs to what.
        margin = "     " + " " * min(8, len(each) - len(each.lstrip()))
        yield from wrapped(each.lstrip(), width, first=styled(margin), rest=margin)
    if not whole and len(lines) > LINES:
        yield styled(f"     … and {many(len(lines) - LINES, 'line')} more", FAINT)


def every(differences: Sequence[Mapping[str, Any]], width: int) -> list[Line]:
    """Every difference with its cause, ``DIFFERENCES`` of them at most."""
    if not differences:
        return []
    shown = sorted(differences, key=lambda row: (row["cause"] is None, row["cause"] or "", row["role"] != "own"))
    shown = shown[:DIFFERENCES]
    cut = (
        f", the first {len(shown)}; differences.json beside the report holds all"
        if len(shown) < len(differences)
        else ""
    )
    lines, said = [BLANK, styled(f"{many(len(differences), 'difference')}{cut}:", TITLE)], None
    for row in shown:
        cause = f"{row['cause'] or 'no cause'}{': follows from it' if row['role'] == 'follows' else ''}"
        if cause != said:
            lines.append(styled(f"  {cause}", TITLE))
        said = cause
        text = describe(row, expected=row["against"], actual=row["configuration"])
        lines += wrapped(f"{words.place(row)} · {text}", width, first=styled("    "), rest="      ")
    return lines
