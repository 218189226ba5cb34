"""A drill as tables: counts per means, kind, size and field."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from typing import Any

from parity.tools.drill.results import Drill, FaultResult, MutationResult

FORMAT = "parity-drill/1"


def to_json(drill: Drill) -> dict[str, Any]:
    """The whole drill; of mutations every miss and unnamed one, the others as counts per field."""
    promises = drill.promises()
    return {
        "format": FORMAT,
        "passed": all(promises.values()),
        "promises": promises,
        "seed": drill.seed,
        "cases": list(drill.cases),
        "seconds": round(drill.seconds, 1),
        "provenance": drill.provenance,
        "faults": [{**vars(each), "found": each.found, "named": each.named} for each in drill.faults],
        "not_injectable": drill.spared,
        "mutations": {
            "by_kind": counts(drill.structural, lambda each: each.kind),
            "by_size": counts(drill.values, lambda each: each.size),
            "by_class": counts(drill.values, lambda each: each.tolerance_class),
            "by_field": counts(drill.mutations, lambda each: f"{each.artifact} {each.field}".rstrip()),
            "misses": [vars(each) for each in drill.missed],
            "unnamed": [vars(each) for each in drill.unnamed],
        },
        "too_loose": too_loose(drill.values),
        "controls": {
            "by_kind": alarms(drill),
            "false_alarms": [vars(each) for each in drill.alarms],
        },
    }


def counts(mutations: Iterable[MutationResult], key: Callable[[MutationResult], str]) -> dict[str, dict[str, int]]:
    """Per ``key``: injected, detected, named."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: {"injected": 0, "detected": 0, "named": 0})
    for each in mutations:
        row = table[key(each)]
        row["injected"] += 1
        row["detected"] += each.detected
        row["named"] += each.detected and each.named
    return {name: table[name] for name in sorted(table)}


def too_loose(values: Iterable[MutationResult]) -> list[dict[str, Any]]:
    """Fields whose tolerance swallows a physical size, with class, size and one example."""
    found: dict[tuple[str, str], MutationResult] = {}
    for each in values:
        if not each.detected:
            found.setdefault((f"{each.artifact} {each.field}", each.size), each)
    return [
        {
            "field": field,
            "size": size,
            "class": each.tolerance_class,
            "example": f"{each.case} {each.path}: {each.text}",
        }
        for (field, size), each in sorted(found.items())
    ]


def alarms(drill: Drill) -> dict[str, dict[str, int]]:
    """Per kind of control: how many, and false alarms."""
    table: dict[str, dict[str, int]] = defaultdict(lambda: {"controls": 0, "false_alarms": 0})
    for each in drill.controls:
        table[each.kind]["controls"] += 1
        table[each.kind]["false_alarms"] += not each.silent
    return dict(table)


def state(fault: FaultResult) -> str:
    """One word or clause on a fault."""
    if not fault.found:
        return "MISSED"
    return "found and named" if fault.named else "found, NOT NAMED"
