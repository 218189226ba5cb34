"""Hundreds of differences of one stage fold into few patterns, each with the numbers that prove it.

Each recogniser takes from the findings that are left those for which its pattern holds, and claims no other. What no
recogniser takes is left over, to be listed one by one: a pattern never hides a difference that it does not explain.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from parity.compare.difference import type_name
from parity.explain.findings import Comparing, Finding, series
from parity.explain.numbers import ENOUGH, Common, common
from parity.paths import parent
from parity.reals import nearest

#: Expected and actual document of one artifact of one comparison.
Documents = Mapping[tuple[Comparing, str], tuple[Any, Any]]


@dataclass(frozen=True)
class Part:
    """One pattern and the findings that show it. ``regular``: the numbers prove one mechanism; else only one place."""

    kind: str
    title: str
    patterns: tuple[str, ...]
    findings: tuple[Finding, ...]
    proof: tuple[str, ...]
    regular: bool = True


def fold(findings: Iterable[Finding], documents: Documents) -> tuple[list[Part], list[Finding]]:
    """The parts in which the findings of one stage fold, and those left over; every finding is in one of them once."""
    left = list(findings)
    parts: list[Part] = []
    for recognise in _RECOGNISERS:
        taken: set[int] = set()
        for part in recognise(left, documents):
            members = tuple(each for each in part.findings if id(each) not in taken)
            taken.update(id(each) for each in members)
            if members:
                parts.append(replace(part, findings=members))
        left = [each for each in left if id(each) not in taken]
    return parts, left


def values(findings: Iterable[Finding]) -> int:
    """How many values differ: the same value in several files of a stage, or in several configurations, counts once."""
    return len({(each.where.case, each.stage, each.place, each.difference.kind) for each in findings})


def _by(findings: Iterable[Finding], key: Callable[[Finding], Any]) -> dict[Any, list[Finding]]:
    groups: dict[Any, list[Finding]] = defaultdict(list)
    for each in findings:
        groups[key(each)].append(each)
    return groups


def _patterns(findings: Iterable[Finding]) -> tuple[str, ...]:
    return tuple(sorted({each.pattern for each in findings}))


def named(pattern: str) -> str:
    """A pattern in a title, where the document itself has a name too."""
    return pattern or "(the whole document)"


def _fields(patterns: tuple[str, ...]) -> str:
    """Patterns in a title: the first, and how many more."""
    shown = named(patterns[0])
    return shown if len(patterns) == 1 else f"{shown} and {len(patterns) - 1} more field{'s' * (len(patterns) > 2)}"


def many(number: int, noun: str) -> str:
    """``3 values``, ``1 value``."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


# ---- whole documents, and what no schema allows -----------------------------------------------------------------


def _artifacts(left: list[Finding], _: Documents) -> Iterator[Part]:
    whole = [each for each in left if each.difference.path == "" and each.difference.kind in ("missing", "extra")]
    for kind, found in _by(whole, lambda each: each.difference.kind).items():
        names = sorted({each.artifact for each in found})
        state = "missing" if kind == "missing" else "there on one side only"
        title = f"{many(len(names), 'artifact')} {state}: {_list(names)}"
        yield Part(f"{kind}_artifact", title, tuple(names), tuple(found), ())


def _unreadable(left: list[Finding], _: Documents) -> Iterator[Part]:
    unreadable = [each for each in left if each.difference.is_unreadable]
    if unreadable:
        names = sorted({each.artifact for each in unreadable})
        notes = dict.fromkeys(each.difference.note for each in unreadable)
        title = f"{many(len(names), 'artifact')} unreadable: {_list(names)} ({_list(list(notes))})"
        yield Part("unreadable_artifact", title, tuple(names), tuple(unreadable), ())


