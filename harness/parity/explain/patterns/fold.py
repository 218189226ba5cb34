"""Hundreds of differences of one stage fold into few patterns, each with the numbers that prove it.

A recogniser is a file of this folder with ``TURN`` and ``recognise(left, documents)``. Lower turns are asked first. Each
takes from the findings that are left those for which its pattern holds, and claims no other. What none takes is left
over, to be listed one by one: a pattern never hides a difference that it does not explain.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from importlib import import_module
from pkgutil import iter_modules

from parity.explain import patterns
from parity.explain.findings import Finding
from parity.explain.patterns.part import Documents, Part, Parts

Recogniser = Callable[[list[Finding], Documents], Parts]


def recognisers() -> list[Recogniser]:
    """Every recogniser of the folder, by its turn."""
    modules = [import_module(f"{patterns.__name__}.{each.name}") for each in iter_modules(patterns.__path__)]
    return [each.recognise for each in sorted((m for m in modules if hasattr(m, "TURN")), key=lambda m: m.TURN)]


def fold(findings: Iterable[Finding], documents: Documents) -> tuple[list[Part], list[Finding]]:
    """The parts in which the findings of one stage fold, and those left over; every finding is in one of them once."""
    left = list(findings)
    parts: list[Part] = []
    for recognise in recognisers():
        taken: set[int] = set()
        for part in recognise(left, documents):
            members = tuple(each for each in part.findings if id(each) not in taken)
            taken.update(id(each) for each in members)
            if members:
                parts.append(replace(part, findings=members))
        left = [each for each in left if id(each) not in taken]
    return parts, left
