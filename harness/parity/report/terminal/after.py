"""The end of the summary: what to run next, what waits for a decision, where the whole stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from parity.english import many
from parity.report.following import elsewhere, steps
from parity.report.terminal.lines import LABEL, Line, command, styled, wrapped
from parity.run.runs import option

_INDENT = " " * 8


def following(report: Mapping[str, Any], width: int, *, quiet: bool) -> Iterator[Line]:
    """The next steps, each with its command on the same line where that fits; ``quiet``: no finding is shown."""
    for number, step in enumerate(steps(report, elsewhere(report) if quiet else "shown above")):
        begin = styled(_INDENT if number else "next    ", LABEL)
        if step.command is None:
            yield from wrapped(step.text, width, first=begin, rest=_INDENT)
        else:
            yield from _told(begin, step.text, step.command, width)


def _told(begin: Line, text: str, run: str, width: int) -> Iterator[Line]:
    if len(_INDENT) + len(text) + 2 + len(run) <= width:
        yield from command(run, width, first=begin + styled(f"{text}: "), rest=_INDENT)
    else:
        yield from wrapped(f"{text}:", width, first=begin, rest=_INDENT)
        yield from command(run, width, first=styled(f"{_INDENT}  "), rest=f"{_INDENT}    ")


def whereabouts(report: Mapping[str, Any], *, file: str, page: str | None, width: int) -> Iterator[Line]:
    """How many goldens wait for a decision, and the files."""
    if number := (report.get("pending") or {}).get("goldens"):
        text = f"{many(number, 'golden')} with changes to decide on"
        yield from _told(styled("pending ", LABEL), text, f"parity status{option(report['run_id'])}", width)
    if failed := report.get("page_failed"):
        yield from wrapped(
            f"the page could not be drawn: {failed}; the files hold everything",
            width,
            first=styled("page    ", LABEL),
            rest=_INDENT,
        )
    yield from wrapped(
        " · ".join([page, file] if page else [file]), width, first=styled("report  ", LABEL), rest=_INDENT
    )
