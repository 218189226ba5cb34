"""Two values of one object or list that stand in each other's place."""

from collections import defaultdict

from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, key_of, patterns, siblings, values

TURN = 90


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each pair of names."""
    pairs: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for group in siblings(each for each in left if each.difference.kind == "value"):
        seen: dict[tuple[str, str], Finding] = {}
        for each in group:
            before, after = repr(each.difference.expected), repr(each.difference.actual)
            other = seen.pop((after, before), None)
            if other is None:
                seen.setdefault((before, after), each)
            elif before != after and not isinstance(each.difference.expected, bool):
                pairs[tuple(sorted(key_of(one) for one in (other, each)))] += [other, each]
    for names, found in sorted(pairs.items()):
        title = f"{' and '.join(names)} are swapped ({many(values(found) // 2, 'place')})"
        yield Part("swap", title, patterns(found), tuple(found), ("each has the value the other should have",))
