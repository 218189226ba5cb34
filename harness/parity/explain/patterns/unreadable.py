"""Artifacts that cannot be read."""

from parity.english import listed, many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts

TURN = 20


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for all of them, with what the reader said."""
    if unreadable := [each for each in left if each.difference.is_unreadable]:
        names = sorted({each.artifact for each in unreadable})
        notes = listed(list(dict.fromkeys(each.difference.note for each in unreadable)))
        title = f"{many(len(names), 'artifact')} unreadable: {listed(names)} ({notes})"
        yield Part("unreadable_artifact", title, tuple(names), tuple(unreadable), ())
