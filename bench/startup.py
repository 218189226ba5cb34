"""What starting costs: ``parity sync`` and every help beside the bare interpreter, and what each of them imports.

``python bench/startup.py [--runs N]``. The commands take turns, so that a busy machine slows all of them alike; shown
are the medians, as milliseconds and as milliseconds over the bare interpreter. The aims: every ``--help`` within 300 ms
over the bare interpreter, ``parity sync`` within one second.
"""

from __future__ import annotations

import argparse
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # this checkout, whatever is installed

from parity.cli.main import COMMANDS as SUBCOMMANDS  # noqa: E402

#: What must not be loaded before it is needed: models, arrays, media, tests, schemas.
FORBIDDEN = {
    "torch", "torchvision", "numpy", "scipy", "cv2", "av", "mediapipe", "ultralytics", "easyocr", "whisper", "librosa", "numba",
    "scenedetect", "feat", "pytest", "jsonschema", "jsonschema_rs", "hypothesis", "deepdiff", "rumiai_v2", "rich", "jinja2",
    "starlette", "uvicorn", "playwright", "PIL", "syrupy",
}  # fmt: skip
COMMANDS = {
    "python, nothing": ["-c", "pass"],
    "python, no site": ["-S", "-E", "-c", "pass"],
    "import click": ["-c", "import click"],
    "parity --help": ["-m", "parity", "--help"],
    **{f"parity {name} --help": ["-m", "parity", name, "--help"] for name in SUBCOMMANDS},
    "parity sync": ["-m", "parity", "sync"],
    "parity sync, no git": ["-m", "parity", "sync", "--no-history"],
    "python -S -m harness.sync": ["-S", "-E", "-m", "harness.sync"],
}


def seconds(arguments: list[str]) -> float:
    """Wall clock of one process (s), from its start to its end."""
    begun = time.perf_counter()
    done = subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, check=False)
    taken = time.perf_counter() - begun
    if done.returncode not in (0, 1):  # 1: drift was found, which takes a search through the history besides
        raise SystemExit(f"{' '.join(arguments)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
    return taken


def imported(arguments: list[str]) -> tuple[int, list[str]]:
    """How many modules a command imports, and which of the forbidden packages."""
    command = [sys.executable, "-X", "importtime", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    names = re.findall(r"^import time: +\d+ \| +\d+ \| *(\S+)$", done.stderr, re.MULTILINE)
    return len(names), sorted({name.partition(".")[0] for name in names} & FORBIDDEN)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11, help="how often each command is started")
    runs = parser.parse_args().runs
    times: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for arguments in COMMANDS.values():
        seconds(arguments)  # the first start reads files that the next ones find in memory
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            times[name].append(seconds(arguments))
    bare = statistics.median(times["python, nothing"])
    print(f"{'command':<28}{'median':>9}{'least':>9}{'most':>9}{'over':>9}{'modules':>9}  forbidden imports")
    for name, taken in times.items():
        count, forbidden = imported(COMMANDS[name])
        median = statistics.median(taken)
        row = (f"{1000 * value:.0f} ms" for value in (median, min(taken), max(taken)))
        print(f"{name:<28}" + "".join(f"{cell:>9}" for cell in row), end="")
        print(f"{1000 * (median - bare):>6.0f} ms{count:>9}  {', '.join(forbidden) or 'none'}")
    print(
        f"\nmedian of {runs}, in turns; Python {sys.version.split()[0]}; aims: each --help within 300 ms over "
        "the bare interpreter, parity sync within 1000 ms"
    )


if __name__ == "__main__":
    main()
