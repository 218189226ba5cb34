"""Numbers that differ by one mechanism: a shift, an offset, a factor, a unit, a rounding, a sign."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from parity.english import many
from parity.explain.findings import Finding, series
from parity.explain.numbers import ENOUGH, Common, common
from parity.explain.patterns.part import Documents, Part, Parts, fields, grouped, patterns, values
from parity.reals import nearest

TURN = 120

#: What shares one mechanism: its kind and amount, and for each field what its values have in common.
Member = tuple[Common, list[Finding]]
Mechanisms = dict[tuple[str, float], list[Member]]


def recognise(left: list[Finding], documents: Documents) -> Parts:
    """One part for each mechanism, over all fields that show it."""
    numeric = [each for each in left if _is_number(each)]
    found: Mechanisms = defaultdict(list)
    for group in grouped(numeric, lambda each: each.pattern).values():
        for shared, members in _related(group):
            found[_same_mechanism(shared, members[0], found)].append((shared, members))
    # A field with too few values to prove anything alone joins the mechanism of its neighbours where it fits.
    claimed = {id(each) for groups in found.values() for _, members in groups for each in members}
    for each in numeric:
        if id(each) not in claimed:
            _join(each, found)
    for (kind, _), groups in found.items():
        yield _part(kind, groups, documents)


def _is_number(each: Finding) -> bool:
    sides = (each.difference.expected, each.difference.actual)
    return each.difference.kind == "value" and all(
        isinstance(v, int | float) and not isinstance(v, bool) and v - v == 0 for v in sides
    )


def _pair(each: Finding) -> tuple[float, float]:
    return nearest(each.difference.expected), nearest(each.difference.actual)


def _related(group: list[Finding]) -> Iterator[Member]:
    """What the values of one field have in common: over all cases, else case by case."""
    for part in ([group], grouped(group, lambda each: (each.where.case, each.where.check)).values()):
        hits = [(shared, [one[i] for i in shared.members]) for one in part if (shared := _common(one)) is not None]
        if hits:
            yield from hits
            return


def _common(group: list[Finding]) -> Common | None:
    """As ``common``, where the same value in several files is one piece of evidence."""
    distinct = list({(each.where.case, each.place): each for each in group}.values())
    shared = common([_pair(each) for each in distinct])
    if shared is None or (shared.relation in ("offset", "scale") and len(shared.members) < ENOUGH):
        return None
    keys = {(distinct[i].where.case, distinct[i].place) for i in shared.members}
    members = tuple(i for i, each in enumerate(group) if (each.where.case, each.place) in keys)
    return Common(shared.relation, shared.amount, shared.spread, members)


def _same_mechanism(shared: Common, each: Finding, found: Iterable[tuple[str, float]]) -> tuple[str, float]:
    kind = "shift" if shared.relation == "offset" and each.difference.unit == "s" else shared.relation
    fitting = (known for known in found if known[0] == kind and _is_near(shared.amount, *known))
    return next(fitting, (kind, shared.amount))


def _is_near(got: float, kind: str, amount: float) -> bool:
    return abs(got - amount) <= 0.02 * abs(amount - 1 if kind == "scale" else amount)


def _join(each: Finding, found: Mechanisms) -> None:
    before, after = _pair(each)
    for (kind, amount), groups in found.items():
        got = after - before if kind in ("shift", "offset") else after / before if before and kind == "scale" else None
        same_unit = groups[0][1][0].difference.unit == each.difference.unit or kind == "scale"
        if got is not None and same_unit and _is_near(got, kind, amount):
            groups.append((Common("offset", got, 0.0, (0,)), [each]))
            return


def _part(kind: str, members: list[Member], documents: Documents) -> Part:
    findings = [each for _, group in members for each in group]
    amounts = [shared.amount for shared, group in members if len(group) >= ENOUGH] or [members[0][0].amount]
    amount, spread = sorted(amounts)[len(amounts) // 2], max(shared.spread for shared, _ in members)
    where, count = fields(patterns(findings)), many(values(findings), "value")
    match kind:
        case "shift":
            since, of_all = _since(findings, documents)
            title = f"{where} shifted by {amount:+.6g} s{since} ({count})"
            proof = f"{count} moved by the same {amount:+.6g} s (spread {spread:.2g} s){of_all}"
        case "offset":
            unit = f" {findings[0].difference.unit}" if findings[0].difference.unit else ""
            title = f"{where} {amount:+.6g}{unit} everywhere ({count})"
            proof = f"{count} differ by the same {amount:+.6g} (spread {spread:.2g})"
        case "scale":
            title = f"{where} × {amount:.6g} ({count})"
            proof = f"{count} are {amount:.6g} times what was expected (spread of the factor {spread:.2g})"
        case "unit":
            factor = f"× {amount:g}" if amount >= 1 else f"÷ {1 / amount:g}"
            title = f"{where} in another unit: {factor} ({count})"
            proof = f"{count} are exactly {factor} what was expected"
        case "rounding":
            decimals = many(int(amount), "decimal")
            title = f"{where} rounded to {decimals} ({count})"
            proof = f"{count} are the expected number rounded to {decimals}, no other"
        case _:
            title = f"{where} with the opposite sign ({count})"
            proof = f"{count} are exactly the negative of what was expected"
    return Part(kind, title, patterns(findings), tuple(findings), (proof,))


def _since(findings: list[Finding], documents: Documents) -> tuple[str, str]:
    """Since which moment a series is shifted, where its beginning is not; and of how many values."""
    group = next(iter(grouped(findings, lambda each: (each.where, each.artifact, each.pattern)).values()))
    whole = series(group, documents)
    if not whole:
        return "", ""
    start = min(nearest(each.difference.expected) for each in group)
    before = [value for value in whole if value < start]
    of_all = f"; {len(group)} of {len(whole)} values"
    if not before:
        return "", of_all
    return f" from t = {start:.6g} s", f"{of_all} of the series, {len(before)} before it are as expected"
