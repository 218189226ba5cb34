"""Whole artifacts that one side lacks."""

from parity.english import listed, many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, grouped

TURN = 10


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for what is missing, one for what is there on one side only."""
    whole = [each for each in left if each.difference.path == "" and each.difference.kind in ("missing", "extra")]
    for kind, found in grouped(whole, lambda each: each.difference.kind).items():
        names = sorted({each.artifact for each in found})
        state = "missing" if kind == "missing" else "there on one side only"
        title = f"{many(len(names), 'artifact')} {state}: {listed(names)}"
        yield Part(f"{kind}_artifact", title, tuple(names), tuple(found), ())
