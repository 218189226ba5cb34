"""What the words of a schema mean where the two validators' libraries do not agree; both validators have these meanings.

* A ``pattern`` is one of ECMA-262, as JSON Schema says, and found anywhere in a text: ``$`` is the end of the text and not
  also what stands before a last line break, ``\\d`` is 0 to 9, ``\\p{L}`` is a letter.
* ``multipleOf`` takes reals as they are written: 19.99 is a multiple of 0.01.
* Everywhere else a number is what it is: an integer exactly, a real its double, and 1 equals 1.0.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any

import jsonschema_rs


@dataclass(frozen=True)
class Pattern:
    """A pattern of ECMA-262, ready to be looked for."""

    pattern: str
    _holds: Callable[[str], bool]

    def search(self, text: str) -> bool:
        """Whether the pattern stands anywhere in ``text``, in which half a surrogate pair counts as U+FFFD."""
        try:
            return self._holds(text)
        except UnicodeEncodeError:
            return self._holds(text.encode("utf-16", "surrogatepass").decode("utf-16", "replace"))


@cache
def pattern(text: str) -> Pattern:
    """The pattern written ``text``; ValueError when it is none."""
    return Pattern(text, jsonschema_rs.Draft202012Validator({"pattern": text}).is_valid)


def is_pattern(text: str) -> bool:
    """Whether a pattern may be written so."""
    try:
        pattern(text)
    except ValueError:
        return False
    return True


def is_multiple(value: float, step: float) -> bool:
    """Whether ``value`` is a multiple of ``step``, both as they are written."""
    return (_written(value) / _written(step)).denominator == 1


def _written(number: float) -> Fraction:
    return Fraction(repr(number)) if isinstance(number, float) else Fraction(number)


def identity(value: Any) -> Hashable:
    """Something that two JSON values share when they are equal by ``const``, ``enum`` and ``uniqueItems``."""
    if isinstance(value, dict):
        return dict, frozenset((key, identity(item)) for key, item in value.items())
    if isinstance(value, list):
        return list, tuple(map(identity, value))
    return isinstance(value, bool), value