def _schema(left: list[Finding], _: Documents) -> Iterator[Part]:
    broken = [each for each in left if each.difference.kind == "schema"]
    for is_finite, found in _by(broken, lambda each: each.difference.is_finite).items():
        patterns = _patterns(found)
        count, fields = many(values(found), "value"), _fields(patterns)
        forbidden = f"{count} that the schema forbids in {fields}"
        title = forbidden if is_finite else f"NaN or infinity, which JSON has no number for: {count} of {fields}"
        shown = sorted({_short(each.difference.actual) for each in found})
        yield Part("schema", title, patterns, tuple(found), (f"the values are {_list(shown)}",))


# ---- keys and types ------------------------------------------------------------------------------------------------


def _renamed(left: list[Finding], _: Documents) -> Iterator[Part]:
    """One key gone, another there with the same value; also where the comparison has paired them already."""
    pairs: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for each in left:
        if each.difference.kind == "renamed":
            old = parent(each.difference.expected_path or each.difference.path)[1]
            pairs[(old.lstrip("."), parent(each.place)[1].lstrip("."))].append(each)
    one_sided = [each for each in left if each.difference.kind in ("missing", "extra") and each.items is None]
    for group in _by(one_sided, lambda each: (each.where, each.artifact, parent(each.difference.path)[0])).values():
        gone = [each for each in group if each.difference.kind == "missing"]
        come = [each for each in group if each.difference.kind == "extra"]
        for old in gone:
            fitting = [new for new in come if _same(old.difference.expected, new.difference.actual)]
            rivals = [each for each in gone if _same(each.difference.expected, old.difference.expected)]
            if len(fitting) == len(rivals) == 1 and old.difference.path:
                names = tuple(parent(each.place)[1].lstrip(".") for each in (old, fitting[0]))
                pairs[names] += [old, fitting[0]]  # type: ignore[index]
    for (old, new), found in sorted(pairs.items()):
        # A renamed list or object takes its places along; the title names the keys, the patterns say where.
        count = values(found) // (2 if found[0].difference.kind != "renamed" else 1)
        title = f"{old} is called {new} ({many(count, 'place')})"
        yield Part("rename", title, _patterns(found), tuple(found), (f"the value under {new} is that of {old}",))


def _same(left: Any, right: Any) -> bool:
    return type(left) is type(right) and left == right and left not in (None, "", 0, False, True)


def _types(left: list[Finding], _: Documents) -> Iterator[Part]:
    changed = [each for each in left if each.difference.kind == "type"]

    def kinds(each: Finding) -> tuple[str, str]:
        return type_name(each.difference.expected), type_name(each.difference.actual)

    for (before, after), found in sorted(_by(changed, kinds).items()):
        patterns = _patterns(found)
        kind = "null" if "null" in (before, after) else "type"
        title = f"{before} became {after}: {many(values(found), 'value')} of {_fields(patterns)}"
        yield Part(kind, title, patterns, tuple(found), (f"every one of them was {before} and is {after}",))


def _keys(left: list[Finding], _: Documents) -> Iterator[Part]:
    """Keys of objects that one side lacks."""
    one_sided = [each for each in left if each.difference.kind in ("missing", "extra") and each.items is None]
    for (kind, pattern), found in sorted(_by(one_sided, lambda each: (each.difference.kind, each.pattern)).items()):
        state = "gone" if kind == "missing" else "new"
        title = f"{named(pattern)} is {state} ({many(values(found), 'place')})"
        yield Part(f"{kind}_field", title, (pattern,), tuple(found), ())


# ---- items of lists -------------------------------------------------------------------------------------------------


