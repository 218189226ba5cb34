"""What comparing two documents costs, against parsing them: the ratios of ``harness.compare.pair.compare_bytes``.

``python bench/diff.py [--sizes 0.6,6,60] [--seconds 4] [--deepdiff-seconds 60]``. Documents are generated along
``schemas/unified.schema.json``. The floor is ``orjson.loads`` of both sides, and freeing what it made, in the same
process with the collector off, as it is while a pair is compared. Everything is included: parsing, validation of both
sides, alignment of lists, counting every leaf, freeing.

Floor and measurement take turns, and the ratio is the median of the ratios of neighbours, so that a busy machine slows
both alike; times are those of the processor, medians too. Beside it stands DeepDiff in a process of its own, which gets
the parsed documents, and at most ``--deepdiff-seconds`` (0: it is not run).

Equal bytes have two rows: *first sight* parses, validates and counts one side; *known* is what every later meeting with
the same bytes costs in one process (a comparison meets them up to five times): a hash.
"""

from __future__ import annotations

import argparse
import gc
import json
import multiprocessing
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import documents
import orjson

from harness.compare import tolerance
from harness.compare.pair import Known, Pair, compare_bytes
from harness.compare.walk import Policy
from harness.contract import check, registry

SCHEMAS = Path(__file__).parents[1] / "schemas"
SCHEMA = "unified.schema.json"
#: Ratio that must hold, and what a bare walk (without validation, without counting) aims at.
TARGETS = {
    "equal, first sight": (None, None),
    "equal, known": (0.3, 0.3),
    "1 % changed": (2.5, 1.5),
    "all jittered": (6.0, 3.0),
    "one insertion": (3.0, 1.5),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="0.6,6,60", help="megabytes, with commas between")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long a row is measured, at least three times")
    parser.add_argument("--deepdiff-seconds", type=float, default=60.0, help="limit of each DeepDiff row; 0: none runs")
    given = parser.parse_args()
    schemas = registry.load(SCHEMAS)
    contract = check.build(schemas, SCHEMA)
    tolerances = tolerance.load(SCHEMAS / "tolerances.json")
    golden = Policy(expected_by="one", actual_by="another", tolerances=tolerances)
    for size in (float(each) for each in given.sizes.split(",")):
        original = documents.document(schemas, SCHEMA, units=max(1, round(size / 0.6)))
        _say_what(original, contract)
        left = _bytes(original)
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
            _row(name, left, right, contract, golden, given.seconds)
            if given.deepdiff_seconds > 0 and name != "equal, known":
                _deepdiff(left, right, given.deepdiff_seconds)


def _row(name: str, left: bytes, right: bytes, contract: Any, policy: Policy, seconds: float) -> None:
    known = Known() if name == "equal, known" else None

    def measured() -> Pair:
        return compare_bytes(left, right, contract, policy, known)

    found = measured()
    assert not found.actual, found.actual[:3]
    counts, findings = found.comparison.counts(), len(found.comparison.differences)
    del found

    def parsed() -> None:
        # Both documents live at once and are freed at the end, as they are in a comparison.
        _kept = orjson.loads(left), orjson.loads(right)

    floor, took, ratio, rounds = _by_turns(parsed, measured, seconds)
    target, aim = TARGETS[name]
    missed = "  MISSED" if target and ratio > target else ""
    print(
        f"{name:<19} floor {floor * 1e3:8.2f} ms  took {took * 1e3:8.2f} ms  ratio {ratio:5.2f}"
        f"  target {target if target else '-':>4}  aim {aim if aim else '-':>4}  findings {findings:>5}"
        f"  exact {counts['exact']:>8} near {counts['within_tolerance']:>8}  median of {rounds}{missed}",
        flush=True,
    )


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


def _deepdiff(left: bytes, right: bytes, limit: float) -> None:
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_deepdiff_in_child, args=(left, right, sender))
    process.start()
    receiver.recv()
    if receiver.poll(limit):
        seconds, findings = receiver.recv()
        print(f"{'':<19} DeepDiff alone, without parsing and validating: {seconds * 1e3:.0f} ms, {findings} findings")
    else:
        process.kill()
        print(f"{'':<19} DeepDiff not done after {limit:g} s, its limit in this run")
    process.join()


def _deepdiff_in_child(left: bytes, right: bytes, sender: Any) -> None:
    from deepdiff import DeepDiff

    documents = orjson.loads(left), orjson.loads(right)
    sender.send("parsed")
    begun = time.process_time()
    found = DeepDiff(*documents)
    sender.send((time.process_time() - begun, sum(len(part) for part in found.values())))


def _bytes(document: Any) -> bytes:
    return json.dumps(document, indent=2).encode()


def _say_what(document: Any, contract: Any) -> None:
    from harness.compare.walk import leaf_count

    raw = _bytes(document)
    print(
        f"\n{len(raw) / 1e6:.2f} MB, {leaf_count(document):,} leaves, "
        f"{sum(1 for _ in documents.reals(document, contract.node)):,} real numbers, "
        f"{len(document['ml_data']['yolo']['objectAnnotations']):,} detections"
    )


if __name__ == "__main__":
    main()
