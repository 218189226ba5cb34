"""One word or flag for another, the same everywhere."""

from collections import Counter

from parity.english import listed, many
from parity.explain.findings import Finding
from parity.explain.patterns.part import LONGEST_WORD, Documents, Part, Parts, by_pattern, named, short, values

TURN = 110


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each field whose values follow rules, each of which holds for two values or more."""
    for pattern, found in by_pattern(filter(_is_word, left)):
        pairs = Counter((each.difference.expected, each.difference.actual) for each in found)
        if values(found) < 2 or len(pairs) != len(dict(list(pairs))) or len(pairs) * 2 > values(found):
            continue
        told = listed([f"{short(before)} → {short(after)}" for before, after in sorted(pairs, key=str)])
        title = f"{named(pattern)}: {told} ({many(values(found), 'value')})"
        proof = f"all {values(found)} of them follow {'this rule' if len(pairs) == 1 else 'these rules'}"
        yield Part("mapping", title, (pattern,), tuple(found), (proof,))


def _is_word(each: Finding) -> bool:
    before, after = each.difference.expected, each.difference.actual
    flags = isinstance(before, bool) and isinstance(after, bool)
    words = isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) <= LONGEST_WORD
    return each.difference.kind == "value" and (flags or words)
