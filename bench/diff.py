"""What comparing two documents costs, against parsing them: the ratios of ``harness.compare.pair.compare_bytes``.

``python bench/diff.py [--sizes 0.6,6,60] [--no-deepdiff]``. Documents are generated along
``schemas/unified.schema.json``. The floor is ``orjson.loads`` of both sides, and freeing what it made, in the same
process with the collector off, as it is while a pair is compared; floor and measurement take turns, each number is a
median. Everything is included: parsing, validation of both sides, alignment of lists, counting every leaf, freeing.

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
_DEEPDIFF_LIMIT_S = 60.0
_DEEPDIFF_LARGEST_MB = 7.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", default="0.6,6,60", help="megabytes, with commas between")
    parser.add_argument("--no-deepdiff", action="store_true")
    given = parser.parse_args()
    schemas = registry.load(SCHEMAS)
    contract = check.build(schemas, SCHEMA)
    tolerances = tolerance.load(SCHEMAS / "tolerances.json")
    golden = Policy(expected_by="one", actual_by="another", tolerances=tolerances)
    for size in (float(each) for each in given.sizes.split(",")):
        original = documents.document(schemas, SCHEMA, units=max(1, round(size / 0.6)))
        copies = {
            "equal, first sight": original,
            "equal, known": original,
            "1 % changed": documents.changed(original, contract.node, share=0.01),
            "all jittered": documents.jittered(original, contract.node, lambda kind: tolerances[kind].abs),
            "one insertion": documents.with_insertion(original),
        }
        _say_what(original, contract)
        left = _bytes(original)
        for name, other in copies.items():
            _row(name, left, _bytes(other), contract, golden, size)
            if not given.no_deepdiff and name not in ("equal, known",):
                _deepdiff(name, original, json.loads(_bytes(other)), size)


def _row(name: str, left: bytes, right: bytes, contract: Any, policy: Policy, size: float) -> None:
    known = Known() if name == "equal, known" else None

    def measured() -> Pair:
        return compare_bytes(left, right, contract, policy, known)

    found = measured()
    assert not found.actual, found.actual[:3]
    rounds = 15 if size < 2 else 7 if size < 20 else 3

    def parsed() -> None:
        # Both documents live at once and are freed at the end, as they are in a comparison.
        _kept = orjson.loads(left), orjson.loads(right)

    floor, took = _by_turns(parsed, measured, rounds)
    target, aim = TARGETS[name]
    counts = found.comparison.counts()
    print(
        f"{name:<19} floor {floor * 1e3:8.2f} ms  took {took * 1e3:8.2f} ms  ratio {took / floor:5.2f}"
        f"  target {target if target else '-':>4}  aim {aim if aim else '-':>4}"
        f"  findings {len(found.comparison.differences):>5}  exact {counts['exact']:>8} near {counts['within_tolerance']:>8}"
    )


def _by_turns(floor: Callable[[], Any], measured: Callable[[], Any], rounds: int) -> tuple[float, float]:
    times: tuple[list[float], list[float]] = ([], [])
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for call, into in zip((floor, measured), times, strict=True):
                begun = time.perf_counter()
                result = call()
                into.append(time.perf_counter() - begun)
                del result
    finally:
        gc.enable()
    return statistics.median(times[0]), statistics.median(times[1])


def _deepdiff(name: str, left: Any, right: Any, size: float) -> None:
    if size > _DEEPDIFF_LARGEST_MB:
        print(f"{'':<19} DeepDiff skipped above {_DEEPDIFF_LARGEST_MB:g} MB: it takes minutes")
        return
    context = multiprocessing.get_context("fork")
    receiver, sender = context.Pipe(duplex=False)
    process = context.Process(target=_deepdiff_in_child, args=(left, right, sender))
    process.start()
    if receiver.poll(_DEEPDIFF_LIMIT_S):
        seconds, findings = receiver.recv()
        print(f"{'':<19} DeepDiff alone, without parsing and validating: {seconds * 1e3:.0f} ms, {findings} findings")
    else:
        process.kill()
        print(f"{'':<19} DeepDiff not done after {_DEEPDIFF_LIMIT_S:g} s")
    process.join()


def _deepdiff_in_child(left: Any, right: Any, sender: Any) -> None:
    from deepdiff import DeepDiff

    begun = time.perf_counter()
    found = DeepDiff(left, right)
    sender.send((time.perf_counter() - begun, sum(len(part) for part in found.values())))


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
