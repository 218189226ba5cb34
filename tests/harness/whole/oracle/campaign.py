"""``make oracle PAIRS=1000000 SEED=1``: as many generated pairs as are asked for, and the page that says what came out.

Every pair is handed to one comparison, in turn; what disagrees with the oracle is printed, and the exit code is 1. A pair is
made from the seed and its number alone, so that it does not matter which process compares it.
"""

from __future__ import annotations

import argparse
import datetime
import os
import platform
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from importlib.metadata import version
from pathlib import Path

from parity.files import write_atomically
from tests.harness.whole.oracle.drive import MODES, REPOSITORY, Driver, Said

#: Disagreements that a process shows in full.
_SHOWN = 5

#: Per comparison, what the oracle said of how many pairs.
Counts = dict[str, dict[str, int]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pairs", type=int, default=1_000_000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--minutes", type=float, default=600, help="stop then, and say how many there were")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes side by side (default: every CPU)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the result as a page of the documentation")
    given = parser.parse_args()
    began = time.monotonic()
    shares = [range(first, given.pairs, given.jobs) for first in range(given.jobs)]
    with ProcessPoolExecutor(given.jobs) as pool:
        waiting = [pool.submit(_compared, given.seed, share, 60 * given.minutes) for share in shares]
        ended = [each.result() for each in waiting]
    done, wrong = (sum(each[place] for each in ended) for place in (0, 1))
    counts = {
        mode: dict(sum((Counter(each[2][mode]) for each in ended if mode in each[2]), Counter())) for mode in MODES
    }
    print(f"{done:,} pairs, {wrong} wrong, {counts}")
    if given.write:
        write_atomically(given.write, _page(given.seed, done, wrong, counts, time.monotonic() - began))
    return int(wrong > 0)


def _compared(seed: str, numbers: range, seconds: float) -> tuple[int, int, Counts]:
    """How many of these pairs were compared in this time, how many verdicts were wrong, and what the oracle said of each."""
    began, done, wrong = time.monotonic(), 0, 0
    with tempfile.TemporaryDirectory(prefix="oracle-") as root:
        driver = Driver(Path(root))
        for number in numbers:
            if time.monotonic() - began > seconds:
                break
            if (fault := fault_of(driver, f"{seed} {number}", MODES[number % len(MODES)])) is not None:
                wrong += 1
                if wrong <= _SHOWN:
                    print(fault, flush=True)
            done += 1
    return done, wrong, driver.counts


def fault_of(driver: Driver, seed: str, mode: str) -> str | None:
    """What is wrong with the verdict on one pair, with the pair itself; None where it is right."""
    left, right = driver.pair(seed, mode)
    try:
        said: Said = driver(mode, left, right)
        if said.is_right:
            return None
        why = f"ended with {', '.join(v.label for v in said.verdicts)}, the oracle says {said.expected}"
        why += ", and a text has no one value" * said.breach
    except Exception:
        why = traceback.format_exc()
    return f"seed {seed!r}, {mode}: {why}\n{left.decode()}\n{right.decode()}\n"


def _page(seed: str, done: int, wrong: int, counts: Counts, seconds: float) -> str:
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=REPOSITORY, capture_output=True, text=True, check=False
    ).stdout.strip()
    facts = {
        "pairs": f"{done:,}",
        "verdicts that the oracle contradicts": f"**{wrong}**",
        "seed": f"`{seed}`",
        "commit": f"`{commit}`",
        "date": datetime.date.today().isoformat(),
        "hours": f"{seconds / 3600:.2f}",
        "python": platform.python_version(),
        **{name: version(name) for name in ("orjson", "jsonschema", "jsonschema-rs", "rapidfuzz")},
    }
    return "\n".join(
        [
            "# Every comparison against an oracle",
            "",
            "Made by `make oracle`. Each pair of documents is generated from the seed and its number (`tests/harness/whole/oracle`):",
            "every kind of place of a schema, odd keys, integers of any length, −0, 1.0 beside 1, 1e400, NaN, half surrogates, keys",
            "that stand twice; then none to three changes. The oracle reads both with a reader of its own and says whether they agree;",
            "the functions behind `parity run`, `parity diff` and `parity accept` must say the same.",
            "",
            "| what | value |",
            "|---|---|",
            *(f"| {name} | {value} |" for name, value in facts.items()),
            "",
            "| comparison | agree | differ | either way |",
            "|---|---:|---:|---:|",
            *(
                f"| {mode} | {c.get('agree', 0):,} | {c.get('differ', 0):,} | {c.get('either', 0):,} |"
                for mode, c in counts.items()
            ),
            "",
            "*Either way*: at the edge of a tolerance, of items of one moment in another order, or (accept) of documents that no",
            "golden may hold: there the oracle asks only that the comparison ends.",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
