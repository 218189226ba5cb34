"""Where the walk stands, as links to what it came from: written out only for what a report mentions."""

from __future__ import annotations

from typing import Any

from parity.paths import written

#: A link to the place above, the step in the actual document, and the step in the expected one; None is the top.
Place = tuple[Any, "str | int", "str | int"] | None


def below(place: Place, step: str | int, origin: str | int | None = None) -> Place:
    """``place`` one step further; ``origin`` is the step in the expected document where it is another."""
    return place, step, step if origin is None else origin


def text(place: Place, *, expected: bool = False) -> str:
    """The path in the actual document, or in the expected one."""
    steps = []
    while place is not None:
        steps.append(place[2] if expected else place[1])
        place = place[0]
    return written(reversed(steps))


def expected_elsewhere(place: Place) -> str | None:
    """The path in the expected document where that is another one."""
    step = place
    while step is not None:
        if step[1] != step[2]:
            return text(place, expected=True)
        step = step[0]
    return None
