"""One check from settings to exit code, the same for ``parity sync`` and ``python3 -m harness.sync``."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from parity import plain
from parity.pipeline import settings as project
from parity.pipeline.load import named
from parity.tools.sync import history, render
from parity.tools.sync.rules import Rule, check
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
    json = form == "json"
    echo(plain.json_text(render.to_json(judged, known)) if json else plain.lines(render.to_text(judged, known)))
    return judged.verdict


def _at(root: Path, commit: str) -> history.CommitTree:
    try:
        return history.at(history.Git(root), commit)
    except history.NoHistory as error:
        raise UsageError(f"--commit {commit}: {error}; name a commit or a tree of this repository") from error
