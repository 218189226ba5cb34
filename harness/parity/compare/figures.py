"""Distances and tolerances in six figures, and in more where six would say something untrue."""

from __future__ import annotations

from decimal import ROUND_CEILING, Context, Decimal

#: How many figures are shown, the fewest first; 17 tell any two doubles apart.
_FIGURES = (6, 9, 12, 17)


def apart(magnitude: float, allowed: float) -> tuple[str, str]:
    """How far two values lie apart and what is allowed, of which the first is shown to be more where it is."""
    for figures in _FIGURES:
        texts = _figures(magnitude, figures), _figures(allowed, figures)
        if magnitude <= allowed or Decimal(texts[0]) > Decimal(texts[1]):
            return texts
    return str(magnitude), str(allowed)


def enough(tolerance: float) -> str:
    """The smallest tolerance in six figures that is not below ``tolerance``."""
    return _figures(Context(prec=_FIGURES[0], rounding=ROUND_CEILING).create_decimal(tolerance), _FIGURES[0])


def _figures(value: float | Decimal, figures: int) -> str:
    return f"{float(value):.{figures}g}"
