"""What both sides were made with: versions, weights, processor, threads; of runs and of goldens."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from parity.english import listed
from parity.goldens import provenance
from parity.pipeline.settings import Config
from parity.verdict import ContractError

#: What says when and by what command something was made, not with what.
_OF_ONE_RUN = frozenset({"format", "run_id", "recorded", "configuration", "code", "agreed"})
#: Said of what no side wrote down.
UNTOLD = "not recorded"
#: Sides of one kind that are shown apart.
_MOST = 6

T = TypeVar("T")


def origins(config: Config, report: Mapping[str, Any]) -> dict[str, Any]:
    """``sides``: the runs, then the goldens, those that are made with the same together; ``rows``: one per fact."""
    found = [*_runs(report), *_goldens(config, report["cases"])]
    names = list(dict.fromkeys(name for _, facts in found for name in facts))
    rows = []
    for name in names:
        values = [facts.get(name, UNTOLD) for _, facts in found]
        told = {value for value in values if value != UNTOLD}
        rows.append({"name": name, "values": values, "differs": len(told) > 1})
    return {"sides": [{"title": title} for title, _ in found], "rows": rows}


def _runs(report: Mapping[str, Any]) -> list[tuple[str, dict[str, str]]]:
    groups = _by_facts((run, run["provenance"]) for run in report["runs"])
    word = "saved run" if report["from"] else "this run"
    titled = []
    for facts, runs in groups:
        names = " and ".join(dict.fromkeys(run["configuration"] for run in runs))
        cases = sorted({run["case"] for run in runs})
        where = "" if len(groups) == 1 else f" of {listed(cases, 3)}"
        titled.append((f"{names}, {word}{where}", facts))
    return _few(titled)


def _goldens(config: Config, cases: Iterable[str]) -> list[tuple[str, dict[str, str]]]:
    groups = _by_facts((case, _recorded(config, case)) for case in cases if (config.snapshots / case).is_dir())
    return _few([(f"golden of {listed(names, 3)}", facts) for facts, names in groups])


def _by_facts(made: Iterable[tuple[T, Mapping[str, Any]]]) -> list[tuple[dict[str, str], list[T]]]:
    """What was made with the same, together."""
    found: dict[str, tuple[dict[str, str], list[T]]] = {}
    for each, told in made:
        facts = flat(told)
        found.setdefault(json.dumps(facts), (facts, []))[1].append(each)
    return list(found.values())


def _few(sides: list[tuple[str, dict[str, str]]]) -> list[tuple[str, dict[str, str]]]:
    if len(sides) <= _MOST:
        return sides
    (title, facts), more = sides[_MOST - 1], len(sides) - _MOST
    return [*sides[: _MOST - 1], (f"{title} (and {more} more of other origin)", facts)]


def _recorded(config: Config, case: str) -> Mapping[str, Any]:
    """What the goldens of ``case`` were made with; nothing where nobody said or it cannot be read, which is said elsewhere."""
    try:
        found = provenance.read(config, case) or {}
    except ContractError:
        return {}
    return {name: value for name, value in found.items() if name not in _OF_ONE_RUN}


def flat(told: Mapping[str, Any]) -> dict[str, str]:
    """Facts by name; those inside an object (packages, weights) by the name they have there."""
    found: dict[str, str] = {}
    for name, value in told.items():
        if isinstance(value, Mapping):
            found |= {f"{name}: {inner}": _text(each) for inner, each in value.items()}
        elif value is not None:
            found[name] = _text(value)
    return found


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
