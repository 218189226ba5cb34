"""Items that a list has lost or has too many."""

from parity.english import many
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts, grouped, named, siblings, values
from parity.paths import parent

TURN = 70


def recognise(left: list[Finding], _: Documents) -> Parts:
    """One part for each list."""
    listed = [each for each in left if each.items is not None or each.difference.kind == "length"]
    for pattern, found in sorted(grouped(listed, _list).items()):
        kind, title, *proof = _told(named(pattern), found)
        yield Part(kind, title, (pattern,), tuple(found), tuple(proof))


def _list(each: Finding) -> str:
    return each.pattern.removesuffix("[*]") if each.items is not None else each.pattern


def _told(name: str, found: list[Finding]) -> tuple[str, ...]:
    """Kind, title and, where the numbers prove it, how."""
    gone = [each for each in found if each.difference.kind == "missing"]
    come = [each for each in found if each.difference.kind == "extra"]
    if len(gone) == len(found) and _is_tail(gone):
        before, after = gone[0].items or (0, 0)
        proof = f"{after} of {before} items are there, the first ones, and none is changed beyond what is listed"
        return "truncation", f"the last {many(values(gone), 'item')} of {name} cut off", proof
    if len(come) == len(found) and all(each.twin for each in come):
        proof = "each item that is too many equals another of the same list"
        return "duplicate", f"{many(values(come), 'item')} of {name} twice", proof
    if not gone and not come:
        shorter = {each.difference.expected > each.difference.actual for each in found}
        kind, word = ("truncation", "shorter") if shorter == {True} else ("insertion", "longer")
        if len(shorter) == 2:
            kind, word = "items", "of another length"
        each = found[0].difference
        return kind, f"{name} is {word}: {each.expected} items, now {each.actual}"
    told = [f"{many(values(some), 'item')} {how}" for some, how in ((gone, "gone"), (come, "too many")) if some]
    return "removal" if not come else "insertion" if not gone else "items", f"{name}: {' and '.join(told)}"


def _is_tail(gone: list[Finding]) -> bool:
    """Whether in every list exactly the last items are gone, at least two of one list."""
    tails = []
    for group in siblings(gone):
        before, after = group[0].items or (0, 0)
        indices = sorted(int(parent(each.difference.path)[1].strip("[]")) for each in group)
        tails.append(indices == list(range(before - len(group), before)) and after == before - len(group))
    return all(tails) and len(gone) > len(tails)
