"""The same items in another order, or at another time."""

from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, grouped, named

TURN = 80


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each list."""
    moved = [each for each in left if each.difference.kind in ("order", "moved")]
    for pattern, found in sorted(grouped(moved, lambda each: each.pattern.removesuffix("[*]")).items()):
        # Of what moved in time the note says from when to when.
        journeys = [each.difference.note for each in found if each.difference.kind == "moved" and each.difference.note]
        title, proof = "the same items in another order", "every item has an equal partner elsewhere in the list"
        if len(journeys) == len(found):
            title, proof = "the same items at another time", f"nothing else of them differs; the first: {journeys[0]}"
        yield Part("order", f"{named(pattern)}: {title}", (pattern,), tuple(found), (proof,))