def _items(left: list[Finding], _: Documents) -> Iterator[Part]:
    listed = [each for each in left if each.items is not None or each.difference.kind == "length"]
    for pattern, found in sorted(_by(listed, _list_pattern).items()):
        gone = [each for each in found if each.difference.kind == "missing"]
        come = [each for each in found if each.difference.kind == "extra"]
        lengths = [each for each in found if each.difference.kind == "length"]
        shorter = [each for each in lengths if each.difference.expected > each.difference.actual]
        if gone and not come and not lengths and _is_tail(gone):
            title = f"the last {many(_items_in(gone), 'item')} of {named(pattern)} cut off"
            yield Part("truncation", title, (pattern,), tuple(found), (_tail_proof(gone),))
        elif come and not gone and not lengths and all(each.twin for each in come):
            title = f"{many(_items_in(come), 'item')} of {named(pattern)} twice"
            proof = "each item that is too many equals another of the same list"
            yield Part("duplicate", title, (pattern,), tuple(found), (proof,))
        elif lengths and not gone and not come:
            kind = "truncation" if len(shorter) == len(lengths) else "insertion" if not shorter else "items"
            word = {"truncation": "shorter", "insertion": "longer", "items": "of another length"}[kind]
            each = lengths[0].difference
            title = f"{named(pattern)} is {word}: {each.expected} items, now {each.actual}"
            yield Part(kind, title, (pattern,), tuple(found), ())
        else:
            kind = "removal" if not come else "insertion" if not gone else "items"
            told = [f"{many(_items_in(gone), 'item')} gone"] * bool(gone)
            told += [f"{many(_items_in(come), 'item')} too many"] * bool(come)
            title = f"{named(pattern)}: {' and '.join(told) or 'another length'}"
            yield Part(kind, title, (pattern,), tuple(found), ())


def _list_pattern(each: Finding) -> str:
    return each.pattern.removesuffix("[*]") if each.items is not None else each.pattern


def _items_in(found: list[Finding]) -> int:
    return values(found)


def _is_tail(gone: list[Finding]) -> bool:
    """Whether in every list exactly the last items are gone, at least two of one list."""
    tails = []
    for group in _by(gone, lambda each: (each.where, each.artifact, parent(each.difference.path)[0])).values():
        before, after = group[0].items or (0, 0)
        indices = sorted(int(parent(each.difference.path)[1].strip("[]")) for each in group)
        tails.append(indices == list(range(before - len(group), before)) and after == before - len(group))
    return all(tails) and len(gone) > len(tails)


def _tail_proof(gone: list[Finding]) -> str:
    before, after = gone[0].items or (0, 0)
    return f"{after} of {before} items are there, the first ones, and none is changed beyond what is listed"


def _order(left: list[Finding], _: Documents) -> Iterator[Part]:
    moved = [each for each in left if each.difference.kind in ("order", "moved")]
    for pattern, found in sorted(_by(moved, lambda each: each.pattern.removesuffix("[*]")).items()):
        # Of what moved in time the note says from when to when.
        journeys = [each.difference.note for each in found if each.difference.kind == "moved" and each.difference.note]
        if len(journeys) == len(found):
            title, proof = "the same items at another time", f"nothing else of them differs; the first: {journeys[0]}"
        else:
            title, proof = "the same items in another order", "every item has an equal partner elsewhere in the list"
        yield Part("order", f"{named(pattern)}: {title}", (pattern,), tuple(found), (proof,))


# ---- values --------------------------------------------------------------------------------------------------------


def _swapped(left: list[Finding], _: Documents) -> Iterator[Part]:
    """Two values of one object or list that stand in each other's place."""
    plain = [each for each in left if each.difference.kind == "value"]
    pairs: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for group in _by(plain, lambda each: (each.where, each.artifact, parent(each.difference.path)[0])).values():
        seen: dict[tuple[str, str], Finding] = {}
        for each in group:
            before, after = repr(each.difference.expected), repr(each.difference.actual)
            other = seen.pop((after, before), None)
            if other is None:
                seen.setdefault((before, after), each)
            elif before != after and not _is_flag(each.difference.expected):
                names = tuple(sorted(parent(one.place)[1].lstrip(".") for one in (other, each)))
                pairs[names] += [other, each]  # type: ignore[index]
    for (one, other), found in sorted(pairs.items()):
        title = f"{one} and {other} are swapped ({many(values(found) // 2, 'place')})"
        yield Part("swap", title, _patterns(found), tuple(found), ("each has the value the other should have",))


def _is_flag(value: Any) -> bool:
    return isinstance(value, bool)


