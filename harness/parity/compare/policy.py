"""How strictly two documents are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parity.compare.tolerance import EXACT, FlipRule, Tolerance
from parity.contract.nodes import Node
from parity.goldens.declared import Declared
from parity.paths import without_indices
from parity.verdict import ContractError


@dataclass(frozen=True)
class Policy:
    """How strictly a pair is compared.

    ``tolerances`` None: exactly, environment leaves included (one configuration against another). Else by class
    and without environment leaves (a run against its golden). ``expected_by`` and ``actual_by`` name the
    configurations; each is None for a golden, whose declared leaves hold a placeholder. ``flips``: flip rules by
    name; those that come with ``tolerances`` when None. Without tolerances nothing is a flip. ``uncovered``: what no
    schema covers is compared too, exactly, as in documents without a schema.
    """

    actual_by: str | None
    expected_by: str | None = None
    tolerances: Mapping[str, Tolerance] | None = None
    declared: Sequence[Declared] = field(default_factory=tuple)
    flips: Mapping[str, FlipRule] | None = None
    uncovered: bool = False

    def declared_at(self, path: str) -> Declared | None:
        """The declared difference that stands at ``path``."""
        return next((entry for entry in self.declared if entry.matcher.fullmatch(path)), None)

    def tolerance(self, kind: str, where: str) -> Tolerance:
        """The tolerance of class ``kind``."""
        if self.tolerances is None:
            return EXACT
        try:
            return self.tolerances[kind]
        except KeyError:
            known = ", ".join(sorted(self.tolerances))
            raise ContractError(f"{where}: unknown tolerance class {kind!r}; known: {known}") from None

    def flip_rule(self, node: Node) -> FlipRule | None:
        """The flip rule of the list ``node``; None where nothing may flip."""
        if self.tolerances is None or node.flip is None:
            return None
        rules = self.flips if self.flips is not None else getattr(self.tolerances, "flips", {})
        if (name := node.flip.kind) not in rules and rules:
            raise ContractError(f"{node.where}: unknown flip rule {name!r}; known: {', '.join(sorted(rules))}")
        return rules.get(name)

    def slack(self, node: Node) -> float:
        """By how much the moments of two items of the list ``node`` may differ and still be one."""
        assert node.align is not None
        by = node.items.child(node.align.by) if node.items and not node.items.branches else None
        return self.tolerance(by.rule.kind, by.where).abs if by is not None else 0.0

    def watches(self, path: str) -> bool:
        """Whether a declared difference may stand at ``path`` or below."""
        here = without_indices(path)
        return any(without_indices(entry.path).startswith(here) for entry in self.declared)
