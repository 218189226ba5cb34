"""Do we differ from the deployed system only where the differences page says so?

    python scripts/compare_with_deployed.py FOLDER [--values] [--strict]

FOLDER holds pairs ``<name>_INPUT.json`` (a recording: ML results and metadata) and ``<name>_EXPECTED.json`` (what the
deployed system made of it). Each input is replayed, and all outputs are compared leaf by leaf: values and JSON types,
list items by their place. A leaf that differs needs a row of docs/differences-from-deployed.md, in the section of its
output, with its very path in a code span; ``[*]`` stands for any index of a list and is the only wildcard.
An empty list or object is a leaf too, so a list that used to be empty needs its own path and those of its items.

Exit status: 0 every difference is explained, 1 some are not (or, with --strict, a row explains nothing), 2 no pairs or
an ill-formed page, 70 an error that nobody foresaw, with its traceback in the file that is named.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from parity import ending
from parity.contract.visit import places
from parity.paths import without_indices
from parity.pipeline import settings
from rumiai_v2.analyses.registry import ANALYSES
from rumiai_v2.metrics import Metrics
from rumiai_v2.outputs.file_sets import result_form
from rumiai_v2.outputs.report import build_report
from rumiai_v2.pipeline import AnalysisOutcome, run_analysis
from rumiai_v2.sources.replay import Recording
from rumiai_v2.timeline.builder import build_timeline
from rumiai_v2.timeline.temporal_markers import temporal_markers
from rumiai_v2.timeline.unified import unified_document

PAGE = Path(__file__).resolve().parents[1] / "docs" / "differences-from-deployed.md"
#: Sections of the page, in the order of the printed counts.
OUTPUTS = (*(a.name for a in ANALYSES), "temporal_markers", "unified", "report")
#: The wall clock, which the expected files leave out.
VOLATILE = frozenset({("temporal_markers", "metadata.generated_at")})
#: Numbers that differ by less than this part of the larger come from another order of the same sums.
ROUNDING = 1e-9
PATH = re.compile(r"\w+(\[\*\])*(\.\w+(\[\*\])*)*")
MISSING = object()

Json = Mapping[str, Any]


class IllFormed(Exception):
    """The page or the folder cannot be used; the message says where and why."""


@dataclass(frozen=True)
class Row:
    """One row of the page: the paths it explains, and its line there."""

    output: str
    line: int
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Difference:
    case: str
    place: str
    before: Any
    now: Any

    def __str__(self) -> str:
        before, now = ("nothing" if v is MISSING else json.dumps(v)[:60] for v in (self.before, self.now))
        return f"{self.case}: {self.place}: {before} → {now}"


@dataclass
class Count:
    """What became of the leaves of one output."""

    equal: int = 0
    explained: Counter[Row] = field(default_factory=Counter)
    differences: list[Difference] = field(default_factory=list)
    unexplained: list[Difference] = field(default_factory=list)


def rows_of(page: str) -> list[Row]:
    """The rows of all tables in sections named like an output; raises ``IllFormed`` for a row that names no path."""
    rows: list[Row] = []
    named: dict[tuple[str, str], int] = {}
    output = None
    for number, line in enumerate(page.splitlines(), 1):
        if line.startswith("## "):
            output = line[3:].strip() if line[3:].strip() in OUTPUTS else None
        if output is None or not line.startswith("|") or set(line) <= set("|-: ") or line.startswith("| field |"):
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if len(cells) != 4 or not all(cells):
            raise IllFormed(f"line {number}: expected four filled cells (field, before, now, why), got {len(cells)}")
        paths = tuple(re.findall(r"`([^`]+)`", cells[0]))
        wrong = [path for path in paths if not PATH.fullmatch(path)]
        if wrong or not paths:
            raise IllFormed(f"line {number}: expected full paths in code spans, got {wrong or cells[0]!r}")
        for path in paths:
            if (first := named.setdefault((output, path), number)) != number:
                raise IllFormed(f"line {number}: {path} has a row already, in line {first}")
        rows.append(Row(output, number, paths))
    return rows


def leaves(document: Any) -> dict[str, Any]:
    """Every scalar, empty list and empty object of a document by its path."""
    return {path: value for path, value, _ in places(document, None, holders=False)}


def same(before: Any, now: Any) -> bool:
    if isinstance(before, float) and isinstance(now, float):
        return math.isclose(before, now, rel_tol=ROUNDING)
    return type(before) is type(now) and before == now


def replay(path: Path) -> dict[str, Any]:
    """All outputs for a recording; an analysis that raises gives ``IllFormed``."""
    evidence = Recording(path).evidence()
    ml_data = {name: result.data for name, result in evidence.results.items()}
    timeline = build_timeline(evidence.video_id, evidence.duration, ml_data, size=evidence.size)
    markers = temporal_markers(unified_document(evidence, timeline, None), generated_at="")
    unified = unified_document(evidence, timeline, markers)
    outcomes = [run_analysis(analysis, unified) for analysis in ANALYSES]
    for outcome in outcomes:
        if outcome.ml_form is None:
            raise IllFormed(f"{path}: analysis {outcome.analysis.name}: {outcome.error}")
    report = build_report(
        evidence,
        outcomes,
        markers=AnalysisOutcome(outcomes[0].analysis, dict(markers), None, 0.0),
        services=dict.fromkeys(evidence.results),
        device={},
        machine=None,
        metrics=Metrics(),
    )
    return {
        **{o.analysis.name: result_form(o.ml_form or {}, o.analysis.prefix) for o in outcomes},
        "temporal_markers": markers,
        "unified": {"processing_metadata": unified["processing_metadata"]},
        "report": {key: report[key] for key in ("ml_analyses_complete", "ml_completion_details")},
    }


def expected_outputs(document: Json) -> dict[str, Any]:
    """The deployed system's outputs under our names; only those that the file has."""
    outputs = dict(document.get("analyses", {}))
    if "temporal_markers" in document:
        outputs["temporal_markers"] = document["temporal_markers"]
    if "processing_metadata" in document:
        outputs["unified"] = {"processing_metadata": document["processing_metadata"]}
    names = {"is_complete": "ml_analyses_complete", "completion_status": "ml_completion_details"}
    report = {ours: document[theirs] for theirs, ours in names.items() if theirs in document}
    return outputs | ({"report": report} if report else {})


