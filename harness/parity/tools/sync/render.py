"""What a check found, for people and for programs."""

from __future__ import annotations

import dataclasses
import json
from itertools import groupby
from typing import Any

from parity.tools.sync.history import History, Origin
from parity.tools.sync.rules import Judgement


def to_text(judged: Judgement, history: History | None) -> str:
    """The broken rules with every place, then since when."""
    count = len(judged.rules)
    if not judged.findings:
        return f"sync: in sync: {count} rules kept{_at(history)}"
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
        if history is not None and rule in history.origins:
            lines.append(f"  since     {_since(history.origins[rule])}")
    if history is not None:
        lines += ["", f"last in sync: {_last(history, count)}"]
    return "\n".join(lines)


def _at(history: History | None) -> str:
    if history is None:
        return ""
    if history.head is None:
        return f" ({history.problem})"
    return f", {'with uncommitted changes on' if history.dirty else 'at'} {history.head}"


def _since(origin: Origin) -> str:
    if origin.last is None:
        return origin.why
    return f"{origin.by or 'changes that are not committed'} (kept at {origin.last.short})"


def _last(history: History, count: int) -> str:
    if history.last is None:
        return history.problem
    missing = f"; {len(history.unjudged)} of {count} rules cannot judge it: {', '.join(history.unjudged)}"
    return f"{history.last}" + (missing if history.unjudged else "")


def to_json(judged: Judgement, history: History | None) -> str:
    """One document: verdict, rules, findings, history (null when none was asked for)."""
    broken = set(judged.broken)
    document: dict[str, Any] = {
        "verdict": judged.verdict.label,
        "rules": [{"id": rule.id, "title": rule.title, "broken": rule.id in broken} for rule in judged.rules],
        "findings": [dataclasses.asdict(finding) for finding in judged.findings],
        "history": None if history is None else dataclasses.asdict(history),
    }
    return json.dumps(document, ensure_ascii=False, indent=1)
