"""What a page tells its reader to do, in order: commands to run, edits to make, files to write.

A block marked ``sh`` holds commands, one a line, ``#`` beginning a comment; a comment with ``ends N`` states the exit code, which is
0 otherwise. A block marked ``diff`` is an edit. A block with ``title="…"`` is a file. Blocks marked ``text`` are outputs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

ROOT = Path(__file__).parents[2]

_BLOCK = re.compile(r'^```(\w+)(?: title="([^"]+)")?\n(.*?)^```$', re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"\s+#\s(.*)$")
_ENDS = re.compile(r"\bends (\d+)\b")


@dataclass(frozen=True)
class Step:
    """One thing to do. ``text``: the command, the edit, or what ``file`` is to hold; ``ends``: the command's exit code."""

    page: str
    line: int
    kind: Literal["run", "edit", "write"]
    text: str
    file: str = ""
    ends: int = 0

    def __str__(self) -> str:
        return f"{self.page}:{self.line}: {self.text if self.kind == 'run' else self.kind}"


def pages() -> dict[str, Path]:
    """Name → file of the README and of every page, those in folders of ``docs/`` included."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return {file.relative_to(ROOT).as_posix(): file for file in files}


def steps(name: str, text: str) -> list[Step]:
    """Everything that the page ``name`` tells its reader to do."""
    found = []
    for block in _BLOCK.finditer(text):
        language, title, body = block.groups()
        line = text.count("\n", 0, block.start()) + 1
        if title:
            found.append(Step(name, line, "write", body, title))
        elif language == "diff":
            found.append(Step(name, line, "edit", body))
        elif language == "sh":
            found += _commands(name, line, body)
    return found


def _commands(name: str, first: int, body: str) -> Iterator[Step]:
    for line, text in enumerate(body.splitlines(), start=first + 1):
        comment = _COMMENT.search(text)
        command = _COMMENT.sub("", text).strip()
        if not command or command.startswith("#"):
            continue
        ends = _ENDS.search(comment[1]) if comment else None
        yield Step(name, line, "run", command, ends=int(ends[1]) if ends else 0)


def commands(name: str, text: str) -> list[str]:
    """The commands of the page, as written."""
    return [step.text for step in steps(name, text) if step.kind == "run"]


def edit(root: Path, text: str) -> None:
    """Apply the edit ``text`` below ``root``; hunks need no line numbers, but their old text must stand there exactly once."""
    file = None
    for part in re.split(r"^@@.*\n", text, flags=re.MULTILINE):
        if file is not None:
            old, new = _sides(part.partition("\n--- ")[0] + "\n")
            source = file.read_text(encoding="utf-8")
            if source.count(old) != 1:
                raise ValueError(f"{file}: expected once, stands there {source.count(old)} times:\n{old}")
            file.write_text(source.replace(old, new), encoding="utf-8")
        if header := re.search(r"^\+\+\+ b/(.+)$", part, re.MULTILINE):
            file = root / header[1]


def _sides(hunk: str) -> tuple[str, str]:
    lines = hunk.rstrip("\n").split("\n")
    old = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "+")
    new = "".join(f"{line[1:]}\n" for line in lines if line[:1] != "-")
    return old, new
