"""One key gone, another there with the same value; also where the comparison has paired them already."""

from collections import defaultdict
from typing import Any

from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, key_of, one_sided, patterns, siblings, values
from parity.paths import parent

TURN = 40


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each pair of names."""
    pairs: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for each in left:
        if each.difference.kind == "renamed":
            before = parent(each.difference.expected_path or each.difference.path)[1].lstrip(".")
            pairs[before, key_of(each)].append(each)
    for group in siblings(one_sided(left)):
        gone = [each for each in group if each.difference.kind == "missing"]
        come = [each for each in group if each.difference.kind == "extra"]
        for old in gone:
            fitting = [new for new in come if _same(old.difference.expected, new.difference.actual)]
            rivals = [each for each in gone if _same(each.difference.expected, old.difference.expected)]
            if len(fitting) == len(rivals) == 1 and old.difference.path:
                pairs[key_of(old), key_of(fitting[0])] += [old, fitting[0]]
    for (before, after), found in sorted(pairs.items()):
        # A renamed list or object takes its places along; the title names the keys, the patterns say where.
        count = values(found) // (2 if found[0].difference.kind != "renamed" else 1)
        title = f"{before} is called {after} ({many(count, 'place')})"
        yield Part("rename", title, patterns(found), tuple(found), (f"the value under {after} is that of {before}",))


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right and left not in (None, "", 0, False, True)
