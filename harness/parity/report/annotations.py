"""The report as GitHub workflow commands: what stands beside the changed files of a pull request."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from parity import paths, plain
from parity.report import words
from parity.report.findings import findings
from parity.report.following import steps
from parity.verdict import Verdict

#: GitHub shows no more of one kind for one step.
MOST = 10
_LETTERS = 1500


def render(report: Mapping[str, Any], root: Path, differences: Sequence[Mapping[str, Any]] = ()) -> str:
    """One command per line, nothing at parity.

    ``root``: the folder that files are named from. ``differences``: all of them, to find files and lines by.
    """
    if Verdict(report["exit_code"]) is Verdict.PARITY:
        return ""
    found = [*_causes(report, root, differences), *_beside(report, root)]
    shown = found if len(found) <= MOST else found[: MOST - 1]
    lines = [_command(title, text, file, line) for title, text, file, line in shown]
    if more := len(found) - len(shown):
        lines.append(_command("parity", f"{more} more; the job's summary and parity.json hold all", None, None))
    return "\n".join(lines)


_Found = tuple[str, str, str | None, int | None]


def _causes(report: Mapping[str, Any], root: Path, differences: Sequence[Mapping[str, Any]]) -> Iterator[_Found]:
    verdict = Verdict(report["exit_code"])
    command = next((step.command for step in steps(report, "shown beside") if step.command), "")
    for cause in report["causes"]:
        own = [row for row in differences if row["cause"] == cause["id"] and row["role"] == "own"]
        file, line = _where([*cause["examples"], *own], root)
        told = [words.where(cause), words.measured(cause)]
        told += [each["text"] for each in cause["examples"][:1]]
        told += [*cause["proof"][:1], cause["next"], command]
        yield f"parity {verdict.label}: {plain.line(cause['title'], 150)}", "\n".join(filter(None, told)), file, line


def _beside(report: Mapping[str, Any], root: Path) -> Iterator[_Found]:
    for place, what in findings(report):
        names = [part for part in place.split(" · ") if os.path.isfile(root / part)]
        yield f"parity: {plain.line(place, 150)}", what, names[0] if names else None, None


def _where(differences: Iterable[Mapping[str, Any]], root: Path) -> tuple[str | None, int | None]:
    """File and line of the first that stands in a golden; what is made anew each time has no file to point at."""
    for each in differences:
        if each["check"] == "golden" and each["file"] and os.path.isfile(root / each["file"]):
            return each["file"], line_of(root / each["file"], each["path"])
    return None, None


def line_of(file: Path, path: str) -> int | None:
    """The line of a JSON file in which the value at ``path`` stands; None where that cannot be told.

    Counts in the layout in which goldens are written: one line per key and item.
    """
    try:
        text = file.read_text(encoding="utf-8")
        value: Any = json.loads(text)
    except (OSError, ValueError, RecursionError):
        return None
    line, way = 1, paths.steps(path)
    for step in way:
        places = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
        if step not in places:
            return None
        line += 1 + sum(_height(value[other]) for other in places[: places.index(step)])
        value = value[step]
    lines, last = text.split("\n"), way[-1] if way else 0
    if line > len(lines) or (isinstance(last, str) and json.dumps(last, ensure_ascii=False) not in lines[line - 1]):
        return None  # not the layout that goldens have
    return line


def _height(value: Any) -> int:
    """How many lines a value takes."""
    if isinstance(value, dict | list) and value:
        return 2 + sum(map(_height, value.values() if isinstance(value, dict) else value))
    return 1


def _command(title: str, text: str, file: str | None, line: int | None) -> str:
    properties = {"file": file, "line": line, "title": plain.line(title, 250)}
    told = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items() if value is not None)
    return f"::error {told}::{_data(plain.block(text, _LETTERS))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
