"""Values of another type: null for a number, a text for a list."""

from parity.compare.difference import type_name
from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, fields, grouped, patterns, values

TURN = 50


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each pair of types."""
    changed = [each for each in left if each.difference.kind == "type"]
    for (before, after), found in sorted(grouped(changed, _types).items()):
        title = f"{before} became {after}: {many(values(found), 'value')} of {fields(patterns(found))}"
        kind, proof = "null" if "null" in (before, after) else "type", f"every one of them was {before} and is {after}"
        yield Part(kind, title, patterns(found), tuple(found), (proof,))


def _types(each: Finding) -> tuple[str, str]:
    return type_name(each.difference.expected), type_name(each.difference.actual)
