"""The causes of a report for people: what broke, where, since which stage, by how much, and the proof."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

#: Causes and follow-ups shown; the report holds all.
SHOWN, FOLLOWS = 6, 8
_INDENT, _LABEL = 4, 9


def blocks(report: Mapping[str, Any], width: int) -> Iterator[str]:
    """The lines of all causes, heaviest first; nothing where nothing differs."""
    if report["explanation_failed"]:
        yield ""
        yield from _wrapped(f"the differences could not be explained: {report['explanation_failed']}", width, "")
    causes = report["causes"]
    if not causes:
        return
    yield ""
    yield from _since(report, width)
    more = f", the heaviest {SHOWN} of them" if len(causes) > SHOWN else ""
    yield f"{many(len(causes), 'cause')}{more}:"
    for number, cause in enumerate(causes[:SHOWN], start=1):
        yield from _cause(number, cause, width)


def other_encodings(report: Mapping[str, Any], width: int) -> Iterator[str]:
    """Said first: the media are not the same, so nobody may expect equal results."""
    cases = [each["case"] for each in report["different_media"]]
    if cases:
        text = (
            f"different media: the configurations read different files in {_list(cases, 5)}; there they are compared "
            "with the tolerances for different encodings, and only what exceeds those is drift"
        )
        yield from _wrapped(text, width, "")


def flips(report: Mapping[str, Any], width: int) -> Iterator[str]:
    """What is no drift, because a run has proven where it comes from."""
    found = report["follows_from_flips"]
    if found:
        total, cases = sum(each["total"] for each in found), sorted({each["case"] for each in found})
        text = (
            f"{many(total, 'difference')} in {_list(cases, 5)} follow from flips and tolerated differences, as runs on the "
            "expected side's data have proven; counted as flips"
        )
        yield ""
        yield from _wrapped(text, width, "")


def _since(report: Mapping[str, Any], width: int) -> Iterator[str]:
    first = report["first_diverging_stage"]
    if first is not None:
        text = f"first diverging stage: {first['title']}{_number(first['number'])} in {_list(first['cases'], 5)}"
        yield from _wrapped(text, width, "")


def _number(number: int | None) -> str:
    if number is None or number < 0:
        return ""  # the source lies ahead of the decoded media
    return " (stage 0)" if number == 0 else f" (stage {number}, 0 being the decoded media)"


def _cause(number: int, cause: Mapping[str, Any], width: int) -> Iterator[str]:
    yield from textwrap.wrap(
        f"{number:>2}. {cause['title']}", width, subsequent_indent=" " * _INDENT, break_long_words=False,
        break_on_hyphens=False,
    )  # fmt: skip
    rows = [("where", _where(cause)), *(("e.g.", text) for text in _examples(cause["examples"][:2]))]
    rows.append(("largest", _largest(cause)))
    if cause["follows"]:
        rows.append(("so also", _follows(cause["follows"])))
    rows += [("proof", each) for each in cause["proof"]] or []
    rows += [("id", cause["id"]), ("look", cause["next"])]
    last = None
    for label, text in rows:
        yield from _row("" if label == last else label, text, width)
        last = label


def _row(label: str, text: str, width: int) -> Iterator[str]:
    indent = " " * (_INDENT + _LABEL)
    yield from textwrap.wrap(
        text, width, initial_indent=f"{' ' * _INDENT}{label:<{_LABEL}}", subsequent_indent=indent,
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _examples(examples: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Where it stands, unless that was just said, and what."""
    said = None
    for each in examples:
        sign = "~" if each["check"] == "golden" else "="
        parts = (each["case"], each["artifact"], f"{each['configuration']} {sign} {each['against']}", each["file"])
        place = " · ".join(part for part in parts if part)
        yield from [place] * (place != said)
        yield each["text"]
        said = place


def _where(cause: Mapping[str, Any]) -> str:
    artifacts = _list(cause["artifacts"], 3)
    return (
        f"{many(len(cause['cases']), 'case')} ({_list(cause['cases'], 4)}) × {many(len(cause['artifacts']), 'artifact')} "
        f"({artifacts}) · {_comparisons(cause['comparisons'])} · {many(cause['differences'], 'difference')}"
    )


def _comparisons(comparisons: Sequence[Mapping[str, Any]]) -> str:
    """``local and production ~ golden``, and how else."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for each in comparisons:
        sign = "~" if each["check"] == "golden" else "="
        grouped.setdefault((sign, each["against"]), []).append(each["configuration"])
    return ", ".join(f"{' and '.join(sorted(set(names)))} {sign} {other}" for (sign, other), names in grouped.items())


def _largest(cause: Mapping[str, Any]) -> str:
    worst, passing = cause["largest"], cause["would_pass"]
    told = []
    if worst is not None:
        unit = f" {worst['unit']}" if worst["unit"] else ""
        told.append(f"{worst['magnitude']:.6g}{unit}, allowed {worst['allowed'] or 0:.6g}")
    if passing:
        tolerances = " and ".join(f"{value:.6g} {unit}".strip() for unit, value in list(passing.items())[:3])
        told.append(f"a tolerance of {tolerances} would pass")
    else:
        told.append("no tolerance would let it pass")
    return "; ".join(told)


def _follows(follows: Sequence[Mapping[str, Any]]) -> str:
    counted: dict[str, int] = {}
    for each in follows:
        counted[each["stage"]] = counted.get(each["stage"], 0) + each["differences"]
    return _list([f"{stage} ({count})" for stage, count in counted.items()], FOLLOWS)


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(text, width, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)


def _list(names: Sequence[str], most: int) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"


def many(number: int, noun: str) -> str:
    """``3 causes``, ``1 cause``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"