def _cut_texts(left: list[Finding], _: Documents) -> Iterator[Part]:
    def is_cut(each: Finding) -> bool:
        before, after = each.difference.expected, each.difference.actual
        if each.difference.kind != "value" or not (isinstance(before, str) and isinstance(after, str)):
            return False
        return len(after) < len(before) and before.startswith(after.rstrip("…").rstrip("."))

    for pattern, found in sorted(_by(filter(is_cut, left), lambda each: each.pattern).items()):
        longest = max(len(each.difference.actual) for each in found)
        title = f"{named(pattern)} cut off ({many(values(found), 'text')})"
        proof = f"each is the beginning of what was expected, at most {many(longest, 'character')} long"
        yield Part("truncation", title, (pattern,), tuple(found), (proof,))


def _mapped(left: list[Finding], _: Documents) -> Iterator[Part]:
    """One word or flag for another, the same everywhere."""

    def is_word(each: Finding) -> bool:
        before, after = each.difference.expected, each.difference.actual
        flags = isinstance(before, bool) and isinstance(after, bool)
        words = isinstance(before, str) and isinstance(after, str) and max(len(before), len(after)) <= _LONGEST_WORD
        return each.difference.kind == "value" and (flags or words)

    for pattern, found in sorted(_by(filter(is_word, left), lambda each: each.pattern).items()):
        pairs = Counter((each.difference.expected, each.difference.actual) for each in found)
        targets = dict(list(pairs))
        if values(found) < 2 or len(pairs) != len(targets) or len(pairs) * 2 > values(found):
            continue
        told = _list([f"{_short(before)} → {_short(after)}" for before, after in sorted(pairs, key=str)])
        title = f"{named(pattern)}: {told} ({many(values(found), 'value')})"
        proof = f"all {values(found)} of them follow {'this rule' if len(pairs) == 1 else 'these rules'}"
        yield Part("mapping", title, (pattern,), tuple(found), (proof,))


#: Longer texts are prose, not a word out of a list.
_LONGEST_WORD = 40


def _numbers(left: list[Finding], documents: Documents) -> Iterator[Part]:
    numeric = [each for each in left if _is_number(each)]
    found: dict[tuple[str, float], list[tuple[Common, list[Finding]]]] = defaultdict(list)
    for group in _by(numeric, lambda each: each.pattern).values():
        for shared, members in _related(group):
            found[_same_mechanism(shared, members[0], found)].append((shared, members))
    # A field with too few values to prove anything alone joins the mechanism of its neighbours where it fits.
    for each in [each for each in numeric if not _claimed(each, found)]:
        _join(each, found)
    for (kind, _), members in found.items():
        yield _number_part(kind, members, documents)


def _is_number(each: Finding) -> bool:
    values_of = (each.difference.expected, each.difference.actual)
    return each.difference.kind == "value" and all(
        isinstance(v, int | float) and not isinstance(v, bool) and v - v == 0 for v in values_of
    )


def _pair(each: Finding) -> tuple[float, float]:
    return nearest(each.difference.expected), nearest(each.difference.actual)


def _related(group: list[Finding]) -> Iterator[tuple[Common, list[Finding]]]:
    """What the values of one field have in common: over all cases, else case by case."""
    for part in (list(each.values()) for each in [{None: group}, _by(group, lambda f: (f.where.case, f.where.check))]):
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


def _kind_of(shared: Common, each: Finding) -> str:
    return "shift" if shared.relation == "offset" and each.difference.unit == "s" else shared.relation


def _same_mechanism(shared: Common, each: Finding, found: Iterable[tuple[str, float]]) -> tuple[str, float]:
    kind = _kind_of(shared, each)
    for known, amount in found:
        if known == kind and abs(amount - shared.amount) <= 0.02 * abs(_around(kind, amount)):
            return known, amount
    return kind, shared.amount


def _around(kind: str, amount: float) -> float:
    return amount - 1 if kind == "scale" else amount


def _claimed(each: Finding, found: Mapping[Any, list[tuple[Common, list[Finding]]]]) -> bool:
    return any(each is member for groups in found.values() for _, members in groups for member in members)


