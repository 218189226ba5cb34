"""The causes at a terminal: what broke, where, since which stage, by how much, what would pass, and the proof."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity.english import many
from parity.report import words
from parity.report.terminal.lines import BLANK, FAINT, LABEL, TITLE, Line, command, sentence, styled, wrapped

#: Detail of one cause: its title, its numbers, everything.
TITLED, MEASURED, WHOLE = 0, 1, 2
#: Causes with more than a title, and titles, that are shown where not everything is.
SHOWN, TITLES = 6, 12
_FOLLOWS, _INDENT, _LABEL = 8, 4, 9


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
