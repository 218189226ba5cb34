"""What is left of one field: its place is all that the values have in common."""

from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, by_pattern, named, values

TURN = 130


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each field of which two values or more differ."""
    for pattern, found in by_pattern(left):
        if values(found) >= 2:
            noun = "text" if all(isinstance(each.difference.actual, str) for each in found) else "value"
            title = f"{many(values(found), noun)} of {named(pattern)} differ"
            yield Part("values", title, (pattern,), tuple(found), (), regular=False)