def _join(each: Finding, found: Mapping[tuple[str, float], list[tuple[Common, list[Finding]]]]) -> None:
    before, after = _pair(each)
    for (kind, amount), groups in found.items():
        got = after - before if kind in ("shift", "offset") else after / before if before and kind == "scale" else None
        same_unit = groups[0][1][0].difference.unit == each.difference.unit or kind == "scale"
        if got is not None and same_unit and abs(got - amount) <= 0.02 * abs(_around(kind, amount)):
            groups.append((Common("offset", got, 0.0, (0,)), [each]))
            return


def _number_part(kind: str, members: list[tuple[Common, list[Finding]]], documents: Documents) -> Part:
    findings = [each for _, group in members for each in group]
    patterns = _patterns(findings)
    count = many(values(findings), "value")
    amounts = [shared.amount for shared, group in members if len(group) >= ENOUGH] or [members[0][0].amount]
    amount, unit = sorted(amounts)[len(amounts) // 2], findings[0].difference.unit or ""
    spread = max(shared.spread for shared, _ in members)
    where = _fields(patterns)
    match kind:
        case "shift":
            since, of_all = _since(findings, documents)
            title = f"{where} shifted by {amount:+.6g} s{since} ({count})"
            proof = f"{count} moved by the same {amount:+.6g} s (spread {spread:.2g} s){of_all}"
        case "offset":
            title = f"{where} {amount:+.6g}{f' {unit}' if unit else ''} everywhere ({count})"
            proof = f"{count} differ by the same {amount:+.6g} (spread {spread:.2g})"
        case "scale":
            title = f"{where} × {amount:.6g} ({count})"
            proof = f"{count} are {amount:.6g} times what was expected (spread of the factor {spread:.2g})"
        case "unit":
            factor = f"× {amount:g}" if amount >= 1 else f"÷ {1 / amount:g}"
            title = f"{where} in another unit: {factor} ({count})"
            proof = f"{count} are exactly {factor} what was expected"
        case "rounding":
            title = f"{where} rounded to {many(int(amount), 'decimal')} ({count})"
            proof = f"{count} are the expected number rounded to {many(int(amount), 'decimal')}, no other"
        case _:
            title = f"{where} with the opposite sign ({count})"
            proof = f"{count} are exactly the negative of what was expected"
    return Part(kind, title, patterns, tuple(findings), (proof,))


def _since(findings: list[Finding], documents: Documents) -> tuple[str, str]:
    """Since which moment a series is shifted, where its beginning is not; and of how many values."""
    group = next(iter(_by(findings, lambda each: (each.where, each.artifact, each.pattern)).values()))
    whole = series(group, documents)
    if not whole:
        return "", ""
    start = min(nearest(each.difference.expected) for each in group)
    before = [value for value in whole if value < start]
    of_all = f"; {len(group)} of {len(whole)} values of the series, {len(before)} before it are as expected"
    return (f" from t = {start:.6g} s", of_all) if before else ("", f"; {len(group)} of {len(whole)} values")


# ---- what is left of one field ------------------------------------------------------------------------------------------


def _fallback(left: list[Finding], _: Documents) -> Iterator[Part]:
    for pattern, found in sorted(_by(left, lambda each: each.pattern).items()):
        if values(found) < 2:
            continue
        noun = "text" if all(isinstance(each.difference.actual, str) for each in found) else "value"
        title = f"{many(values(found), noun)} of {named(pattern)} differ"
        yield Part("values", title, (pattern,), tuple(found), (), regular=False)


_RECOGNISERS: tuple[Callable[[list[Finding], Documents], Iterator[Part]], ...] = (
    _artifacts, _unreadable, _schema, _renamed, _types, _keys, _items, _order, _swapped, _cut_texts, _mapped, _numbers,
    _fallback,
)  # fmt: skip


def _short(value: Any) -> str:
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = re.sub(r"\s+", " ", text)
    return repr(value) if isinstance(value, str) and len(value) <= _LONGEST_WORD else text[:_LONGEST_WORD]


def _list(names: list[str], most: int = 4) -> str:
    shown = ", ".join(names[:most])
    return shown if len(names) <= most else f"{shown} and {len(names) - most} more"