def compare(case: str, expected: Mapping[str, Any], got: Mapping[str, Any], rows: Iterable[Row]) -> dict[str, Count]:
    """Counts per output of one case, for the outputs that ``expected`` has."""
    explains = {(row.output, path): row for row in rows for path in row.paths}
    counts: dict[str, Count] = {}
    for output, document in expected.items():
        count = counts[output] = Count()
        before, now = leaves(document), leaves(got.get(output, {}))
        for place in {**before, **now}:
            path = without_indices(place)
            if (output, path) in VOLATILE:
                continue
            difference = Difference(case, place, before.get(place, MISSING), now.get(place, MISSING))
            if same(difference.before, difference.now):
                count.equal += 1
                continue
            count.differences.append(difference)
            if row := explains.get((output, path)):
                count.explained[row] += 1
            else:
                count.unexplained.append(difference)
    return counts


def pairs(folder: Path) -> list[tuple[str, Path, Path]]:
    """(name, input, expected) of all pairs in the folder, by name."""
    found = []
    for recording in sorted(folder.glob("*_INPUT.json")):
        name = recording.name.removesuffix("_INPUT.json")
        expected = folder / f"{name}_EXPECTED.json"
        if not expected.is_file():
            raise IllFormed(f"{recording}: expected {expected.name} beside it")
        found.append((name, recording, expected))
    if not found:
        raise IllFormed(f"{folder}: expected pairs <name>_INPUT.json and <name>_EXPECTED.json, found none")
    return found


def render(counts: Mapping[str, Count], unused: Iterable[Row], *, values: bool) -> Iterator[str]:
    for output, count in counts.items():
        explained = sum(count.explained.values())
        yield f"{output}: {count.equal} equal, {explained} explained, {len(count.unexplained)} unexplained"
        for row, number in sorted(count.explained.items(), key=lambda item: item[0].line):
            more = f" and {len(row.paths) - 1} more" if len(row.paths) > 1 else ""
            yield f"    {number:4} by line {row.line}: {row.paths[0]}{more}"
        yield from (f"    {difference}" for difference in count.differences if values)
        yield from (f"    UNEXPLAINED {difference}" for difference in count.unexplained)
    yield from (f"unused row, line {row.line} ({row.output}): {', '.join(row.paths)}" for row in unused)
    each = [(c.equal, c.explained.total(), len(c.unexplained)) for c in counts.values()]
    whole = [sum(part) for part in zip(*each, strict=True)]
    yield "all: {} equal, {} explained, {} unexplained".format(*whole)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description="Compare replays with recorded outputs of the deployed system.")
    parser.add_argument("folder", type=Path, help="folder with <name>_INPUT.json and <name>_EXPECTED.json")
    parser.add_argument("--page", type=Path, default=PAGE, help="the differences page")
    parser.add_argument("--values", action="store_true", help="list every difference with both values")
    parser.add_argument("--strict", action="store_true", help="a row that explains nothing is an error")
    options = parser.parse_args(arguments)
    try:
        rows = rows_of(options.page.read_text(encoding="utf-8"))
        counts = {output: Count() for output in OUTPUTS}
        for name, recording, expected in pairs(options.folder):
            wanted = expected_outputs(json.loads(expected.read_text(encoding="utf-8")))
            for output, count in compare(name, wanted, replay(recording), rows).items():
                counts[output].equal += count.equal
                counts[output].explained += count.explained
                counts[output].differences += count.differences
                counts[output].unexplained += count.unexplained
    except IllFormed as error:
        print(error, file=sys.stderr)
        return 2
    unused = [row for row in rows if not any(count.explained[row] for count in counts.values())]
    print("\n".join(render(counts, unused, values=options.values)))
    return int(any(c.unexplained for c in counts.values()) or (options.strict and bool(unused)))


if __name__ == "__main__":
    ending.process(main, reports=lambda: settings.reports_folder(None))
