"""The outcome of ``parity diff`` as Markdown, for the summary of a CI job; values in it are text, whatever they hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from parity import plain as sanitised
from parity import tables
from parity.tools.diff import text


def render(report: Mapping[str, Any], following: Sequence[str]) -> str:
    """The whole as Markdown (GitHub's): heading, facts, tables, findings, the next command."""
    lines = [f"### {plain(text.head(report))}", ""]
    for each in report["only"]:
        place = "/".join(part for part in (each["case"], each["configuration"]) if part)
        lines.append(f"- only in {each['side']}: {plain(place)}")
    if report["corpora"]:
        lines += ["", *tables.markdown(text.corpus_rows(report), right=text.NUMBERS, shown=plain), ""]
    shown, more = text.in_detail(report)
    for pair in shown:
        lines += _pair(pair, titled=report["corpora"])
    lines += [f"- {plain(more)}"] if more else []
    lines += [f"- next: {plain(line)}" for line in following]
    return "\n".join(lines).rstrip()


def plain(value: str) -> str:
    """``value`` so that Markdown and HTML show it as it is, in one line."""
    return sanitised.markdown(value.replace("\n", " "), sanitised.LONGEST)


def _pair(pair: Mapping[str, Any], *, titled: bool) -> Iterator[str]:
    if titled:
        title = " · ".join(part for part in (pair["case"], pair["configuration"]) if part)
        yield f"#### {plain(title)}"
        yield ""
    yield from (f"- {plain(line)}" for line in text.facts(pair))
    yield from (f"- note: {plain(note)}" for note in pair["notes"])
    yield ""
    yield from tables.markdown(text.rows(pair), right=text.NUMBERS, shown=plain)
    yield ""
    for title, lines in text.blocks(pair):
        yield f"**{plain(title)}**"
        yield ""
        yield from (f"- {plain(line.strip())}" for line in lines)
        yield ""
