"""What an analysis is, and the two conventions all of them share: six blocks, and null with a reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeVar

T = TypeVar("T")

#: Block suffixes of every analysis, in output order. ML form: the bare suffix; result form: prefix + suffix.
BLOCKS = ("CoreMetrics", "Dynamics", "Interactions", "KeyEvents", "Patterns", "Quality")

Reason = Literal[
    "no_audio", "no_speech", "no_face", "no_text", "no_cuts", "too_short", "service_failed", "not_run", "not_measurable"
]


@dataclass(frozen=True)
class Analysis:
    """``compute`` takes the unified document (a plain JSON mapping) and returns the ML form: the six blocks.

    It never mutates its input. ``prefix`` makes the result form (``density`` → ``densityCoreMetrics``).
    """

    name: str
    prefix: str
    compute: Callable[[Mapping[str, Any]], dict[str, Any]]


@dataclass
class Missing:
    """Collects why fields are null. ``missing("Interactions.beatMatching", "no_cuts")`` notes it and returns None.

    A field is named by its path in the ML form, so that the note reads the same in all three files.
    """

    points: list[str] = field(default_factory=list)

    def __call__(self, path: str, reason: Reason) -> T | None:
        """None, in the place of a value of any type."""
        point = f"{path}:{reason}"
        if point not in self.points:
            self.points.append(point)
        return None

    def unless(self, reason: Reason | None, path: str, value: Callable[[], T]) -> T | None:
        """``value()`` when nothing stands against it, else None with ``reason`` noted for ``path``."""
        return value() if reason is None else self(path, reason)
