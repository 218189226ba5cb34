"""One check from settings to exit code, the same for ``parity sync`` and ``python3 -m harness.sync``."""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable
from itertools import groupby
from pathlib import Path
from typing import Any

from parity import plain
from parity.pipeline import settings as project
from parity.pipeline.load import named
from parity.tools.sync import history
from parity.tools.sync.history import History, Origin
from parity.tools.sync.rules import Judgement, Rule, check
from parity.verdict import UsageError, Verdict

FORMATS = ("text", "json")


def load_rules(settings: project.Config) -> tuple[Rule, ...]:
    """The rules that ``parity.toml`` names as ``package.module:NAME``."""
    if settings.sync is None:
        raise UsageError(
            f'{settings.file}: [parity] has no key sync; expected the rules, as in sync = "package.module:RULES"'
        )
    try:
        return tuple(named(settings, settings.sync, "RULES"))
    except (ImportError, AttributeError, ValueError, TypeError) as error:
        raise UsageError(f"{settings.file}: rules {settings.sync!r} cannot be imported: {error}") from error


def run(
    file: str | None,
    *,
    root: str | None = None,
    commit: str | None = None,
    only: tuple[str, ...] = (),
    form: str = "text",
    with_history: bool = True,
    depth: int = history.DEPTH,
    echo: Callable[[str], object] = print,
) -> Verdict:
    """Check the project of ``file`` (default: the nearest ``parity.toml``), or another tree of it at ``root``.

    ``commit``: judge what git holds there (a commit, or a tree such as the index), not the files; since when is not asked.
    """
    settings = project.load(file)
    rules = load_rules(settings)
    if unknown := [name for name in only if name not in {rule.id for rule in rules}]:
        raise UsageError(f"--rule {unknown[0]}: no such rule; there are {', '.join(rule.id for rule in rules)}")
    rules = tuple(rule for rule in rules if not only or rule.id in only)
    tree = Path(root).absolute() if root else settings.root
    if not tree.is_dir():
        raise UsageError(f"--root {root}: no such folder")
    judged = check(tree if commit is None else _at(tree, commit), rules)
    known = None
    if with_history and commit is None:
        if judged.findings and sys.stderr.isatty():
            print("sync: not in sync; looking for the last commit that was …", file=sys.stderr, flush=True)
        known = history.search(tree, rules, judged, depth=depth) if judged.findings else history.standing(tree)
    echo(plain.json_text(to_json(judged, known)) if form == "json" else plain.lines(to_text(judged, known)))
    return judged.verdict


def _at(root: Path, commit: str) -> history.CommitTree:
    try:
        return history.at(history.Git(root), commit)
    except history.NoHistory as error:
        raise UsageError(f"--commit {commit}: {error}; name a commit or a tree of this repository") from error


def to_text(judged: Judgement, known: History | None) -> str:
    """The broken rules with every place, then since when."""
    count = len(judged.rules)
    if not judged.findings:
        return f"sync: in sync: {count} rules kept{_stands(known)}"
    places = len(judged.findings)
    lines = [f"sync: drift: {places} {'place' if places == 1 else 'places'} in {len(judged.broken)} of {count} rules"]
    titles = {rule.id: rule.title for rule in judged.rules}
    for rule, findings in groupby(judged.findings, key=lambda finding: finding.rule):
        lines += ["", f"{rule}: {titles[rule]}"]
        for found in findings:
            lines += [
                f"  {found.file}:{found.line}: {found.what}",
                f"      expected  {found.expected}",
                f"      got       {found.got}",
                f"      do        {found.remedy}",
            ]
        if known is not None and rule in known.origins:
            lines.append(f"  since     {_since(known.origins[rule])}")
    if known is not None:
        lines += ["", f"last in sync: {_last(known, count)}"]
    return "\n".join(lines)


def _stands(known: History | None) -> str:
    if known is None:
        return ""
    if known.head is None:
        return f" ({known.problem})"
    return f", {'with uncommitted changes on' if known.dirty else 'at'} {known.head}"


def _since(origin: Origin) -> str:
    if origin.last is None:
        return origin.why
    return f"{origin.by or 'changes that are not committed'} (kept at {origin.last.short})"


def _last(known: History, count: int) -> str:
    if known.last is None:
        return known.problem
    missing = f"; {len(known.unjudged)} of {count} rules cannot judge it: {', '.join(known.unjudged)}"
    return f"{known.last}" + (missing if known.unjudged else "")


def to_json(judged: Judgement, known: History | None) -> str:
    """One document: verdict, rules, findings, history (null when none was asked for)."""
    broken = set(judged.broken)
    document: dict[str, Any] = {
        "verdict": judged.verdict.label,
        "rules": [{"id": rule.id, "title": rule.title, "broken": rule.id in broken} for rule in judged.rules],
        "findings": [dataclasses.asdict(finding) for finding in judged.findings],
        "history": None if known is None else dataclasses.asdict(known),
    }
    return json.dumps(document, ensure_ascii=False, indent=1)
