"""What all recognisers share: a pattern with the numbers that prove it, groups of findings, and words for titles."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from parity.english import many
from parity.explain.findings import Comparing, Finding
from parity.paths import parent

Key = TypeVar("Key")
#: Expected and actual document of one artifact of one comparison.
Documents = Mapping[tuple[Comparing, str], tuple[Any, Any]]
#: Longer texts are prose, not a word out of a list.
LONGEST_WORD = 40


@dataclass(frozen=True)
class Part:
    """One pattern and the findings that show it. ``regular``: the numbers prove one mechanism; else only one place."""

    kind: str
    title: str
    patterns: tuple[str, ...]
    findings: tuple[Finding, ...]
    proof: tuple[str, ...]
    regular: bool = True


#: What a recogniser makes of the findings that are left.
Parts = Iterator[Part]


def grouped(findings: Iterable[Finding], key: Callable[[Finding], Key]) -> dict[Key, list[Finding]]:
    """The findings by what ``key`` says of them, in the order in which they come."""
    groups: dict[Key, list[Finding]] = defaultdict(list)
    for each in findings:
        groups[key(each)].append(each)
    return groups


def by_pattern(findings: Iterable[Finding]) -> list[tuple[str, list[Finding]]]:
    """The findings of one field together, sorted by its pattern."""
    return sorted(grouped(findings, lambda each: each.pattern).items())


def siblings(findings: Iterable[Finding]) -> Iterable[list[Finding]]:
    """The findings of one object or list of one comparison together."""
    return grouped(findings, lambda each: (each.where, each.artifact, parent(each.difference.path)[0])).values()


def one_sided(findings: Iterable[Finding]) -> list[Finding]:
    """The keys of objects that one side lacks."""
    return [each for each in findings if each.difference.kind in ("missing", "extra") and each.items is None]


def key_of(each: Finding) -> str:
    """The last step of the place."""
    return parent(each.place)[1].lstrip(".")


def patterns(findings: Iterable[Finding]) -> tuple[str, ...]:
    """The pattern of every field that is found."""
    return tuple(sorted({each.pattern for each in findings}))


def values(findings: Iterable[Finding]) -> int:
    """How many values differ: the same value in several files of a stage, or in several configurations, counts once."""
    return len({(each.where.case, each.stage, each.place, each.difference.kind) for each in findings})


def named(pattern: str) -> str:
    """A pattern in a title, where the document itself has a name too."""
    return pattern or "(the whole document)"


def fields(patterns: tuple[str, ...]) -> str:
    """Patterns in a title: the first, and how many more."""
    shown = named(patterns[0])
    return shown if len(patterns) == 1 else f"{shown} and {many(len(patterns) - 1, 'more field')}"


def short(value: Any) -> str:
    """A value in a title."""
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    text = re.sub(r"\s+", " ", text)
    return repr(value) if isinstance(value, str) and len(value) <= LONGEST_WORD else text[:LONGEST_WORD]
