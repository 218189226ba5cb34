"""What a rule is, what it finds, and judging a tree by all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from parity.tools.sync.tree import Broken, Folder, Missing, Tree
from parity.verdict import Verdict


@dataclass(frozen=True)
class Found:
    """One place that breaks a rule. ``line`` counts from 1; it is 1 where the whole file is meant."""

    file: str
    line: int
    what: str
    expected: str
    got: str
    remedy: str


@dataclass(frozen=True)
class Finding(Found):
    """A place, and the id of the rule it breaks."""

    rule: str


@dataclass(frozen=True)
class Rule:
    """``check`` yields every place that breaks the rule; it raises ``Missing`` where it cannot judge the tree.

    ``title`` is what holds where the rule is kept, in one clause. ``catches`` names the drift that led to it.
    """

    id: str
    title: str
    check: Callable[[Tree], Iterable[Found]]
    catches: str = ""


@dataclass(frozen=True)
class Judgement:
    """What all rules say about one tree. ``unjudged``: rule → what it lacks there."""

    rules: tuple[Rule, ...]
    findings: tuple[Finding, ...] = ()
    unjudged: dict[str, Missing] = field(default_factory=dict)

    @property
    def broken(self) -> list[str]:
        """Ids of the rules with a finding, in order."""
        found = {finding.rule for finding in self.findings}
        return [rule.id for rule in self.rules if rule.id in found]

    @property
    def kept(self) -> list[str]:
        """Ids of the rules that judged the tree and found nothing, in order."""
        gone = {*self.broken, *self.unjudged}
        return [rule.id for rule in self.rules if rule.id not in gone]

    @property
    def verdict(self) -> Verdict:
        return Verdict.DRIFT if self.findings else Verdict.PARITY


def judge(tree: Tree, rules: Sequence[Rule]) -> Judgement:
    """Judge any tree, an old one too: a rule that lacks what it reads is unjudged, not broken."""
    findings: list[Finding] = []
    unjudged: dict[str, Missing] = {}
    for rule in rules:
        try:
            findings += [_of(rule, found) for found in rule.check(tree)]
        except Missing as lacking:
            unjudged[rule.id] = lacking
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            unjudged[rule.id] = Missing("the tree", f"the shape that the rule reads ({type(error).__name__}: {error})")
        except Broken as error:
            found = Found(error.file, error.line, error.problem, "a file that can be read", "none", "correct the file")
            findings.append(_of(rule, found))
    return Judgement(tuple(rules), tuple(findings), unjudged)


def check(tree: Tree | Path, rules: Sequence[Rule]) -> Judgement:
    """Judge today's tree: a rule that cannot judge it is broken, else removing a file would silence its rule."""
    judged = judge(tree if isinstance(tree, Tree) else Folder(tree), rules)
    lacking = [
        Finding(
            lacking.file,
            1,
            f"the rule cannot be checked without {lacking.what}",
            lacking.what,
            "nothing",
            "put it back; where it has moved, say so in the rule",
            rule,
        )
        for rule, lacking in judged.unjudged.items()
    ]
    order = [rule.id for rule in rules]
    findings = sorted([*judged.findings, *lacking], key=lambda f: (order.index(f.rule), f.file, f.line))
    return Judgement(judged.rules, tuple(findings))


def _of(rule: Rule, found: Found) -> Finding:
    return Finding(**vars(found), rule=rule.id)
