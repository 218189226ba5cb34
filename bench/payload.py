"""What it costs to gather what the page of a report shows, and what that weighs, with ten thousand differences.

``python bench/payload.py [--rows 10000]``, in a project whose saved captures are there (`parity run` leaves them). Every number
of the goldens of every case with a clip is taken in turn and said to differ, spread over ten causes; pictures, curves and the
documents behind them are the project's own. The table tells time and weight of each part.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator
from itertools import islice, zip_longest
from pathlib import Path
from typing import Any

from parity.contract.check import join
from parity.pipeline import cases, settings
from parity.pipeline.load import load_pipeline
from parity.pipeline.parts import Pipeline
from parity.pipeline.settings import Config
from parity.pipeline.stages import Graph
from parity.report import build
from parity.report.page.payload import payload

CAUSES = 10


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rows", type=int, default=10_000)
    given = parser.parse_args()
    config = settings.load(None)
    pipeline = load_pipeline(config)
    found = [case for case in cases.discover(config) if pipeline.clip(case)]
    rows = list(islice(_taking_turns([_rows(config, pipeline, case.name) for case in found]), given.rows))
    report = _report(pipeline, found, rows)
    begun = time.perf_counter()
    page = payload(config, report, rows)
    spent = time.perf_counter() - begun
    print(
        f"{len(rows)} differences in {len(found)} cases: {spent:.2f} s, of it processor {time.process_time():.2f} s in all"
    )
    for name, value in page.items():
        size = len(json.dumps(value, ensure_ascii=False).encode())
        if size > 10_000:
            print(f"  {name:<12} {size / 1e6:6.2f} MB{f'  ({len(value)})' if isinstance(value, list) else ''}")
    print(f"  {'all':<12} {len(json.dumps(page, ensure_ascii=False).encode()) / 1e6:6.2f} MB")


def _taking_turns(sources: list[Iterator[dict[str, Any]]]) -> Iterator[dict[str, Any]]:
    for rows in zip_longest(*sources):
        yield from (row for row in rows if row is not None)


def _rows(config: Config, pipeline: Pipeline, case: str) -> Iterator[dict[str, Any]]:
    graph = Graph(pipeline.stages)
    for artifact in pipeline.artifacts:
        file: Path = config.snapshots / case / str(artifact.golden)
        if not file.is_file():
            continue
        for number, (path, value) in enumerate(_numbers(json.loads(file.read_text(encoding="utf-8")), "")):
            stage = graph.stage_of(artifact.name, path)
            yield {
                "cause": f"cause-{number % CAUSES}", "role": "own" if number % 3 else "follows", "check": "golden",
                "case": case, "configuration": pipeline.reference, "against": "golden", "artifact": artifact.name,
                "file": config.relative(file), "stage": stage.name if stage else None, "path": path, "kind": "value",
                "expected": value, "actual": value + 1, "magnitude": 1.0, "unit": "any", "allowed": 0.0, "would_pass": 1.0,
                "note": "", "expected_path": None, "expected_type": "real", "actual_type": "real", "tolerance_class": None,
            }  # fmt: skip


def _numbers(value: Any, path: str) -> Iterator[tuple[str, float]]:
    if isinstance(value, dict | list):
        for step, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _numbers(item, join(path, step))
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def _report(pipeline: Pipeline, found: list[cases.Case], rows: list[dict[str, Any]]) -> dict[str, Any]:
    session = build.Session("2026-01-01T00:00:00+00:00", "2026-01-01T00:00:00+00:00", 0.0, None, True, 1.0)
    report = build.build([], pipeline=pipeline, cases=found, declared=[], session=session)
    causes = dict.fromkeys(row["cause"] for row in rows)
    return {**report, "causes": [{"id": name, "title": name, "stage": None, "comparisons": []} for name in causes]}


if __name__ == "__main__":
    main()
