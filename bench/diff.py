"""What comparing two documents costs, against parsing them: the ratios of ``parity.compare.pair.compare_bytes``.

``python bench/diff.py [--sizes 0.6,6,60] [--seconds 4] [--deepdiff-seconds 60] [--write FILE]``; ``make bench`` writes
``docs/performance.md``. Documents are generated along ``schemas/unified.schema.json``. The floor is ``orjson.loads`` of
both sides, and freeing what it made, in the same process with the collector off, as it is while a pair is compared.
Everything is included: parsing, validation of both sides, alignment of lists, counting every leaf, freeing.

Floor and measurement take turns, and the ratio is the median of the ratios of neighbours, so that a busy machine slows
both alike; times are those of the processor, medians too. Beside it stands DeepDiff in a process of its own, which gets
the parsed documents, and at most ``--deepdiff-seconds`` (0: it is not run).

Equal bytes have two rows: *first sight* parses, validates and counts one side; *known* is what every later meeting with
the same bytes costs in one process (a comparison meets them up to five times): a hash.
"""

from __future__ import annotations

import argparse
import datetime
import gc
import json
import multiprocessing
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # this checkout, whatever is installed

import documents  # noqa: E402
import orjson  # noqa: E402

from parity.compare import tolerance  # noqa: E402
from parity.compare.pair import Known, Pair, compare_bytes  # noqa: E402
from parity.compare.walk import Policy, leaf_count  # noqa: E402
from parity.contract import check, registry  # noqa: E402
from parity.files import write_atomically  # noqa: E402
from parity.run import cpu  # noqa: E402

SCHEMAS = ROOT / "schemas"
SCHEMA = "unified.schema.json"
#: Ratio that must hold, and what a bare walk (without validation, without counting) aims at.
TARGETS = {
    "equal, first sight": (None, None),
    "equal, known": (0.3, 0.3),
    "1 % changed": (2.5, 1.5),
    "all jittered": (6.0, 3.0),
    "one insertion": (3.0, 1.5),
}


@dataclass
class Row:
    """One measurement: seconds of the floor and of the comparison, their ratio, and what was found."""

    size: str
    name: str
    floor: float
    took: float
    ratio: float
    rounds: int
    findings: int
    counts: dict[str, int]
    deepdiff: str = ""

    def text(self) -> str:
        """One line for the terminal."""
        target, aim = TARGETS[self.name]
        return (
            f"{self.name:<19} floor {self.floor * 1e3:8.2f} ms  took {self.took * 1e3:8.2f} ms  ratio {self.ratio:5.2f}"
            f"  target {target or '-':>4}  aim {aim or '-':>4}  findings {self.findings:>5}"
            f"  exact {self.counts['exact']:>8} near {self.counts['within_tolerance']:>8}  median of {self.rounds}"
            f"{'  MISSED' if target and self.ratio > target else ''}"
        )

    def cells(self) -> list[str]:
        """The same for a table."""
        target, aim = TARGETS[self.name]
        times = [f"{self.floor * 1e3:.1f} ms", f"{self.took * 1e3:.1f} ms", f"**{self.ratio:.2f}**"]
        return [self.size, self.name, *times, str(target or ""), str(aim or ""), f"{self.findings:,}", self.deepdiff]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="0.6,6,60", help="megabytes, with commas between")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long a row is measured, at least three times")
    parser.add_argument("--deepdiff-seconds", type=float, default=60.0, help="limit of each DeepDiff row; 0: none runs")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the rows as a page of the documentation too")
    given = parser.parse_args()
    schemas = registry.load(SCHEMAS)
    contract = check.build(schemas, SCHEMA)
    tolerances = tolerance.load(SCHEMAS / "tolerances.json")
    golden = Policy(expected_by="one", actual_by="another", tolerances=tolerances)
    rows = []
    for size in (float(each) for each in given.sizes.split(",")):
        original = documents.document(schemas, SCHEMA, units=max(1, round(size / 0.6)))
        left = _bytes(original)
        megabytes = f"{len(left) / 1e6:.1f} MB"
        print(_what(megabytes, original, contract))
        copies: dict[str, Callable[[], Any]] = {
            "equal, first sight": lambda original=original: original,
            "equal, known": lambda original=original: original,
            "1 % changed": lambda original=original: documents.changed(original, contract.node, share=0.01),
            "all jittered": lambda original=original: documents.jittered(
                original, contract.node, lambda kind: tolerances[kind].abs
            ),
            "one insertion": lambda original=original: documents.with_insertion(original),
        }
        for name, copied in copies.items():
            right = _bytes(copied())
            row = _row(megabytes, name, left, right, contract, golden, given.seconds)
            print(row.text(), flush=True)
            if given.deepdiff_seconds > 0 and name != "equal, known":
                row.deepdiff = _deepdiff(left, right, given.deepdiff_seconds)
                print(f"{'':<19} DeepDiff alone, without parsing and validating: {row.deepdiff}", flush=True)
            rows.append(row)
    if given.write:
        write_atomically(given.write, _page(rows))


