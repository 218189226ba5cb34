"""How far two texts lie apart: character error rate for what was read, word error rate for what was heard."""

from __future__ import annotations

#: Units of tolerance classes that measure texts.
UNITS = frozenset({"cer", "wer"})


def error_rate(expected: str, actual: str, unit: str) -> float:
    """Edits per character (``cer``) or per word (``wer``) of ``expected``; 1 for each edit where it is empty."""
    if unit.lower() == "cer":
        from rapidfuzz.distance import Levenshtein

        return Levenshtein.distance(expected, actual) / max(1, len(expected))
    words = actual.split()
    if not expected.split():
        return float(len(words))
    if not words:
        return 1.0
    import jiwer

    return float(jiwer.wer(expected, actual))


def distance(expected: str, actual: str) -> float:
    """0 for equal texts to 1 for texts that have nothing in common."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_distance(expected, actual)
