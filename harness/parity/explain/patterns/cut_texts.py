"""Texts of which only the beginning is left."""

from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, by_pattern, named, values

TURN = 100


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each field."""
    for pattern, found in by_pattern(filter(_is_cut, left)):
        longest = max(len(each.difference.actual) for each in found)
        title = f"{named(pattern)} cut off ({many(values(found), 'text')})"
        proof = f"each is the beginning of what was expected, at most {many(longest, 'character')} long"
        yield Part("truncation", title, (pattern,), tuple(found), (proof,))


def _is_cut(each: Finding) -> bool:
    before, after = each.difference.expected, each.difference.actual
    if each.difference.kind != "value" or not (isinstance(before, str) and isinstance(after, str)):
        return False
    return len(after) < len(before) and before.startswith(after.rstrip("…").rstrip("."))
