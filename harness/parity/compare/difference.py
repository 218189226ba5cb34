"""What a comparison finds: differences, ignored leaves, and how many leaves were compared how."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import ROUND_CEILING, Context, Decimal
from typing import Any, Literal

from parity.contract.check import size_name

Kind = Literal["missing", "extra", "type", "value", "order", "length", "moved", "renamed", "schema"]
"""``order``: the same items in another order; ``moved``: the same item far from where it was; ``renamed``: the same value
under another key; ``schema``: a value that the schema forbids, like NaN, even where both sides have it."""

IgnoredBy = Literal["volatile", "environment", "declared", "media"]

#: Said of NaN and infinity.
NOT_FINITE = "NaN and infinity are no JSON numbers"

#: How many figures are shown, the fewest first; 17 tell any two doubles apart.
_FIGURES = (6, 9, 12, 17)
#: How a difference is told, where that is not by its two values alone.
_SAID = {
    "missing": "{where}: missing; {expected} {before}",
    "extra": "{where}: extra; {actual} {after}",
    "length": "{where}: {expected} {before} items, {actual} {after}",
    "order": "{where}: the same items in another order; {expected} {before}, {actual} {after}",
    "moved": "{where}: the same as {origin} of {expected}, moved",
    "renamed": "{where}: called {origin} by {expected}, the same value",
}
#: Longest text of a value in a report.
_SHOWN = 200


@dataclass(frozen=True)
class Difference:
    """One place where two documents disagree.

    ``magnitude`` is |actual − expected| in ``unit`` where both are numbers, ``allowed`` what the tolerance class
    permits there, ``would_pass`` the smallest absolute tolerance that would let it pass (None: no tolerance would).
    ``path`` is the place in the actual document (of ``missing``: in the expected one), ``expected_path`` where the
    partner stands when that is elsewhere. ``tolerance_class`` names the class of a leaf that was compared with one.
    """

    path: str
    kind: Kind
    expected: Any
    actual: Any
    magnitude: float | None = None
    unit: str | None = None
    allowed: float | None = None
    would_pass: float | None = None
    note: str = ""
    expected_path: str | None = None
    tolerance_class: str | None = None

    @property
    def is_unreadable(self) -> bool:
        """Whether there is a file on one side that gives no document; ``note`` says why not."""
        return self.path == "" and self.kind == "schema" and self.expected is None and self.actual is None

    @property
    def is_finite(self) -> bool:
        """Whether neither value is NaN or infinity, which are no JSON numbers."""
        return not any(isinstance(each, float) and not math.isfinite(each) for each in (self.expected, self.actual))

    def to_json(self) -> dict[str, Any]:
        """As it stands in a report; long values are cut, so their types stand beside them."""
        return {
            **asdict(self),
            "expected": shown(self.expected),
            "actual": shown(self.actual),
            "expected_type": type_name(self.expected),
            "actual_type": type_name(self.actual),
        }

    def text(self, *, expected: str = "expected", actual: str = "actual") -> str:
        """One line for people; ``expected`` and ``actual`` say whose values they are."""
        return describe(self.to_json(), expected=expected, actual=actual)


def describe(difference: Mapping[str, Any], *, expected: str, actual: str) -> str:
    """One line for people about a difference in its JSON form."""
    where = difference["path"] or "(the whole document)"
    before, after = (_value(difference[side], difference[f"{side}_type"]) for side in ("expected", "actual"))
    if difference["kind"] == "type":
        before, after = _typed(before, difference["expected_type"]), _typed(after, difference["actual_type"])
    origin = difference["expected_path"] or where
    said = _SAID.get(difference["kind"], "{where}: {expected} {before}, {actual} {after}")
    line = said.format(where=where, origin=origin, expected=expected, actual=actual, before=before, after=after)
    if difference["expected_path"] and "{origin}" not in said:
        line += f"; its partner stands at {origin}"
    if difference["magnitude"] is not None:
        unit = f" {difference['unit']}" if difference["unit"] else ""
        magnitude, allowed = apart(difference["magnitude"], difference["allowed"])
        line += f"; differs by {magnitude}{unit}, allowed {allowed}"
    if difference["would_pass"] is not None:
        line += f"; an absolute tolerance of {enough(difference['would_pass'])} would pass"
    return f"{line}; {difference['note']}" if difference["note"] else line


def _value(value: object, kind: str) -> str:
    if kind == "text":
        return repr(value)
    return "null" if value is None else str(value).lower() if kind == "boolean" else str(value)


def _typed(text: str, kind: str) -> str:
    return text if kind in ("null", "list", "object") else f"{kind} {text}"


@dataclass(frozen=True)
class Ignored:
    """One leaf that was not compared, by which rule and why."""

    path: str
    by: IgnoredBy
    reason: str


@dataclass(frozen=True)
class Flip:
    """An item on one side only, whose detector score lies so near its threshold that noise decides on it.

    ``path`` is its place (of ``missing``: in the expected document), ``list_path`` that of its list; ``score``,
    ``threshold`` and ``margin`` are in the score's unit. ``rule`` names the flip rule that the list is under.
    """

    path: str
    kind: Literal["missing", "extra"]
    list_path: str
    score: float
    threshold: float
    margin: float
    rule: str = ""


@dataclass
class Comparison:
    """The outcome for one pair of documents; the counts are leaves.

    ``differing`` counts those inside a difference, ``flipped`` those inside a flip.
    """

    exact: int = 0
    within_tolerance: int = 0
    differing: int = 0
    flipped: int = 0
    differences: list[Difference] = field(default_factory=list)
    ignored: list[Ignored] = field(default_factory=list)
    uncompared: list[str] = field(default_factory=list)
    flips: list[Flip] = field(default_factory=list)

    @property
    def leaves(self) -> int:
        """All leaves of either document."""
        compared = self.exact + self.within_tolerance + self.flipped + self.differing
        return compared + len(self.ignored) + len(self.uncompared)

    def add(self, other: Comparison) -> None:
        """Take over all that ``other`` found."""
        for name, found in vars(other).items():
            setattr(self, name, getattr(self, name) + found)

    def counts(self) -> dict[str, int]:
        """The counts of a report."""
        return {
            "exact": self.exact,
            "within_tolerance": self.within_tolerance,
            "flip": self.flipped,
            "ignored": len(self.ignored),
            "uncompared": len(self.uncompared),
            "differing": self.differing,
        }


def leaf_count(value: object) -> int:
    """Leaves of ``value``; an empty list or object is one."""
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return 1
    count = 0
    for item in value:
        count += leaf_count(item) if type(item) is dict or type(item) is list else 1
    return count or 1


def type_name(value: object) -> str:
    """The JSON type of ``value``, integers and reals told apart."""
    if value is None:
        return "null"
    names = {bool: "boolean", int: "integer", float: "real", str: "text", list: "list", dict: "object"}
    return names[type(value)]


def shown(value: object) -> Any:
    """``value`` itself when it is short, else a text that begins like it, also of an integer; NaN and infinity as text."""
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, dict | list):
        return size_name(value)
    text = value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
    return value if len(text) <= _SHOWN else text[:_SHOWN] + "…"


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
