"""The real tree, and the real tree with a change in it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from parity.tools.sync.rules import Finding, check
from parity.tools.sync.tree import Changed, Folder
from rumiai_parity.sync_rules import RULES

ROOT = Path(__file__).parents[3]
REAL = Folder(ROOT)

Files = dict[str, bytes | None]
#: A change, made when it is asked for, so that one that no longer fits the tree fails its own test only.
Edit = Callable[[], Files]


def given(files: Files) -> Edit:
    """These files, None for one that is gone."""
    return lambda: files


def replaced(path: str, old: str, new: str) -> Edit:
    """The file with the one place that reads ``old`` changed."""

    def edit() -> Files:
        content = REAL.read(path).decode()
        assert content.count(old) == 1, f"{path} holds {old!r} {content.count(old)} times, the test needs one"
        return {path: content.replace(old, new).encode()}

    return edit


def appended(path: str, text: str) -> Edit:
    """The file with a text after its end."""
    return lambda: {path: REAL.read(path) + text.encode()}


def document(path: str, change: Callable[[Any], None]) -> Edit:
    """The JSON file after ``change`` has been at it."""

    def edit() -> Files:
        content = json.loads(REAL.read(path))
        change(content)
        return {path: json.dumps(content, indent=2, ensure_ascii=False).encode() + b"\n"}

    return edit


def findings(files: Files, rule: str | None = None) -> list[Finding]:
    """What the rules (or one of them) find in the real tree with these files changed."""
    rules = [each for each in RULES if rule is None or each.id == rule]
    assert rules, f"there is no rule {rule}"
    return list(check(Changed(REAL, files), rules).findings)


def line(files: Files, path: str, number: int) -> str:
    """The text of a line in the changed tree."""
    return Changed(REAL, files).lines(path)[number - 1]
