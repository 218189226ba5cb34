"""Values that the schema forbids, and numbers that JSON has no number for."""

from parity.english import listed, many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, fields, grouped, patterns, short, values

TURN = 30


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for finite values, one for NaN and infinity."""
    broken = [each for each in left if each.difference.kind == "schema"]
    for is_finite, found in grouped(broken, lambda each: each.difference.is_finite).items():
        count, where = many(values(found), "value"), fields(patterns(found))
        forbidden = f"{count} that the schema forbids in {where}"
        title = forbidden if is_finite else f"NaN or infinity, which JSON has no number for: {count} of {where}"
        proof = f"the values are {listed(sorted({short(each.difference.actual) for each in found}))}"
        yield Part("schema", title, patterns(found), tuple(found), (proof,))