def _row(
    size: str, name: str, left: bytes, right: bytes, contract: check.Contract, policy: Policy, seconds: float
) -> Row:
    known = Known() if name == "equal, known" else None

    def measured() -> Pair:
        return compare_bytes(left, right, contract, policy, known, plain=True)

    found = measured()
    assert not found.actual, found.actual[:3]
    counts, findings = found.comparison.counts(), len(found.comparison.differences)
    del found

    def parsed() -> None:
        # Both documents live at once and are freed at the end, as they are in a comparison.
        _kept = orjson.loads(left), orjson.loads(right)

    return Row(size, name, *_by_turns(parsed, measured, seconds), findings, counts)


def _by_turns(floor: Callable[[], Any], measured: Callable[[], Any], seconds: float) -> tuple[float, float, float, int]:
    """Medians: seconds of the floor, of the measurement, the ratio of neighbours; and of how many."""
    times: tuple[list[float], list[float]] = ([], [])
    end = time.perf_counter() + seconds
    gc.collect()
    gc.disable()
    try:
        while len(times[0]) < 3 or time.perf_counter() < end:
            for call, into in zip((floor, measured), times, strict=True):
                begun = time.process_time()
                result = call()
                del result
                into.append(time.process_time() - begun)
    finally:
        gc.enable()
    ratios = [took / least for least, took in zip(*times, strict=True)]
    return statistics.median(times[0]), statistics.median(times[1]), statistics.median(ratios), len(ratios)


def _deepdiff(left: bytes, right: bytes, limit: float) -> str:
    """What DeepDiff takes and finds, in words."""
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_deepdiff_in_child, args=(left, right, sender), daemon=True)
    process.start()
    receiver.recv()
    if receiver.poll(limit):
        seconds, findings = receiver.recv()
        said = f"{seconds * 1e3:,.0f} ms, {findings:,} findings"
    else:
        process.kill()
        said = f"not done after {limit:g} s"
    process.join()
    return said


def _deepdiff_in_child(left: bytes, right: bytes, sender: Any) -> None:
    from deepdiff import DeepDiff

    documents = orjson.loads(left), orjson.loads(right)
    sender.send("parsed")
    begun = time.process_time()
    found = DeepDiff(*documents)
    sender.send((time.process_time() - begun, sum(len(part) for part in found.values())))


def _bytes(document: Any) -> bytes:
    return json.dumps(document, indent=2).encode()


def _what(megabytes: str, document: Any, contract: check.Contract) -> str:
    return (
        f"\n{megabytes}, {leaf_count(document):,} leaves, "
        f"{sum(1 for _ in documents.reals(document, contract.node)):,} real numbers, "
        f"{len(document['ml_data']['yolo']['objectAnnotations']):,} detections"
    )


_HEAD = """\
# What comparing costs

Made by `make bench`: `bench/diff.py` compares two documents that it generates along `schemas/unified.schema.json`, from
their bytes to the last counted leaf: parsing, validating both sides, aligning lists, freeing. The floor is
`orjson.loads` of both sides, and freeing them, in the same process with the collector off, as it is while a pair is
compared. Both take turns; a ratio is the median of the ratios of neighbours, a time that of the processor.

*Known* bytes are those that the process has met before under the same schema and policy, as it meets most: between two
configurations, repeats and goldens one file comes up to five times. *1 % changed*: of the real numbers, by 0.01. *All
jittered*: every real number within its tolerance. The aims hold for a bare walk, without validating and counting.
DeepDiff, with its defaults, gets the parsed documents and does neither; it knows no tolerances and compares lists item
by item, so it finds more where nothing more is wrong.
"""


def _page(rows: list[Row]) -> str:
    packages = ("orjson", "jsonschema-rs", "rapidfuzz", "deepdiff")
    facts = {
        "date": datetime.date.today().isoformat(),
        "processor": f"{cpu.cpu()['model']}, {os.cpu_count()} cores",
        "python": platform.python_version(),
        **{name: version(name) for name in packages},
    }
    heads = ("size", "pair", "floor", "took", "ratio", "target", "aim", "findings", "DeepDiff alone")
    table = [heads, ["---"] * 2 + ["---:"] * 6 + ["---"], *(row.cells() for row in rows)]
    return "\n".join([
        _HEAD, *(f"| {' | '.join(cells)} |" for cells in table), "", "## On what", "",
        "| what | value |", "|---|---|", *(f"| {name} | {value} |" for name, value in facts.items()), "",
    ])  # fmt: skip


if __name__ == "__main__":
    main()
