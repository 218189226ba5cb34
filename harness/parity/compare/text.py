"""How far two texts lie apart: character error rate for what was read, word error rate for what was heard.

Words are parted at white space of any kind and length, which is itself no part of what was heard.
"""

from __future__ import annotations

from parity.compare.tolerance import Tolerance, passes

#: Units of tolerance classes that measure texts.
UNITS = frozenset({"cer", "wer"})


def error_rate(expected: str, actual: str, unit: str) -> float:
    """Edits per character (``cer``) or per word (``wer``) of ``expected``; 1 for each edit where it is empty."""
    from rapidfuzz.distance import Levenshtein

    if unit.lower() == "cer":
        return Levenshtein.distance(expected, actual) / max(1, len(expected))
    words = expected.split()
    return Levenshtein.distance(words, actual.split()) / max(1, len(words))


def agree(expected: str, actual: str, tolerance: Tolerance) -> bool:
    """Whether two texts lie no further apart than ``tolerance``, which measures texts, allows."""
    return passes(0.0, error_rate(expected, actual, tolerance.unit), tolerance.abs)


def distance(expected: str, actual: str) -> float:
    """0 for equal texts to 1 for texts that have nothing in common."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_distance(expected, actual)
