"""Keys of objects that one side lacks."""

from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, grouped, named, one_sided, values

TURN = 60


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each key that is gone or new."""
    groups = grouped(one_sided(left), lambda each: (each.difference.kind, each.pattern))
    for (kind, pattern), found in sorted(groups.items()):
        title = f"{named(pattern)} is {'gone' if kind == 'missing' else 'new'} ({many(values(found), 'place')})"
        yield Part(f"{kind}_field", title, (pattern,), tuple(found), ())
