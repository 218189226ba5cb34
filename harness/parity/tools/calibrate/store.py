"""The committed result of a calibration: what was seen, on which machine, with which versions, as one JSON file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from parity import reading
from parity.compare.tolerance import Tolerances
from parity.files import write_atomically
from parity.tools.calibrate.measure import Checked
from parity.tools.calibrate.plan import Condition, Media
from parity.tools.calibrate.runs import Machine
from parity.tools.calibrate.spread import Observed
from parity.verdict import UsageError

FORMAT = "parity-calibration/1"

#: Differences that remained are counted; so many of each condition are listed.
_LISTED = 40


@dataclass(frozen=True)
class Provenance:
    """On what machine and with what versions and weights it was measured, and of which pipeline how many cases."""

    date: str
    machine: Machine
    identity: Mapping[str, Mapping[str, str]]
    pipeline: str
    configuration: str
    cases: int


@dataclass(frozen=True)
class Calibration:
    """What the data file holds. ``observed`` and ``checked`` by condition; ``floors``: class → absolute floor."""

    provenance: Provenance
    conditions: tuple[Condition, ...]
    floors: Mapping[str, float]
    observed: Mapping[str, Observed]
    checked: Mapping[str, Checked]

    def by_media(self) -> dict[Media, Observed]:
        """Everything that teaches tolerances for the same media, and for other encodings."""
        found: dict[Media, Observed] = {"same": Observed(), "encodings": Observed()}
        for condition in self.conditions:
            if condition.kind != "sensitivity":
                found[condition.kind] = found[condition.kind].merge(self.observed[condition.name])
        return found

    def provenance_line(self) -> str:
        """Where the numbers come from, in one line, for the file of tolerances."""
        made = self.provenance
        runs = sum(seen.pairs for seen in self.observed.values())
        return f"calibration of {made.date} on {made.machine.cpu}: {runs} pairs of runs of {made.cases} cases"


def save(calibration: Calibration, file: Path) -> None:
    """Write ``file``, wholly or not at all."""
    document = {
        "format": FORMAT,
        "provenance": asdict(calibration.provenance),
        "floors": dict(calibration.floors),
        "conditions": [
            {**asdict(condition), **_observed(calibration.observed[condition.name])}
            | (
                {"golden": _checked(calibration.checked[condition.name])}
                if condition.name in calibration.checked
                else {}
            )
            for condition in calibration.conditions
        ],
    }
    write_atomically(file, json.dumps(document, ensure_ascii=False, indent=1) + "\n")


def load(file: Path) -> Calibration:
    """What was saved in ``file``."""
    try:
        document = reading.json_file(file)
        if document["format"] != FORMAT:
            raise UsageError(f"{file}: is no {FORMAT}: make it anew with `parity calibrate --write`")
        rows = {row["name"]: row for row in document["conditions"]}
        checked = {name: row["golden"] for name, row in rows.items() if "golden" in row}
        read = {
            **document,
            "conditions": list(rows.values()),
            "observed": {name: {**row, **_pairs(row)} for name, row in rows.items()},
            "checked": {name: {**seen, "alarms": seen["listed"]} for name, seen in checked.items()},
        }
        return reading.model(Calibration, read)
    except FileNotFoundError as error:
        raise UsageError(f"{file} is not there: make it with `parity calibrate --write`") from error
    except (OSError, ValueError, KeyError, TypeError, AttributeError, reading.Unfit) as error:
        raise UsageError(
            f"{file}: cannot be read as a calibration: {error}; take it back from git, or `parity calibrate --write`"
        ) from error


def _pairs(row: Mapping[str, Any]) -> dict[str, Any]:
    """Of every field its class and its spread."""
    return {key: {name: (each["class"], each) for name, each in row[key].items()} for key in ("fields", "follows")}


def _observed(seen: Observed) -> dict[str, Any]:
    return {
        "pairs": seen.pairs,
        "cases": sorted(seen.cases),
        "leaves": seen.leaves,
        "unequal": seen.unequal,
        "classes": {name: asdict(spread) for name, spread in sorted(seen.classes().items())},
        "fields": {name: {"class": kind, **asdict(spread)} for name, (kind, spread) in sorted(seen.fields.items())},
        "follows": {name: {"class": kind, **asdict(spread)} for name, (kind, spread) in sorted(seen.follows.items())},
        "flips": {name: asdict(flipped) for name, flipped in sorted(seen.flips.items())},
        "discrete": {name: asdict(each) for name, each in sorted(seen.discrete.items())},
    }


def _checked(seen: Checked) -> dict[str, Any]:
    counts = asdict(replace(seen, alarms=[]))
    del counts["alarms"]
    by_stage = dict(sorted(seen.by_stage.items()))
    return {**counts, "by_stage": by_stage, "listed": [asdict(alarm) for alarm in seen.alarms[:_LISTED]]}


def differences(present: Tolerances, proposed: Tolerances) -> Iterable[str]:
    """In what a file of tolerances is not what a calibration proposes, one sentence each."""
    for media, one, other in (("same media", present, proposed), ("encodings", present.encodings, proposed.encodings)):
        for what, have, want in (("class", one.classes, other.classes), ("flip rule", one.flips, other.flips)):
            for name in sorted({*have, *want}):
                if name not in have:
                    yield f"{what} {name} ({media}) is missing; proposed: {_numbers(want[name])}"
                elif name not in want:
                    yield f"{what} {name} ({media}) has no settings in [calibration]: give it a floor, or remove it"
                elif _numbers(have[name]) != _numbers(want[name]):
                    yield f"{what} {name} ({media}) is {_numbers(have[name])}; proposed: {_numbers(want[name])}"


def _numbers(entry: Any) -> str:
    return ", ".join(f"{key} {value:g}" for key, value in asdict(entry).items() if isinstance(value, int | float))
