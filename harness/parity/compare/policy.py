"""How strictly two documents are compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from parity.compare.tolerance import EXACT, FlipRule, Tolerance
from parity.compare.trail import Place, text
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

    def flip_rule(self, name: str, where: str) -> FlipRule | None:
        """The flip rule called ``name``; None where nothing may flip."""
        if self.tolerances is None:
            return None
        rules = self.flips if self.flips is not None else getattr(self.tolerances, "flips", {})
        if name not in rules and rules:
            raise ContractError(f"{where}: unknown flip rule {name!r}; known: {', '.join(sorted(rules))}")
        return rules.get(name)

    def watches(self, place: Place) -> bool:
        """Whether a declared difference may stand at ``place`` or below."""
        here = without_indices(text(place))
        return any(without_indices(entry.path).startswith(here) for entry in self.declared)
